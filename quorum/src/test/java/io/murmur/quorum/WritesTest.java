package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.SELF;
import static io.murmur.quorum.Bench.THIRD;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply.Written;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest.Join;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A write as its coordinator sees it. */
class WritesTest {

    private final Bench bench = new Bench();

    @Test
    void theCellGoesToAllOwnersAtOnceAndTheLevelsNumberOfThemMakeItDone() {
        bench.storage.isSlow = true;

        bench.put("value", Level.QUORUM);

        assertThat(bench.sentTo(SECOND, Join.class)).hasSize(1);
        assertThat(bench.sentTo(THIRD, Join.class)).isEqualTo(bench.sentTo(SECOND, Join.class));
        bench.acknowledge(THIRD);
        assertThat(bench.replies)
                .as("one of two, and the own copy is not durable")
                .isEmpty();
        bench.storage.catchUp();
        Written written = bench.result(Written.class);
        assertThat(written.acknowledged()).isEqualTo(2);
        assertThat(written.required()).isEqualTo(2);
        assertThat(written.version())
                .isEqualTo(bench.lastTo(SECOND, Join.class).cell().version());
        assertThat(bench.shard.pendingCalls()).isZero();
    }

    @Test
    void atAllEveryOwnerMustHaveIt() {
        bench.put("value", Level.ALL);
        bench.acknowledge(SECOND);
        assertThat(bench.replies).isEmpty();

        bench.acknowledge(THIRD);

        assertThat(bench.result(Written.class).acknowledged()).isEqualTo(3);
    }

    @Test
    void anOwnerCountsOnceHoweverOftenItsAnswerComes() {
        bench.storage.isSlow = true;
        bench.put("value", Level.QUORUM);

        bench.acknowledge(SECOND);
        bench.acknowledge(SECOND);

        assertThat(bench.replies).isEmpty();
    }

    @Test
    void answersOfStrangersAndToOtherRequestsCountForNothing() {
        bench.storage.isSlow = true;
        bench.put("value", Level.ONE);
        long id = bench.lastTo(SECOND, Join.class).id();

        bench.shard.receive(Layouts.node(9), new PeerReply.Joined(id, 1, null));
        bench.shard.receive(SECOND, new PeerReply.Joined(id + 256, 1, null));
        bench.shard.receive(SECOND, new PeerReply.Joined(id ^ 1, 1, null));
        bench.shard.receive(SECOND, new PeerReply.CellIs(id, 1, null));

        assertThat(bench.replies).isEmpty();
        assertThat(id & 0xFF).as("so that replies find the shard").isEqualTo(Bench.SHARD);
    }

    @Test
    void lateAnswersAreIgnored() {
        bench.put("value", Level.QUORUM);
        bench.acknowledge(SECOND);

        bench.acknowledge(THIRD);
        bench.pass(Duration.ofSeconds(2));

        assertThat(bench.replies).hasSize(1);
    }

    @Test
    void withTooFewOwnersAliveItIsUnavailableAndNothingIsSent() {
        bench.dead.add(SECOND);
        bench.dead.add(THIRD);

        bench.put("value", Level.QUORUM);

        Failure.Unavailable failure = bench.failure(Failure.Unavailable.class);
        assertThat(failure).isEqualTo(new Failure.Unavailable(1, 2));
        assertThat(failure.effect()).isEqualTo(Effect.NONE);
        assertThat(bench.sent).isEmpty();
        assertThat(bench.storage.joins).isZero();
    }

    @Test
    void withTooFewAnswersItTimesOutAndMayYetHaveHappened() {
        bench.put("value", Level.QUORUM);
        bench.pass(Duration.ofMillis(999));
        assertThat(bench.replies).isEmpty();

        bench.pass(Duration.ofMillis(1));

        assertThat(bench.failure(Failure.Timeout.class)).isEqualTo(new Failure.Timeout(1, 2, Effect.UNKNOWN));
    }

    @Test
    void aCallersShorterDeadlineCounts() {
        bench.call(
                new ClientRequest.Put(1, 1, bench.inFiveSeconds() - 4_900_000_000L, KEY, new byte[1], 0, Level.QUORUM));

        bench.pass(Duration.ofMillis(100));

        assertThat(bench.failure(Failure.Timeout.class).acknowledged()).isEqualTo(1);
    }

    @Test
    void aDeadlineThatHasPassedLeavesNothingDone() {
        bench.call(
                new ClientRequest.Put(1, 1, bench.inFiveSeconds() - 5_000_000_000L, KEY, new byte[1], 0, Level.QUORUM));

        assertThat(bench.failure(Failure.Timeout.class)).isEqualTo(new Failure.Timeout(0, 2, Effect.NONE));
        assertThat(bench.sent).isEmpty();
        assertThat(bench.storage.joins).isZero();
    }

    /** Invariants 2 and 6: a write that began after another was acknowledged wins, whatever the clocks say. */
    @Test
    void aSupersededWriteIsStampedAnewAboveWhatItMetAndOnlyTheLastRoundCounts() {
        Version greater = Bench.version(WALL_MILLIS + 300, SECOND);
        bench.storage.held.put(KEY, Bench.live(WALL_MILLIS + 300, "former"));
        bench.put("value", Level.QUORUM);
        long firstRound = bench.lastTo(SECOND, Join.class).id();

        bench.supersede(SECOND, greater);

        Join again = bench.lastTo(SECOND, Join.class);
        assertThat(again.id()).isNotEqualTo(firstRound);
        assertThat(again.cell().version().isAfter(greater)).isTrue();
        assertThat(bench.sentTo(THIRD, Join.class)).hasSize(2);
        bench.shard.receive(SECOND, new PeerReply.Joined(firstRound, 1, null));
        bench.shard.receive(THIRD, new PeerReply.Joined(firstRound, 1, null));
        assertThat(bench.replies).as("of the former round").isEmpty();
        bench.acknowledge(THIRD);
        assertThat(bench.result(Written.class).version()).isEqualTo(again.cell().version());
        assertThat(bench.shard.statistics().restamps()).isEqualTo(1);
    }

    @Test
    void aSupersededOwnerIsNoAcknowledgementButTheOthersMayStillDo() {
        bench.put("value", Level.QUORUM);

        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 300, SECOND));

        assertThat(bench.replies).isEmpty();
        bench.acknowledge(THIRD);
        assertThat(bench.result(Written.class).acknowledged()).isEqualTo(2);
    }

    @Test
    void afterALittlePatienceASupersededRoundIsNotWaitedForAnyLonger() {
        bench.put("value", Level.QUORUM);
        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 300, SECOND));

        bench.pass(Duration.ofMillis(40));

        assertThat(bench.sentTo(THIRD, Join.class)).hasSize(2);
    }

    @Test
    void whatIsTooFarAheadToStampAboveFailsTheWriteByName() {
        bench.put("value", Level.ALL);

        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 501, SECOND));

        assertThat(bench.failure(Failure.ClockDrift.class)).isEqualTo(new Failure.ClockDrift(1, Effect.UNKNOWN));
        assertThat(bench.sentTo(SECOND, Join.class)).as("the first round").hasSize(1);
        assertThat(bench.storage.joins).isEqualTo(1);
    }

    @Test
    void ownersThatCannotStoreFailTheWriteAtOnceByName() {
        bench.put("value", Level.ALL);

        bench.shard.receive(
                SECOND,
                new PeerReply.Refused(
                        bench.lastTo(SECOND, Join.class).id(), 1, new Failure.StorageFailed("disk full", Effect.NONE)));

        assertThat(bench.failure(Failure.StorageFailed.class))
                .isEqualTo(new Failure.StorageFailed("disk full", Effect.UNKNOWN));
    }

    @Test
    void theOwnStoragesRefusalIsOneOwnerLost() {
        bench.storage.fault = StorageFault.DISK_FULL;
        bench.put("value", Level.QUORUM);
        bench.acknowledge(SECOND);
        assertThat(bench.replies).isEmpty();

        bench.acknowledge(THIRD);

        assertThat(bench.result(Written.class).acknowledged()).isEqualTo(2);
    }

    @Test
    void anOverloadedOwnerIsNotReportedAsIfNothingHadHappened() {
        bench.storage.fault = StorageFault.OVERLOADED;

        bench.put("value", Level.ALL);

        assertThat(bench.failure(Failure.StorageFailed.class).effect()).isEqualTo(Effect.UNKNOWN);
    }

    @Test
    void whenTheRingHasMovedOnTheWriteIsRoutedAgain() {
        bench.dead.add(THIRD);
        bench.put("value", Level.QUORUM);
        Join first = bench.lastTo(SECOND, Join.class);
        bench.moveRing(bench.ring);

        bench.shard.receive(SECOND, new PeerReply.Refused(first.id(), 2, new Failure.StaleRing(2, Effect.NONE)));

        Join again = bench.lastTo(SECOND, Join.class);
        assertThat(again.epoch()).isEqualTo(first.epoch() + 1);
        bench.acknowledge(SECOND);
        assertThat(bench.result(Written.class).acknowledged()).isEqualTo(2);
    }

    @Test
    void whenOnlyTheOwnersKnowANewerRingAndItDoesNotComeTheWriteFailsAsStaleAtItsDeadline() {
        bench.dead.add(THIRD);
        bench.put("value", Level.QUORUM);

        bench.refuseByRing(SECOND, 7);

        assertThat(bench.askedForRing).containsExactly(SECOND);
        bench.pass(Duration.ofMillis(999));
        assertThat(bench.replies).isEmpty();
        bench.pass(Duration.ofMillis(1));
        assertThat(bench.failure(Failure.StaleRing.class)).isEqualTo(new Failure.StaleRing(7, Effect.UNKNOWN));
    }

    @Test
    void aDeletionIsATombstoneLikeAnyOtherCell() {
        bench.call(new ClientRequest.Delete(1, 1, bench.inFiveSeconds(), KEY, Level.ONE));

        assertThat(bench.lastTo(SECOND, Join.class).cell()).isInstanceOf(Cell.Tombstone.class);
        assertThat(bench.storage.held.get(KEY)).isInstanceOf(Cell.Tombstone.class);
        assertThat(bench.result(Written.class).version().node()).isEqualTo(SELF);
    }

    @Test
    void theExpiryIsDecidedOnceAndStaysWhenTheWriteIsStampedAnew() {
        bench.call(new ClientRequest.Put(1, 1, bench.inFiveSeconds(), KEY, new byte[1], 60_000, Level.ALL));
        bench.pass(Duration.ofMillis(10));

        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 300, SECOND));

        Cell.Live again = (Cell.Live) bench.lastTo(SECOND, Join.class).cell();
        assertThat(bench.sentTo(SECOND, Join.class)).hasSize(2);
        assertThat(again.expiresAtMillis()).isEqualTo(WALL_MILLIS + 60_000);
    }

    @Test
    void stampsGrowEvenWhileTheClockStands() {
        bench.put("one", Level.ONE);
        bench.put("two", Level.ONE);

        assertThat(bench.sentTo(SECOND, Join.class))
                .extracting(join -> join.cell().version().reading())
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void aStaleRingIsNotForgottenOverAnotherRefusal() {
        bench.put("value", Level.ALL);
        Join first = bench.lastTo(SECOND, Join.class);
        bench.moveRing(bench.ring);
        bench.storage.isSlow = true;
        bench.put("of another call", Level.QUORUM);
        bench.replies.clear();

        bench.shard.receive(SECOND, new PeerReply.Refused(first.id(), 2, new Failure.StaleRing(2, Effect.NONE)));

        assertThat(bench.sentTo(SECOND, Join.class)).hasSize(3);
        assertThat(bench.lastTo(SECOND, Join.class).epoch()).isEqualTo(2);
    }

    @Test
    void ofSeveralRefusalsThatOfAStaleRingDecides() {
        bench.storage.isSlow = true;
        bench.put("value", Level.QUORUM);
        bench.refuseByRing(SECOND, 7);

        bench.refuse(THIRD, new Failure.Overloaded("there"));
        assertThat(bench.replies).as("the ring may yet come").isEmpty();
        bench.pass(Duration.ofSeconds(1));

        assertThat(bench.failure(Failure.StaleRing.class)).isEqualTo(new Failure.StaleRing(7, Effect.UNKNOWN));
    }

    @Test
    void aWriteThatIsRoutedToTooFewLiveOwnersMayStillHaveHappened() {
        bench.dead.add(THIRD);
        bench.put("value", Level.QUORUM);
        bench.moveRing(bench.ring);
        bench.dead.add(SECOND);

        bench.refuse(SECOND, new Failure.StaleRing(2, Effect.NONE));

        assertThat(bench.failure(Failure.Timeout.class).effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void whoIsBelievedDeadIsSentNothing() {
        bench.dead.add(THIRD);

        bench.put("value", Level.QUORUM);

        assertThat(bench.sent).extracting(Bench.Sent::to).containsOnly(SECOND);
    }

    @Test
    void theOwnersClocksDecideWhetherAVersionIsTooFarAhead() {
        bench.put("value", Level.QUORUM);

        bench.refuse(SECOND, new Failure.ClockDrift(40, Effect.NONE));
        bench.refuse(THIRD, new Failure.ClockDrift(41, Effect.NONE));

        assertThat(bench.failure(Failure.ClockDrift.class)).isEqualTo(new Failure.ClockDrift(41, Effect.UNKNOWN));
    }

    @Test
    void theOwnCopyMaySupersedeToo() {
        Version greater = Bench.version(WALL_MILLIS + 300, SECOND);
        bench.storage.held.put(KEY, Bench.live(WALL_MILLIS + 300, "former"));

        bench.put("value", Level.ALL);

        assertThat(bench.sentTo(SECOND, Join.class)).hasSize(2);
        assertThat(bench.lastTo(SECOND, Join.class).cell().version().isAfter(greater))
                .isTrue();
        assertThat(bench.storage.held.get(KEY))
                .isEqualTo(bench.lastTo(SECOND, Join.class).cell());
    }

    @Test
    void aWriteThatIsSupersededInEveryRoundEndsInATimeout() {
        bench.put("value", Level.ALL);
        for (int round = 0; round < 1_000 && bench.replies.isEmpty(); round++) {
            Version written = bench.lastTo(SECOND, Join.class).cell().version();
            bench.supersede(SECOND, new Version(written.reading() + 1, SECOND));
        }

        assertThat(bench.failure(Failure.Timeout.class).effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(bench.sentTo(SECOND, Join.class)).hasSize(16);
    }

    @Test
    void aRoundThatWasSupersededLeavesTheDeadlineWhereItWas() {
        bench.put("value", Level.ALL);
        bench.pass(Duration.ofMillis(600));
        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 700, SECOND));
        bench.acknowledge(THIRD);

        bench.pass(Duration.ofMillis(400));

        assertThat(bench.failure(Failure.Timeout.class)).isEqualTo(new Failure.Timeout(2, 3, Effect.UNKNOWN));
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void aLocalLevelWritesToAllRegionsAndWaitsForItsOwn() {
        Bench wide = new Bench(Layouts.ring(3, 3));
        wide.put("value", Level.LOCAL_QUORUM);
        assertThat(wide.sent).as("all owners but the own copy").hasSize(5);

        for (int far = 4; far <= 6; far++) {
            wide.acknowledge(Layouts.node(far));
        }

        assertThat(wide.replies).isEmpty();
        wide.acknowledge(SECOND);
        assertThat(wide.result(Written.class).acknowledged()).isEqualTo(2);
    }

    @Test
    void aMajorityOfEveryRegionIsNotAMajorityOfAll() {
        Bench wide = new Bench(Layouts.ring(3, 3));
        wide.put("value", Level.EACH_QUORUM);
        wide.acknowledge(SECOND);
        wide.acknowledge(THIRD);
        wide.acknowledge(Layouts.node(4));
        assertThat(wide.replies).isEmpty();

        wide.acknowledge(Layouts.node(5));

        assertThat(wide.result(Written.class).required()).isEqualTo(4);
    }
}
