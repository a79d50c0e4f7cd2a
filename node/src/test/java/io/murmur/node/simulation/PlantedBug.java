package io.murmur.node.simulation;

import io.murmur.kernel.CellObserver;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Hints;
import io.murmur.kernel.Horizons;
import io.murmur.kernel.Level;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.Slots;
import io.murmur.kernel.ring.Transition;
import io.murmur.membership.PartitionSyncs;
import io.murmur.simulation.ClusterScenario;
import io.murmur.simulation.NodeSeams;
import io.murmur.simulation.Seeds;
import io.murmur.simulation.SimulatedProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Mistakes one could make in the protocol or the store, each made at a seam, so that the code under test is the code that ships. The
 * simulator must notice every one; what it cannot notice, it does not prove.
 */
enum PlantedBug {
    NONE,

    /** A replica answers a join as soon as it has been told, before the log is synced. */
    ACKNOWLEDGE_BEFORE_DURABLE {
        @Override
        Storage inStorage(Storage storage) {
            return new AlteredStorage(storage) {
                @Override
                public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
                    storage.read(key, outcome -> {
                        Cell held = outcome instanceof ReadOutcome.Found found ? found.cell() : null;
                        then.accept(new JoinOutcome.Held(held == null ? cell : Cell.joinPresent(held, cell)));
                    });
                    storage.join(key, cell, durability, ignored -> {});
                }
            };
        }
    },

    /** The log takes every sync for done without asking the disk. */
    SKIP_THE_SYNC {
        @Override
        NodeSeams inSeams(NodeSeams seams, SimulatedProcess process) {
            return seams.withDisk(new UnsyncedDisk(seams.disk(), "log/"));
        }
    },

    /** A write is done with one acknowledgement less than its level asks for. */
    ONE_ACKNOWLEDGEMENT_SHORT {
        @Override
        ClientRequest inRequest(ClientRequest request, NodeSeams seams) {
            return switch (request) {
                case ClientRequest.Put put ->
                    new ClientRequest.Put(
                            put.id(),
                            put.epoch(),
                            put.deadlineNanos(),
                            put.key(),
                            put.value(),
                            put.timeToLiveMillis(),
                            oneLess(put.level(), put.key(), seams),
                            put.sloppy(),
                            put.traced());
                case ClientRequest.Delete delete ->
                    new ClientRequest.Delete(
                            delete.id(),
                            delete.epoch(),
                            delete.deadlineNanos(),
                            delete.key(),
                            oneLess(delete.level(), delete.key(), seams),
                            delete.sloppy(),
                            delete.traced());
                default -> request;
            };
        }
    },

    /** What a read finds an owner to lack, it leaves so: other owners' stale copies are taken for repaired. */
    DROP_THE_READ_REPAIR {
        @Override
        NodeSeams inSeams(NodeSeams seams, SimulatedProcess process) {
            return seams.withNetwork((to, message) -> {
                // A coordinator's own writes carry its own id; what carries another's is a repair.
                if (message instanceof PeerRequest.Join join
                        && !join.cell().version().node().equals(seams.id())) {
                    seams.shard()
                            .execute(() -> process.receive(to, new PeerReply.Joined(join.id(), join.epoch(), null)));
                } else {
                    seams.network().send(to, message);
                }
            });
        }
    },

    /** A replica holds what came last instead of the greater. */
    PREFER_THE_ARRIVING_CELL {
        @Override
        Storage inStorage(Storage storage) {
            return new AlteredStorage(storage) {
                @Override
                public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
                    storage.read(key, outcome -> {
                        Cell held = outcome instanceof ReadOutcome.Found found ? found.cell() : null;
                        Cell winner = held != null && held.version().isAfter(cell.version()) ? above(held, cell) : cell;
                        storage.join(
                                key,
                                winner,
                                durability,
                                joined -> then.accept(
                                        joined instanceof JoinOutcome.Held ? new JoinOutcome.Held(cell) : joined));
                    });
                }
            };
        }

        // The arriving cell, so that it wins against the one held.
        private Cell above(Cell held, Cell arriving) {
            Version version =
                    new Version(held.version().reading() + 1, held.version().node());
            return switch (arriving) {
                case Cell.Live live -> new Cell.Live(version, live.expiresAtMillis(), live.value());
                case Cell.Tombstone tombstone -> new Cell.Tombstone(version);
            };
        }
    },

    /** A write that finds a greater version at an owner is taken for done, and is not stamped anew. */
    IGNORE_WHAT_SUPERSEDES {
        @Override
        Storage inStorage(Storage storage) {
            return new AlteredStorage(storage) {
                @Override
                public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
                    storage.join(
                            key,
                            cell,
                            durability,
                            joined -> then.accept(
                                    joined instanceof JoinOutcome.Held ? new JoinOutcome.Held(cell) : joined));
                }
            };
        }
    },

    /** A start does not read the last segment of the log. */
    SKIP_THE_LAST_SEGMENT {
        @Override
        NodeSeams inSeams(NodeSeams seams, SimulatedProcess process) throws IOException {
            List<String> segments = seams.disk().list("log");
            if (!segments.isEmpty()) {
                seams.disk().delete(segments.get(segments.size() - 1));
            }
            return seams;
        }
    },

    /** While a partition moves, it is read from its next owners, who have yet to catch up. */
    READ_FROM_THE_NEXT_OWNERS(Scenario.CHANGES) {
        @Override
        RingSource inRings(RingSource rings, Supplier<@Nullable ClientRequest> coordinated) {
            return new Hasty(
                    rings,
                    () -> coordinated.get() instanceof ClientRequest.Get
                            || coordinated.get() instanceof ClientRequest.GetAll);
        }
    },

    /** While a partition moves, it is written to its next owners alone. */
    WRITE_TO_THE_NEXT_OWNERS_ALONE(Scenario.CHANGES) {
        @Override
        RingSource inRings(RingSource rings, Supplier<@Nullable ClientRequest> coordinated) {
            return new Hasty(
                    rings,
                    () -> coordinated.get() instanceof ClientRequest.Put
                            || coordinated.get() instanceof ClientRequest.PutAll
                            || coordinated.get() instanceof ClientRequest.Delete);
        }
    },

    /** Whoever is to catch up says that it has, at once. */
    CATCH_UP_WITH_NOTHING(Scenario.CHANGES) {
        @Override
        PartitionSyncs inSyncs(PartitionSyncs syncs, NodeSeams seams) {
            return (partition, then) -> {
                seams.shard().execute(() -> then.accept(null));
                return () -> {};
            };
        }
    },

    /** A replica serves whoever goes by an older ring than its own, as long as it owns the key by its own. */
    ACCEPT_A_STALE_EPOCH(Scenario.CHANGES) {
        @Override
        PeerRequest inPeerRequest(PeerRequest request, RingSource rings) {
            Ring ring = rings.current();
            long since = ring.since(ring.partitionOf(request.key().slot()));
            return request.epoch() < since ? routedBy(since, request) : request;
        }
    },

    /** The dead are forgotten when they are old, whether all owners have heard of them or not. */
    PURGE_BY_AGE_ALONE {
        @Override
        void atStart(Horizons horizons, Duration purgeAfter, NodeSeams seams) {
            seams.timers().after(Duration.ofSeconds(2), () -> {
                long horizonMillis = seams.clock().wallMillis() - purgeAfter.toMillis();
                horizons.raise(0, Slots.COUNT - 1, horizonMillis, () -> {});
                atStart(horizons, purgeAfter, seams);
            });
        }
    },

    /** What another owner pushes is said to be held, and is not. */
    FORGET_WHAT_IS_PUSHED {
        @Override
        @Nullable
        SyncRequest inSyncRequest(SyncRequest request, NodeId from, NodeSeams seams) {
            if (request instanceof SyncRequest.Push push) {
                seams.network().send(from, new SyncReply.Taken(push.id(), push.epoch()));
                return null;
            }
            return request;
        }
    },

    /** The digest of a slot stays what it was when one of its cells is overwritten. */
    KEEP_THE_DIGEST_OF_WHAT_WAS_OVERWRITTEN {
        @Override
        CellObserver inObserver(CellObserver observer) {
            return new CellObserver() {
                @Override
                public void changed(Key key, @Nullable Cell former, Cell now) {
                    if (former == null) {
                        observer.changed(key, null, now);
                    }
                }

                @Override
                public void overwritten(Key key) {}

                @Override
                public void changed(int firstSlot, int lastSlot) {
                    observer.changed(firstSlot, lastSlot);
                }
            };
        }

        // They would mend what the digests hide.
        @Override
        Hints inHints(Hints hints) {
            return Hints.NONE;
        }
    },

    /** A hint is said to be kept before it is synced. */
    ACKNOWLEDGE_A_HINT_BEFORE_IT_IS_DURABLE(Scenario.HEALING) {
        @Override
        NodeSeams inSeams(NodeSeams seams, SimulatedProcess process) {
            return seams.withDisk(new UnsyncedDisk(seams.disk(), "hints/"));
        }
    },

    /** A hint is forgotten as soon as it has been sent. */
    FORGET_A_HINT_THAT_IS_NOT_ANSWERED(Scenario.HEALING) {
        @Override
        NodeSeams inSeams(NodeSeams seams, SimulatedProcess process) {
            return seams.withNetwork((to, message) -> {
                seams.network().send(to, message);
                if (message instanceof PeerRequest.Join join && (join.id() & 1L << 62) != 0) {
                    seams.shard()
                            .execute(() -> process.receive(to, new PeerReply.Joined(join.id(), join.epoch(), null)));
                }
            });
        }
    },

    /** Hints are handed over however old they are, and a replica takes what is older than its purge horizon. */
    TAKE_A_HINT_OLDER_THAN_THE_HORIZON {
        @Override
        Duration inHintWindow(Duration window) {
            return Memory.LONG.hintWindow;
        }

        @Override
        Storage inStorage(Storage storage) {
            return new AlteredStorage(storage) {
                @Override
                public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
                    storage.join(key, cell, durability, outcome -> {
                        boolean isTooLate = outcome instanceof JoinOutcome.Held held
                                && held.cell().version().node().equals(NodeId.GREATEST);
                        if (isTooLate && cell instanceof Cell.Live live) {
                            Version young = new Version(
                                    ((JoinOutcome.Held) outcome)
                                                    .cell()
                                                    .version()
                                                    .reading()
                                            + 1,
                                    cell.version().node());
                            storage.join(
                                    key,
                                    new Cell.Live(young, live.expiresAtMillis(), live.value()),
                                    durability,
                                    ignored -> then.accept(new JoinOutcome.Held(cell)));
                        } else {
                            then.accept(outcome);
                        }
                    });
                }
            };
        }
    },

    /** A ballot is promised as soon as it is asked for: not durable, and before what came earlier has been applied. */
    BALLOT_NOT_DURABLE(Scenario.ATOMIC) {
        @Override
        Storage inStorage(Storage storage) {
            return new AlteredStorage(storage) {
                @Override
                public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
                    storage.join(key, cell, durability, then);
                }

                @Override
                public void promise(long reading, Consumer<PromiseOutcome> then) {
                    then.accept(new PromiseOutcome.Kept());
                }
            };
        }
    },

    /** What was promised to others is no reason to refuse a cell. */
    ACCEPT_WITHOUT_THE_PROMISE_CHECK(Scenario.ATOMIC) {
        @Override
        void inReply(PeerRequest request, PeerReply reply, Storage storage, Consumer<PeerReply> then) {
            if (request instanceof PeerRequest.Accept accept && reply instanceof PeerReply.Outbid outbid) {
                storage.join(
                        accept.key(),
                        accept.cell(),
                        Durability.FSYNC,
                        joined -> then.accept(
                                joined instanceof Storage.JoinOutcome.Held held
                                                && Cell.compare(held.cell(), accept.cell()) == 0
                                        ? new PeerReply.Accepted(reply.id(), reply.epoch())
                                        : outbid));
            } else {
                then.accept(reply);
            }
        }
    },

    /** Ballots are promised, and cells accepted, by whatever ring. */
    PREPARE_FROM_A_STALE_EPOCH(Scenario.ATOMIC_CHANGES) {
        @Override
        PeerRequest inPeerRequest(PeerRequest request, RingSource rings) {
            Ring ring = rings.current();
            long since = ring.since(ring.partitionOf(request.key().slot()));
            boolean isOfABallot = request instanceof PeerRequest.Prepare || request instanceof PeerRequest.Accept;
            return isOfABallot && request.epoch() < since ? routedBy(since, request) : request;
        }
    },

    /** A plain write that came after a greater ballot was promised counts. */
    COUNT_A_DEMOTED_JOIN(Scenario.ATOMIC) {
        @Override
        void inReply(PeerRequest request, PeerReply reply, Storage storage, Consumer<PeerReply> then) {
            then.accept(
                    request instanceof PeerRequest.Join && reply instanceof PeerReply.Outbid
                            ? new PeerReply.Joined(reply.id(), reply.epoch(), null)
                            : reply);
        }
    };

    /** What it is caught in. */
    enum Scenario {
        /** {@link io.murmur.simulation.ClusterScenario}. */
        CLUSTER,
        /** {@link io.murmur.simulation.ChangeScenario}. */
        CHANGES,
        /** {@link io.murmur.simulation.HealingScenario}, by hints alone. */
        HEALING,
        /** {@link io.murmur.simulation.AtomicScenario}. */
        ATOMIC,
        /** The same while rings change. */
        ATOMIC_CHANGES;

        Seeds.Scenario with(PlantedBug bug) {
            return switch (this) {
                case CLUSTER -> Memory.cluster(bug);
                case CHANGES -> Memory.changes(bug);
                case HEALING -> Memory.HINTS_ALONE.healing(bug);
                case ATOMIC -> Memory.atomic(bug);
                case ATOMIC_CHANGES -> Memory.atomicChanges(bug);
            };
        }
    }

    final Scenario scenario;

    PlantedBug() {
        this(Scenario.CLUSTER);
    }

    PlantedBug(Scenario scenario) {
        this.scenario = scenario;
    }

    /**
     * What the coordinators are to take for the ring.
     *
     * @param coordinated the client's request that a coordinator is being handed just now
     */
    RingSource inRings(RingSource rings, Supplier<@Nullable ClientRequest> coordinated) {
        return rings;
    }

    /** How partitions are caught up with. */
    PartitionSyncs inSyncs(PartitionSyncs syncs, NodeSeams seams) {
        return syncs;
    }

    /** A ring in which the next owners are the owners already, at some times. */
    private record Hasty(RingSource rings, BooleanSupplier now) implements RingSource {
        @Override
        public Ring current() {
            Ring ring = rings.current();
            Transition transition = ring.transition();
            if (transition == null || !now.getAsBoolean()) {
                return ring;
            }
            List<Long> since =
                    IntStream.range(0, ring.partitions()).mapToObj(ring::since).toList();
            return new Ring(
                    ring.epoch(),
                    ring.partitions(),
                    ring.replicas(),
                    transition.members(),
                    transition.owners(),
                    List.of(),
                    since,
                    null);
        }

        @Override
        public void newerAt(NodeId node) {
            rings.newerAt(node);
        }
    }

    /** What is to keep what owners miss. */
    Hints inHints(Hints hints) {
        return hints;
    }

    /** How long hints count. */
    Duration inHintWindow(Duration window) {
        return window;
    }

    /** What is to be told of changes. */
    CellObserver inObserver(CellObserver observer) {
        return observer;
    }

    /** A sync's request, before it is served; null when it is answered in another way. */
    @Nullable
    SyncRequest inSyncRequest(SyncRequest request, NodeId from, NodeSeams seams) {
        return request;
    }

    /** Once, when rounds begin. */
    void atStart(Horizons horizons, Duration purgeAfter, NodeSeams seams) {}

    /** What the process is to be assembled on. */
    NodeSeams inSeams(NodeSeams seams, SimulatedProcess process) throws IOException {
        return seams;
    }

    /** What the shard is to take for its storage. */
    Storage inStorage(Storage storage) {
        return storage;
    }

    /** What the coordinator is to take for a client's request. */
    ClientRequest inRequest(ClientRequest request, NodeSeams seams) {
        return request;
    }

    /**
     * What the replica is to take for another coordinator's request.
     *
     * @param rings as the replica sees them
     */
    PeerRequest inPeerRequest(PeerRequest request, RingSource rings) {
        return request;
    }

    /** The same request as if its coordinator had known the partition to be so. */
    private static PeerRequest routedBy(long epoch, PeerRequest request) {
        return switch (request) {
            case PeerRequest.Join join ->
                new PeerRequest.Join(join.id(), epoch, join.deadlineNanos(), join.key(), join.cell());
            case PeerRequest.Hint hint ->
                new PeerRequest.Hint(hint.id(), epoch, hint.deadlineNanos(), hint.target(), hint.key(), hint.cell());
            case PeerRequest.Read read -> new PeerRequest.Read(read.id(), epoch, read.deadlineNanos(), read.key());
            case PeerRequest.ReadDigest read ->
                new PeerRequest.ReadDigest(read.id(), epoch, read.deadlineNanos(), read.key());
            case PeerRequest.Prepare prepare ->
                new PeerRequest.Prepare(
                        prepare.id(), epoch, prepare.deadlineNanos(), prepare.key(), prepare.ballot(), prepare.since());
            case PeerRequest.Accept accept ->
                new PeerRequest.Accept(
                        accept.id(),
                        epoch,
                        accept.deadlineNanos(),
                        accept.key(),
                        accept.cell(),
                        accept.links(),
                        accept.next());
        };
    }

    /** What a replica is to answer to another coordinator's request. */
    void inReply(PeerRequest request, PeerReply reply, Storage storage, Consumer<PeerReply> then) {
        then.accept(reply);
    }

    private static @Nullable Level oneLess(@Nullable Level asked, Key key, NodeSeams seams) {
        Level level = asked == null ? ClusterScenario.CACHE.writeLevel() : asked;
        int owners = seams.ring()
                .get()
                .owners(seams.ring().get().partitionOf(key.slot()), ClusterScenario.replicasOf(key))
                .size();
        return switch (level) {
            case Level.Count count -> count(count.replicas() - 1);
            case Level.Named named ->
                switch (named) {
                    case ANY, ONE, LOCAL_ONE -> named;
                    case TWO -> count(1);
                    case THREE -> count(2);
                    case QUORUM, EACH_QUORUM, SERIAL -> count(owners / 2);
                    case ALL -> count(owners - 1);
                    case LOCAL_QUORUM -> Level.LOCAL_ONE;
                };
        };
    }

    private static Level count(int owners) {
        return new Level.Count(Math.max(1, owners));
    }

    /** A storage that does all but its joins as another does. */
    private abstract static class AlteredStorage implements Storage {
        private final Storage storage;

        AlteredStorage(Storage storage) {
            this.storage = storage;
        }

        @Override
        public void read(Key key, Consumer<ReadOutcome> then) {
            storage.read(key, then);
        }

        @Override
        public void promise(long reading, Consumer<PromiseOutcome> then) {
            storage.promise(reading, then);
        }

        @Override
        public void settled(Runnable then) {
            storage.settled(then);
        }

        @Override
        public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
            storage.scan(firstSlot, lastSlot, after, limit, then);
        }
    }
}
