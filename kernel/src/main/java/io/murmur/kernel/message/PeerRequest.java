package io.murmur.kernel.message;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a coordinator asks of an owner, and, in a sloppy quorum, of a stand-in. */
public sealed interface PeerRequest extends Message.Request {

    Key key();

    /** Join this cell into that key and answer when it is durable: a put, a delete or a read repair, all alike. */
    record Join(long id, long epoch, long deadlineNanos, Key key, Cell cell) implements PeerRequest {}

    /**
     * Keep this cell for an owner that is away, hand it over when it is back, and answer when that is durable (Dynamo, section 4.6). Asked
     * of a member that is no owner of the key.
     *
     * @param target the owner
     */
    record Hint(long id, long epoch, long deadlineNanos, NodeId target, Key key, Cell cell) implements PeerRequest {}

    /** Answer with the cell. */
    record Read(long id, long epoch, long deadlineNanos, Key key) implements PeerRequest {}

    /** Answer with the cell's digest (Cassandra's digest read): the cell itself is coming from another owner. */
    record ReadDigest(long id, long epoch, long deadlineNanos, Key key) implements PeerRequest {}

    /**
     * Promise, durably, to accept no cell of a lesser ballot, and answer with the cell held then (CASPaxos, first phase). A ballot is the
     * version of the cell that is to be written.
     *
     * @param since which cells of versions above this were made of which is wanted as well; null for none
     */
    record Prepare(
            long id,
            long epoch,
            long deadlineNanos,
            Key key,
            Version ballot,
            @Nullable Version since) implements PeerRequest {}

    /**
     * Join this cell into that key unless a greater ballot than its version has been promised, and answer when it is durable (CASPaxos, second
     * phase).
     *
     * @param links which cell it was made of, and which that was made of, if not all may know; the latest first, one at least and at most {@link
     *     PeerReply#MOST_LINKS}
     * @param next a greater ballot that is to be promised with it, so that the next cell needs no first phase; null for none
     */
    record Accept(
            long id,
            long epoch,
            long deadlineNanos,
            Key key,
            Cell cell,
            List<PeerReply.Link> links,
            @Nullable Version next)
            implements PeerRequest {}
}
