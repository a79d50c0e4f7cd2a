package io.murmur.antientropy;

import static io.murmur.antientropy.Rings.A;
import static io.murmur.antientropy.Rings.B;
import static io.murmur.antientropy.Rings.C;
import static io.murmur.antientropy.Rings.D;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.antientropy.SyncWorld.Plant;
import io.murmur.antientropy.SyncWorld.Running;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingSteps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A node that catches up while the others still write by the old ring, hear of the new one at different times, die and come back, and the
 * network does what it likes. Whatever a majority of the old owners ever acknowledges, before or after, must be held by the node in the
 * end: then nothing is lost when the old owners go (invariant 7, {@link RingSteps}).
 */
class AnyCatchUpTest {

    private static final int SEEDS = 150;

    private record Change(Ring before, Ring joint, List<NodeId> behind) {}

    private static final List<Change> CHANGES = List.of(
            new Change(Rings.THREE, Rings.D_JOINS, List.of(D)),
            new Change(Rings.THREE, Rings.D_REPLACES_C, List.of(D)),
            new Change(Rings.THREE, Rings.C_LEAVES, List.of(A, B)),
            new Change(Rings.FOUR, Rings.E_LEAVES, List.of(A, B, C)),
            new Change(Rings.FOUR, Rings.E_IS_REMOVED, List.of(A, B, C)));

    /** One run under a seed; everything in it is a function of the seed and the plant. */
    private static final class Scenario {
        final Random random;
        final SyncWorld sync;
        final Change change;
        final NodeId asker;
        final int partition;
        final List<NodeId> owners;

        /** Cells written by the old ring, and how many owners have acknowledged each. */
        final Map<Key, Map<Cell, List<NodeId>>> acknowledged = new LinkedHashMap<>();

        Running running = new Running();
        long written;

        Scenario(long seed, Plant plant) {
            random = new Random(seed * 7_919);
            change = CHANGES.get(random.nextInt(CHANGES.size()));
            asker = change.behind().get(random.nextInt(change.behind().size()));
            partition = Rings.partition(change.joint(), asker, random.nextInt(1000));
            owners = change.before().owners(partition);
            sync = new SyncWorld(seed, change.before(), SyncWorld.SETTINGS, plant);
        }

        private Duration upTo(int millis) {
            return Duration.ofMillis(random.nextInt(millis));
        }

        void run() {
            NodeId gone = gone();
            int keys = 20 + random.nextInt(200);
            for (int i = 0; i < keys * 3; i++) {
                writeAtOnce(random.nextInt(keys));
            }
            sync.settle();
            if (gone != null) {
                sync.world.kill(gone);
            }
            if (random.nextBoolean()) {
                adoptOneAfterTheOther(keys);
            } else {
                adoptWhileMuchIsInTheLogs(keys);
            }
            Set<NodeId> mayFail = new LinkedHashSet<>(owners);
            mayFail.add(asker);
            for (NodeId node : mayFail) {
                if (!node.equals(gone) && random.nextInt(3) == 0) {
                    sync.world.after(upTo(4_000), () -> restart(node));
                }
            }
            sync.world.run(Duration.ofSeconds(5));
            heal(gone);
            sync.await(() -> running.outcome != null, Duration.ofMinutes(10));
            // Whatever still travels arrives, and is done or refused.
            sync.world.run(Duration.ofSeconds(5));
        }

        private @Nullable NodeId gone() {
            return RingSteps.goneAtOnce(
                    Objects.requireNonNull(change.joint().transition()).change());
        }

        private void adoptOneAfterTheOther(int keys) {
            trouble();
            for (int i = 0; i < 100; i++) {
                int number = random.nextInt(keys);
                sync.world.after(upTo(3_000), () -> writeOverTime(number));
            }
            for (NodeId node : Rings.ALL) {
                sync.world.after(node.equals(asker) ? upTo(300) : upTo(2_000), () -> adopt(node));
            }
        }

        /** At nearly the same time, so that all owners' logs may still be at work on one write when they are read. */
        private void adoptWhileMuchIsInTheLogs(int keys) {
            owners.forEach(owner -> sync.world.slowDisk(owner, 1_000));
            for (int i = 0; i < 30; i++) {
                int number = random.nextInt(keys);
                sync.world.after(Duration.ofMillis(200 + random.nextInt(400)), () -> writeOverTime(number));
            }
            for (NodeId node : Rings.ALL) {
                sync.world.after(Duration.ofMillis(500 + random.nextInt(100)), () -> adopt(node));
            }
        }

        private void trouble() {
            sync.world.conditions(sync.world
                    .conditions()
                    .withLoss(random.nextInt(3) * 0.1)
                    .withDuplication(random.nextInt(3) * 0.1)
                    .withDelays(1_000 + random.nextInt(30_000), 0.05, 100_000 + random.nextInt(2_000_000)));
            if (random.nextBoolean()) {
                sync.world.slowDisk(owners.get(random.nextInt(owners.size())), 1 + random.nextInt(400));
            }
            if (random.nextInt(3) == 0) {
                sync.world.slowDown(owners.get(random.nextInt(owners.size())), 1 + random.nextInt(50));
            }
        }

        private void heal(@Nullable NodeId gone) {
            sync.world.heal();
            if (gone != null) {
                sync.world.kill(gone);
            }
            if (running.handle == null || running.outcome == null) {
                begin();
            }
        }

        private void adopt(NodeId node) {
            sync.adopt(node, change.joint());
            if (node.equals(asker) && sync.world.isUp(asker)) {
                begin();
            }
        }

        /** Begins in this life of the asker's; one of a former life is forgotten. */
        private void begin() {
            running = sync.begin(asker, partition);
        }

        private void restart(NodeId node) {
            if (node.equals(asker) && running.outcome == null) {
                running = new Running();
            }
            if (random.nextBoolean()) {
                sync.world.kill(node);
            } else {
                sync.world.crash(node);
            }
            sync.world.after(upTo(2_000), () -> {
                sync.world.start(node);
                if (node.equals(asker) && Objects.equals(sync.rings.get(asker), change.joint())) {
                    begin();
                }
            });
        }

        private Cell cell() {
            Version version = new Version(++written, Rings.A);
            return switch (random.nextInt(4)) {
                case 0 -> new Cell.Tombstone(version);
                case 1 -> new Cell.Live(version, 1, new byte[random.nextInt(100)]);
                default -> new Cell.Live(version, Cell.NEVER, new byte[random.nextInt(400)]);
            };
        }

        /** By a random majority, or less. */
        private void writeAtOnce(int number) {
            Cell cell = cell();
            Key key = Rings.key(partition, number);
            owners.stream().filter(owner -> random.nextInt(4) > 0).forEach(owner -> write(owner, key, cell));
        }

        private void writeOverTime(int number) {
            Cell cell = cell();
            Key key = Rings.key(partition, number);
            owners.forEach(owner -> sync.world.after(upTo(400), () -> write(owner, key, cell)));
        }

        /** What a replica does with a join that was routed by the old ring: accepts it until it has adopted the new one. */
        private void write(NodeId owner, Key key, Cell cell) {
            if (sync.world.isUp(owner) && Objects.equals(sync.rings.get(owner), change.before())) {
                sync.storage(owner).join(key, cell, Durability.FSYNC, outcome -> {
                    if (outcome instanceof JoinOutcome.Held) {
                        acknowledged
                                .computeIfAbsent(key, none -> new LinkedHashMap<>())
                                .computeIfAbsent(cell, none -> new ArrayList<>())
                                .add(owner);
                    }
                });
            }
        }

        List<String> lost() {
            List<String> lost = new ArrayList<>();
            Map<Key, Cell> held = sync.held(asker, partition);
            acknowledged.forEach((key, cells) -> cells.forEach((cell, by) -> {
                Cell found = held.get(key);
                if (2 * by.size() > owners.size() && (found == null || Cell.compare(found, cell) < 0)) {
                    lost.add(key + " = " + cell + " of " + by.size() + " owners, but " + found);
                }
            }));
            return lost;
        }
    }

    @Test
    void whatAMajorityOfTheOldOwnersAcknowledgedIsHeldInTheEnd() {
        int cells = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scenario scenario = new Scenario(seed, Plant.NONE);
            scenario.run();

            assertThat(scenario.running.outcome).as("seed %d", seed).isInstanceOf(CatchUp.CaughtUp.class);
            assertThat(scenario.lost()).as("seed %d", seed).isEmpty();
            assertThat(scenario.sync.world.violations()).as("seed %d", seed).isEmpty();
            assertThat(scenario.sync.shard(scenario.asker).callsWaiting())
                    .as("seed %d", seed)
                    .isZero();
            cells += scenario.acknowledged.size();
        }
        assertThat(cells).isGreaterThan(SEEDS * 10);
    }

    @Test
    void equalSeedsGiveEqualRuns() {
        for (long seed = 1; seed <= 10; seed++) {
            Scenario once = new Scenario(seed, Plant.NONE);
            once.run();
            Scenario again = new Scenario(seed, Plant.NONE);
            again.run();

            assertThat(again.sync.world.digest()).as("seed %d", seed).isEqualTo(once.sync.world.digest());
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aPlantedMistakeIsNoticed(Plant plant) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scenario scenario = new Scenario(seed, plant);
            scenario.run();
            if (!scenario.lost().isEmpty()) {
                return;
            }
        }
        throw new AssertionError(plant + " was not noticed in " + SEEDS + " seeds");
    }
}
