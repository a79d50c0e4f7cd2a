package io.murmur.kernel.message;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.NodeId;

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
}
