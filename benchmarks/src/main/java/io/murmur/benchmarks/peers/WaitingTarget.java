package io.murmur.benchmarks.peers;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import io.murmur.benchmarks.driver.Target;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * SET and WAIT in one pipeline. WAIT is about the writes of its connection and blocks it, so each write has a connection of its own while it
 * lasts; reads share theirs.
 */
final class WaitingTarget implements Target {

    /** Far longer than a replica of this machine takes. */
    private static final long WAIT_MILLIS = 5000;

    private final Target reading;
    private final int replicas;
    private final Runnable closing;
    private final Master[] ofSlot = new Master[SlotHash.SLOT_COUNT];

    WaitingTarget(Target reading, int replicas, Runnable closing) {
        this.reading = reading;
        this.replicas = replicas;
        this.closing = closing;
    }

    void addMaster(List<Integer> slots, int connections, Supplier<StatefulRedisConnection<byte[], byte[]>> connect) {
        Master master = new Master(replicas);
        for (int i = 0; i < connections; i++) {
            StatefulRedisConnection<byte[], byte[]> connection = connect.get();
            connection.setAutoFlushCommands(false);
            master.free.add(connection);
        }
        slots.forEach(slot -> ofSlot[slot] = master);
    }

    @Override
    public void expect(int valueBytes) {
        reading.expect(valueBytes);
    }

    @Override
    public CompletionStage<Boolean> get(byte[] key) {
        return reading.get(key);
    }

    @Override
    public CompletionStage<?> put(byte[] key, byte[] value) {
        return ofSlot[SlotHash.getSlot(key)].put(key, value);
    }

    @Override
    public void close() {
        closing.run();
        reading.close();
    }

    /** Its connections that no write waits on. */
    private record Master(int replicas, Queue<StatefulRedisConnection<byte[], byte[]>> free) {

        Master(int replicas) {
            this(replicas, new ConcurrentLinkedQueue<>());
        }

        CompletionStage<?> put(byte[] key, byte[] value) {
            StatefulRedisConnection<byte[], byte[]> connection = free.poll();
            if (connection == null) {
                throw new IllegalStateException("there are more writes at once than connections");
            }
            CompletionStage<String> set = connection.async().set(key, value);
            CompletionStage<Long> waited = connection.async().waitForReplication(replicas, WAIT_MILLIS);
            connection.flushCommands();
            return set.thenCombine(waited, (ok, reached) -> {
                        if (reached < replicas) {
                            throw new IllegalStateException("WAIT answered " + reached);
                        }
                        return ok;
                    })
                    .whenComplete((ok, failure) -> free.add(connection));
        }
    }
}
