package io.murmur.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.murmur.kernel.ring.Ring;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training run that fails leaves no archive, and all still works: only this test tells. */
final class TrainingRunTest {

    /** Three levels; one node away, back, one joining, one leaving. */
    private static final int PARTS = 7;

    private static final int CALLS = 320;

    @TempDir
    private Path folder;

    @Test
    void itPlaysAWholeLifeAndNoCallFails() throws Exception {
        try (TrainingRun run = new TrainingRun(folder, CALLS)) {
            run.play();

            Ring ring = Objects.requireNonNull(
                    Objects.requireNonNull(run.running().get("a")).control().ring());
            assertEquals(Set.of("a", "b", "c"), run.running().keySet());
            assertEquals(3, ring.members().size());
            // Founded; d joining, and a member; d leaving, and gone. Each owner that has caught up is one more.
            assertTrue(ring.epoch() >= 5, () -> "d has not come and gone: epoch " + ring.epoch());
            assertEquals(PARTS * CALLS, run.succeeded());
        }
    }
}
