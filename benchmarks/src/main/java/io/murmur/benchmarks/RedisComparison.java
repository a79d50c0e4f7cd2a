package io.murmur.benchmarks;

import io.murmur.benchmarks.RedisProcesses.Appending;
import io.murmur.benchmarks.driver.JsonLine;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Redis's own benchmark against Murmur's port for Redis clients and against Redis, in turns on the same machine. */
@Command(
        name = "redis",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "GET at level ONE on three nodes against one Redis that keeps nothing on disk, without and with -P 16; SET at QUORUM on three nodes"
                    + " against a Redis Cluster of three masters and three replicas with appendfsync always.",
            "Each pair runs in turns, ours and theirs: three that do not count, then two that do; the servers of the pair are all up, and only"
                    + " one side is asked.",
            "Needs redis-server, redis-cli and redis-benchmark on the path."
        })
final class RedisComparison implements Callable<Integer> {

    private static final int TURNS = 2;

    /** Turns that do not count, before the first that does: three JVMs on few processors compile for a million writes. */
    private static final int WARM_UP_TURNS = 3;

    private static final int PEER_OFFSET = 4000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--clients", defaultValue = "64", description = "connections (default: ${DEFAULT-VALUE})")
    private int clients;

    @Option(names = "--value-bytes", defaultValue = "100", description = "of each value (default: ${DEFAULT-VALUE})")
    private int valueBytes;

    @Option(names = "--keys", defaultValue = "100000", description = "different keys (default: ${DEFAULT-VALUE})")
    private int keys;

    @Option(
            names = "--calls",
            defaultValue = "400000",
            description =
                    "in each turn of GET and SET without -P; GET with -P 16 makes four times as many (default: ${DEFAULT-VALUE})")
    private long calls;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    /** Who is asked: an address, how the benchmark is told, and the processes that share the work. */
    private record Side(int port, List<String> flags, List<ProcessHandle> processes) {}

    /** What one turn has shown. */
    private record Turn(double operationsPerSecond, double p50Millis, double p99Millis, double cpuMicrosPerOperation) {

        /** Of several, each figure's mean. */
        static Turn mean(List<Turn> turns) {
            return new Turn(
                    turns.stream()
                            .mapToDouble(Turn::operationsPerSecond)
                            .average()
                            .orElseThrow(),
                    turns.stream().mapToDouble(Turn::p50Millis).average().orElseThrow(),
                    turns.stream().mapToDouble(Turn::p99Millis).average().orElseThrow(),
                    turns.stream()
                            .mapToDouble(Turn::cpuMicrosPerOperation)
                            .average()
                            .orElseThrow());
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "machine   %s%nversions  %s; %s%nload      %d connections, values of %d bytes, %,d keys%n%n",
                Machine.here(),
                RedisProcesses.output(List.of("redis-server", "--version")).strip(),
                RedisProcesses.output(List.of("redis-benchmark", "--version")).strip(),
                clients,
                valueBytes,
                keys);
        out.printf(
                Locale.ROOT,
                "%-22s %-22s %14s %9s %9s %12s%n",
                "",
                "",
                "operations/s",
                "p50 ms",
                "p99 ms",
                "server us/op");
        out.flush();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("benchmark", "redis");
        facts.put("clients", clients);
        facts.put("valueBytes", valueBytes);
        facts.put("keys", keys);
        try (LocalCluster nodes = cluster.start()) {
            Side one = ours(nodes, "one", List.of());
            Side quorum = ours(nodes, "quorum", List.of("--cluster"));
            try (RedisProcesses redis =
                    RedisProcesses.one(cluster.data.resolve("redis"), peerPort(nodes), Appending.NO)) {
                Side theirs = new Side(redis.port(), List.of(), redis.handles());
                fill(one);
                fill(theirs);
                compare("GET at ONE", one, "one Redis", theirs, List.of("-t", "get"), calls, facts, out);
                compare(
                        "GET at ONE, -P 16",
                        one,
                        "one Redis",
                        theirs,
                        List.of("-t", "get", "-P", "16"),
                        4 * calls,
                        facts,
                        out);
            }
            try (RedisProcesses redis =
                    RedisProcesses.cluster(cluster.data.resolve("redis-cluster"), peerPort(nodes), Appending.ALWAYS)) {
                Side theirs = new Side(redis.port(), List.of("--cluster"), redis.handles());
                compare(
                        "SET at QUORUM",
                        quorum,
                        "Redis Cluster 3 + 3",
                        theirs,
                        List.of("-t", "set"),
                        calls,
                        facts,
                        out);
            }
        }
        out.println(JsonLine.of(facts));
        out.flush();
        return 0;
    }

    private static int peerPort(LocalCluster nodes) {
        return nodes.port(0) + PEER_OFFSET;
    }

    /** The nodes at this level; the benchmark, which has words for a user only, says it in the user's name. */
    private static Side ours(LocalCluster nodes, String level, List<String> flags) {
        List<ProcessHandle> processes = new ArrayList<>();
        for (int node = 0; node < nodes.size(); node++) {
            processes.add(nodes.process(node).toHandle());
        }
        List<String> all = new ArrayList<>(List.of("--user", "default?level=" + level, "-a", "none"));
        all.addAll(flags);
        return new Side(nodes.respPort(0), all, processes);
    }

    private void fill(Side side) throws IOException, InterruptedException {
        run(side, List.of("-t", "set"), 4L * keys);
    }

    private void compare(
            String what,
            Side ours,
            String peer,
            Side theirs,
            List<String> test,
            long count,
            Map<String, Object> facts,
            PrintWriter out)
            throws IOException, InterruptedException {
        for (int turn = 0; turn < WARM_UP_TURNS; turn++) {
            run(ours, test, count);
            run(theirs, test, count);
        }
        List<Turn> own = new ArrayList<>();
        List<Turn> other = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
            own.add(show(what, "three nodes", run(ours, test, count), null, out));
            other.add(show("", peer, run(theirs, test, count), null, out));
        }
        Turn a = Turn.mean(own);
        Turn b = Turn.mean(other);
        double ratio = a.operationsPerSecond / b.operationsPerSecond;
        show("", "mean, three nodes", a, ratio, out);
        show("", "mean, " + peer, b, null, out);
        facts.put(what + ": operationsPerSecond", a.operationsPerSecond);
        facts.put(what + ": cpuMicros", a.cpuMicrosPerOperation);
        facts.put(what + ": " + peer + " operationsPerSecond", b.operationsPerSecond);
        facts.put(what + ": " + peer + " cpuMicros", b.cpuMicrosPerOperation);
        facts.put(what + ": ratio", ratio);
    }

    private static Turn show(String what, String whom, Turn turn, @Nullable Double ratio, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%-22s %-22s %,14.0f %9.2f %9.2f %12.1f%s%n",
                what,
                whom,
                turn.operationsPerSecond,
                turn.p50Millis,
                turn.p99Millis,
                turn.cpuMicrosPerOperation,
                ratio == null ? "" : String.format(Locale.ROOT, "   %.2f times", ratio));
        out.flush();
        return turn;
    }

    private Turn run(Side side, List<String> test, long count) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                "redis-benchmark",
                "-p",
                String.valueOf(side.port),
                "-c",
                String.valueOf(clients),
                "-d",
                String.valueOf(valueBytes),
                "-r",
                String.valueOf(keys),
                "-n",
                String.valueOf(count),
                "--csv"));
        line.addAll(side.flags);
        line.addAll(test);
        CpuTimes cpu = new CpuTimes();
        side.processes.forEach(process -> cpu.watch(String.valueOf(process.pid()), process));
        Map<String, Long> before = cpu.readMicros();
        Process benchmark = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(benchmark.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (benchmark.waitFor() != 0) {
            throw new IOException("redis-benchmark failed: " + output.strip());
        }
        Map<String, Double> costs = CpuTimes.microsPerOperation(before, cpu.readMicros(), count);
        double servers = side.processes.stream()
                .mapToDouble(process -> costs.getOrDefault(String.valueOf(process.pid()), 0.0))
                .sum();
        RedisPeer.Rate rate = RedisPeer.parse(output, servers);
        return new Turn(rate.operationsPerSecond(), rate.p50Millis(), rate.p99Millis(), rate.cpuMicrosPerOperation());
    }
}
