package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Clock;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.node.KeyCopies.Answer;
import io.murmur.node.KeyCopies.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who is asked for a copy, and what becomes of the answers. */
class KeyCopiesTest {

    private static final NodeId A = new NodeId(0, 1);
    private static final NodeId B = new NodeId(0, 2);
    private static final NodeId C = new NodeId(0, 3);
    private static final Ring RING = RingPlanner.first(4, 3, List.of(member(A, "a"), member(B, "b"), member(C, "c")));
    private static final Key KEY = Key.of("default", "key");
    private static final Cell CELL = new Cell.Tombstone(new Version(1L << 16, A));
    private static final int SHARD = 3;

    private final Map<NodeId, PeerRequest> asked = new TreeMap<>();
    private final Set<NodeId> away = new HashSet<>();
    private final List<Runnable> timeouts = new ArrayList<>();
    private final List<NodeId> newerAt = new ArrayList<>();
    private final List<Seen> seen = new ArrayList<>();
    private final KeyCopies copies = new KeyCopies(
            new KeyCopies.Seams(
                    new Clock() {
                        @Override
                        public long wallMillis() {
                            return 0;
                        }

                        @Override
                        public long monotonicNanos() {
                            return 0;
                        }
                    },
                    (delay, task) -> {
                        timeouts.add(task);
                        return (Timer) () -> timeouts.remove(task);
                    },
                    (to, message) -> asked.put(to, (PeerRequest) message),
                    node -> !away.contains(node),
                    new Random(1),
                    new RingSource() {
                        @Override
                        public Ring current() {
                            return RING;
                        }

                        @Override
                        public void newerAt(NodeId node) {
                            newerAt.add(node);
                        }
                    }),
            SHARD,
            Duration.ofSeconds(1));

    private static Member member(NodeId id, String name) {
        return new Member(id, name, name, 7000, "region", "zone-" + name, 1);
    }

    private long idTo(NodeId owner) {
        return Objects.requireNonNull(asked.get(owner)).id();
    }

    private boolean holds(NodeId from, NodeId askedOf) {
        return copies.receive(from, new PeerReply.CellIs(idTo(askedOf), 1, CELL));
    }

    private Answer answer(NodeId owner) {
        return seen.get(0).copies().stream()
                .filter(copy -> copy.owner().equals(owner))
                .findFirst()
                .orElseThrow()
                .answer();
    }

    @Test
    void allOwnersAreAskedAndToldOfOnceAllHaveAnswered() {
        copies.ask(KEY, 3, seen::add);

        assertThat(asked.keySet()).containsExactly(A, B, C);
        assertThat(asked.values()).allSatisfy(request -> {
            assertThat(request).isInstanceOf(PeerRequest.Read.class);
            assertThat(request.id() & 0xFF).isEqualTo(SHARD);
            assertThat(request.id()).isPositive();
            assertThat(request.epoch()).isEqualTo(RING.since(RING.partitionOf(KEY.slot())));
        });
        assertThat(holds(A, A)).isTrue();
        assertThat(holds(B, B)).isTrue();
        assertThat(seen).isEmpty();
        assertThat(copies.receive(C, new PeerReply.Refused(idTo(C), 1, new Failure.Overloaded("it"))))
                .isTrue();

        assertThat(answer(A)).isEqualTo(new Answer.Holds(CELL));
        assertThat(answer(C)).isEqualTo(new Answer.Nothing("it refused: overloaded: it; retry with backoff"));
        assertThat(timeouts).isEmpty();
    }

    @Test
    void aCacheOfFewerReplicasHasFewerOwners() {
        copies.ask(KEY, 1, seen::add);

        assertThat(asked).hasSize(1);
    }

    @Test
    void whoIsAwayIsNotAskedAndWhoIsSilentIsNotWaitedForLong() {
        away.add(C);
        copies.ask(KEY, 3, seen::add);
        holds(A, A);
        timeouts.get(0).run();

        assertThat(asked.keySet()).containsExactly(A, B);
        assertThat(answer(C)).isEqualTo(new Answer.Nothing("it is away"));
        assertThat(answer(B)).isEqualTo(new Answer.Nothing("it did not answer within 1000 ms"));

        assertThat(holds(B, B)).as("late, but still no coordinator's").isTrue();
        assertThat(seen).hasSize(1);
    }

    @Test
    void whenAllAreAwayThatIsToldAtOnce() {
        away.addAll(Set.of(A, B, C));

        copies.ask(KEY, 3, seen::add);

        assertThat(seen).hasSize(1);
        assertThat(timeouts).isEmpty();
    }

    @Test
    void anAnswerCountsOnlyOnceAndFromWhomItWasAsked() {
        copies.ask(KEY, 3, seen::add);
        holds(C, B);
        holds(A, A);
        holds(A, A);
        holds(C, C);

        assertThat(seen).isEmpty();
        holds(B, B);
        assertThat(seen).hasSize(1);
    }

    @Test
    void repliesToCoordinatorsAndHandoversAreLeftToThem() {
        assertThat(copies.receive(A, new PeerReply.CellIs((77L << 8) | SHARD, 1, CELL)))
                .isFalse();
        assertThat(copies.receive(A, new PeerReply.CellIs((1L << 62) | (77L << 8) | SHARD, 1, CELL)))
                .isFalse();
    }

    @Test
    void aNewerRingIsHeardOf() {
        copies.ask(KEY, 3, seen::add);

        copies.receive(B, new PeerReply.CellIs(idTo(B), RING.epoch() + 1, CELL));

        assertThat(newerAt).containsExactly(B);
    }
}
