package io.murmur.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.handoff.HandoffSchedule.Fate;
import io.murmur.handoff.HandoffSchedule.Step;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import org.junit.jupiter.api.Test;

class HandoffScheduleTest {

    @Test
    void anOwnerThatIsAliveIsGivenItsHint() {
        assertThat(HandoffSchedule.step(Rings.FIRST, Rings.D, true, 0, 1, true)).isEqualTo(Step.HAND_OVER);
    }

    @Test
    void anOwnerThatIsAwayIsWaitedFor() {
        assertThat(HandoffSchedule.step(Rings.FIRST, Rings.D, false, 0, 1, true))
                .isEqualTo(Step.WAIT);
    }

    @Test
    void whatIsTooOldIsGivenToNobody() {
        assertThat(HandoffSchedule.step(Rings.FIRST, Rings.D, true, 0, 1, false))
                .isEqualTo(Step.EXPIRE);
        assertThat(HandoffSchedule.step(Rings.WITHOUT_D, Rings.D, true, 0, 1, false))
                .isEqualTo(Step.EXPIRE);
    }

    @Test
    void theHintOfAFormerOwnerGoesToOthersWhetherThatIsThereOrNot() {
        assertThat(HandoffSchedule.step(Rings.WITHOUT_D, Rings.D, true, 0, 1, true))
                .isEqualTo(Step.REDIRECT);
        assertThat(HandoffSchedule.step(Rings.WITHOUT_D, Rings.D, false, 0, 1, true))
                .isEqualTo(Step.REDIRECT);
    }

    @Test
    void whoWasNoOwnerWhenTheHintWasMadeIsOneByARingYetToCome() {
        assertThat(HandoffSchedule.step(Rings.FIRST, Rings.E, false, 0, 1, true))
                .isEqualTo(Step.WAIT);
        assertThat(HandoffSchedule.step(Rings.FIRST, Rings.E, true, 0, 1, true)).isEqualTo(Step.HAND_OVER);
    }

    @Test
    void aHintIsDoneWithWhenItsNodeHoldsTheCellOrAGreaterOne() {
        assertThat(HandoffSchedule.fate(new PeerReply.Joined(1, 1, null), 1)).isEqualTo(Fate.HELD);
        assertThat(HandoffSchedule.fate(new PeerReply.Joined(1, 1, new Version(1, Rings.A)), 1))
                .isEqualTo(Fate.HELD);
    }

    @Test
    void aRefusalForTheRingMeansOneThingByANewerRingAndAnotherByTheSame() {
        Failure stale = new Failure.StaleRing(5, Failure.Effect.NONE);

        assertThat(HandoffSchedule.fate(new PeerReply.Refused(1, 5, stale), 4)).isEqualTo(Fate.LATER);
        assertThat(HandoffSchedule.fate(new PeerReply.Refused(1, 5, stale), 5)).isEqualTo(Fate.NO_OWNER);
        assertThat(HandoffSchedule.fate(new PeerReply.Refused(1, 5, stale), 6)).isEqualTo(Fate.NO_OWNER);
    }

    @Test
    void noRefusalEndsAHintAtOnce() {
        assertThat(fate(new Failure.Overloaded(""))).isEqualTo(Fate.BUSY);
        assertThat(fate(new Failure.Timeout(0, 1, Failure.Effect.UNKNOWN))).isEqualTo(Fate.BUSY);
        assertThat(fate(new Failure.Unavailable(0, 1))).isEqualTo(Fate.BUSY);
        assertThat(fate(new Failure.StorageFailed("", Failure.Effect.UNKNOWN))).isEqualTo(Fate.LATER);
        assertThat(fate(new Failure.ClockDrift(1, Failure.Effect.NONE))).isEqualTo(Fate.DOUBTFUL);
        assertThat(fate(new Failure.BadRequest(""))).isEqualTo(Fate.DOUBTFUL);
    }

    private static Fate fate(Failure failure) {
        return HandoffSchedule.fate(new PeerReply.Refused(1, 1, failure), 1);
    }
}
