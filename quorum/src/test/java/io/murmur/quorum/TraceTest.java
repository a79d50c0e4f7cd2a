package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.SELF;
import static io.murmur.quorum.Bench.THIRD;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static io.murmur.quorum.Bench.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest.Join;
import io.murmur.kernel.message.PeerRequest.ReadDigest;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.message.Trace.Outcome;
import io.murmur.kernel.ring.Member;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a call says of itself: who was asked, when, why, and when and what each answered. */
class TraceTest {

    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Failure FULL = new Failure.StorageFailed("disk full", Effect.UNKNOWN);

    private final Bench bench = withThreshold(Duration.ofMillis(50));

    private static Bench withThreshold(Duration threshold) {
        return new Bench(Layouts.ring(3), settings -> Bench.withSlowThreshold(settings, threshold));
    }

    /** With five members, of which the first three own every key. */
    private static Bench withStandIns() {
        return new Bench(Layouts.owning(1, Layouts.members(5), Layouts.nodes(1, 2, 3)));
    }

    /** Node, what, for whom, why, attempt, from when to when in milliseconds, what it answered. */
    private static List<String> told(@Nullable Trace trace) {
        return Objects.requireNonNull(trace).steps().stream()
                .map(step -> step.node().low() + " " + step.ask()
                        + (step.target() == null ? "" : " for " + step.target().low())
                        + ", " + step.reason() + " " + step.attempt() + ", " + step.askedMicros() / 1000
                        + (step.answeredMicros() == Trace.Step.NEVER ? "" : " to " + step.answeredMicros() / 1000)
                        + ", " + step.answer())
                .toList();
    }

    @Test
    void aWriteTellsWhenEachOwnerHadIt() {
        bench.putTraced("value", Level.QUORUM, false);
        bench.pass(MILLI.multipliedBy(3));
        bench.acknowledge(SECOND);

        Trace trace = Objects.requireNonNull(bench.trace());
        assertThat(told(trace))
                .containsExactly(
                        "2 JOIN, LEVEL 1, 0 to 3, HELD", "3 JOIN, LEVEL 1, 0, NONE", "1 JOIN, LEVEL 1, 0 to 0, HELD");
        assertThat(trace)
                .usingRecursiveComparison()
                .ignoringFields("steps")
                .isEqualTo(new Trace(
                        Trace.Kind.PUT,
                        KEY,
                        bench.ring.partitionOf(KEY.slot()),
                        SELF,
                        Level.QUORUM,
                        WALL_MILLIS,
                        3000,
                        new Outcome.Done(2),
                        List.of(),
                        0));
    }

    @Test
    void whoeverDoesNotAskForATraceGetsNone() {
        bench.get(Level.ONE);

        assertThat(bench.trace()).isNull();
    }

    @Test
    void aCallThatIsRefusedBeforeAnybodyIsAskedHasNoTrace() {
        bench.call(new ClientRequest.Get(1, 1, bench.inFiveSeconds(), Key.of("foreign", "key"), null, true));

        assertThat(bench.trace()).isNull();
    }

    @Test
    void aReadTellsOfItsHedge() {
        bench.getTraced(Level.QUORUM);
        bench.pass(Duration.ofMillis(50));
        bench.pass(MILLI);
        bench.answer(THIRD, null);

        assertThat(told(bench.trace()))
                .containsExactly(
                        "2 DIGEST, LEVEL 1, 0, NONE",
                        "1 CELL, LEVEL 1, 0 to 0, NOTHING",
                        "3 CELL, HEDGE 1, 50 to 51, NOTHING");
    }

    @Test
    void aReadTellsWhatItRepairedBeforeItAnswered() {
        bench.storage.held.put(KEY, live(WALL_MILLIS + 1, "newer"));
        bench.getTraced(Level.QUORUM);
        bench.pass(MILLI);
        bench.answer(SECOND, live(WALL_MILLIS, "older"));
        bench.pass(MILLI);
        bench.acknowledge(SECOND);

        Trace trace = Objects.requireNonNull(bench.trace());
        assertThat(told(trace))
                .containsExactly(
                        "2 DIGEST, LEVEL 1, 0 to 1, DIGEST",
                        "1 CELL, LEVEL 1, 0 to 0, CELL",
                        "2 REPAIR, DISAGREEMENT 1, 1 to 2, HELD");
        assertThat(trace.repairs()).isEqualTo(1);
    }

    /** Two agree, which is enough, and the third is mended all the same. */
    @Test
    void aReadTellsWhatItHasRepairedThatNobodyWaitsFor() {
        Cell.Live newer = live(WALL_MILLIS + 1, "newer");
        bench.storage.held.put(KEY, live(WALL_MILLIS, "older"));
        bench.getTraced(Level.QUORUM);
        bench.answer(SECOND, newer);
        bench.pass(Duration.ofMillis(50));
        bench.answer(THIRD, newer);

        assertThat(told(bench.trace())).endsWith("1 REPAIR, DISAGREEMENT 1, 50, NONE");
    }

    @Test
    void aReadTellsWhoRefusedAndWhoTookItsPlace() {
        bench.getTraced(Level.QUORUM);
        bench.refuse(SECOND, FULL);
        bench.answer(THIRD, null);

        assertThat(told(bench.trace()))
                .containsExactly(
                        "2 DIGEST, LEVEL 1, 0 to 0, " + new Trace.Answer.Refused(FULL),
                        "1 CELL, LEVEL 1, 0 to 0, NOTHING",
                        "3 CELL, REPLACEMENT 1, 0 to 0, NOTHING");
    }

    @Test
    void aFailureTellsWhoWasSilentUntilTheDeadline() {
        bench.putTraced("value", Level.ALL, false);
        bench.acknowledge(THIRD);
        bench.pass(Duration.ofSeconds(2));

        Trace trace = Objects.requireNonNull(bench.trace());
        assertThat(told(trace))
                .startsWith(
                        "2 JOIN, LEVEL 1, 0, TIMEOUT",
                        "3 JOIN, LEVEL 1, 0 to 0, HELD",
                        "1 JOIN, LEVEL 1, 0 to 0, HELD");
        assertThat(trace.outcome()).isEqualTo(new Outcome.Failed(new Failure.Timeout(2, 3, Effect.UNKNOWN)));
        assertThat(trace.micros()).isEqualTo(1_000_000);
    }

    @Test
    void aFailureTellsWhoWasTakenForAway() {
        bench.dead.addAll(List.of(SECOND, THIRD));

        bench.getTraced(Level.QUORUM);

        assertThat(told(bench.trace())).containsExactly("2 CELL, LEVEL 1, 0, AWAY", "3 CELL, LEVEL 1, 0, AWAY");
    }

    @Test
    void aWriteTellsWhichHintItLeaves() {
        bench.dead.add(THIRD);
        bench.putTraced("value", Level.QUORUM, false);
        bench.acknowledge(SECOND);

        assertThat(told(bench.trace()))
                .startsWith("3 JOIN, LEVEL 1, 0, AWAY")
                .endsWith("1 HINT for 3, ABSENCE 1, 0 to 0, HELD");
    }

    @Test
    void aWriteTellsThatAHintWasNotKept() {
        bench.dead.add(THIRD);
        bench.hints.isFull = true;
        bench.putTraced("value", Level.QUORUM, false);
        bench.acknowledge(SECOND);

        assertThat(told(bench.trace())).endsWith("1 HINT for 3, ABSENCE 1, 0 to 0, NOT_KEPT");
    }

    @Test
    void aSloppyWriteTellsWhoStoodInForWhom() {
        Bench sloppy = withStandIns();
        sloppy.dead.addAll(List.of(SECOND, THIRD));
        sloppy.putTraced("value", Level.QUORUM, true);
        sloppy.pass(MILLI);
        sloppy.keep(Layouts.node(5));

        assertThat(told(sloppy.trace()))
                .endsWith("4 HINT for 2, ABSENCE 1, 0, NONE", "5 HINT for 3, ABSENCE 1, 0 to 1, HELD");
    }

    @Test
    void aWriteThatIsStampedAnewTellsOfBothAttempts() {
        bench.putTraced("value", Level.QUORUM, false);
        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 1, SECOND));
        bench.supersede(THIRD, Bench.version(WALL_MILLIS + 1, SECOND));
        bench.acknowledge(SECOND);

        Trace trace = Objects.requireNonNull(bench.trace());
        assertThat(told(trace))
                .containsExactly(
                        "2 JOIN, LEVEL 1, 0 to 0, GREATER",
                        "3 JOIN, LEVEL 1, 0 to 0, GREATER",
                        "1 JOIN, LEVEL 1, 0 to 0, HELD",
                        "2 JOIN, RESTAMP 2, 0 to 0, HELD",
                        "3 JOIN, RESTAMP 2, 0, NONE",
                        "1 JOIN, RESTAMP 2, 0 to 0, HELD");
        assertThat(trace.attempts()).isEqualTo(2);
    }

    /** The reply that is repeated must not stand for the silence of the attempt before. */
    @Test
    void aRepeatedAnswerIsNotTakenForOneToAFormerAttempt() {
        bench.storage.isSlow = true;
        bench.putTraced("value", Level.ALL, false);
        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 1, SECOND));
        bench.pass(MILLI.multipliedBy(100));
        Join second = bench.lastTo(THIRD, Join.class);
        for (int i = 0; i < 2; i++) {
            bench.shard.receive(THIRD, new PeerReply.Joined(second.id(), 1, null));
        }

        assertThat(told(bench.shard.underway(1).get(0)))
                .contains("3 JOIN, LEVEL 1, 0, NONE")
                .anyMatch(step -> step.startsWith("3 JOIN, RESTAMP 2, ") && step.endsWith("HELD"));
    }

    @Test
    void aCallThatIsRoutedAgainTellsWhoWasAskedByEitherRing() {
        List<Member> members = Layouts.members(4);
        Bench moved = new Bench(Layouts.owning(1, members, Layouts.nodes(1, 2, 3)));
        moved.getTraced(Level.ALL);
        moved.adopt(Layouts.owning(3, members, Layouts.nodes(1, 2, 4)));
        moved.answer(SECOND, null);
        moved.answer(Layouts.node(4), null);

        assertThat(told(moved.trace()))
                .containsExactly(
                        "2 DIGEST, LEVEL 1, 0, NONE",
                        "3 DIGEST, LEVEL 1, 0, NONE",
                        "1 CELL, LEVEL 1, 0 to 0, NOTHING",
                        "2 DIGEST, RING_CHANGE 2, 0 to 0, NOTHING",
                        "4 DIGEST, RING_CHANGE 2, 0 to 0, NOTHING",
                        "1 CELL, RING_CHANGE 2, 0 to 0, NOTHING");
    }

    @Test
    void theStepsOfACallThatIsRoutedWithoutEndAreBounded() {
        List<Member> members = Layouts.members(4);
        Bench moved = new Bench(Layouts.owning(1, members, Layouts.nodes(1, 2, 3)));
        moved.putTraced("value", Level.ALL, true);
        for (int epoch = 2; epoch <= 101; epoch++) {
            moved.adopt(Layouts.owning(epoch, members, Layouts.nodes(1, 2, epoch % 2 == 0 ? 4 : 3)));
        }
        moved.pass(Duration.ofSeconds(1));

        Trace trace = Objects.requireNonNull(moved.trace());
        assertThat(trace.steps()).hasSize(Trace.MOST_STEPS);
        assertThat(trace.omitted()).isGreaterThanOrEqualTo(3 * 101 - Trace.MOST_STEPS);
    }

    @Test
    void aSlowCallIsKeptWithTheTimesOfTheReplicasThatNobodyWaitedFor() {
        bench.put("value", Level.QUORUM);
        bench.pass(Duration.ofMillis(60));
        bench.acknowledge(SECOND);
        bench.pass(Duration.ofMillis(20));
        bench.acknowledge(THIRD);

        List<Trace> slow = bench.shard.slow();
        assertThat(slow).hasSize(1);
        assertThat(told(slow.get(0)))
                .containsExactly(
                        "2 JOIN, LEVEL 1, 0 to 60, HELD",
                        "3 JOIN, LEVEL 1, 0 to 80, HELD",
                        "1 JOIN, LEVEL 1, 0 to 0, HELD");
        assertThat(slow.get(0).micros()).isEqualTo(60_000);
        assertThat(bench.shard.statistics().slowCalls()).isEqualTo(1);
    }

    @Test
    void aCallThatIsFasterThanTheThresholdIsNotSlow() {
        bench.put("value", Level.QUORUM);
        bench.pass(Duration.ofMillis(49));
        bench.acknowledge(SECOND);

        assertThat(bench.shard.slow()).isEmpty();
        assertThat(bench.shard.statistics().slowCalls()).isZero();
    }

    @Test
    void withAThresholdOfNothingTheLastHundredCallsAreKept() {
        Bench all = withThreshold(Duration.ZERO);
        for (int i = 0; i < 130; i++) {
            all.get(Level.ONE);
            all.pass(MILLI);
        }

        assertThat(all.shard.slow())
                .extracting(Trace::startedAtMillis)
                .containsExactlyElementsOf(IntStream.range(0, 100)
                        .mapToObj(back -> WALL_MILLIS + 129 - back)
                        .toList());
        assertThat(all.shard.statistics().slowCalls()).isEqualTo(130);
    }

    @Test
    void theCallsOnTheirWayAreThereOldestFirstAndNoOthers() {
        bench.get(Level.ALL);
        bench.pass(MILLI);
        bench.put("value", Level.QUORUM);
        bench.pass(MILLI);
        bench.put("done", Level.ONE);

        List<Trace> underway = bench.shard.underway(5);
        assertThat(underway).extracting(Trace::kind).containsExactly(Trace.Kind.GET, Trace.Kind.PUT);
        assertThat(underway).extracting(Trace::micros).containsExactly(2000, 1000);
        assertThat(underway).extracting(Trace::outcome).containsOnly(new Outcome.Underway());
        assertThat(bench.shard.underway(1)).extracting(Trace::kind).containsExactly(Trace.Kind.GET);
    }

    /** A read that repairs is the same call as the read before. */
    @Test
    void aReadThatRepairsIsOnItsWayOnce() {
        bench.storage.held.put(KEY, live(WALL_MILLIS + 1, "newer"));
        bench.get(Level.QUORUM);
        bench.answer(SECOND, live(WALL_MILLIS, "older"));

        assertThat(bench.shard.underway(5)).hasSize(1);
        assertThat(told(bench.shard.underway(5).get(0))).endsWith("2 REPAIR, DISAGREEMENT 1, 0, NONE");
    }

    // ---- whose time was up

    private List<String> slowAfterTheDeadline() {
        bench.pass(Duration.ofSeconds(5));
        return told(bench.shard.slow().get(0));
    }

    @Test
    void ofARepairThatNobodyWaitsForItIsNotSaidThatItTimedOut() {
        Cell.Live newer = live(WALL_MILLIS + 1, "newer");
        bench.storage.held.put(KEY, live(WALL_MILLIS, "older"));
        bench.get(Level.QUORUM);
        bench.answer(SECOND, newer);
        bench.pass(Duration.ofMillis(50));
        bench.answer(THIRD, newer);

        assertThat(slowAfterTheDeadline()).endsWith("1 REPAIR, DISAGREEMENT 1, 50, NONE");
    }

    @Test
    void ofAFormerAttemptItIsNotSaidThatItTimedOut() {
        bench.put("value", Level.ALL);
        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 1, SECOND));
        bench.pass(MILLI.multipliedBy(100));
        bench.acknowledge(SECOND);

        assertThat(slowAfterTheDeadline())
                .contains("3 JOIN, LEVEL 1, 0, NONE")
                .anyMatch(step -> step.startsWith("3 JOIN, RESTAMP 2, ") && step.endsWith(", TIMEOUT"));
    }

    @Test
    void anAnsweredReadStillWaitsForWhoIsSlow() {
        bench.get(Level.QUORUM);
        bench.pass(Duration.ofMillis(51));
        bench.answer(THIRD, null);

        assertThat(slowAfterTheDeadline()).startsWith("2 DIGEST, LEVEL 1, 0, TIMEOUT");
    }

    @Test
    void aReadThatMustRepairFirstWaitsForTheRepairAlone() {
        bench.storage.held.put(KEY, live(WALL_MILLIS + 1, "newer"));
        bench.get(Level.QUORUM);
        bench.pass(Duration.ofMillis(51));
        bench.answer(THIRD, live(WALL_MILLIS, "older"));

        assertThat(slowAfterTheDeadline())
                .startsWith("2 DIGEST, LEVEL 1, 0, NONE")
                .endsWith("3 REPAIR, DISAGREEMENT 1, 51, TIMEOUT");
    }

    @Test
    void anAnsweredWriteStillWaitsForWhoIsSlow() {
        bench.put("value", Level.QUORUM);
        bench.pass(Duration.ofMillis(60));
        bench.acknowledge(SECOND);

        assertThat(slowAfterTheDeadline()).contains("3 JOIN, LEVEL 1, 0, TIMEOUT");
    }

    @Test
    void whoWasGivenUpEarlyIsNotSaidToHaveTimedOut() {
        bench.put("value", Level.QUORUM);
        bench.pass(Duration.ofMillis(60));
        bench.acknowledge(SECOND);
        bench.shard.giveUpLateOwners();

        assertThat(slowAfterTheDeadline()).contains("3 JOIN, LEVEL 1, 0, NONE");
    }

    @Test
    void ofALongRefusalTheBeginningIsKept() {
        bench.getTraced(Level.QUORUM);
        bench.refuse(SECOND, new Failure.StorageFailed("x".repeat(10_000), Effect.UNKNOWN));
        bench.answer(THIRD, null);

        Failure kept = new Failure.StorageFailed("x".repeat(256), Effect.UNKNOWN);
        assertThat(Objects.requireNonNull(bench.trace()).steps())
                .extracting(Trace.Step::answer)
                .contains(new Trace.Answer.Refused(kept));
    }

    /** So that a batch of many keys leaves the other slow calls where they are. */
    @Test
    void ofASlowBatchTheSlowestKeyIsKept() {
        List<Key> keys = List.of(Key.of("cache", "fast"), Key.of("cache", "slow"), Key.of("cache", "also fast"));
        bench.call(new ClientRequest.GetAll(1, 1, bench.inFiveSeconds(), keys, Level.ALL));
        bench.pass(Duration.ofMillis(60));
        for (int key : List.of(0, 2, 1)) {
            bench.answer(SECOND, bench.sentTo(SECOND, ReadDigest.class).get(key), null);
            bench.answer(THIRD, bench.sentTo(THIRD, ReadDigest.class).get(key), null);
            bench.pass(MILLI);
        }

        assertThat(bench.shard.slow()).extracting(Trace::key).containsExactly(keys.get(1));
        assertThat(bench.shard.statistics().slowCalls()).isEqualTo(3);
    }
}
