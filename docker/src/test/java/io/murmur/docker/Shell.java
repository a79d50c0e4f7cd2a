package io.murmur.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands of this machine, as the user who runs the tests. */
final class Shell {

    private Shell() {}

    /** What a command left behind; output and errors in one. */
    record Outcome(int exitCode, String output) {

        /** What it said, if it went well. */
        String orFail() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + ": " + output);
            }
            return output;
        }
    }

    /** Runs a command to its end. */
    static Outcome run(Path folder, Duration patience, List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            process.onExit()
                    .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .exceptionally(late -> {
                        process.destroyForcibly();
                        return process;
                    });
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A short command, which must go well. */
    static String run(List<String> command) {
        return run(Path.of("."), Duration.ofSeconds(30), command).orFail();
    }
}
