package io.murmur.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.handoff.HintWorld.Said;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.ring.NodeId;
import io.murmur.simulation.NetworkConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Any order of hints, crashes at any call of the disk, bad networks, busy nodes and a ring that changes. */
class AnyHintsTest {

    private static final int STEPS = 150;
    private static final int KEYS = 30;

    @Test
    void whatWasKeptArrivesWhateverHappens() {
        Sum sum = new Sum();
        for (long seed = 0; seed < 150; seed++) {
            new Run(seed, Duration.ofSeconds(1)).live(sum);
        }
        // The seeds went where it hurts.
        assertThat(sum.kept).isGreaterThan(2_000);
        assertThat(sum.crashes).isGreaterThan(500);
        assertThat(sum.redirected).isGreaterThan(100);
    }

    @Test
    @Tag("slow")
    void whatWasKeptArrivesWhateverHappensUnderManySeeds() {
        for (long seed = 1_000; seed < 4_000; seed++) {
            new Run(seed, Duration.ofSeconds(1)).live(new Sum());
        }
    }

    @Test
    void whatIsTooOldNeverArrivesAndIsOwed() {
        Sum sum = new Sum();
        for (long seed = 0; seed < 40; seed++) {
            new Run(seed, Duration.ofSeconds(40)).live(sum);
        }
        assertThat(sum.late).isGreaterThan(20);
    }

    @Test
    void equalSeedsAreEqual() {
        for (long seed = 0; seed < 10; seed++) {
            Run first = new Run(seed, Duration.ofSeconds(1));
            Run second = new Run(seed, Duration.ofSeconds(1));
            first.live(new Sum());
            second.live(new Sum());
            assertThat(first.cluster.world.digest()).isEqualTo(second.cluster.world.digest());
        }
    }

    private static final class Sum {
        int kept;
        int crashes;
        long redirected;
        int late;
    }

    private record Promise(NodeId target, Key key, Cell cell, Said said) {}

    private static final class Run {
        final long seed;
        final Random random;
        final HintWorld cluster;
        final Duration longestPause;
        final List<Promise> promises = new ArrayList<>();
        final List<NodeId> absentees = List.of(Rings.B, Rings.C, Rings.D);
        int crashes;

        Run(long seed, Duration longestPause) {
            this.seed = seed;
            this.random = new Random(seed);
            this.cluster = new HintWorld(seed);
            this.longestPause = longestPause;
        }

        void live(Sum sum) {
            cluster.world.conditions(NetworkConditions.CALM.withLoss(0.1).withDuplication(0.1));
            int changesAt = random.nextInt(STEPS * 2);
            for (int step = 0; step < STEPS; step++) {
                if (step == changesAt) {
                    cluster.adoptAll(Rings.WITHOUT_D);
                }
                step();
                cluster.world.run(Duration.ofNanos(random.nextLong(longestPause.toNanos())));
            }
            heal(changesAt < STEPS);
            check(sum);
        }

        private void step() {
            NodeId other = absentees.get(random.nextInt(absentees.size()));
            switch (random.nextInt(20)) {
                case 0 -> {
                    crashes++;
                    cluster.world.crash(Rings.A);
                }
                case 1 -> cluster.world.kill(Rings.A);
                case 2, 3 -> {
                    crashes++;
                    cluster.disk().crashInside(1 + random.nextInt(12));
                }
                case 4 -> cluster.disk().failNextSync();
                case 5 -> cluster.disk().fill(true);
                case 6 -> cluster.disk().heal();
                case 7, 8 -> cluster.world.kill(other);
                case 9 -> cluster.world.start(other);
                case 10 -> cluster.manner(other, join -> HintWorld.SILENCE);
                case 11 -> cluster.manner(other, join -> random.nextBoolean() ? null : busy());
                case 12 -> cluster.manner(other, HintWorld.Manner.TAKES_IT);
                default -> {
                    cluster.world.start(Rings.A);
                    int several = 1 + random.nextInt(8);
                    for (int i = 0; i < several && cluster.world.isUp(Rings.A); i++) {
                        keep(other);
                    }
                }
            }
        }

        private static Failure busy() {
            return new Failure.Overloaded("told so");
        }

        private void keep(NodeId target) {
            Key key = Rings.key(random.nextInt(KEYS));
            Cell cell = cluster.written(Duration.ofSeconds(random.nextInt(60)), random.nextInt(300));
            promises.add(new Promise(target, key, cell, cluster.keep(target, key, cell)));
        }

        private void heal(boolean hasChanged) {
            for (NodeId id : Rings.ALL) {
                cluster.manner(id, HintWorld.Manner.TAKES_IT);
            }
            cluster.world.heal();
            cluster.world.kill(Rings.A);
            cluster.world.start(Rings.A);
            if (hasChanged) {
                cluster.adoptAll(Rings.WITHOUT_D);
            }
            cluster.await(
                    () -> cluster.world.isUp(Rings.A)
                            && cluster.shard().statistics().held() == 0
                            && cluster.files().isEmpty(),
                    Duration.ofMinutes(5));
        }

        private void check(Sum sum) {
            for (Promise promise : promises) {
                assertThat(promise.said().times).as(seed + " " + promise).isLessThanOrEqualTo(1);
                Boolean isKept = promise.said().isKept;
                if (isKept == null) {
                    continue;
                }
                int partition = Rings.partition(promise.key());
                if (!isKept) {
                    assertThat(cluster.owed).as(seed + " " + promise).contains(partition);
                    continue;
                }
                sum.kept++;
                if (!hasArrived(promise, partition)) {
                    sum.late++;
                    assertThat(isOld(promise)).as(seed + " " + promise).isTrue();
                    assertThat(cluster.owed).contains(partition);
                }
            }
            for (HintWorld.Arrived arrived : cluster.arrived) {
                assertThat(arrived.wallMillis())
                        .as(seed + " " + arrived)
                        .isLessThan(arrived.join().cell().version().wallMillis() + HintWorld.WINDOW.toMillis());
            }
            sum.crashes += crashes;
            sum.redirected += cluster.shard().statistics().redirected();
        }

        /** At its node, or at all who own its key instead. */
        private boolean hasArrived(Promise promise, int partition) {
            List<NodeId> owners = cluster.ringOf(Rings.A).owners(partition);
            return hasArrivedAt(promise.target(), promise)
                    || (!owners.contains(promise.target())
                            && owners.stream().allMatch(owner -> hasArrivedAt(owner, promise)));
        }

        private boolean hasArrivedAt(NodeId node, Promise promise) {
            Cell held = cluster.heldBy(node).get(promise.key());
            return held != null && Cell.compare(held, promise.cell()) >= 0;
        }

        private boolean isOld(Promise promise) {
            return cluster.clock().wallMillis()
                    >= promise.cell().version().wallMillis() + HintWorld.WINDOW.toMillis() - 1_000;
        }
    }
}
