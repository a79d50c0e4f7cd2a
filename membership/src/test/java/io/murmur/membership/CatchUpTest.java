package io.murmur.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Clock;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.kernel.ring.RingSteps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CatchUpTest {

    private static final NodeId A = Nodes.id(0);
    private static final NodeId B = Nodes.id(1);
    private static final Ring REST = RingPlanner.first(Nodes.PARTITIONS, 3, Nodes.members(2));
    private static final RingChange JOIN = new RingChange.Join(Nodes.member(2));
    private static final Ring JOINT = step(REST, JOIN);

    private final Desk desk = new Desk(Nodes.id(2));
    private final Map<Integer, Consumer<@Nullable String>> running = new LinkedHashMap<>();
    private final List<Integer> begun = new ArrayList<>();
    private final List<Integer> cancelled = new ArrayList<>();
    private CatchUp catchUp = start();

    private CatchUp start() {
        Clock clock = new Clock() {
            @Override
            public long monotonicNanos() {
                return 1_000_000 * desk.timers.nowMillis();
            }

            @Override
            public long wallMillis() {
                return 1_000 + desk.timers.nowMillis();
            }
        };
        CatchUp started = new CatchUp(desk.self, desk.keeper, this::sync, clock, desk.timers, desk.random(), 2);
        started.start();
        return started;
    }

    private PartitionSyncs.Handle sync(int partition, Consumer<@Nullable String> then) {
        begun.add(partition);
        running.put(partition, then);
        return () -> {
            running.remove(partition);
            cancelled.add(partition);
        };
    }

    private void end(int partition, @Nullable String failure) {
        Objects.requireNonNull(running.remove(partition)).accept(failure);
        desk.settle();
    }

    private void endAll() {
        while (!running.isEmpty()) {
            end(running.keySet().iterator().next(), null);
        }
    }

    @Test
    void nothingIsDoneAtRest() {
        desk.receive(A, new RingMessage.Decided(1, REST));

        assertThat(begun).isEmpty();
        assertThat(catchUp.progress()).isNull();
    }

    @Test
    void allPartitionsAreCaughtUpWithAFewAtATimeThenTheRingIsToSaySo() {
        desk.receive(A, new RingMessage.Decided(1, JOINT));
        assertThat(begun).containsExactly(0, 1);
        assertThat(catchUp.progress()).isEqualTo(new CatchUpProgress(JOIN, 0, 8, 1_000, null));

        end(1, null);
        assertThat(begun).containsExactly(0, 1, 2);
        assertThat(catchUp.progress()).isEqualTo(new CatchUpProgress(JOIN, 1, 8, 1_000, null));
        desk.pass(1_000);
        assertThat(desk.take(RingMessage.Prepare.class)).isEmpty();
        endAll();

        assertThat(begun).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(Objects.requireNonNull(catchUp.progress()).partitionsDone()).isEqualTo(8);
        assertThat(desk.receivers(RingMessage.Prepare.class)).containsExactly(A);
        desk.receive(A, new RingMessage.Decided(1, synced(JOINT)));
        assertThat(catchUp.progress()).isNull();
    }

    @Test
    void whatFailsIsTriedAgainAfterAWhile() {
        desk.receive(A, new RingMessage.Decided(1, JOINT));

        end(0, "only 1 of 2 sources answered");
        assertThat(begun).containsExactly(0, 1);
        assertThat(Objects.requireNonNull(catchUp.progress()).lastFailure()).contains("only 1 of 2");
        end(1, null);
        endAll();
        desk.pass(1_000);
        endAll();

        assertThat(begun).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 0);
        assertThat(desk.receivers(RingMessage.Prepare.class)).contains(A);
    }

    @Test
    void ringsInWhichTheSameChangeGoesOnDisturbNothing() {
        desk.receive(A, new RingMessage.Decided(1, JOINT));
        end(0, null);

        desk.receive(A, new RingMessage.Decided(1, step(JOINT, new RingChange.Relocate(B, "elsewhere", 1))));

        assertThat(cancelled).isEmpty();
        assertThat(Objects.requireNonNull(catchUp.progress()).partitionsDone()).isEqualTo(1);
    }

    @Test
    void aChangeGivenUpIsCaughtUpWithNoMoreAndBegunAgainFromTheStart() {
        desk.receive(A, new RingMessage.Decided(1, JOINT));
        end(0, null);
        Ring aborted = step(JOINT, new RingChange.Abort(Nodes.id(2)));
        Consumer<@Nullable String> late = Objects.requireNonNull(running.get(1));

        desk.receive(A, new RingMessage.Decided(1, aborted));
        assertThat(cancelled).containsExactly(1, 2);
        assertThat(catchUp.progress()).isNull();
        begun.clear();
        desk.receive(A, new RingMessage.Decided(1, step(aborted, JOIN)));
        late.accept(null);

        assertThat(begun).containsExactly(0, 1);
        assertThat(Objects.requireNonNull(catchUp.progress()).partitionsDone()).isZero();
    }

    @Test
    void aRestartBeginsAnew() {
        desk.receive(A, new RingMessage.Decided(1, JOINT));
        endAll();
        desk.restart();
        begun.clear();

        catchUp = start();
        endAll();
        desk.settle();

        assertThat(begun).hasSize(8);
        assertThat(desk.receivers(RingMessage.Prepare.class)).containsExactly(A);
    }

    private static Ring step(Ring ring, RingChange change) {
        try {
            return RingSteps.begin(ring, change);
        } catch (RingSteps.Refused e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Ring synced(Ring ring) {
        try {
            return RingSteps.synced(ring, Nodes.id(2));
        } catch (RingSteps.Refused e) {
            throw new IllegalArgumentException(e);
        }
    }
}
