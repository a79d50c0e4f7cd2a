package io.murmur.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.message.Failure.Effect;
import org.junit.jupiter.api.Test;

class PresenceCheckTest {

    private static final String GONE = "what was acknowledged is there in the end (invariants 1, 4)";

    private final Scene scene = Scene.inOneRegion();

    @Test
    void aWriteOfHintsAloneMustBeThereInTheEnd() {
        scene.from(0, 1).at(Level.ANY).with(1).put("x", 10);
        scene.from(20, 21).at(Level.ALL).readsNothingAtAll();

        assertThat(scene.presenceViolations(20)).containsExactly(GONE);
    }

    @Test
    void anEarlierValueInItsPlaceIsCaughtAndALaterOneIsNot() {
        scene.from(0, 1).with(2).put("x", 10);
        scene.from(2, 3).with(2).put("y", 20);
        scene.from(20, 21).at(Level.ALL).reads("x", 10);
        assertThat(scene.presenceViolations(20)).containsExactly(GONE);

        Scene later = Scene.inOneRegion();
        later.from(0, 1).with(2).put("x", 10);
        later.from(20, 21).at(Level.ALL).reads("z", 30);
        assertThat(later.presenceViolations(20)).isEmpty();
    }

    @Test
    void beforeAllIsHealedAndBelowAllOwnersItMayBeMissed() {
        scene.from(0, 1).with(2).put("x", 10);
        scene.from(2, 3).at(Level.ALL).readsNothingAtAll();
        scene.from(20, 21).readsNothingAtAll();

        assertThat(scene.presenceViolations(20)).isEmpty();
    }

    @Test
    void whatWasNotAcknowledgedNeedNotBeThere() {
        scene.from(0, 1).putFails("x", Effect.UNKNOWN);
        scene.from(20, 21).at(Level.ALL).readsNothingAtAll();

        assertThat(scene.presenceViolations(20)).isEmpty();
    }
}
