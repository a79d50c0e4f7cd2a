package io.murmur.benchmarks.scale;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Hints;
import io.murmur.kernel.Level;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.quorum.QuorumSettings;
import io.murmur.quorum.QuorumShard;
import io.murmur.quorum.ShardSeams;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one call says between machines: the call goes to an owner, as a client sends it, and the owners are real shards that answer at once.
 *
 * @param messages requests and replies, the client's included
 * @param bytes of all of them
 */
record CallCost(int messages, int bytes) {

    private static final int KEY_BYTES = 24;
    private static final int VALUE_BYTES = 100;
    private static final String CACHE = "default";

    private static final Clock CLOCK = new Clock() {
        @Override
        public long monotonicNanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 1_800_000_000_000L;
        }
    };

    static CallCost ofPut(Ring ring) {
        Key key = key();
        return new Owners(ring, key).call(put(key));
    }

    /** Of a key that is there. */
    static CallCost ofGet(Ring ring) {
        Key key = key();
        Owners owners = new Owners(ring, key);
        owners.call(put(key));
        return owners.call(new ClientRequest.Get(2, 0, Long.MAX_VALUE, key, Level.QUORUM));
    }

    private static Key key() {
        return Key.of(CACHE, "k".repeat(KEY_BYTES));
    }

    private static ClientRequest put(Key key) {
        return new ClientRequest.Put(
                1, 0, Long.MAX_VALUE, key, new byte[VALUE_BYTES], ClientRequest.TTL_OF_CACHE, Level.QUORUM);
    }

    /** The shards of all owners of a key, and the messages between them in the order in which they were sent. */
    private static final class Owners {
        private final Map<NodeId, QuorumShard> shards = new HashMap<>();
        private final NodeId coordinator;
        private final Queue<Runnable> underWay = new ArrayDeque<>();
        private int messages;
        private int bytes;

        Owners(Ring ring, Key key) {
            List<NodeId> owners = ring.owners(ring.partitionOf(key.slot()));
            this.coordinator = owners.getFirst();
            for (NodeId owner : owners) {
                shards.put(owner, shard(ring, owner));
            }
        }

        private QuorumShard shard(Ring ring, NodeId self) {
            RingSource rings = new RingSource() {
                @Override
                public Ring current() {
                    return ring;
                }

                @Override
                public void newerAt(NodeId node) {}
            };
            ShardSeams seams = new ShardSeams(
                    self,
                    CLOCK,
                    (delay, task) -> () -> {},
                    (to, message) -> send(self, to, message),
                    new Memory(),
                    node -> true,
                    new Random(1),
                    rings,
                    Hints.NONE);
            return new QuorumShard(seams, QuorumSettings.of(Map.of(CACHE, CacheSettings.named(CACHE)), 0), 0, 0);
        }

        private void send(NodeId from, NodeId to, Message message) {
            count(message);
            QuorumShard receiver = shards.get(to);
            if (receiver == null) {
                throw new IllegalStateException(to + " is no owner, and yet it is sent " + message);
            }
            underWay.add(() -> {
                switch (message) {
                    case PeerRequest request -> receiver.receive(from, request);
                    case PeerReply reply -> receiver.receive(from, reply);
                    default -> throw new IllegalStateException("not of a call: " + message);
                }
            });
        }

        private void count(Message message) {
            messages++;
            bytes += Frames.bytes(message);
        }

        CallCost call(ClientRequest request) {
            messages = 0;
            bytes = 0;
            count(request);
            List<ClientReply> replies = new ArrayList<>();
            QuorumShard shard = shards.get(coordinator);
            if (shard == null) {
                throw new IllegalStateException("the coordinator is an owner");
            }
            shard.coordinate(request, replies::add);
            for (Runnable next = underWay.poll(); next != null; next = underWay.poll()) {
                next.run();
            }
            ClientReply reply = replies.getFirst();
            if (reply instanceof ClientReply.One one && one.result() instanceof ClientReply.Failed failed) {
                throw new IllegalStateException("the call failed: " + failed.failure());
            }
            count(reply);
            return new CallCost(messages, bytes);
        }
    }

    /** A replica that answers at once. */
    private static final class Memory implements Storage {
        private final Map<Key, Cell> cells = new HashMap<>();

        @Override
        public void read(Key key, Consumer<ReadOutcome> then) {
            then.accept(new ReadOutcome.Found(cells.get(key)));
        }

        @Override
        public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
            then.accept(new JoinOutcome.Held(cells.merge(key, cell, Cell::joinPresent)));
        }

        @Override
        public void settled(Runnable then) {
            then.run();
        }

        @Override
        public void promise(long reading, Consumer<PromiseOutcome> then) {
            then.accept(new PromiseOutcome.Kept());
        }

        @Override
        public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
            throw new UnsupportedOperationException("no call of one key scans");
        }
    }
}
