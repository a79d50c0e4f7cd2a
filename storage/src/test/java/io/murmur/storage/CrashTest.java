package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Power cuts and kills at any call of the disk, in recovery as well, under many seeds. */
class CrashTest {

    private static final int SEEDS = 400;

    @Test
    void whatWasAcknowledgedOrSeenSurvivesAnyCrash() throws IOException {
        int acknowledged = 0;
        int merged = 0;
        int crashesInside = 0;
        int crashesInRecovery = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            CrashLives lives = new CrashLives(seed);
            lives.live();
            acknowledged += lives.acknowledged();
            merged += lives.merged();
            crashesInside += lives.crashesInside();
            crashesInRecovery += lives.crashesInRecovery();
        }

        // The seeds went where it hurts.
        assertThat(acknowledged).isGreaterThan(SEEDS * 100);
        assertThat(merged).isGreaterThan(SEEDS / 10);
        assertThat(crashesInside).isGreaterThan(SEEDS);
        assertThat(crashesInRecovery).isGreaterThan(SEEDS / 10);
    }
}
