package io.murmur.benchmarks;

import io.murmur.benchmarks.driver.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One Redis without replicas on this machine, under its own benchmark, with the same sizes and as many calls in flight, each on a
 * connection of its own and without pipelining. SET with an fsync for every write, which is what an acknowledgement means here too.
 *
 * <p>A yardstick for the machine, measured in the same run, so that figures of different machines can be compared as ratios.
 */
final class RedisPeer implements AutoCloseable {

    private static final int TRIAL_CALLS = 50_000;
    private static final int RANDOM_DIGITS = 12;

    private final Process server;
    private final int port;

    private RedisPeer(Process server, int port) {
        this.server = server;
        this.port = port;
    }

    /** What was measured; Redis's own benchmark gives no p99.9 in this form. */
    record Rate(double operationsPerSecond, double p50Millis, double p99Millis, double cpuMicrosPerOperation) {}

    /** Starts a server that keeps its log in this folder. */
    static RedisPeer start(Path folder, int port) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Process server;
        try {
            server = new ProcessBuilder(
                            "redis-server",
                            "--port",
                            String.valueOf(port),
                            "--bind",
                            "127.0.0.1",
                            "--dir",
                            folder.toAbsolutePath().toString(),
                            "--save",
                            "",
                            "--appendonly",
                            "yes",
                            "--appendfsync",
                            "always")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("redis.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new IOException("redis-server cannot be started; install it, or leave --peer out", e);
        }
        RedisPeer peer = new RedisPeer(server, port);
        Runtime.getRuntime().addShutdownHook(new Thread(server::destroy, "stop-redis"));
        peer.awaitPort();
        return peer;
    }

    private void awaitPort() throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (server.isAlive() && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10)) {
            try (Socket probe = new Socket()) {
                probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
                return;
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        throw new IOException("redis-server does not answer on port " + port + "; see its log in the data folder");
    }

    Rate set(Workload workload, int inFlight, int seconds) throws IOException, InterruptedException {
        String value = "x".repeat(workload.valueBytes());
        return measure(workload, inFlight, seconds, List.of("SET", key(workload), value));
    }

    Rate get(Workload workload, int inFlight, int seconds) throws IOException, InterruptedException {
        return measure(workload, inFlight, seconds, List.of("GET", key(workload)));
    }

    /** The benchmark puts a random number of 12 digits where it finds the word. */
    private static String key(Workload workload) {
        return "k".repeat(Math.max(0, workload.keyBytes() - RANDOM_DIGITS)) + "__rand_int__";
    }

    /** A trial warms up and tells how many calls fill the time. */
    private Rate measure(Workload workload, int inFlight, int seconds, List<String> command)
            throws IOException, InterruptedException {
        double rate = run(workload, inFlight, TRIAL_CALLS, command).operationsPerSecond();
        return run(workload, inFlight, (long) Math.max(TRIAL_CALLS, rate * seconds), command);
    }

    private Rate run(Workload workload, int inFlight, long calls, List<String> command)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                "redis-benchmark",
                "-p",
                String.valueOf(port),
                "-c",
                String.valueOf(inFlight),
                "-n",
                String.valueOf(calls),
                "-r",
                String.valueOf(workload.keys()),
                "--csv"));
        line.addAll(command);
        CpuTimes cpu = new CpuTimes();
        cpu.watch("redis", server.toHandle());
        Map<String, Long> before = cpu.readMicros();
        Process benchmark = new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(benchmark.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (benchmark.waitFor() != 0) {
            throw new IOException("redis-benchmark failed: " + output.strip());
        }
        double micros =
                CpuTimes.microsPerOperation(before, cpu.readMicros(), calls).getOrDefault("redis", 0.0);
        return parse(output, micros);
    }

    /** The columns are test, rps, avg, min, p50, p95, p99, max, the latencies in milliseconds. */
    static Rate parse(String csv, double cpuMicrosPerOperation) throws IOException {
        List<String> lines = csv.strip().lines().toList();
        String[] columns = lines.get(lines.size() - 1).split("\",\"", -1);
        if (columns.length != 8) {
            throw new IOException("this redis-benchmark prints something else than 8 columns: " + csv.strip());
        }
        return new Rate(
                Double.parseDouble(columns[1]),
                Double.parseDouble(columns[4]),
                Double.parseDouble(columns[6]),
                cpuMicrosPerOperation);
    }

    @Override
    public void close() {
        server.destroy();
        server.onExit().join();
    }
}
