package io.murmur.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.benchmarks.peers.ServerUsage.Usage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ServerUsageTest {

    private static final long MEBIBYTE = 1 << 20;

    /** Not where temporary files are: that may be memory, to which no byte is written. */
    private Path folder = Path.of("");

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory(Path.of("target"), "usage");
    }

    /** A shell stands for a server. What it makes known by a line has happened; what a child has written is seen while it waits for one. */
    @Test
    void processorTimeAndMemoryAreThoseOfTheServer() throws IOException {
        try (Shell shell = new Shell(folder);
                ServerUsage usage = new ServerUsage(List.of(shell.process.toHandle()))) {
            Usage before = usage.read();
            shell.tell("x=0; while [ $x -lt 500000 ]; do x=$((x+1)); done; echo counted");

            assertThat(usage.read().minus(before).cpuMicros()).isGreaterThan(10_000);
            assertThat(usage.residentBytes()).isBetween(MEBIBYTE / 4, 100 * MEBIBYTE);
        }
    }

    @Test
    void bytesOfAChildCountAfterItHasGone() throws IOException {
        String kilobyte = "x".repeat(1024);
        try (Shell shell = new Shell(folder);
                ServerUsage usage = new ServerUsage(List.of(shell.process.toHandle()))) {
            Usage before = usage.read();
            // A subshell, which writes by itself and stays until it reads a line.
            shell.tell("(n=0; while [ $n -lt 1024 ]; do echo " + kilobyte
                    + "; n=$((n+1)); done > file; echo written; read go; echo going)");
            long written = usage.read().minus(before).writtenBytes();
            shell.tell("go");
            // The shell itself answers, so the subshell has gone.
            shell.tell("echo here");

            assertThat(written).isBetween(MEBIBYTE, 2 * MEBIBYTE);
            assertThat(usage.read().minus(before).writtenBytes()).isGreaterThanOrEqualTo(written);
        }
    }

    /** Commands and their answers. */
    private static final class Shell implements AutoCloseable {
        private final Process process;
        private final PrintWriter commands;
        private final BufferedReader answers;

        Shell(Path folder) throws IOException {
            process = new ProcessBuilder("sh").directory(folder.toFile()).start();
            commands = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8));
            answers = process.inputReader(StandardCharsets.UTF_8);
        }

        String tell(String command) throws IOException {
            commands.println(command);
            commands.flush();
            return String.valueOf(answers.readLine());
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
