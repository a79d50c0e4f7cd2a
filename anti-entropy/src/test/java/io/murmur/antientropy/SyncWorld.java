package io.murmur.antientropy;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Durability;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.ScanOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.simulation.NodeSeams;
import io.murmur.simulation.SimulatedProcess;
import io.murmur.simulation.SimulatedStorage;
import io.murmur.simulation.Transcript;
import io.murmur.simulation.World;
import io.murmur.simulation.WorldSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Nodes that do nothing but catch up and be caught up from, on simulated disks, network and time; each with a ring of its own. */
final class SyncWorld {

    static final SyncSettings SETTINGS = new SyncSettings(
            7,
            8,
            100L << 20,
            4 << 10,
            Duration.ofSeconds(1),
            Duration.ofMillis(20),
            Duration.ofMillis(500),
            16,
            64,
            Duration.ofHours(1),
            Duration.ofSeconds(10),
            Map.of("default", 3));

    /** A message that leaves. */
    record Sent(NodeId from, NodeId to, Message message) {}

    /** A mistake planted into every node. */
    enum Plant {
        NONE,
        DOES_NOT_WAIT_FOR_JOINS_UNDER_WAY,
        READS_ONE_SOURCE,
        DIGESTS_IGNORE_TOMBSTONES,
        LOSES_THE_KEY_BEHIND_A_PAGE
    }

    final World world;
    final Function<NodeId, SyncSettings> settings;
    final Plant plant;
    final Map<NodeId, SyncShard> shards = new LinkedHashMap<>();
    final Map<NodeId, ForgetfulStorage> storages = new LinkedHashMap<>();
    final Map<NodeId, Storage> planted = new LinkedHashMap<>();
    final Map<NodeId, Ring> rings = new LinkedHashMap<>();
    final Map<NodeId, NodeSeams> seams = new LinkedHashMap<>();
    private final Map<NodeId, HandPromises> promises = new LinkedHashMap<>();
    final List<NodeId> askedForNewerRing = new ArrayList<>();
    final List<Sent> sent = new ArrayList<>();

    /** Whether a message may leave. */
    Predicate<Sent> gate = any -> true;

    /** What a node's storage is seen as. */
    BiFunction<NodeId, Storage, Storage> storageSeenAs = (id, storage) -> storage;

    HandPromises promises(NodeId node) {
        return Objects.requireNonNull(promises.get(node));
    }

    SyncWorld(long seed, Ring ring) {
        this(seed, ring, SETTINGS, Plant.NONE);
    }

    SyncWorld(long seed, Ring ring, SyncSettings settings, Plant plant) {
        this(seed, ring, id -> settings, plant);
    }

    SyncWorld(long seed, Ring ring, Function<NodeId, SyncSettings> settings, Plant plant) {
        this.settings = settings;
        this.plant = plant;
        world = new World(seed, WorldSettings.DEFAULT, this::start, Transcript.NONE);
        for (NodeId id : Rings.ALL) {
            world.addNode(id, Rings.name(id));
            rings.put(id, ring);
        }
        world.publish(ring);
        world.startAll();
    }

    private SimulatedProcess start(NodeSeams own) throws IOException {
        NodeId id = own.id();
        ForgetfulStorage simulated = new ForgetfulStorage(new SimulatedStorage(own));
        Storage storage = plantInto(storageSeenAs.apply(id, simulated));
        OwnReplica replica = new OwnReplica(
                plant == Plant.DIGESTS_IGNORE_TOMBSTONES ? Plants.withoutTombstones(storage) : storage,
                simulated,
                simulated.rebuild(storage),
                promises.computeIfAbsent(id, none -> new HandPromises()),
                simulated::observe);
        RingSource ring = new RingSource() {
            @Override
            public Ring current() {
                Ring now = Objects.requireNonNull(rings.get(id));
                return plant == Plant.READS_ONE_SOURCE ? Plants.withOneOwner(now) : now;
            }

            @Override
            public void newerAt(NodeId node) {
                askedForNewerRing.add(id);
            }
        };
        SyncSeams all = new SyncSeams(
                id,
                own.clock(),
                own.timers(),
                (to, message) -> {
                    Sent one = new Sent(id, to, message);
                    sent.add(one);
                    if (gate.test(one)) {
                        own.network().send(to, message);
                    }
                },
                replica,
                own.liveness(),
                own.random(),
                ring);
        SyncShard shard = new SyncShard(all, settings.apply(id), RoundListener.NONE);
        seams.put(id, own);
        storages.put(id, simulated);
        planted.put(id, storage);
        shards.put(id, shard);
        return (from, message) -> {
            switch (message) {
                case SyncRequest request -> shard.receive(from, request);
                case SyncReply reply -> shard.receive(from, reply);
                default -> throw new AssertionError("not of a sync: " + message);
            }
        };
    }

    private Storage plantInto(Storage storage) {
        return switch (plant) {
            case DOES_NOT_WAIT_FOR_JOINS_UNDER_WAY -> Plants.neverUnsettled(storage);
            case LOSES_THE_KEY_BEHIND_A_PAGE -> Plants.withoutTheKeyBehindAPage(storage);
            case NONE, READS_ONE_SOURCE, DIGESTS_IGNORE_TOMBSTONES -> storage;
        };
    }

    SyncShard shard(NodeId id) {
        return Objects.requireNonNull(shards.get(id));
    }

    ForgetfulStorage storage(NodeId id) {
        return Objects.requireNonNull(storages.get(id));
    }

    /** Sends a message that was held back. */
    void release(Sent one) {
        Objects.requireNonNull(seams.get(one.from())).network().send(one.to(), one.message());
    }

    void adopt(NodeId id, Ring ring) {
        rings.put(id, ring);
        if (world.isUp(id)) {
            shard(id).ringChanged();
        }
    }

    void adoptAll(Ring ring) {
        Rings.ALL.forEach(id -> adopt(id, ring));
    }

    // ---- content

    static Cell live(long reading, int bytes) {
        byte[] value = new byte[bytes];
        new Random(reading).nextBytes(value);
        return new Cell.Live(new Version(reading, Rings.A), Cell.NEVER, value);
    }

    static Cell tombstone(long reading) {
        return new Cell.Tombstone(new Version(reading, Rings.A));
    }

    static Cell expired(long reading, int bytes) {
        return new Cell.Live(new Version(reading, Rings.A), 1, new byte[bytes]);
    }

    static Cell any(Random random, int mostBytes) {
        long reading = 1L + random.nextInt(1000);
        return switch (random.nextInt(5)) {
            case 0 -> tombstone(reading);
            case 1 -> expired(reading, random.nextInt(mostBytes));
            default -> live(reading, random.nextInt(mostBytes));
        };
    }

    /** Joins a cell at a node; not yet durable when this returns. */
    void join(NodeId at, Key key, Cell cell) {
        storage(at).join(key, cell, Durability.FSYNC, outcome -> {});
    }

    /** Until all joins have been done. */
    void settle() {
        List<NodeId> settled = new ArrayList<>();
        storages.forEach((id, storage) -> storage.settled(() -> settled.add(id)));
        await(() -> settled.size() == storages.size(), Duration.ofSeconds(60));
    }

    /** What a node holds of a partition, for all to see. */
    TreeMap<Key, Cell> held(NodeId id, int partition) {
        TreeMap<Key, Cell> held = new TreeMap<>();
        int first = Rings.THREE.firstSlot(partition);
        storage(id).scan(first, first + Rings.THREE.slotsPerPartition() - 1, null, Integer.MAX_VALUE, outcome -> {
            if (outcome instanceof ScanOutcome.Page page) {
                page.entries().forEach(entry -> held.put(entry.key(), entry.cell()));
            }
        });
        return held;
    }

    TreeMap<Key, Cell> joinOf(int partition, NodeId... nodes) {
        TreeMap<Key, Cell> joined = new TreeMap<>();
        for (NodeId node : nodes) {
            held(node, partition).forEach((key, cell) -> joined.merge(key, cell, Cell::joinPresent));
        }
        return joined;
    }

    static long bytesOf(TreeMap<Key, Cell> cells) {
        return cells.entrySet().stream()
                .mapToLong(entry -> WireBytes.of(new Storage.Entry(entry.getKey(), entry.getValue())))
                .sum();
    }

    // ---- catching up

    /** One that has begun. */
    static final class Running {
        @Nullable
        CatchUp handle;

        CatchUp.@Nullable Outcome outcome;
        int outcomes;

        CatchUp handle() {
            return Objects.requireNonNull(handle);
        }
    }

    Running begin(NodeId node, int partition) {
        Running running = new Running();
        running.handle = shard(node).catchUp(partition, outcome -> {
            running.outcome = outcome;
            running.outcomes++;
        });
        return running;
    }

    CatchUp.CaughtUp caughtUp(Running running, Duration atMost) {
        await(() -> running.outcome != null, atMost);
        assertThat(running.outcome).isInstanceOf(CatchUp.CaughtUp.class);
        return (CatchUp.CaughtUp) Objects.requireNonNull(running.outcome);
    }

    CatchUp.CaughtUp catchUp(NodeId node, int partition) {
        return caughtUp(begin(node, partition), Duration.ofMinutes(5));
    }

    String failureOf(Running running) {
        await(() -> running.outcome != null, Duration.ofMinutes(1));
        assertThat(running.outcome).isInstanceOf(CatchUp.Failed.class);
        return ((CatchUp.Failed) Objects.requireNonNull(running.outcome)).reason();
    }

    void await(BooleanSupplier condition, Duration atMost) {
        if (!world.runUntil(condition, atMost)) {
            throw new AssertionError("not within " + atMost.toSeconds() + " simulated seconds");
        }
        assertThat(world.violations()).isEmpty();
    }

    <M> List<M> sent(NodeId from, NodeId to, Class<M> kind) {
        return sent.stream()
                .filter(one -> one.from().equals(from) && one.to().equals(to) && kind.isInstance(one.message()))
                .map(one -> kind.cast(one.message()))
                .toList();
    }

    static JoinOutcome refused(Storage.StorageFault fault) {
        return new JoinOutcome.Refused(fault, "told so");
    }
}
