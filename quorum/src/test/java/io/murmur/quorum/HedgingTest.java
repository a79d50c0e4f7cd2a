package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.THIRD;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static io.murmur.quorum.Bench.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.PeerRequest.Join;
import io.murmur.kernel.message.PeerRequest.Read;
import io.murmur.kernel.message.PeerRequest.ReadDigest;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who is asked first, and who is asked next when that takes too long. */
class HedgingTest {

    private static final Duration LONGER_THAN_UNKNOWN_P99 = Duration.ofMillis(51);

    private final Bench bench = new Bench();

    @Test
    void anOwnerThatIsSlowerThanItsP99IsHedgedByAnother() {
        bench.get(Level.QUORUM);
        bench.pass(Duration.ofMillis(49));
        assertThat(bench.sent).hasSize(1);

        bench.pass(Duration.ofMillis(1));

        assertThat(bench.sentTo(THIRD, Read.class)).hasSize(1);
        assertThat(bench.shard.statistics().hedges()).isEqualTo(1);
        bench.answer(THIRD, null);
        assertThat(bench.replies).hasSize(1);
    }

    @Test
    void anOwnerThatIsKnownToBeFastIsHedgedSooner() {
        for (int i = 0; i < 64; i++) {
            bench.get(Level.ALL);
            bench.pass(Duration.ofMillis(1));
            bench.answer(SECOND, null);
            bench.answer(THIRD, null);
        }
        bench.sent.clear();

        bench.get(Level.QUORUM);
        bench.pass(Duration.ofMillis(2));

        assertThat(bench.sent).as("a digest, and a cell for it").hasSize(2);
        assertThat(bench.shard.statistics().hedges()).isEqualTo(1);
    }

    @Test
    void whoeverAnswersFirstCountsAndTheSlowOneMayStillBeTheSecond() {
        Cell.Live cell = live(WALL_MILLIS, "value");
        bench.storage.isSlow = true;
        bench.get(Level.QUORUM);
        bench.pass(LONGER_THAN_UNKNOWN_P99);
        bench.answer(THIRD, cell);
        assertThat(bench.replies).isEmpty();

        bench.answer(SECOND, cell);

        assertThat(bench.value()).isEqualTo("value");
    }

    @Test
    void withoutAnotherOwnerThereIsNothingToWaitFor() {
        bench.get(Level.ALL);

        assertThat(bench.timersWaiting()).as("the deadline alone").isEqualTo(1);
    }

    @Test
    void anOwnerInARegionThatDoesNotCountIsNoHedge() {
        Bench wide = new Bench(Layouts.ring(2, 3));
        wide.get(Level.LOCAL_QUORUM);

        wide.pass(Duration.ofMillis(400));

        assertThat(wide.sent).extracting(Bench.Sent::to).containsOnly(SECOND);
        assertThat(wide.shard.statistics().hedges()).isZero();
    }

    @Test
    void hedgesAreFewEvenWhereAllOwnersBecomeSlowAtOnce() {
        for (int i = 0; i < 640; i++) {
            bench.get(Level.ALL);
            bench.answer(SECOND, null);
            bench.answer(THIRD, null);
        }

        for (int i = 0; i < 60; i++) {
            bench.get(Level.QUORUM);
            bench.pass(Duration.ofMillis(500));
        }

        assertThat(bench.shard.statistics().hedges())
                .as("saved, and a share of 60")
                .isBetween(10L, 13L);
    }

    /** The hedge's own answer takes the slow owner's time as well, and must not make it look slower than that one. */
    @Test
    void anOwnerThatHasStoppedIsNotAskedFirstAgain() {
        bench.get(Level.QUORUM);
        assertThat(bench.sent).extracting(Bench.Sent::to).containsExactly(SECOND);
        bench.pass(LONGER_THAN_UNKNOWN_P99);
        bench.answer(THIRD, null);
        bench.sent.clear();

        bench.get(Level.QUORUM);

        assertThat(bench.sent).extracting(Bench.Sent::to).containsExactly(THIRD);
    }

    @Test
    void withoutABudgetThereAreNoHedges() {
        Bench frugal = new Bench(Layouts.ring(3), settings -> Bench.withHedgeShare(settings, 0));

        frugal.get(Level.QUORUM);
        frugal.pass(Duration.ofMillis(499));

        assertThat(frugal.sent).hasSize(1);
    }

    @Test
    void aReadThatIsDoneIsNotHedged() {
        bench.get(Level.QUORUM);
        bench.answer(SECOND, null);

        bench.pass(Duration.ofMillis(499));

        assertThat(bench.sent).hasSize(1);
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void atOneTheStaleOwnerThatAnsweredLateIsRepairedInTheBackground() {
        Bench outside = new Bench(Layouts.withoutOwnersInFirstRegion());
        Cell.Live newer = live(WALL_MILLIS + 1, "newer");
        outside.get(Level.ONE);
        NodeId slow = outside.sent.get(0).to();
        outside.pass(LONGER_THAN_UNKNOWN_P99);
        NodeId hedge = outside.sent.get(1).to();
        outside.answer(hedge, newer);
        assertThat(outside.value()).as("before any repair").isEqualTo("newer");

        outside.answer(slow, live(WALL_MILLIS, "older"));

        assertThat(outside.lastTo(slow, Join.class).cell()).isEqualTo(newer);
        assertThat(outside.replies).hasSize(1);
        assertThat(outside.shard.roundsAwaited()).isZero();
        assertThat(outside.timersWaiting()).isZero();
    }

    @Test
    void atOneTheOwnerThatAnsweredFirstIsRepairedWhenTheLateOneHoldsMore() {
        Bench outside = new Bench(Layouts.withoutOwnersInFirstRegion());
        Cell.Live newer = live(WALL_MILLIS + 1, "newer");
        outside.get(Level.ONE);
        NodeId slow = outside.sent.get(0).to();
        outside.pass(LONGER_THAN_UNKNOWN_P99);
        NodeId hedge = outside.sent.get(1).to();
        outside.answer(hedge, null);
        assertThat(outside.value()).isNull();

        outside.answer(hedge, outside.lastTo(hedge, Read.class), newer);
        assertThat(outside.sentTo(hedge, Join.class)).as("it has had its say").isEmpty();
        outside.answer(slow, newer);
        outside.answer(slow, newer);

        assertThat(outside.sentTo(hedge, Join.class)).hasSize(1);
        assertThat(outside.lastTo(hedge, Join.class).cell()).isEqualTo(newer);
        assertThat(outside.sentTo(slow, Join.class)).isEmpty();
    }

    @Test
    void aLateDigestThatIsOlderIsRepairedToo() {
        Cell.Live newer = live(WALL_MILLIS + 1, "newer");
        bench.storage.held.put(KEY, newer);
        bench.get(Level.QUORUM);
        bench.pass(LONGER_THAN_UNKNOWN_P99);
        bench.answer(THIRD, newer);
        assertThat(bench.value()).isEqualTo("newer");

        bench.answer(SECOND, bench.lastTo(SECOND, ReadDigest.class), live(WALL_MILLIS, "older"));

        assertThat(bench.lastTo(SECOND, Join.class).cell()).isEqualTo(newer);
    }

    @Test
    void lateAnswersAreWaitedForNoLongerThanTheReadWouldHave() {
        bench.get(Level.QUORUM);
        bench.pass(LONGER_THAN_UNKNOWN_P99);
        bench.answer(THIRD, null);
        assertThat(bench.shard.pendingCalls()).isZero();

        bench.pass(Duration.ofMillis(500));
        bench.answer(SECOND, bench.lastTo(SECOND, ReadDigest.class), live(WALL_MILLIS, "late"));

        assertThat(bench.timersWaiting()).isZero();
        assertThat(bench.shard.roundsAwaited()).isZero();
        assertThat(bench.sentTo(SECOND, PeerRequest.class)).hasSize(1);
        assertThat(bench.replies).hasSize(1);
    }

    /** The second node has shown its digest but is slow with its cell; the hedge brings an equal one. */
    @Test
    void aStaleOwnerThatIsNotNeededForTheLevelIsRepairedInTheBackground() {
        Cell.Live newer = live(WALL_MILLIS + 1, "newer");
        bench.storage.held.put(KEY, live(WALL_MILLIS, "older"));
        bench.get(Level.QUORUM);
        bench.storage.isSlow = true;
        bench.answer(SECOND, newer);
        bench.pass(LONGER_THAN_UNKNOWN_P99);

        bench.answer(THIRD, newer);

        assertThat(bench.value()).isEqualTo("newer");
        bench.storage.catchUp();
        assertThat(bench.storage.held.get(KEY)).isEqualTo(newer);
    }

    @Test
    void theOwnNodeIsAskedThenTheOwnZoneThenTheOwnRegion() {
        Bench zones = new Bench(Layouts.zones());

        zones.get(new Level.Count(2));
        assertThat(zones.sent).extracting(Bench.Sent::to).containsExactly(THIRD);
        zones.sent.clear();
        zones.get(new Level.Count(3));
        assertThat(zones.sent).extracting(Bench.Sent::to).containsExactlyInAnyOrder(SECOND, THIRD);
    }

    @Test
    void ofTwoOwnersOfEqualRankTheFasterIsAsked() {
        bench.get(Level.ALL);
        bench.pass(Duration.ofMillis(3));
        bench.answer(THIRD, null);
        bench.pass(Duration.ofMillis(10));
        bench.answer(SECOND, null);
        bench.sent.clear();

        bench.get(Level.QUORUM);

        assertThat(bench.sent).extracting(Bench.Sent::to).containsExactly(THIRD);
    }

    @Test
    void anOwnerThatWasSlowIsTriedAgainNowAndThen() {
        bench.get(Level.ALL);
        bench.pass(Duration.ofMillis(3));
        bench.answer(THIRD, null);
        bench.pass(Duration.ofMillis(10));
        bench.answer(SECOND, null);
        bench.sent.clear();

        for (int i = 0; i < 512; i++) {
            bench.get(Level.QUORUM);
            bench.answer(bench.sent.get(bench.sent.size() - 1).to(), null);
        }

        assertThat(bench.sentTo(SECOND, ReadDigest.class)).hasSizeBetween(1, 4);
    }
}
