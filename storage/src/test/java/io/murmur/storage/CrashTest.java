package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Power cuts and kills at any call of the disk, in recovery as well, under many seeds. */
class CrashTest {

    @Test
    void whatWasAcknowledgedOrSeenSurvivesAnyCrash() throws IOException {
        live(0, 80);
    }

    @Test
    @Tag("slow")
    void whatWasAcknowledgedOrSeenSurvivesAnyCrashOfAThousandSeeds() throws IOException {
        live(1_000, 1_000);
    }

    @Test
    void nothingThatWasDeletedReturnsAndNothingElseIsLostByForgettingTheDead() throws IOException {
        forget(0, 30);
    }

    @Test
    @Tag("slow")
    void nothingThatWasDeletedReturnsUnderManySeeds() throws IOException {
        forget(1_000, 300);
    }

    private static void forget(long first, int seeds) throws IOException {
        int late = 0;
        int raised = 0;
        int purged = 0;
        int deletions = 0;
        for (long seed = first; seed < first + seeds; seed++) {
            PurgeLives lives = new PurgeLives(seed);
            lives.live();
            late += lives.late();
            raised += lives.raised();
            purged += lives.purged();
            deletions += lives.deletions();
        }

        assertThat(late).isGreaterThan(seeds * 50);
        assertThat(raised).isGreaterThan(seeds * 10);
        assertThat(purged).isGreaterThan(seeds * 3);
        assertThat(deletions).isGreaterThan(seeds * 10);
    }

    private static void live(long first, int seeds) throws IOException {
        int acknowledged = 0;
        int merged = 0;
        int crashesInside = 0;
        int crashesInRecovery = 0;
        for (long seed = first; seed < first + seeds; seed++) {
            CrashLives lives = new CrashLives(seed);
            lives.live();
            acknowledged += lives.acknowledged();
            merged += lives.merged();
            crashesInside += lives.crashesInside();
            crashesInRecovery += lives.crashesInRecovery();
        }

        // The seeds went where it hurts.
        assertThat(acknowledged).isGreaterThan(seeds * 100);
        assertThat(merged).isGreaterThan(seeds / 10);
        assertThat(crashesInside).isGreaterThan(seeds);
        assertThat(crashesInRecovery).isGreaterThan(seeds / 10);
    }
}
