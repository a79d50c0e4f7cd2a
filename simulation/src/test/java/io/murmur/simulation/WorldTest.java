package io.murmur.simulation;

import static io.murmur.simulation.NodeHarness.A;
import static io.murmur.simulation.NodeHarness.B;
import static io.murmur.simulation.NodeHarness.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.ring.NodeId;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorldTest {

    private static final Message NOTE = new PeerReply.CellIs(1, 1, null);
    private static final Duration A_WHILE = Duration.ofSeconds(3);

    private final List<String> happened = new ArrayList<>();
    private final NodeHarness harness = new NodeHarness(7);
    private final World world = harness.world;

    private void send(NodeId from, NodeId to) {
        harness.seams(from).network().send(to, NOTE);
    }

    @Test
    void aDeadProcessTakesItsTimersTasksAndVoiceWithIt() {
        NodeSeams seams = harness.seams(A);
        seams.timers().after(Duration.ofMillis(5), () -> happened.add("timer"));
        seams.shard().execute(() -> happened.add("shard"));
        seams.log().execute(() -> happened.add("log"));
        seams.background().execute(() -> happened.add("background"));
        world.kill(A);
        world.start(A);

        seams.network().send(B, NOTE);
        seams.shard().execute(() -> happened.add("late"));
        world.run(A_WHILE);

        assertThat(happened).isEmpty();
        assertThat(harness.arrivals).isEmpty();
    }

    @Test
    void aDeadProcessIsNotKeptByWhatItWasToDoLater() {
        WeakReference<Object> store = keptByTimers(harness.seams(A));
        WeakReference<Object> cancelled = keptByACancelledTimer(harness.seams(B));
        world.run(A_WHILE);

        world.kill(A);
        System.gc();

        assertThat(store.refersTo(null)).as("the dead process's").isTrue();
        assertThat(cancelled.refersTo(null))
                .as("what a cancelled timer was for")
                .isTrue();
    }

    private static WeakReference<Object> keptByTimers(NodeSeams seams) {
        Object store = new Object();
        seams.timers().after(Duration.ofDays(1), () -> assertThat(store).isNotNull());
        seams.background()
                .execute(() -> seams.timers()
                        .after(Duration.ofDays(1), () -> assertThat(store).isNotNull()));
        return new WeakReference<>(store);
    }

    private static WeakReference<Object> keptByACancelledTimer(NodeSeams seams) {
        Object store = new Object();
        seams.timers()
                .after(Duration.ofDays(1), () -> assertThat(store).isNotNull())
                .cancel();
        return new WeakReference<>(store);
    }

    @Test
    void aMessageUnderWayReachesTheNextLife() {
        send(A, B);
        world.kill(B);
        world.start(B);
        world.run(A_WHILE);

        assertThat(harness.arrivalsAt(B)).isOne();
    }

    @Test
    void aOneWayCutStopsOneDirectionUntilItIsMended() {
        Runnable mend = world.cut(Set.of(A), Set.of(B, C));
        send(A, B);
        send(B, A);
        world.run(A_WHILE);
        assertThat(harness.arrivalsAt(A)).isOne();
        assertThat(harness.arrivalsAt(B)).isZero();

        mend.run();
        send(A, B);
        world.run(A_WHILE);
        assertThat(harness.arrivalsAt(B)).isOne();
    }

    @Test
    void aNetworkLosesAndRepeatsAboutAsOftenAsItIsTold() {
        world.conditions(NetworkConditions.CALM.withLoss(0.2));
        for (int i = 0; i < 1_000; i++) {
            send(A, B);
        }
        world.run(A_WHILE);
        assertThat(harness.arrivalsAt(B)).isBetween(750L, 850L);

        world.conditions(NetworkConditions.CALM.withDuplication(0.2));
        for (int i = 0; i < 1_000; i++) {
            send(A, C);
        }
        world.run(A_WHILE);
        assertThat(harness.arrivalsAt(C)).isBetween(1_150L, 1_250L);
    }

    @Test
    void messagesOvertakeOneAnother() {
        for (int i = 0; i < 20; i++) {
            harness.seams(A).network().send(B, new PeerReply.CellIs(i, 1, null));
        }
        world.run(A_WHILE);

        List<Long> order =
                harness.arrivals.stream().map(arrival -> arrival.message().id()).toList();
        assertThat(order).hasSize(20).isNotEqualTo(order.stream().sorted().toList());
    }

    @Test
    void aClockIsOffByItsSkewAndItsMonotonicTimeDoesNotJump() {
        long monotonic = harness.seams(A).clock().monotonicNanos();
        world.skew(A, -200);
        world.skew(B, 100);

        long wallA = harness.seams(A).clock().wallMillis();
        long wallB = harness.seams(B).clock().wallMillis();

        assertThat(wallB - wallA).isEqualTo(300);
        assertThat(harness.seams(A).clock().monotonicNanos()).isEqualTo(monotonic);
    }

    @Test
    void aStalledNodeAnswersLater() {
        world.stall(B, Duration.ofSeconds(1));
        send(A, B);
        world.run(Duration.ofMillis(900));
        assertThat(harness.arrivalsAt(B)).isZero();

        world.run(Duration.ofMillis(200));
        assertThat(harness.arrivalsAt(B)).isOne();
    }

    @Test
    void beliefsLagBehindCrashesAndCuts() {
        world.kill(B);
        world.cut(Set.of(C), Set.of(A));
        assertThat(harness.seams(A).liveness().isAlive(B)).isTrue();
        assertThat(harness.seams(A).liveness().isAlive(C)).isTrue();

        world.run(A_WHILE);
        assertThat(harness.seams(A).liveness().isAlive(B)).isFalse();
        assertThat(harness.seams(A).liveness().isAlive(C)).isFalse();
        assertThat(harness.seams(C).liveness().isAlive(A)).isFalse();

        world.heal();
        assertThat(harness.seams(A).liveness().isAlive(B)).isTrue();
        assertThat(harness.seams(A).liveness().isAlive(C)).isTrue();
    }

    @Test
    void aFatalStopEndsTheCurrentTaskAndTheNodeReturns() {
        harness.seams(A).shard().execute(() -> {
            harness.seams(A).fatal().stop("the disk is broken", new IOException("broken"));
            happened.add("went on");
        });
        harness.await(() -> !world.isUp(A));
        harness.await(() -> world.isUp(A));

        assertThat(happened).isEmpty();
        assertThat(world.violations()).isEmpty();
    }

    @Test
    void aCrashInsideADiskCallEndsTheLifeAndTheNodeReturns() {
        world.disk(A).crashInside(1);
        harness.seams(A).log().execute(() -> {
            try {
                harness.seams(A).disk().create("file");
            } catch (IOException e) {
                happened.add("was a fault");
            }
        });
        harness.await(() -> !world.isUp(A));
        harness.await(() -> world.isUp(A));

        assertThat(happened).isEmpty();
        assertThat(world.violations()).isEmpty();
    }

    @Test
    void whatAProcessThrowsIsAViolation() {
        harness.seams(A).shard().execute(() -> {
            throw new IllegalStateException("a bug");
        });
        world.run(A_WHILE);

        assertThat(world.violations()).hasSize(1);
        assertThat(world.violations().get(0).detail()).contains("a threw", "a bug");
        assertThat(world.isUp(A)).isFalse();
    }

    @Test
    void aNodeThatItsDiskDoesNotLetStartTriesAgain() {
        List<String> starts = new ArrayList<>();
        NodeHarness refused = new NodeHarness(1, seams -> {
            starts.add(seams.id().toString());
            if (starts.size() == 1) {
                throw new IOException("not now");
            }
            return (from, message) -> {};
        });
        assertThat(refused.world.isUp(A)).isFalse();

        refused.await(() -> refused.world.isUp(A));

        assertThat(starts).hasSize(4);
        assertThat(refused.world.violations()).isEmpty();
    }

    @Test
    void theTranscriptTellsWhoSentWhatToWhomAndWhatBefellIt() {
        world.cut(Set.of(A), Set.of(C));
        send(A, B);
        send(A, C);
        world.kill(B);
        world.run(A_WHILE);

        assertThat(harness.lines).anySatisfy(line -> assertThat(line).contains("a -> b", "CellIs nothing  (0."));
        assertThat(harness.lines).anySatisfy(line -> assertThat(line).contains("a -> c", "CellIs nothing  (cut off)"));
        assertThat(harness.lines).anySatisfy(line -> assertThat(line).endsWith("is killed"));
        assertThat(harness.lines).anySatisfy(line -> assertThat(line).endsWith("is down: a message of a vanishes"));
    }
}
