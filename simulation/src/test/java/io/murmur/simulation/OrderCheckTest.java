package io.murmur.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.message.Failure.Effect;
import org.junit.jupiter.api.Test;

class OrderCheckTest {

    private static final String LOST = "an acknowledged write is not lost to an earlier one (invariants 2, 6)";
    private static final String UNREAD = "an acknowledged write is read (invariants 1, 2)";
    private static final String BACK_IN_TIME = "reads never go back in time (invariant 3)";
    private static final String COMES_BACK = "what was overwritten or deleted does not come back (invariants 2, 5)";

    private final Scene scene = Scene.inOneRegion();

    @Test
    void aHistoryInOrderIsLegal() {
        scene.from(0, 1).put("x", 10);
        scene.from(2, 3).reads("x", 10);
        scene.from(4, 5).put("y", 20);
        scene.from(6, 7).delete(30);
        scene.from(8, 9).reads(null, 30);

        assertThat(scene.orderViolations()).isEmpty();
    }

    @Test
    void aReadThatMissesAnAcknowledgedWriteIsCaught() {
        scene.from(0, 1).put("x", 10);
        scene.from(2, 3).put("y", 20);
        scene.from(4, 5).reads("x", 10);

        assertThat(scene.orderViolations()).containsExactly(UNREAD, COMES_BACK);
    }

    @Test
    void aReadThatFindsNothingAfterAnAcknowledgedWriteIsCaught() {
        scene.from(0, 1).put("x", 10);
        scene.from(2, 3).readsNothingAtAll();

        assertThat(scene.orderViolations()).containsExactly(UNREAD);
    }

    @Test
    void aDeletionMayBeForgottenOnceItIsOldEnough() {
        scene.from(0, 1).deleteByTheClock();
        scene.from(20_000, 20_001).readsNothingAtAll();

        assertThat(scene.orderViolations()).isEmpty();
    }

    @Test
    void aDeletionThatIsForgottenEarlyIsCaught() {
        scene.from(0, 1).deleteByTheClock();
        scene.from(5_000, 5_001).readsNothingAtAll();

        assertThat(scene.orderViolations()).containsExactly(UNREAD);
    }

    @Test
    void aValueThatDoesNotExpireIsNeverForgotten() {
        scene.from(0, 1).put("x", 10);
        scene.from(20_000, 20_001).readsNothingAtAll();

        assertThat(scene.orderViolations()).containsExactly(UNREAD);
    }

    @Test
    void aValueAcceptedAnewHidesNoAcknowledgedWrite() {
        scene.from(0, 9).put("x", 10);
        scene.from(1, 8).put("y", 20);
        scene.from(10, 11).reads("y", 20);
        scene.from(12, 13).reads("y", 25);
        assertThat(scene.orderViolations()).isEmpty();

        scene.from(14, 15).reads("x", 30);
        assertThat(scene.orderViolations())
                .containsExactly("a value that is accepted anew hides no acknowledged write");
    }

    @Test
    void whatADeletionTookThePlaceOfIsForgottenWithIt() {
        scene.from(0, 1).put("x", 10);
        scene.from(2, 3).deleteByTheClock();
        scene.from(20_000, 20_001).readsNothingAtAll();

        assertThat(scene.orderViolations()).isEmpty();
    }

    @Test
    void aDeletionOfWhichNobodyKnowsMayBeForgottenAsWell() {
        scene.from(0, 1).put("x", 10);
        scene.from(2, 3).deleteFails();
        scene.from(20_000, 20_001).readsNothingAtAll();

        assertThat(scene.orderViolations()).isEmpty();
    }

    @Test
    void anOlderDeletionIsNoExcuse() {
        scene.from(0, 1).delete(5);
        scene.from(2, 3).put("x", 10);
        scene.from(20_000, 20_001).readsNothingAtAll();

        assertThat(scene.orderViolations()).containsExactly(UNREAD);
    }

    @Test
    void aValueThatExpiresMayBeForgotten() {
        scene.from(0, 1).putFor(1_000, "x", 10);
        scene.from(2, 3).reads("x", 10);
        scene.from(20_000, 20_001).readsNothingAtAll();

        assertThat(scene.orderViolations()).isEmpty();
    }

    @Test
    void aReadMaySeeAWriteThatIsStillUnderWayOrNot() {
        scene.from(0, 1).put("x", 10);
        scene.from(2, 9).put("y", 20);
        scene.from(3, 4).reads("x", 10);
        scene.from(5, 6).reads("y", 20);

        assertThat(scene.orderViolations()).isEmpty();
    }

    @Test
    void aReadMaySeeAFailedWriteOfUnknownEffectLater() {
        scene.from(0, 1).putFails("x", Effect.UNKNOWN);
        scene.from(2, 3).put("y", 10);
        scene.from(4, 5).reads("y", 10);
        scene.from(6, 7).reads("x", 20);

        assertThat(scene.orderViolations()).isEmpty();
    }

    @Test
    void readsThatGoBackInTimeAreCaught() {
        scene.from(0, 9).put("y", 20);
        scene.from(1, 2).reads("y", 20);
        scene.from(3, 4).reads("x", 10);

        assertThat(scene.orderViolations()).containsExactly(BACK_IN_TIME);
    }

    @Test
    void readsThatOverlapMayDisagree() {
        scene.from(0, 9).put("y", 20);
        scene.from(1, 4).reads("y", 20);
        scene.from(3, 5).reads("x", 10);

        assertThat(scene.orderViolations()).isEmpty();
    }

    @Test
    void readsAtOneMayGoBackInTime() {
        scene.from(0, 9).put("y", 20);
        scene.from(1, 2).at(Level.ONE).reads("y", 20);
        scene.from(3, 4).at(Level.ONE).reads("x", 10);

        assertThat(scene.orderViolations()).isEmpty();
    }

    @Test
    void aWriteWhoseVersionLosesToAnEarlierAcknowledgedOneIsCaught() {
        scene.from(0, 1).put("x", 50);
        scene.from(2, 3).put("y", 40);

        assertThat(scene.orderViolations()).containsExactly(LOST);
    }

    @Test
    void aWriteWhoseVersionLosesToWhatWasReadBeforeIsCaught() {
        scene.from(0, 9).put("x", 50);
        scene.from(1, 2).reads("x", 50);
        scene.from(3, 4).put("y", 40);

        assertThat(scene.orderViolations()).containsExactly(LOST);
    }

    @Test
    void writesAtOneMayLoseToEarlierOnes() {
        scene.from(0, 1).at(Level.ONE).put("x", 50);
        scene.from(2, 3).at(Level.ONE).put("y", 40);
        scene.from(4, 5).at(Level.ALL).reads("x", 50);

        assertThat(scene.orderViolations()).isEmpty();
    }

    @Test
    void aWriteAtOneIsMissedByNoReadAtAll() {
        scene.from(0, 1).at(Level.ONE).put("x", 10);
        scene.from(2, 3).readsNothingAtAll();
        scene.from(4, 5).at(Level.ALL).readsNothingAtAll();

        assertThat(scene.orderViolations()).containsExactly(UNREAD);
    }

    /** Two of three owners acknowledged, one of them by a stand-in: only reads of all owners must meet the other. */
    @Test
    void aWriteCountsWithoutItsStandIns() {
        scene.from(0, 1).with(1).put("x", 10);
        scene.from(2, 3).readsNothingAtAll();
        assertThat(scene.orderViolations()).isEmpty();

        scene.from(4, 5).at(Level.ALL).readsNothingAtAll();
        assertThat(scene.orderViolations()).containsExactly(UNREAD);
    }

    @Test
    void aWriteOfStandInsAloneMayBeMissedByAllReads() {
        scene.from(0, 1).at(Level.ANY).with(1).put("x", 10);
        scene.from(2, 3).with(2).put("y", 20);
        scene.from(4, 5).at(Level.ALL).readsNothingAtAll();

        assertThat(scene.orderViolations()).isEmpty();
    }

    /** Hints know of no greater cells, so a later write may get the smaller version. */
    @Test
    void aSloppyWriteMayLoseAgainstOneBeforeIt() {
        scene.from(0, 1).put("x", 20);
        scene.from(2, 3).with(2).put("y", 10);
        scene.from(4, 5).reads("x", 20);

        assertThat(scene.orderViolations()).isEmpty();
    }

    @Test
    void standInsCountForNoRegion() {
        Scene twoRegions = Scene.inTwoRegions();
        twoRegions.from(0, 1).at(Level.LOCAL_QUORUM).with(1).put("x", 10);
        twoRegions.from(2, 3).at(Level.LOCAL_QUORUM).readsNothingAtAll();

        assertThat(twoRegions.orderViolations()).isEmpty();
    }

    @Test
    void anOverwrittenValueThatComesBackUnderAGreaterVersionIsCaught() {
        scene.from(0, 1).put("x", 10);
        scene.from(2, 3).delete(20);
        scene.from(4, 5).reads("x", 30);

        assertThat(scene.orderViolations()).containsExactly(COMES_BACK);
    }

    @Test
    void localQuorumsOfTwoRegionsNeedNotAgree() {
        Scene twoRegions = Scene.inTwoRegions();
        twoRegions.from(0, 1).at(Level.LOCAL_QUORUM).by(Scene.node(0, 0)).put("x", 10);
        twoRegions.from(2, 3).at(Level.LOCAL_QUORUM).by(Scene.node(1, 0)).readsNothingAtAll();
        assertThat(twoRegions.orderViolations()).isEmpty();

        twoRegions.from(4, 5).at(Level.LOCAL_QUORUM).by(Scene.node(0, 1)).readsNothingAtAll();
        assertThat(twoRegions.orderViolations()).containsExactly(UNREAD);
    }

    @Test
    void quorumsMeetExactlyWhenTheyMust() {
        Scene two = Scene.inTwoRegions();

        assertThat(two.quorum(Level.QUORUM, 0).meets(two.quorum(Level.QUORUM, 1)))
                .isTrue();
        assertThat(two.quorum(Level.EACH_QUORUM, 0).meets(two.quorum(Level.LOCAL_QUORUM, 1)))
                .isTrue();
        assertThat(two.quorum(Level.EACH_QUORUM, 0).meets(two.quorum(Level.QUORUM, 1)))
                .isTrue();
        assertThat(two.quorum(Level.LOCAL_QUORUM, 0).meets(two.quorum(Level.QUORUM, 0)))
                .isFalse();
        assertThat(two.quorum(Level.ALL, 0).meets(two.quorum(Level.LOCAL_ONE, 1)))
                .isTrue();
        assertThat(two.quorum(Level.ALL, 0).meets(two.quorum(Level.ANY, 1))).isFalse();
        assertThat(two.quorum(new Level.Count(3), 0).meets(two.quorum(new Level.Count(3), 0)))
                .isFalse();
        assertThat(two.quorum(new Level.Count(3), 0).meets(two.quorum(new Level.Count(4), 0)))
                .isTrue();
    }
}
