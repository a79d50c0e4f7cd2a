package io.murmur.simulation;

import io.murmur.kernel.Horizons;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.simulation.register.RegisterAction;
import io.murmur.simulation.register.RegisterOperation;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node's process, between a start and a crash. */
public interface SimulatedProcess {

    /**
     * A message has arrived: a peer's request or reply, or a client's request. Replies, to peers and clients alike, are sent with the
     * seams' network. On the shard's thread. Whatever it throws is a violation.
     */
    void receive(NodeId from, Message message);

    /**
     * A client that is connected to this node asks for an atomic operation, or for a plain write at a majority, as the action says. On the
     * shard's thread.
     *
     * @param timeout how long the node may try
     * @param then to be called once, on the shard's thread, now or later; not when the process ends before
     */
    default void change(Key key, RegisterAction action, Duration timeout, Consumer<RegisterOperation.Result> then) {
        throw new UnsupportedOperationException("atomic operations");
    }

    /** The ring this process goes by, for the harness to look at; null when it has none of its own. */
    default @Nullable Ring ring() {
        return null;
    }

    /** What this process holds, for the harness to look at without any message; null when it is not to be looked at. */
    default @Nullable Replica replica() {
        return null;
    }

    /** How often this process has done what a run is to show that it does, by name. */
    default Map<String, Long> counts() {
        return Map.of();
    }

    /** A replica's cells, and up to when it has forgotten the dead among them. */
    record Replica(Storage storage, Horizons horizons) {}
}
