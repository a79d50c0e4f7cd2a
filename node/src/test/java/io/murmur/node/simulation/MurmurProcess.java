package io.murmur.node.simulation;

import io.murmur.antientropy.CatchUp;
import io.murmur.antientropy.OwnReplica;
import io.murmur.antientropy.SyncSeams;
import io.murmur.antientropy.SyncSettings;
import io.murmur.antientropy.SyncShard;
import io.murmur.gossip.GossipSettings;
import io.murmur.handoff.HintSeams;
import io.murmur.handoff.HintSettings;
import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.message.EndpointStatus;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.membership.DiskRingStore;
import io.murmur.membership.PartitionSyncs;
import io.murmur.node.Membership;
import io.murmur.node.ShardHints;
import io.murmur.quorum.QuorumSettings;
import io.murmur.quorum.QuorumShard;
import io.murmur.quorum.ShardSeams;
import io.murmur.simulation.ChangeScenario;
import io.murmur.simulation.ClusterScenario;
import io.murmur.simulation.NodeSeams;
import io.murmur.simulation.ProcessFactory;
import io.murmur.simulation.SimulatedProcess;
import io.murmur.simulation.register.RegisterAction;
import io.murmur.simulation.register.RegisterOperation;
import io.murmur.storage.ReplicaStore;
import io.murmur.storage.StoreSettings;
import io.murmur.storage.StoreThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A node of one shard, as {@code io.murmur.node.Node} assembles it, on simulated seams. Its shard's thread is its control loop as well.
 * With a plan it finds the others and agrees on rings; without one it goes by the ring and the liveness that the world tells it.
 */
final class MurmurProcess implements SimulatedProcess {

    /** So small that a run of a few hundred writes sees many segments, flushes and merges. */
    private static final int FEW_BYTES = 4_000;

    private final NodeSeams seams;
    private final PlantedBug bug;
    private final ReplicaStore store;
    private final Memory memory;
    private final RingSource rings = new Rings();
    private final QuorumShard shard;
    private final AtomicCalls calls;

    /** Whose requests are being served; some never are, for their coordinator has given up. */
    private final Map<Asked, PeerRequest> asked = new HashMap<>();

    private record Asked(NodeId from, long id) {}

    private final ShardHints hints;
    private final SyncShard sync;
    private final @Nullable Membership membership;
    private final int laziestMillis;
    private @Nullable Ring ring;
    private boolean isSyncing;
    private @Nullable ClientRequest coordinated;

    private MurmurProcess(NodeSeams given, PlantedBug bug, Memory memory, ChangeScenario.@Nullable Plan plan)
            throws IOException {
        this.memory = memory;
        this.bug = bug;
        this.seams = bug.inSeams(given.withNetwork((to, message) -> send(given, to, message)), this);
        this.laziestMillis = plan != null && seams.random().nextInt(3) == 0 ? 8_000 : 20;
        boolean isPurgedOften = seams.random().nextInt(4) == 0;
        this.store = ReplicaStore.open(
                settings(Duration.ofSeconds(isPurgedOften ? 2 : 20)),
                seams.disk(),
                seams.clock(),
                new StoreThreads(seams.log(), seams.background(), List.of(seams.shard()), seams.timers()),
                seams.fatal());
        requireNoDamage(store);
        Storage storage = bug.inStorage(store.shard(0));
        this.hints = new ShardHints(
                new HintSeams(
                        seams.id(),
                        seams.clock(),
                        seams.timers(),
                        seams.network(),
                        seams.liveness(),
                        seams.random(),
                        rings,
                        seams.disk(),
                        seams.background(),
                        seams.shard(),
                        seams.fatal()),
                hintSettings());
        this.shard = new QuorumShard(
                new ShardSeams(
                        seams.id(),
                        seams.clock(),
                        seams.timers(),
                        seams.network(),
                        storage,
                        seams.liveness(),
                        seams.random(),
                        bug.inRings(rings, () -> coordinated),
                        bug.inHints(memory.hints(hints))),
                QuorumSettings.of(ClusterScenario.CACHES, 0).withForgottenAfter(memory.purgeAfter),
                store.greatestReading(),
                store.greatestPromise());
        this.calls = new AtomicCalls(shard);
        this.sync = new SyncShard(
                new SyncSeams(
                        seams.id(),
                        seams.clock(),
                        seams.timers(),
                        seams.network(),
                        new OwnReplica(
                                storage,
                                store.horizons(0),
                                store.rebuild(0),
                                shard.promises(),
                                observer -> store.observe(0, bug.inObserver(observer))),
                        seams.liveness(),
                        seams.random(),
                        rings),
                slowSync(20_000 + seams.random().nextInt(500_000), isPurgedOften ? OFTEN : SELDOM),
                hints);
        this.membership = plan == null ? null : membership(plan);
        if (membership == null) {
            startSync();
        } else if (plan != null) {
            ring = membership.ring();
            if (ring != null) {
                startSync();
            }
            membership.start(member ->
                    new EndpointAttributes(member, 0, 0, EndpointStatus.UP, EndpointLoad.NONE, "simulated", 1));
        }
    }

    private void send(NodeSeams given, NodeId to, Message message) {
        PeerRequest request = message instanceof PeerReply reply ? asked.remove(new Asked(to, reply.id())) : null;
        if (request != null && message instanceof PeerReply reply) {
            bug.inReply(
                    request, reply, store.shard(0), altered -> given.network().send(to, altered));
        } else {
            given.network().send(to, message);
        }
    }

    private void startSync() {
        isSyncing = true;
        if (memory.hasRounds()) {
            sync.start();
        }
        hints.open(sync::owed);
        bug.atStart(store.horizons(0), memory.purgeAfter, seams);
    }

    private static void requireNoDamage(ReplicaStore store) {
        if (!store.damage().isEmpty()) {
            throw new IllegalStateException("no file is ever damaged here, yet the store says: " + store.damage());
        }
    }

    /** By the world's ring, or by the one agreed on. */
    private final class Rings implements RingSource {
        @Override
        public Ring current() {
            return membership == null ? seams.ring().get() : Objects.requireNonNull(ring);
        }

        @Override
        public void newerAt(NodeId node) {
            if (membership != null) {
                membership.newerAt(node);
            }
        }
    }

    private Membership membership(ChangeScenario.Plan plan) throws IOException {
        return new Membership(
                new Membership.Seams(
                        seams.clock(),
                        seams.timers(),
                        seams.network(),
                        seams.random(),
                        new DiskRingStore(seams.disk(), seams.background(), seams.shard(), seams.fatal()),
                        bug.inSyncs(this::catchUp, seams),
                        () -> plan.seeds().stream()
                                .filter(node -> !node.equals(seams.id()))
                                .toList()),
                new Membership.Settings(
                        plan.self(),
                        generation(),
                        plan.seeds().contains(seams.id()),
                        (int) plan.seeds().stream()
                                .filter(node -> !node.equals(seams.id()))
                                .count(),
                        plan.initialNodes(),
                        plan.partitions(),
                        plan.replicas(),
                        true,
                        plan.replaces() == null ? "" : plan.replaces().toString(),
                        false,
                        GossipSettings.DEFAULT),
                new Membership.Listener() {
                    @Override
                    public void adopted(Ring next) {
                        ring = next;
                        shard.ringChanged();
                        if (isSyncing) {
                            sync.ringChanged();
                            hints.ringChanged();
                        } else {
                            startSync();
                        }
                    }

                    @Override
                    public void addressesChanged() {}

                    @Override
                    public void awaits(String what) {}

                    @Override
                    public void refused(String why) {}

                    @Override
                    public void generationRaised(long generation) {}
                });
    }

    /** Milliseconds, since a simulated node may live for less than a second; a clock that is set back is made up for by the others. */
    private long generation() {
        return seams.clock().wallMillis() / 1000;
    }

    private PartitionSyncs.Handle catchUp(int partition, Consumer<@Nullable String> then) {
        Lazy lazy = new Lazy();
        seams.timers().after(Duration.ofMillis(seams.random().nextInt(laziestMillis)), () -> {
            if (!lazy.isCancelled) {
                lazy.begun = sync.catchUp(partition, outcome -> then.accept(Membership.failure(outcome)));
            }
        });
        return lazy;
    }

    /** A catch-up that takes its time to begin, so that partitions move for a while though they hold little. */
    private static final class Lazy implements PartitionSyncs.Handle {
        private @Nullable CatchUp begun;
        private boolean isCancelled;

        @Override
        public void cancel() {
            isCancelled = true;
            if (begun != null) {
                begun.cancel();
            }
        }
    }

    static ProcessFactory with(PlantedBug bug, Memory memory) {
        return seams -> new MurmurProcess(seams, bug, memory, null);
    }

    static ChangeScenario.ClusterFactory changing(PlantedBug bug, Memory memory) {
        return (seams, plan) -> new MurmurProcess(seams, bug, memory, plan);
    }

    /** So slow that a partition is moving for a while, in pages of few entries. */
    private SyncSettings slowSync(long bytesPerSecond, Duration roundInterval) {
        return new SyncSettings(
                0,
                1,
                bytesPerSecond,
                1 << 10,
                Duration.ofSeconds(2),
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                16,
                64,
                roundInterval,
                memory.purgeAfter,
                ClusterScenario.CACHES.values().stream()
                        .collect(Collectors.toMap(CacheSettings::name, CacheSettings::replicas)));
    }

    private HintSettings hintSettings() {
        HintSettings usual = HintSettings.of(0, 1);
        return new HintSettings(
                0,
                1,
                bug.inHintWindow(memory.hintWindow),
                FEW_BYTES,
                usual.hintsPerSecondToTheLiving(),
                usual.bytesPerSecondToTheLiving(),
                usual.bounds(),
                usual.handover());
    }

    /** So that rounds, and what they let be forgotten, come in the midst of everything. */
    private static final Duration OFTEN = Duration.ofSeconds(6);

    private static final Duration SELDOM = Duration.ofSeconds(15);

    private static StoreSettings settings(Duration purgeInterval) {
        StoreSettings usual = StoreSettings.of(1, slot -> 0);
        return new StoreSettings(
                1,
                usual.shardOfSlot(),
                FEW_BYTES,
                usual.hotBytes(),
                FEW_BYTES,
                4,
                usual.syncInterval(),
                usual.maxPendingBytes(),
                usual.freeDiskFloor(),
                purgeInterval);
    }

    @Override
    public @Nullable Ring ring() {
        return ring;
    }

    @Override
    public Map<String, Long> counts() {
        return Map.of("reads that joined a repair", shard.statistics().repairsShared());
    }

    @Override
    public Replica replica() {
        return new Replica(store.shard(0), store.horizons(0));
    }

    /** A real node does not let clients in before it has a ring. */
    private static ClientReply withoutRing(ClientRequest request) {
        ClientReply.Result failed = new ClientReply.Failed(new Failure.Unavailable(0, 1));
        return switch (request) {
            case ClientRequest.GetAll all ->
                new ClientReply.Many(all.id(), 0, Collections.nCopies(all.keys().size(), failed));
            case ClientRequest.PutAll all ->
                new ClientReply.Many(
                        all.id(), 0, Collections.nCopies(all.entries().size(), failed));
            default -> new ClientReply.One(request.id(), 0, failed);
        };
    }

    @Override
    public void change(Key key, RegisterAction action, Duration timeout, Consumer<RegisterOperation.Result> then) {
        if (membership != null && ring == null) {
            then.accept(new RegisterOperation.NotDone("no ring"));
        } else {
            calls.call(key, action, seams.clock().monotonicNanos() + timeout.toNanos(), then);
        }
    }

    @Override
    public void receive(NodeId from, Message message) {
        requireNoDamage(store);
        boolean hasRing = membership == null || ring != null;
        switch (message) {
            case PeerRequest request -> {
                if (hasRing) {
                    asked.put(new Asked(from, request.id()), request);
                    shard.receive(from, bug.inPeerRequest(request, rings));
                }
            }
            case PeerReply reply -> {
                if (!hints.receive(from, reply)) {
                    shard.receive(from, reply);
                }
            }
            case SyncRequest request -> {
                SyncRequest served = hasRing ? bug.inSyncRequest(request, from, seams) : null;
                if (served != null) {
                    sync.receive(from, served);
                }
            }
            case SyncReply reply -> sync.receive(from, reply);
            case ClientRequest request -> {
                if (hasRing) {
                    coordinated = request;
                    shard.coordinate(
                            bug.inRequest(request, seams),
                            reply -> seams.network().send(from, reply));
                    coordinated = null;
                } else {
                    seams.network().send(from, withoutRing(request));
                }
            }
            case GossipMessage rumour -> {
                if (membership != null) {
                    membership.receive(from, rumour);
                }
            }
            case RingMessage about -> {
                if (membership != null) {
                    membership.receive(from, about);
                }
            }
            case ClientReply ignored -> throw new IllegalStateException("nobody sends this here: " + message);
            case Handshake ignored -> throw new IllegalStateException("nobody sends this here: " + message);
        }
    }
}
