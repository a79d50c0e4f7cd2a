package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.THIRD;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static io.murmur.quorum.Bench.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.ClientReply.Value;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.PeerRequest.Read;
import io.murmur.kernel.message.PeerRequest.ReadDigest;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A read of owners that agree, or that cannot answer, as its coordinator sees it. */
class ReadsTest {

    /** The owners of the second region where both have three. */
    private static final Set<NodeId> FAR = Set.of(Layouts.node(4), Layouts.node(5), Layouts.node(6));

    private final Bench bench = new Bench();

    @Test
    void theNearestOwnerIsAskedForTheCellAndAsManyOthersAsTheLevelNeedsForDigests() {
        Cell.Live cell = live(WALL_MILLIS, "value");
        bench.storage.held.put(KEY, cell);

        bench.get(Level.QUORUM);

        assertThat(bench.storage.reads).isEqualTo(1);
        assertThat(bench.sent).hasSize(1);
        assertThat(bench.replies).isEmpty();
        assertThat(bench.lastTo(SECOND, ReadDigest.class).key()).isEqualTo(KEY);
        bench.answer(SECOND, cell);
        assertThat(bench.result()).isEqualTo(new Value(cell, cell.version(), 2));
        assertThat(bench.shard.pendingCalls()).isZero();
    }

    @Test
    void atOneTheOwnCopyIsTheAnswerAndNobodyIsAsked() {
        bench.storage.held.put(KEY, live(WALL_MILLIS, "value"));

        bench.get(Level.ONE);

        assertThat(bench.value()).isEqualTo("value");
        assertThat(bench.sent).isEmpty();
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void atOneWhatMemoryHoldsIsTheAnswerWithoutARequestToAnyReplica() {
        bench.storage.isInMemory = true;
        bench.storage.held.put(KEY, live(WALL_MILLIS, "value"));

        bench.get(Level.ONE);

        assertThat(bench.value()).isEqualTo("value");
        assertThat(bench.storage.reads).isZero();
        assertThat(bench.sent).isEmpty();
        assertThat(bench.shard.pendingCalls()).isZero();
        assertThat(bench.shard.statistics().reads()).isEqualTo(1);
    }

    @Test
    void whatMemoryHoldsIsOneAnswerAmongThoseThatALevelNeeds() {
        Cell.Live cell = live(WALL_MILLIS, "value");
        bench.storage.isInMemory = true;
        bench.storage.held.put(KEY, cell);

        bench.get(Level.QUORUM);

        assertThat(bench.replies).isEmpty();
        bench.answer(SECOND, cell);
        assertThat(bench.result()).isEqualTo(new Value(cell, cell.version(), 2));
    }

    @Test
    void whatMemoryHoldsExpiresAsAnyValue() {
        Cell.Live cell = new Cell.Live(Bench.version(WALL_MILLIS, THIRD), WALL_MILLIS + 10, Bench.bytes("value"));
        bench.storage.isInMemory = true;
        bench.storage.held.put(KEY, cell);

        bench.pass(Duration.ofMillis(10));
        bench.get(Level.ONE);

        assertThat(bench.result()).isEqualTo(new Value(null, cell.version(), 1));
    }

    @Test
    void aKeyThatNoOwnerHoldsIsAnAnswerAndNoDisagreement() {
        bench.get(Level.ALL);
        bench.answer(SECOND, null);
        bench.answer(THIRD, null);

        assertThat(bench.result()).isEqualTo(new Value(null, null, 3));
        assertThat(bench.shard.statistics().digestMismatches()).isZero();
    }

    @Test
    void aDeletedKeyHasNoValueButTheVersionOfItsDeletion() {
        Cell.Tombstone tombstone = new Cell.Tombstone(Bench.version(WALL_MILLIS, THIRD));
        bench.storage.held.put(KEY, tombstone);

        bench.get(Level.ONE);

        assertThat(bench.result()).isEqualTo(new Value(null, tombstone.version(), 1));
    }

    @Test
    void aValueIsThereUntilTheMomentItExpires() {
        Cell.Live cell = new Cell.Live(Bench.version(WALL_MILLIS, THIRD), WALL_MILLIS + 10, Bench.bytes("value"));
        bench.storage.held.put(KEY, cell);

        bench.pass(Duration.ofMillis(9));
        bench.get(Level.ONE);
        assertThat(bench.value()).isEqualTo("value");
        bench.replies.clear();
        bench.pass(Duration.ofMillis(1));
        bench.get(Level.ONE);

        assertThat(bench.result()).isEqualTo(new Value(null, cell.version(), 1));
    }

    @Test
    void anOwnerCountsOnceHoweverOftenItsAnswerComes() {
        bench.get(Level.ALL);

        bench.answer(SECOND, null);
        bench.answer(SECOND, null);

        assertThat(bench.replies).isEmpty();
    }

    @Test
    void answersOfStrangersAndToOtherRequestsCountForNothing() {
        bench.get(Level.QUORUM);
        long id = bench.lastTo(SECOND, ReadDigest.class).id();

        bench.shard.receive(Layouts.node(9), new PeerReply.DigestIs(id, 1, null));
        bench.shard.receive(SECOND, new PeerReply.DigestIs(id + 256, 1, null));
        bench.shard.receive(SECOND, new PeerReply.DigestIs(id ^ 1, 1, null));
        bench.shard.receive(SECOND, new PeerReply.Joined(id, 1, null));

        assertThat(bench.replies).isEmpty();
    }

    @Test
    void lateAnswersAreIgnored() {
        bench.get(Level.QUORUM);
        bench.answer(SECOND, null);

        bench.answer(SECOND, live(WALL_MILLIS, "late"));
        bench.pass(Duration.ofSeconds(2));

        assertThat(bench.replies).hasSize(1);
        assertThat(bench.sentTo(SECOND, PeerRequest.class)).hasSize(1);
    }

    @Test
    void anAnswerToAFormerReadDoesNotCountForTheNext() {
        bench.get(Level.QUORUM);
        ReadDigest former = bench.lastTo(SECOND, ReadDigest.class);
        bench.pass(Duration.ofSeconds(1));
        bench.replies.clear();
        bench.get(Level.QUORUM);

        bench.answer(SECOND, former, null);

        assertThat(bench.replies).isEmpty();
    }

    @Test
    void withTooFewOwnersAliveItIsUnavailableAndNothingIsSent() {
        bench.dead.add(THIRD);

        bench.get(Level.ALL);

        assertThat(bench.failure(Failure.Unavailable.class)).isEqualTo(new Failure.Unavailable(2, 3));
        assertThat(bench.sent).isEmpty();
        assertThat(bench.storage.reads).isZero();
    }

    @Test
    void whoIsBelievedDeadIsNotAsked() {
        bench.dead.add(SECOND);

        bench.get(Level.QUORUM);

        assertThat(bench.sentTo(SECOND, PeerRequest.class)).isEmpty();
        assertThat(bench.sentTo(THIRD, ReadDigest.class)).hasSize(1);
    }

    @Test
    void moreOwnersThanThereAreAreNeverAvailable() {
        bench.get(new Level.Count(4));

        assertThat(bench.failure(Failure.Unavailable.class)).isEqualTo(new Failure.Unavailable(3, 4));
    }

    @Test
    void withTooFewAnswersItTimesOutAndHasNoEffect() {
        bench.get(Level.ALL);
        bench.answer(THIRD, null);
        bench.pass(Duration.ofMillis(499));
        assertThat(bench.replies).isEmpty();

        bench.pass(Duration.ofMillis(1));

        assertThat(bench.failure(Failure.Timeout.class)).isEqualTo(new Failure.Timeout(2, 3, Effect.NONE));
        assertThat(bench.shard.pendingCalls()).isZero();
    }

    @Test
    void aCallersShorterDeadlineCountsAndTravels() {
        long deadlineNanos = bench.nanos() + 7_000_000;
        bench.call(new ClientRequest.Get(1, 1, deadlineNanos, KEY, Level.QUORUM));
        assertThat(bench.lastTo(SECOND, ReadDigest.class).deadlineNanos()).isEqualTo(deadlineNanos);

        bench.pass(Duration.ofMillis(7));

        assertThat(bench.failure(Failure.Timeout.class).acknowledged()).isEqualTo(1);
    }

    @Test
    void aDeadlineThatHasPassedLeavesNothingDone() {
        bench.call(new ClientRequest.Get(1, 1, bench.nanos(), KEY, Level.QUORUM));

        assertThat(bench.failure(Failure.Timeout.class)).isEqualTo(new Failure.Timeout(0, 2, Effect.NONE));
        assertThat(bench.sent).isEmpty();
        assertThat(bench.storage.reads).isZero();
    }

    @Test
    void anOwnerThatRefusesIsReplacedByAnotherAtOnce() {
        bench.get(Level.QUORUM);

        bench.refuse(SECOND, new Failure.Overloaded("there"));

        bench.answer(THIRD, bench.lastTo(THIRD, Read.class), null);
        assertThat(bench.result(Value.class).answered()).isEqualTo(2);
    }

    @Test
    void aRefusalThatComesTwiceCostsOneReplacement() {
        Bench six = new Bench(Layouts.ring(3, 3));
        six.get(Level.QUORUM);
        NodeId refuses = six.sent.get(0).to();
        assertThat(six.sent).as("four of six, the own copy included").hasSize(3);

        six.refuse(refuses, new Failure.Overloaded("there"));
        six.refuse(refuses, new Failure.Overloaded("there"));

        assertThat(six.sent).hasSize(4);
    }

    @Test
    void whenTheOwnCopyCannotBeReadTheCellComesFromAnother() {
        bench.storage.fault = StorageFault.DAMAGED;
        Cell.Live cell = live(WALL_MILLIS, "value");

        bench.get(Level.QUORUM);
        bench.answer(SECOND, bench.lastTo(SECOND, ReadDigest.class), cell);
        bench.answer(THIRD, bench.lastTo(THIRD, Read.class), cell);

        assertThat(bench.value()).isEqualTo("value");
    }

    @Test
    void whenNoOwnerIsLeftToTakeItsPlaceTheRefusalIsTheFailure() {
        bench.storage.fault = StorageFault.DAMAGED;

        bench.get(Level.ALL);

        assertThat(bench.failure(Failure.StorageFailed.class))
                .isEqualTo(new Failure.StorageFailed("told so", Effect.NONE));
    }

    @Test
    void ownersThatAreOverloadedFailTheReadAsOverloaded() {
        bench.storage.fault = StorageFault.OVERLOADED;
        bench.get(Level.QUORUM);
        bench.refuse(SECOND, new Failure.Overloaded("there"));

        assertThat(bench.failure(Failure.Overloaded.class).effect()).isEqualTo(Effect.NONE);
    }

    /** The refusal comes last: the owners left have sent digests alone. */
    @Test
    void whenOnlyDigestsAreThereOneOfTheirOwnersIsAskedForTheCell() {
        bench.storage.isSlow = true;
        bench.storage.fault = StorageFault.DAMAGED;
        Cell.Live cell = live(WALL_MILLIS, "value");
        bench.get(new Level.Count(2));
        bench.answer(SECOND, cell);
        bench.dead.add(THIRD);

        bench.storage.catchUp();

        bench.answer(THIRD, bench.lastTo(THIRD, Read.class), cell);
        assertThat(bench.value()).isEqualTo("value");
    }

    @Test
    void whenTheRingHasMovedOnTheReadIsRoutedAgain() {
        bench.dead.add(THIRD);
        bench.get(Level.QUORUM);
        ReadDigest first = bench.lastTo(SECOND, ReadDigest.class);
        bench.moveRing(bench.ring);

        bench.refuse(SECOND, new Failure.StaleRing(2, Effect.NONE));

        ReadDigest again = bench.lastTo(SECOND, ReadDigest.class);
        assertThat(again.epoch()).isEqualTo(first.epoch() + 1);
        assertThat(again.id()).isNotEqualTo(first.id());
        bench.answer(SECOND, again, null);
        assertThat(bench.result(Value.class).answered()).isEqualTo(2);
        assertThat(bench.shard.pendingCalls()).isZero();
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void whenOnlyTheOwnersKnowANewerRingAndItDoesNotComeTheReadFailsAsStaleAtItsDeadline() {
        bench.dead.add(THIRD);
        bench.get(Level.QUORUM);

        bench.refuseByRing(SECOND, 7);

        assertThat(bench.askedForRing).containsExactly(SECOND);
        bench.pass(Duration.ofMillis(499));
        assertThat(bench.replies).isEmpty();
        bench.pass(Duration.ofMillis(1));
        assertThat(bench.failure(Failure.StaleRing.class)).isEqualTo(new Failure.StaleRing(7, Effect.NONE));
    }

    /** Its request came twice, and the second was served. */
    @Test
    void aRefusedReadThatIsAnsweredAfterAllCounts() {
        Bench outside = new Bench(Layouts.withoutOwnersInFirstRegion());
        outside.get(Level.ONE);
        Bench.Sent read = outside.sent.get(outside.sent.size() - 1);
        outside.refuse(read.to(), new Failure.Overloaded("there"));

        outside.answer(read.to(), (Read) read.message(), null);

        assertThat(outside.result(Value.class).answered()).isEqualTo(1);
    }

    @Test
    void aRefusedDigestThatIsAnsweredAfterAllCounts() {
        bench.get(Level.QUORUM);
        bench.refuse(SECOND, new Failure.Overloaded("there"));

        bench.answer(SECOND, bench.lastTo(SECOND, ReadDigest.class), null);

        assertThat(bench.result(Value.class).answered()).isEqualTo(2);
    }

    @Test
    void ofSeveralRefusalsThatOfAStaleRingDecides() {
        bench.get(Level.QUORUM);
        bench.refuseByRing(SECOND, 7);

        bench.refuse(THIRD, new Failure.Overloaded("there"));
        bench.pass(Duration.ofMillis(500));

        assertThat(bench.failure(Failure.StaleRing.class).epoch()).isEqualTo(7);
    }

    /** The nearest owner that has not been asked is in the coordinator's own region, where nothing is missing. */
    @Test
    void whereEveryRegionHasItsMajorityARefusalIsMadeUpForInItsOwnRegion() {
        Bench wide = new Bench(Layouts.ring(3, 3));
        wide.get(Level.EACH_QUORUM);
        NodeId refuses = wide.sent.stream()
                .map(Bench.Sent::to)
                .filter(FAR::contains)
                .findFirst()
                .orElseThrow();

        wide.refuse(refuses, new Failure.Overloaded("there"));

        Bench.Sent last = wide.sent.get(wide.sent.size() - 1);
        assertThat(last.message()).isInstanceOf(Read.class);
        assertThat(FAR).contains(last.to());
        assertThat(last.to()).isNotEqualTo(refuses);
    }

    /** The only owner left is in the other region, whose answer could not count. */
    @Test
    void aLocalLevelNeverAsksAnotherRegion() {
        Bench wide = new Bench(Layouts.ring(2, 3));
        wide.get(Level.LOCAL_QUORUM);

        wide.refuse(SECOND, new Failure.Overloaded("there"));

        assertThat(wide.failure(Failure.Overloaded.class).where()).isEqualTo("there");
        assertThat(wide.sent).extracting(Bench.Sent::to).containsOnly(SECOND);
    }

    @Test
    void aLocalLevelIsUnavailableWhereTheRegionHasNoOwners() {
        Bench outside = new Bench(Layouts.withoutOwnersInFirstRegion());

        outside.get(Level.LOCAL_ONE);

        assertThat(outside.failure(Failure.Unavailable.class)).isEqualTo(new Failure.Unavailable(0, 1));
    }

    @Test
    void aCoordinatorThatOwnsNothingAsksTheOwnersAndHasNoCopyOfItsOwn() {
        Bench outside = new Bench(Layouts.withoutOwnersInFirstRegion());
        outside.get(Level.QUORUM);

        outside.answer(SECOND, null);
        outside.answer(THIRD, null);

        assertThat(outside.result(Value.class).answered()).isEqualTo(2);
        assertThat(outside.storage.reads).isZero();
    }
}
