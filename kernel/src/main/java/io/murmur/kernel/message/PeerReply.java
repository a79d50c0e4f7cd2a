package io.murmur.kernel.message;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an owner or a stand-in answers. */
public sealed interface PeerReply extends Message.Reply {

    /**
     * The cell is durable here.
     *
     * @param superseding null when the owner now holds the very cell that was written; otherwise the version of the greater cell it
     *     holds. A coordinator that learns of one stamps its write anew above it: a write must not lose against one that was
     *     acknowledged before it began, however far apart the clocks are (invariants 2 and 6). No greater ballot had been promised when
     *     the cell came: whoever prepares one finds it or that greater cell, which is all that a read repair asks for.
     */
    record Joined(long id, long epoch, @Nullable Version superseding) implements PeerReply {}

    /** The hint is durable here. */
    record Kept(long id, long epoch) implements PeerReply {}

    /**
     * The cell held, or null when there is none.
     *
     * @param standing whether an atomic operation may miss it
     */
    record CellIs(long id, long epoch, @Nullable Cell cell, Standing standing) implements PeerReply {

        /** One that is settled. */
        public CellIs(long id, long epoch, @Nullable Cell cell) {
            this(id, epoch, cell, Standing.SETTLED);
        }
    }

    /** Whether a cell had been joined before a greater ballot than its version was promised, so that whoever prepares one finds it. */
    enum Standing {
        /** It had, or there is no cell. */
        SETTLED,
        /** It had not. */
        UNSETTLED,
        /** Nobody knows any more. */
        FORGOTTEN
    }

    /**
     * The digest of the cell held, or null when there is none.
     *
     * @param standing as of {@link CellIs}
     */
    record DigestIs(long id, long epoch, @Nullable Digest digest, Standing standing) implements PeerReply {

        /** Of one that is settled. */
        public DigestIs(long id, long epoch, @Nullable Digest digest) {
            this(id, epoch, digest, Standing.SETTLED);
        }
    }

    /**
     * To Prepare: the promise is durable.
     *
     * @param cell the cell held then, or null when there was none
     * @param settled whether it is {@link Standing#SETTLED}
     * @param links what is known of which cell was made of which, the latest first; at most {@link #MOST_LINKS}
     */
    record Promised(long id, long epoch, @Nullable Cell cell, boolean settled, List<Link> links) implements PeerReply {}

    /** To Accept: the cell is held durably, and so is the promise that came with it. */
    record Accepted(long id, long epoch) implements PeerReply {}

    /**
     * A greater ballot has been promised, or a greater cell is held. To Prepare and Accept: nothing was done, and will not be. To Join: the
     * cell, or a greater one, is durable here, but whoever has prepared a ballot before may not have seen it, so it does not count.
     *
     * @param version the ballot, or the cell's version
     */
    record Outbid(long id, long epoch, Version version) implements PeerReply {}

    /**
     * An atomic operation.
     *
     * @param version of the cell that it made
     * @param basis of the cell that it made it of, null when there was none
     */
    record Link(Version version, @Nullable Version basis) {}

    /** In one {@link Promised}. */
    int MOST_LINKS = 256;

    /** It was not done. */
    record Refused(long id, long epoch, Failure failure) implements PeerReply {}
}
