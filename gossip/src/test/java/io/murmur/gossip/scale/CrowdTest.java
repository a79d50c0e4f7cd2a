package io.murmur.gossip.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.gossip.EndpointView;
import io.murmur.gossip.Standing;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole crowds in simulated time. A failure names its seed in the test's name. */
class CrowdTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    private static Crowd acquainted(long seed, CrowdConditions conditions) {
        Crowd crowd = new Crowd(seed, conditions);
        crowd.startAll();
        assertThat(crowd.secondsUntil(crowd::allAreAliveToAll, LONG)).isNotNaN();
        crowd.run(Duration.ofSeconds(40));
        return crowd;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aHundredNodesKnowEachOtherSoon(long seed) {
        Crowd crowd = new Crowd(seed, CrowdConditions.calm(100).withLoss(0.05));
        crowd.startAll();

        assertThat(crowd.secondsUntil(crowd::allAreAliveToAll, LONG)).isLessThan(30);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anEpochReachesAHundredNodesInLessThanTenSeconds(long seed) {
        Crowd crowd = acquainted(seed, CrowdConditions.calm(100).withLoss(0.05));

        crowd.gossiper(50).ringEpoch(2);

        assertThat(crowd.secondsUntil(() -> crowd.allHaveRing(2), LONG)).isLessThan(10);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aCrashIsKnownToAllOfAHundredInFifteenSeconds(long seed) {
        Crowd crowd = acquainted(seed, CrowdConditions.calm(100).withLoss(0.01));

        crowd.crash(50);

        assertThat(crowd.secondsUntil(() -> crowd.allBelieve(50, false), LONG)).isLessThan(15);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aCrashIsKnownToAllOfThreeInTenSecondsAndSoIsTheReturn(long seed) {
        Crowd crowd = acquainted(seed, CrowdConditions.calm(3));
        crowd.crash(2);
        assertThat(crowd.secondsUntil(() -> crowd.allBelieve(2, false), LONG)).isLessThan(10);

        crowd.run(Duration.ofMinutes(1));
        crowd.start(2);

        assertThat(crowd.secondsUntil(crowd::allAreAliveToAll, LONG)).isLessThan(5);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nobodyIsConvictedWronglyInAQuarterOfAnHourOfLossAndPauses(long seed) {
        Crowd crowd = acquainted(seed, CrowdConditions.calm(40).withLoss(0.05).withPauses(2000, 60));
        long before = crowd.falseConvictions();

        crowd.run(Duration.ofMinutes(15));

        assertThat(crowd.suspicions()).isPositive();
        assertThat(crowd.falseConvictions() - before).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whoPausesForLongConvictsNobody(long seed) {
        Crowd crowd = acquainted(seed, CrowdConditions.calm(20));
        for (int i = 0; i < 10; i++) {
            crowd.pause(7, Duration.ofSeconds(45));
            crowd.run(Duration.ofSeconds(50));
        }

        assertThat(crowd.gossiper(7).endpoints())
                .extracting(EndpointView::standing)
                .containsOnly(Standing.ALIVE);
        assertThat(crowd.falseConvictionsBy(7)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aCutOneWayIsNoticedAtBothEndsAndByNobodyElse(long seed) {
        Crowd crowd = acquainted(seed, CrowdConditions.calm(10));
        crowd.cut(3, 7);

        double seconds = crowd.secondsUntil(
                () -> !crowd.gossiper(3).isAlive(crowd.id(7))
                        && !crowd.gossiper(7).isAlive(crowd.id(3)),
                LONG);

        assertThat(seconds).isLessThan(40);
        assertThat(standing(crowd, 3, 7)).isEqualTo(Standing.UNREACHABLE);
        assertThat(standing(crowd, 7, 3)).isEqualTo(Standing.UNREACHABLE);
        for (int node = 0; node < 10; node++) {
            if (node != 3 && node != 7) {
                assertThat(crowd.gossiper(node).isAlive(crowd.id(3))).isTrue();
                assertThat(crowd.gossiper(node).isAlive(crowd.id(7))).isTrue();
            }
        }
        crowd.mend(3, 7);
        assertThat(crowd.secondsUntil(crowd::allAreAliveToAll, LONG)).isLessThan(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whoIsCutOffFromAllIsDeadToThemAndComesBackWithTheRingThatItMissed(long seed) {
        Crowd crowd = acquainted(seed, CrowdConditions.calm(12));
        for (int node = 1; node < 12; node++) {
            crowd.cut(0, node);
            crowd.cut(node, 0);
        }
        assertThat(crowd.secondsUntil(() -> crowd.allBelieve(0, false), LONG)).isLessThan(15);
        assertThat(standing(crowd, 5, 0)).isEqualTo(Standing.DEAD);
        crowd.gossiper(5).ringEpoch(7);
        crowd.run(Duration.ofMinutes(2));
        assertThat(crowd.gossiper(0).own().digest().ringEpoch()).isEqualTo(1);

        for (int node = 1; node < 12; node++) {
            crowd.mend(0, node);
            crowd.mend(node, 0);
        }

        assertThat(crowd.secondsUntil(() -> crowd.allHaveRing(7), LONG)).isLessThan(5);
        assertThat(crowd.secondsUntil(crowd::allAreAliveToAll, LONG)).isLessThan(15);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whoIsRemovedDoesNotComeBackThoughSomeForgetLater(long seed) {
        Crowd crowd = acquainted(seed, CrowdConditions.calm(20));
        NodeId removed = crowd.id(9);
        crowd.crash(9);
        for (int node = 0; node < 20; node++) {
            if (node != 9) {
                crowd.gossiper(node).forget(removed);
                crowd.run(Duration.ofSeconds(1));
            }
        }

        crowd.run(Duration.ofMinutes(3));

        for (int node = 0; node < 20; node++) {
            if (node != 9) {
                assertThat(crowd.gossiper(node).endpoint(removed)).isNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aRestartIsANewLifeToAll(long seed) {
        Crowd crowd = acquainted(seed, CrowdConditions.calm(20).withLoss(0.02));
        long generation = crowd.gossiper(4).own().digest().generation();
        crowd.crash(4);
        crowd.start(4);

        double seconds = crowd.secondsUntil(() -> everybodyKnowsLaterThan(crowd, 4, generation), LONG);

        assertThat(seconds).isLessThan(15);
        assertThat(crowd.secondsUntil(crowd::allAreAliveToAll, LONG)).isLessThan(15);
    }

    @Test
    void equalSeedsAreEqualRuns() {
        long[] bytes = new long[2];
        for (int i = 0; i < 2; i++) {
            Crowd crowd = acquainted(1, CrowdConditions.calm(30).withLoss(0.05).withPauses(2000, 20));
            crowd.run(Duration.ofMinutes(2));
            bytes[i] = crowd.bytes();
        }

        assertThat(bytes[0]).isPositive().isEqualTo(bytes[1]);
    }

    private static Standing standing(Crowd crowd, int observer, int node) {
        return crowd.gossiper(observer).endpoints().stream()
                .filter(view -> view.state().digest().node().equals(crowd.id(node)))
                .findFirst()
                .orElseThrow()
                .standing();
    }

    private static boolean everybodyKnowsLaterThan(Crowd crowd, int node, long generation) {
        for (int observer = 0; observer < crowd.nodes(); observer++) {
            var state = crowd.gossiper(observer).endpoint(crowd.id(node));
            if (state == null || state.digest().generation() <= generation) {
                return false;
            }
        }
        return true;
    }
}
