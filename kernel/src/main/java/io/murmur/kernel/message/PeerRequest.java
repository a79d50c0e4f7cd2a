package io.murmur.kernel.message;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;

/** What a coordinator asks of an owner. */
public sealed interface PeerRequest extends Message.Request {

    Key key();

    /** Join this cell into that key and answer when it is durable: a put, a delete or a read repair, all alike. */
    record Join(long id, long epoch, long deadlineNanos, Key key, Cell cell) implements PeerRequest {}

    /** Answer with the cell. */
    record Read(long id, long epoch, long deadlineNanos, Key key) implements PeerRequest {}

    /** Answer with the cell's digest (Cassandra's digest read): the cell itself is coming from another owner. */
    record ReadDigest(long id, long epoch, long deadlineNanos, Key key) implements PeerRequest {}
}
