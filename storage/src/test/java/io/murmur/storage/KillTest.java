package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes killed with SIGKILL while they write, and while they recover. */
@Tag("slow")
class KillTest {

    private static final int KILLS = 200;

    @TempDir
    Path folder = Path.of("");

    private final long[] acknowledged = new long[KilledProcess.KEYS];
    private final Random random = new Random(11);
    private long acknowledgements;
    private int killedInRecovery;
    private long firstReading;

    @Test
    void noAcknowledgedWriteIsLostByTwoHundredKills() throws Exception {
        try (ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor()) {
            for (int kill = 0; kill < KILLS; kill++) {
                startAndKill(killer);
            }
        }
        assertThat(acknowledgements).isGreaterThan(KILLS * 100L);
        assertThat(killedInRecovery).isBetween(5, KILLS / 2);
        assertThat(folder.resolve("data/tables")).isNotEmptyDirectory();
    }

    private void startAndKill(ScheduledExecutorService killer) throws Exception {
        boolean inRecovery = random.nextInt(8) == 0;
        int recoveryMillis = 100 + random.nextInt(400);
        int afterAcknowledgements = inRecovery ? Integer.MAX_VALUE : random.nextInt(300);
        Process process = start();
        if (inRecovery) {
            killer.schedule(() -> kill(process), recoveryMillis, TimeUnit.MILLISECONDS);
        }
        boolean wasReady = follow(process, afterAcknowledgements);
        killedInRecovery += wasReady ? 0 : 1;
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(errors()).isEqualTo(128 + 9);
    }

    /** By its handle: Process.destroyForcibly closes the stream as well, with what is still in it. */
    private static void kill(Process process) {
        process.toHandle().destroyForcibly();
    }

    private String errors() throws IOException {
        return Files.readString(folder.resolve("errors"));
    }

    private Process start() throws IOException {
        firstReading += 1_000_000;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-ea",
                "-cp",
                System.getProperty("java.class.path"),
                KilledProcess.class.getName()));
        command.add(folder.resolve("data").toString());
        command.add(Long.toString(firstReading));
        return new ProcessBuilder(command)
                .redirectError(folder.resolve("errors").toFile())
                .start();
    }

    /** Listens until the process ends: first to what it holds, of which nothing acknowledged may be missing, then to what it writes. */
    private boolean follow(Process process, int killAfterAcknowledgements) throws IOException {
        long[] held = new long[KilledProcess.KEYS];
        boolean ready = false;
        int heard = 0;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(process.getInputStream()))) {
            while (true) {
                int kind = in.readByte();
                int key = in.readInt();
                long reading = in.readLong();
                switch (kind) {
                    case KilledProcess.HELD -> held[key] = reading;
                    case KilledProcess.READY -> {
                        ready = true;
                        checkHeld(held);
                    }
                    default -> {
                        heard++;
                        acknowledgements++;
                        acknowledged[key] = Math.max(acknowledged[key], reading);
                    }
                }
                if (ready && heard == killAfterAcknowledgements) {
                    kill(process);
                }
            }
        } catch (EOFException e) {
            return ready;
        }
    }

    private void checkHeld(long[] held) {
        for (int key = 0; key < held.length; key++) {
            assertThat(held[key])
                    .as("key %d after %d acknowledgements", key, acknowledgements)
                    .isGreaterThanOrEqualTo(acknowledged[key]);
        }
    }
}
