package io.murmur.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.message.Failure.Effect;
import org.junit.jupiter.api.Test;

class ValueCheckTest {

    private static final String RIGHTFUL = "the version of an acknowledged write brings what it wrote";

    private final Scene scene = Scene.inOneRegion();

    @Test
    void whatWasWrittenMayBeRead() {
        scene.from(0, 1).put("x", 10);
        scene.from(2, 3).at(Level.ONE).reads("x", 10);
        scene.from(4, 5).delete(20);
        scene.from(6, 7).reads(null, 20);

        assertThat(scene.valueViolations()).isEmpty();
    }

    @Test
    void aValueThatNobodyWroteIsCaught() {
        scene.from(0, 1).put("x", 10);
        scene.from(2, 3).at(Level.ONE).reads("y", 10);

        assertThat(scene.valueViolations()).containsExactly("no value is invented");
    }

    @Test
    void aValueReadBeforeItWasPutIsCaught() {
        scene.from(0, 1).reads("x", 10);
        scene.from(2, 3).put("x", 10);

        assertThat(scene.valueViolations()).containsExactly("no value is invented");
    }

    @Test
    void aWriteOfUnknownEffectMayBeSeenAndOneWithoutEffectMayNot() {
        scene.from(0, 1).putFails("x", Effect.UNKNOWN);
        scene.from(2, 3).reads("x", 10);
        assertThat(scene.valueViolations()).isEmpty();

        scene.from(4, 5).putFails("y", Effect.NONE);
        scene.from(6, 7).reads("y", 20);
        assertThat(scene.valueViolations()).containsExactly("what was refused without effect is never seen");
    }

    @Test
    void anExpiredValueMayBeReadOnlyWithinTheDrift() {
        scene.from(0, 10).putFor(1_000, "x", 10);
        scene.from(1_600, 1_601).reads("x", 10);
        assertThat(scene.valueViolations()).isEmpty();

        scene.from(1_611, 1_612).reads("x", 10);
        assertThat(scene.valueViolations()).containsExactly("expired values are not returned (invariant 5)");
    }

    @Test
    void aValueThatVanishesBeforeItsTimeIsCaught() {
        scene.from(0, 10).putFor(1_000, "x", 10);
        scene.from(600, 601).reads(null, 10);
        assertThat(scene.valueViolations()).isEmpty();

        scene.from(400, 401).reads(null, 10);
        assertThat(scene.valueViolations()).containsExactly(RIGHTFUL);
    }

    @Test
    void aForeignValueUnderAnAcknowledgedVersionIsCaught() {
        scene.from(0, 1).put("x", 10);
        scene.from(2, 3).put("y", 20);
        scene.from(4, 5).reads("x", 20);

        assertThat(scene.valueViolations()).containsExactly(RIGHTFUL);
    }

    @Test
    void anEarlierStampOfAWriteMayBeReadWhileItIsUnderWay() {
        scene.from(0, 9).put("x", 30);
        scene.from(2, 3).reads("x", 10);

        assertThat(scene.valueViolations()).isEmpty();
    }

    @Test
    void aDeletedValueUnderTheDeletionsVersionIsCaught() {
        scene.from(0, 1).put("x", 10);
        scene.from(2, 3).delete(20);
        scene.from(4, 5).reads("x", 20);

        assertThat(scene.valueViolations()).contains(RIGHTFUL);
    }

    @Test
    void absenceUnderAWritesVersionNeedsADeletionThatWasForgotten() {
        scene.from(0, 1).put("x", 10);
        scene.from(2, 3).reads(null, 10);
        assertThat(scene.valueViolations()).containsExactly(RIGHTFUL, "nothing vanishes");

        scene.from(0, 1).deleteFails();
        assertThat(scene.valueViolations()).isEmpty();
    }

    @Test
    void absenceWhereNothingIsDeletedOrExpiresIsCaught() {
        scene.from(0, 1).putFails("x", Effect.UNKNOWN);
        scene.from(2, 3).readsNothingAtAll();
        assertThat(scene.valueViolations()).isEmpty();

        scene.from(4, 5).reads(null, 10);
        assertThat(scene.valueViolations()).containsExactly("nothing vanishes");
    }
}
