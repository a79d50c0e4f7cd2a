package io.murmur.simulation;

import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What goes wrong in a run, and when. Each run draws which kinds of faults it has at all, so that some runs are nothing but crashes and
 * others have a little of everything, and how often they come. Each fault ends by itself after a while.
 */
final class FaultSchedule {

    /** The kinds. */
    enum Kind {
        KILL,
        CRASH,
        CRASH_INSIDE_DISK_CALL,
        POWER_CUT,
        PARTITION,
        ONE_WAY_CUT,
        LOSS,
        DUPLICATION,
        DELAY,
        SLOW_NODE,
        SLOW_DISK,
        FULL_DISK,
        FAILED_SYNC,
        STALL,
        CLOCK_JUMP,
        /** Only where rings change. */
        DEAF_TO_RINGS
    }

    static final long MOST_STRAGGLER_MICROS = 2_000_000;
    private static final double CALM_RUNS = 0.05;
    private static final double MOST_LOSS = 0.2;
    private static final double MOST_DUPLICATION = 0.2;

    private final World world;
    private final RandomGenerator random;
    private final List<Kind> kinds;
    private final long maxSkewMillis;
    private final long gapNanos;
    private boolean over;

    /**
     * @param maxSkewMillis how far any clock may be off
     * @param ringsChange whether there are faults about rings as well
     */
    FaultSchedule(World world, RandomGenerator random, long maxSkewMillis, boolean ringsChange) {
        this(world, random, maxSkewMillis, draw(random, ringsChange));
    }

    /** With faults of these kinds. */
    FaultSchedule(World world, RandomGenerator random, long maxSkewMillis, List<Kind> kinds) {
        this.world = world;
        this.random = random;
        this.maxSkewMillis = maxSkewMillis;
        this.kinds = List.copyOf(kinds);
        this.gapNanos = random.nextLong(300_000_000, 4_000_000_000L);
    }

    private static List<Kind> draw(RandomGenerator random, boolean ringsChange) {
        EnumSet<Kind> drawn = EnumSet.noneOf(Kind.class);
        if (random.nextDouble() >= CALM_RUNS) {
            for (Kind kind : Kind.values()) {
                if ((ringsChange || kind != Kind.DEAF_TO_RINGS) && random.nextInt(3) == 0) {
                    drawn.add(kind);
                }
            }
        }
        if (ringsChange && random.nextInt(3) == 0) {
            // Who goes by an old ring does harm only where messages are lost as well: that is worth runs of its own.
            drawn.clear();
            drawn.addAll(List.of(Kind.DEAF_TO_RINGS, Kind.LOSS, Kind.ONE_WAY_CUT));
        }
        return List.copyOf(drawn);
    }

    /** Faults come from now on until {@link #end}. */
    void begin() {
        for (NodeId node : world.nodes()) {
            arrive(node);
        }
        if (!kinds.isEmpty()) {
            next();
        }
    }

    /** A node's clock is wrong from its beginning. */
    void arrive(NodeId node) {
        world.skew(node, skew());
    }

    void end() {
        over = true;
    }

    private void next() {
        world.after(Duration.ofNanos(random.nextLong(2 * gapNanos)), () -> {
            if (!over) {
                strike(kinds.get(random.nextInt(kinds.size())));
                next();
            }
        });
    }

    private void strike(Kind kind) {
        List<NodeId> nodes = world.nodes();
        NodeId node = nodes.get(random.nextInt(nodes.size()));
        world.count("fault " + kind);
        switch (kind) {
            case KILL -> {
                world.kill(node);
                later(() -> world.start(node));
            }
            case CRASH -> {
                world.crash(node);
                later(() -> world.start(node));
            }
            case CRASH_INSIDE_DISK_CALL -> world.disk(node).crashInside(random.nextInt(1, 20));
            case POWER_CUT -> {
                for (NodeId each : nodes) {
                    world.crash(each);
                    later(() -> world.start(each));
                }
            }
            case PARTITION -> {
                Set<NodeId> one = some(nodes);
                Set<NodeId> other = new LinkedHashSet<>(nodes);
                other.removeAll(one);
                Runnable there = world.cut(one, other);
                Runnable back = world.cut(other, one);
                later(() -> {
                    there.run();
                    back.run();
                });
            }
            case ONE_WAY_CUT -> {
                Set<NodeId> others = new LinkedHashSet<>(nodes);
                others.remove(node);
                later(random.nextBoolean() ? world.cut(Set.of(node), others) : world.cut(others, Set.of(node)));
            }
            case LOSS -> {
                world.conditions(world.conditions().withLoss(random.nextDouble(MOST_LOSS)));
                later(() -> world.conditions(world.conditions().withLoss(0)));
            }
            case DUPLICATION -> {
                world.conditions(world.conditions().withDuplication(random.nextDouble(MOST_DUPLICATION)));
                later(() -> world.conditions(world.conditions().withDuplication(0)));
            }
            case DELAY -> {
                world.conditions(world.conditions()
                        .withDelays(random.nextLong(100, 100_000), random.nextDouble(0.3), MOST_STRAGGLER_MICROS));
                later(() -> world.conditions(world.conditions().withDelaysOf(NetworkConditions.CALM)));
            }
            case SLOW_NODE -> {
                world.slowDown(node, random.nextInt(10, 1_000));
                later(() -> world.slowDown(node, 1));
            }
            case SLOW_DISK -> {
                world.slowDisk(node, random.nextInt(5, 200));
                later(() -> world.slowDisk(node, 1));
            }
            case FULL_DISK -> {
                world.disk(node).fill(true);
                later(() -> world.disk(node).fill(false));
            }
            case FAILED_SYNC -> world.disk(node).failNextSync();
            case STALL -> world.stall(node, Duration.ofMillis(random.nextLong(10, 2_000)));
            case CLOCK_JUMP -> world.skew(node, skew());
            case DEAF_TO_RINGS -> world.after(Duration.ofMillis(random.nextLong(1_000, 20_000)), world.deafen(node));
        }
    }

    private void later(Runnable end) {
        world.after(Duration.ofMillis(random.nextLong(20, 3_000)), end);
    }

    private long skew() {
        return random.nextLong(-maxSkewMillis, maxSkewMillis + 1);
    }

    /** At least one, and not all where there are several. */
    private Set<NodeId> some(List<NodeId> nodes) {
        List<NodeId> some = new ArrayList<>(nodes);
        int count = random.nextInt(1, Math.max(2, nodes.size()));
        while (some.size() > count) {
            some.remove(random.nextInt(some.size()));
        }
        return new LinkedHashSet<>(some);
    }

    @Override
    public String toString() {
        return kinds.isEmpty()
                ? "no faults"
                : "clocks up to " + maxSkewMillis + " ms off, every " + gapNanos / 1_000_000 + " ms one of " + kinds;
    }
}
