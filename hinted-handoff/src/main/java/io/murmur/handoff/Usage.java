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

    /**
     * Why so many more bytes are too many, or null when they are not.
     *
     * @param isRedirected whether they are of a hint that has been within the bounds for another node, and can only go when it is kept
     */
    @Nullable
    Loss refusal(HintBounds bounds, long bytesOfTarget, long more, boolean isRedirected) {
        if (pendingBytes > 0 && pendingBytes + more > bounds.pendingBytes()) {
            return Loss.OVERLOADED;
        }
        if (isRedirected) {
            return null;
        }
        if (bytesOfTarget + more > bounds.bytesPerTarget()) {
            return Loss.TARGET_IS_FULL;
        }
        return diskBytes + more > bounds.bytesInAll() || indexBytes >= bounds.indexBytes() ? Loss.ALL_IS_FULL : null;
    }
}
