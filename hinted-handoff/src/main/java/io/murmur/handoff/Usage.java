package io.murmur.handoff;

import org.jspecify.annotations.Nullable;

/** How much of its bounds a shard uses. */
final class Usage {

    /** Of files, and of what is about to be written to them. */
    long diskBytes;
    /** About what the index takes in memory. */
    long indexBytes;
    /** What is about to be written. */
    long pendingBytes;

    /** Why so many more bytes are too many, or null when they are not. */
    @Nullable
    Loss refusal(HintBounds bounds, long bytesOfTarget, long more) {
        if (bytesOfTarget + more > bounds.bytesPerTarget()) {
            return Loss.TARGET_IS_FULL;
        }
        if (diskBytes + more > bounds.bytesInAll() || indexBytes >= bounds.indexBytes()) {
            return Loss.ALL_IS_FULL;
        }
        return pendingBytes + more > bounds.pendingBytes() ? Loss.OVERLOADED : null;
    }
}
