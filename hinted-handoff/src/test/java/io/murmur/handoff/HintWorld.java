package io.murmur.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Disk;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.simulation.NodeSeams;
import io.murmur.simulation.SimulatedDisk;
import io.murmur.simulation.SimulatedProcess;
import io.murmur.simulation.Transcript;
import io.murmur.simulation.World;
import io.murmur.simulation.WorldSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Node a keeps hints on a simulated disk; the others take joins as replicas do, and each goes by a ring of its own. */
final class HintWorld {

    static final Duration WINDOW = Duration.ofMinutes(10);

    static final HandoverSettings HANDOVER = new HandoverSettings(
            1 << 20,
            16 << 10,
            8 << 20,
            8,
            4 << 10,
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            3);

    static final HintBounds BOUNDS = new HintBounds(1 << 20, 2 << 20, 8 << 20, 1 << 20, 0.1);

    static final HintSettings SETTINGS = new HintSettings(7, 8, WINDOW, 2 << 10, 20, 16 << 10, BOUNDS, HANDOVER);

    /** A join as it arrived. */
    record Arrived(NodeId at, NodeId from, PeerRequest.Join join, long wallMillis) {}

    /** How a replica deals with a join. */
    @FunctionalInterface
    interface Manner {
        Manner TAKES_IT = join -> null;

        /** The refusal, {@link #SILENCE} for none at all, or null to take it. */
        @Nullable
        Failure refusal(PeerRequest.Join join);
    }

    static final Failure SILENCE = new Failure.Timeout(0, 0, Failure.Effect.UNKNOWN);

    final World world;
    HintSettings settings;
    final Map<NodeId, Ring> rings = new LinkedHashMap<>();
    final Map<NodeId, TreeMap<Key, Cell>> held = new LinkedHashMap<>();
    final Map<NodeId, Manner> manners = new LinkedHashMap<>();
    final List<Arrived> arrived = new ArrayList<>();
    final List<NodeId> askedForNewerRing = new ArrayList<>();
    final List<Integer> owed = new ArrayList<>();
    UnaryOperator<Disk> diskSeenAs = disk -> disk;
    private final Map<NodeId, NodeSeams> seams = new LinkedHashMap<>();
    private @Nullable HintShard shard;
    private boolean isReadBack;
    private int counter;

    HintWorld(long seed) {
        this(seed, SETTINGS);
    }

    HintWorld(long seed, HintSettings settings) {
        this.settings = settings;
        this.world = new World(seed, WorldSettings.DEFAULT, this::start, Transcript.NONE);
        for (NodeId id : Rings.ALL) {
            world.addNode(id, Rings.name(id));
            rings.put(id, Rings.FIRST);
            held.put(id, new TreeMap<>());
            manners.put(id, Manner.TAKES_IT);
        }
        world.publish(Rings.FIRST);
        world.startAll();
    }

    private SimulatedProcess start(NodeSeams own) throws IOException {
        seams.put(own.id(), own);
        return own.id().equals(Rings.A) ? keeper(own) : replica(own);
    }

    private SimulatedProcess keeper(NodeSeams own) throws IOException {
        RingSource ring = new RingSource() {
            @Override
            public Ring current() {
                return ringOf(Rings.A);
            }

            @Override
            public void newerAt(NodeId node) {
                askedForNewerRing.add(node);
            }
        };
        HintSeams all = new HintSeams(
                own.id(),
                own.clock(),
                own.timers(),
                own.network(),
                node -> {
                    assertThat(isReadBack).as("asked on the shard's thread").isTrue();
                    return own.liveness().isAlive(node);
                },
                own.random(),
                ring,
                diskSeenAs.apply(own.disk()),
                own.background(),
                task -> {
                    assertThat(isReadBack).as("begun before all has been read").isTrue();
                    own.shard().execute(task);
                },
                own.fatal());
        isReadBack = false;
        HintShard opened = HintShard.open(all, settings, owed::add);
        isReadBack = true;
        opened.start();
        shard = opened;
        return (from, message) -> {
            switch (message) {
                case PeerReply reply -> assertThat(opened.receive(from, reply)).isTrue();
                case PeerRequest.Join join -> take(own, from, join);
                default -> throw new AssertionError("not of a handover: " + message);
            }
        };
    }

    private SimulatedProcess replica(NodeSeams own) {
        return (from, message) -> {
            switch (message) {
                case PeerRequest.Join join -> take(own, from, join);
                default -> throw new AssertionError("not of a handover: " + message);
            }
        };
    }

    private void take(NodeSeams own, NodeId from, PeerRequest.Join join) {
        NodeId id = own.id();
        if (join.deadlineNanos() <= own.clock().monotonicNanos()) {
            return;
        }
        arrived.add(new Arrived(id, from, join, own.clock().wallMillis()));
        Ring ring = ringOf(id);
        int partition = ring.partitionOf(join.key().slot());
        if (join.epoch() > ring.since(partition)) {
            // It would be parked until this node has that ring.
            return;
        }
        Failure refusal = join.epoch() != ring.since(partition) || !ring.isOwner(id, partition, ring.replicas())
                ? new Failure.StaleRing(ring.epoch(), Failure.Effect.NONE)
                : Objects.requireNonNull(manners.get(id)).refusal(join);
        if (refusal != null) {
            if (!refusal.equals(SILENCE)) {
                own.network().send(from, new PeerReply.Refused(join.id(), ring.epoch(), refusal));
            }
            return;
        }
        Cell now = heldBy(id).merge(join.key(), join.cell(), Cell::joinPresent);
        Version superseding = now.equals(join.cell()) ? null : now.version();
        own.network().send(from, new PeerReply.Joined(join.id(), ring.epoch(), superseding));
    }

    Ring ringOf(NodeId id) {
        return Objects.requireNonNull(rings.get(id));
    }

    void adopt(NodeId id, Ring ring) {
        rings.put(id, ring);
        if (id.equals(Rings.A) && world.isUp(id)) {
            shard().ringChanged();
        }
    }

    void adoptAll(Ring ring) {
        Rings.ALL.forEach(id -> adopt(id, ring));
    }

    void manner(NodeId id, Manner manner) {
        manners.put(id, manner);
    }

    /** Of the life the keeper is in. */
    HintShard shard() {
        return Objects.requireNonNull(shard);
    }

    TreeMap<Key, Cell> heldBy(NodeId id) {
        return Objects.requireNonNull(held.get(id));
    }

    Clock clock() {
        return Objects.requireNonNull(seams.get(Rings.A)).clock();
    }

    SimulatedDisk disk() {
        return world.disk(Rings.A);
    }

    List<String> files() {
        return disk().list("hints");
    }

    byte[] bytesOf(String file) throws IOException {
        try (Disk.Source source = disk().open(file)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) source.size());
            source.read(0, bytes);
            return bytes.array();
        }
    }

    // ---- content

    /** A cell written now, or so long ago. */
    Cell written(Duration ago, int bytes) {
        long reading = ((clock().wallMillis() - ago.toMillis()) << 16) + (++counter % (1 << 16));
        byte[] value = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            value[i] = (byte) (reading * 31 + i);
        }
        return new Cell.Live(new Version(reading, Rings.B), Cell.NEVER, value);
    }

    Cell written() {
        return written(Duration.ZERO, 50);
    }

    // ---- keeping

    /** What was said of a hint; null while nothing was. */
    static final class Said {
        @Nullable
        Boolean isKept;

        int times;
    }

    Said keep(NodeId target, Key key, Cell cell) {
        Said said = new Said();
        shard().keep(target, key, cell, isKept -> {
            said.isKept = isKept;
            said.times++;
        });
        return said;
    }

    /** Keeps a cell, and waits for what is said. */
    boolean keepNow(NodeId target, Key key, Cell cell) {
        Said said = keep(target, key, cell);
        await(() -> said.isKept != null);
        return Objects.requireNonNull(said.isKept);
    }

    /** Takes a node down, and waits until that is known. */
    void takeDown(NodeId id) {
        world.kill(id);
        world.run(Duration.ofSeconds(2));
    }

    Map<NodeId, HintedNode> targets() {
        Map<NodeId, HintedNode> targets = new LinkedHashMap<>();
        shard().targets().forEach(target -> targets.put(target.node(), target));
        return targets;
    }

    List<PeerRequest.Join> arrivedAt(NodeId id) {
        return arrived.stream()
                .filter(one -> one.at().equals(id))
                .map(Arrived::join)
                .toList();
    }

    // ---- waiting

    void await(BooleanSupplier condition) {
        await(condition, Duration.ofMinutes(2));
    }

    void await(BooleanSupplier condition, Duration atMost) {
        if (!world.runUntil(condition, atMost)) {
            throw new AssertionError("not within " + atMost.toSeconds() + " simulated seconds");
        }
        assertThat(world.violations()).isEmpty();
    }

    void awaitNothingHeld() {
        await(() -> shard().statistics().held() == 0);
    }
}
