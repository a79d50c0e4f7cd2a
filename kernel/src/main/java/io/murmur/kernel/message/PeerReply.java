package io.murmur.kernel.message;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Version;
import org.jspecify.annotations.Nullable;

/** What an owner or a stand-in answers. */
public sealed interface PeerReply extends Message.Reply {

    /**
     * The cell is durable here.
     *
     * @param superseding null when the owner now holds the very cell that was written; otherwise the version of the greater cell it
     *     holds. A coordinator that learns of one stamps its write anew above it: a write must not lose against one that was
     *     acknowledged before it began, however far apart the clocks are (invariants 2 and 6).
     */
    record Joined(long id, long epoch, @Nullable Version superseding) implements PeerReply {}

    /** The hint is durable here. */
    record Kept(long id, long epoch) implements PeerReply {}

    /** The cell held, or null when there is none. */
    record CellIs(long id, long epoch, @Nullable Cell cell) implements PeerReply {}

    /** The digest of the cell held, or null when there is none. */
    record DigestIs(long id, long epoch, @Nullable Digest digest) implements PeerReply {}

    /** It was not done. */
    record Refused(long id, long epoch, Failure failure) implements PeerReply {}
}
