package io.murmur.benchmarks;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a benchmark leaves what it has found. */
public final class ResultOptions {

    @Option(
            names = "--results",
            paramLabel = "FOLDER",
            defaultValue = "benchmarks/results",
            description = "where the outcome is written (default: ${DEFAULT-VALUE})")
    private Path folder = Path.of("benchmarks", "results");

    public Path folder() {
        return folder;
    }
}
