package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.handoff.HintSeams;
import io.murmur.handoff.HintSettings;
import io.murmur.handoff.HintShard;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Disk;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.simulation.ForwardingDisk;
import io.murmur.simulation.SimulatedDisk;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What hints leave to anti-entropy, of the partitions that this node owns. */
class ShardHintsTest {

    private static final long NOW = 1_700_000_000_000L;
    private static final NodeId SELF = new NodeId(0, 1);
    private static final NodeId AWAY = new NodeId(0, 2);
    private static final Ring RING = RingPlanner.first(
            8, 2, Stream.of(1, 2, 3).map(ShardHintsTest::member).toList());
    private static final Ring WITHOUT_SELF = RingPlanner.first(
            8, 2, Stream.of(2, 3, 4).map(ShardHintsTest::member).toList());
    private static final Key OWNED = keyOf(true);
    private static final int OWNED_PARTITION = RING.partitionOf(OWNED.slot());
    private static final Key OTHERS = keyOf(false);

    private final Deque<Runnable> blocking = new ArrayDeque<>();
    private final List<Integer> owed = new ArrayList<>();
    private final List<Boolean> kept = new ArrayList<>();
    private Ring ring = RING;

    private static Member member(int id) {
        return new Member(new NodeId(0, id), "n" + id, "host", 7000, "region", "zone-" + id, 1);
    }

    private static Key keyOf(boolean isOwned) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> Key.of("cache", "key " + i))
                .filter(key -> RING.isOwner(SELF, RING.partitionOf(key.slot()), RING.replicas()) == isOwned)
                .findFirst()
                .orElseThrow();
    }

    private ShardHints hintsOn(Disk disk) {
        Clock clock = new Clock() {
            @Override
            public long wallMillis() {
                return NOW;
            }

            @Override
            public long monotonicNanos() {
                return 0;
            }
        };
        RingSource rings = new RingSource() {
            @Override
            public Ring current() {
                return ring;
            }

            @Override
            public void newerAt(NodeId node) {
                throw new AssertionError("nobody goes by another ring");
            }
        };
        return new ShardHints(
                new HintSeams(
                        SELF,
                        clock,
                        (delay, task) -> () -> {},
                        (to, message) -> {},
                        node -> !node.equals(AWAY),
                        new Random(1),
                        rings,
                        disk,
                        blocking::add,
                        Runnable::run,
                        (reason, cause) -> {
                            throw new AssertionError(reason, cause);
                        }),
                HintSettings.of(0, 1));
    }

    private ShardHints opening(Disk disk) {
        ShardHints hints = hintsOn(disk);
        hints.open(owed::add);
        return hints;
    }

    private void catchUp() {
        while (!blocking.isEmpty()) {
            blocking.remove().run();
        }
    }

    private void keep(ShardHints hints, Key key, long writtenMillis) {
        hints.keep(AWAY, key, new Cell.Tombstone(new Version(writtenMillis << 16, SELF)), kept::add);
    }

    private static Disk failing(Exception failure) {
        return new ForwardingDisk(new SimulatedDisk(new Random(1))) {
            @Override
            public List<String> list(String folder) throws IOException {
                switch (failure) {
                    case IOException e -> throw e;
                    case RuntimeException e -> throw e;
                    default -> throw new AssertionError(failure);
                }
            }
        };
    }

    // ---- no hints

    @Test
    void untilHintsAreReadBackWhatIsMissedIsOwed() {
        ShardHints hints = opening(new SimulatedDisk(new Random(1)));

        keep(hints, OWNED, NOW);

        assertThat(kept).containsExactly(false);
        assertThat(owed).containsExactly(OWNED_PARTITION);

        catchUp();
        keep(hints, OWNED, NOW + 1);
        catchUp();

        assertThat(kept).containsExactly(false, true);
        assertThat(owed).containsExactly(OWNED_PARTITION);
    }

    @Test
    void whenTheDiskCannotBeReadWhatIsMissedIsOwed() {
        assertOwedOnceWhenOpenFailsBy(new IOException("a bad sector"));
    }

    @Test
    void howeverReadingFailsWhatIsMissedIsOwed() {
        assertOwedOnceWhenOpenFailsBy(new IllegalStateException("a surprise"));
    }

    private void assertOwedOnceWhenOpenFailsBy(Exception failure) {
        ShardHints hints = opening(failing(failure));
        catchUp();

        keep(hints, OWNED, NOW);
        keep(hints, OWNED, NOW + 1);

        assertThat(hints.opened()).isNull();
        assertThat(kept).containsExactly(false, false);
        assertThat(owed).containsExactly(OWNED_PARTITION);
    }

    @Test
    void whatIsMissedWhileARoundComparesIsOwedToTheNextRound() {
        ShardHints hints = opening(failing(new IOException("a bad sector")));
        catchUp();
        keep(hints, OWNED, NOW);

        hints.began(OWNED_PARTITION);
        keep(hints, OWNED, NOW + 1);
        owed.clear();
        hints.completed(OWNED_PARTITION);
        assertThat(owed).containsExactly(OWNED_PARTITION);

        hints.began(OWNED_PARTITION);
        owed.clear();
        hints.completed(OWNED_PARTITION);
        assertThat(owed).isEmpty();
    }

    /** Each time that it is told the next round is due at once, and it would go on failing as fast as it can. */
    @Test
    void whileRoundsFailWhatIsOwedIsNotToldAgain() {
        ShardHints hints = opening(failing(new IOException("a bad sector")));
        catchUp();
        for (int round = 0; round < 3; round++) {
            keep(hints, OWNED, NOW + round);
            hints.began(OWNED_PARTITION);
            keep(hints, OWNED, NOW + round);
        }
        assertThat(owed).containsExactly(OWNED_PARTITION);

        hints.began(OWNED_PARTITION);
        hints.completed(OWNED_PARTITION);
        keep(hints, OWNED, NOW + 3);

        assertThat(owed).as("the next is owed anew").containsExactly(OWNED_PARTITION, OWNED_PARTITION);
    }

    @Test
    void whatOthersOwnIsOwedByThem() {
        ShardHints hints = opening(failing(new IOException("a bad sector")));
        catchUp();

        keep(hints, OTHERS, NOW);

        assertThat(kept).containsExactly(false);
        assertThat(owed).isEmpty();
    }

    // ---- another ring

    @Test
    void whatThisNodeNoLongerOwnsItNoLongerOwes() {
        ShardHints hints = opening(new SimulatedDisk(new Random(1)));
        catchUp();
        HintShard opened = Objects.requireNonNull(hints.opened());
        keep(hints, OWNED, 0);
        assertThat(owed).containsExactly(OWNED_PARTITION);

        adopt(hints, RING);
        assertThat(opened.owedPartitions()).as("the owners are the same").containsExactly(OWNED_PARTITION);
        adopt(hints, WITHOUT_SELF);
        assertThat(opened.owedPartitions()).isEmpty();
        adopt(hints, RING);
        keep(hints, OWNED, 0);

        assertThat(owed).as("it is owed anew").containsExactly(OWNED_PARTITION, OWNED_PARTITION);
    }

    @Test
    void withoutHintsNeither() {
        ShardHints hints = opening(failing(new IOException("a bad sector")));
        catchUp();
        keep(hints, OWNED, NOW);

        adopt(hints, WITHOUT_SELF);
        adopt(hints, RING);
        keep(hints, OWNED, NOW + 1);

        assertThat(owed).as("it is owed anew").containsExactly(OWNED_PARTITION, OWNED_PARTITION);
    }

    private void adopt(ShardHints hints, Ring next) {
        ring = next;
        hints.ringChanged();
    }
}
