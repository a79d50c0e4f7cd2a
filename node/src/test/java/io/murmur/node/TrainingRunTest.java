package io.murmur.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.murmur.kernel.ring.Ring;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training run that fails leaves no archive, and all still works: only this test tells. */
final class TrainingRunTest {

    @TempDir
    private Path folder;

    @Test
    void itPlaysAWholeLifeAndNoCallFails() throws Exception {
        try (TrainingRun run = new TrainingRun(folder, 320)) {
            run.play();

            Ring ring = Objects.requireNonNull(
                    Objects.requireNonNull(run.running().get("a")).control().ring());
            assertEquals(Set.of("a", "b", "c"), run.running().keySet(), "d has come and gone");
            assertEquals(3, ring.members().size());
            assertEquals(0, run.failed(), "failed calls");
        }
    }
}
