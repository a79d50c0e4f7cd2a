package io.murmur.simulation;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.simulation.Operation.Action;
import io.murmur.simulation.Operation.Delete;
import io.murmur.simulation.Operation.Get;
import io.murmur.simulation.Operation.Put;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client is about to ask: one target, or several of one kind in a batch.
 *
 * @param sloppy of a write, whether stand-ins may count
 * @param batched whether it is sent as GetAll or PutAll; deletes are not
 */
record Call(NodeId coordinator, Level level, boolean sloppy, boolean batched, List<Target> targets) {

    /** Calls of one key are traced, so that traces of all that may happen are made. */
    private static final boolean TRACED = true;

    /** A key and what is to be done to it. */
    record Target(Key key, Action action) {}

    static Call of(NodeId coordinator, Level level, Key key, Action action) {
        return of(coordinator, level, false, key, action);
    }

    static Call of(NodeId coordinator, Level level, boolean sloppy, Key key, Action action) {
        return new Call(coordinator, level, sloppy, false, List.of(new Target(key, action)));
    }

    ClientRequest request(long id, long epoch, long deadlineNanos) {
        Target first = targets.get(0);
        Key key = first.key();
        return switch (first.action()) {
            case Get ignored ->
                batched
                        ? new ClientRequest.GetAll(id, epoch, deadlineNanos, keys(), level)
                        : new ClientRequest.Get(id, epoch, deadlineNanos, key, level, TRACED);
            case Put put ->
                batched
                        ? new ClientRequest.PutAll(
                                id, epoch, deadlineNanos, entries(), put.timeToLiveMillis(), level, sloppy)
                        : new ClientRequest.Put(
                                id,
                                epoch,
                                deadlineNanos,
                                key,
                                bytes(put),
                                put.timeToLiveMillis(),
                                level,
                                sloppy,
                                TRACED);
            case Delete ignored -> new ClientRequest.Delete(id, epoch, deadlineNanos, key, level, sloppy, TRACED);
        };
    }

    private List<Key> keys() {
        return targets.stream().map(Target::key).toList();
    }

    private List<ClientRequest.Entry> entries() {
        List<ClientRequest.Entry> entries = new ArrayList<>();
        for (Target target : targets) {
            if (target.action() instanceof Put put) {
                entries.add(new ClientRequest.Entry(target.key(), bytes(put)));
            }
        }
        return entries;
    }

    private static byte[] bytes(Put put) {
        return put.value().getBytes(StandardCharsets.UTF_8);
    }
}
