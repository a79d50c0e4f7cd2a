package io.murmur.benchmarks;

import io.murmur.benchmarks.driver.ClosedLoop;
import io.murmur.benchmarks.driver.JsonLine;
import io.murmur.benchmarks.driver.LoadStatistics;
import io.murmur.benchmarks.driver.Target;
import io.murmur.benchmarks.driver.Workload;
import io.murmur.benchmarks.driver.Workload.Distribution;
import io.murmur.benchmarks.hits.HitRatio;
import io.murmur.benchmarks.hours.BadHours;
import io.murmur.benchmarks.peers.PeersCommand;
import io.murmur.benchmarks.profiles.ProfilesCommand;
import io.murmur.benchmarks.scale.ScaleCommand;
import io.murmur.client.CallOptions;
import io.murmur.kernel.Level;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A closed loop against a cluster of real processes: throughput, latency, and what each operation costs whom. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommands = {
            RestartTime.class,
            RingGrowth.class,
            Healing.class,
            BadHours.class,
            RedisComparison.class,
            PeersCommand.class,
            MemoryUse.class,
            HitRatio.class,
            ScaleCommand.class,
            ProfilesCommand.class,
            Parts.class,
            CommandLine.HelpCommand.class
        },
        description = {
            "Start node processes on loopback (or attach to running ones), keep so many calls in flight, and report"
                    + " throughput, latency, and processor time per operation of each process.",
            "Exit code 0: no call failed and no read missed."
        },
        footer = {
            "",
            "Examples:",
            "  ./murmur bench --reads 0 --write-level QUORUM",
            "  ./murmur bench --reads 1 --read-level ONE --profile /tmp/profile",
            "  ./murmur bench --reads 0.5 --peer redis",
            "  ./murmur bench restart",
            "  ./murmur bench hours all",
            "  ./murmur bench redis",
            "  ./murmur bench peers",
            "  ./murmur bench memory",
            "  ./murmur bench hits --trace web07.trace.xz",
            "  ./murmur bench scale",
            "  ./murmur bench profiles",
            "  ./murmur bench parts Codec"
        })
public final class ClusterLoad implements Callable<Integer> {

    private static final int PRELOAD_IN_FLIGHT = 256;
    private static final String CLIENT_RECORDING = "client.jfr";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--keys", defaultValue = "100000", description = "different keys (default: ${DEFAULT-VALUE})")
    private int keys;

    @Option(names = "--key-bytes", defaultValue = "24", description = "of each key (default: ${DEFAULT-VALUE})")
    private int keyBytes;

    @Option(names = "--value-bytes", defaultValue = "100", description = "of each value (default: ${DEFAULT-VALUE})")
    private int valueBytes;

    @Option(
            names = "--reads",
            paramLabel = "SHARE",
            defaultValue = "0.5",
            description = "the share of reads, 0 to 1; the rest are writes (default: ${DEFAULT-VALUE})")
    private double reads;

    @Option(
            names = "--distribution",
            paramLabel = "uniform|zipf",
            defaultValue = "uniform",
            description = "how keys are chosen (default: ${DEFAULT-VALUE})")
    private String distribution = "uniform";

    @Option(names = "--read-level", defaultValue = "QUORUM", description = "(default: ${DEFAULT-VALUE})")
    private String readLevel = "QUORUM";

    @Option(names = "--write-level", defaultValue = "QUORUM", description = "(default: ${DEFAULT-VALUE})")
    private String writeLevel = "QUORUM";

    @Option(
            names = "--in-flight",
            defaultValue = "64",
            description = "calls on their way at once, over all clients (default: ${DEFAULT-VALUE})")
    private int inFlight;

    @Option(
            names = "--clients",
            defaultValue = "1",
            description = "each with a thread and connections of its own (default: ${DEFAULT-VALUE})")
    private int clients;

    @Option(
            names = "--warmup",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "(default: ${DEFAULT-VALUE})")
    private int warmupSeconds;

    @Option(names = "--seconds", defaultValue = "20", description = "what is measured (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--no-preload",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "do not write each key once before")
    private boolean preload = true;

    @Option(names = "--seed", defaultValue = "1", description = "of all choices (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--attach",
            paramLabel = "HOST:PORT",
            description = "a node of a running cluster, instead of starting one; repeatable")
    private List<String> attach = List.of();

    @Option(
            names = "--peer",
            paramLabel = "redis",
            description = "afterwards measure one Redis with the same sizes and calls in flight, for the ratio")
    private @Nullable String peer;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    /** {@code ./murmur bench}. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new ClusterLoad())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("murmur bench: " + failure.getMessage());
                    return 2;
                });
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (peer != null && !peer.equals("redis")) {
            throw new IOException("--peer knows redis only, not " + peer);
        }
        if (clients < 1 || inFlight < clients || seconds < 1 || warmupSeconds < 0) {
            throw new IOException("--seconds and --clients must be at least 1, --in-flight at least --clients");
        }
        Workload workload = new Workload(
                keys, keyBytes, valueBytes, reads, Distribution.valueOf(distribution.toUpperCase(Locale.ROOT)), seed);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "machine   %s%nload      %,d keys of %d bytes (%s), values of %d bytes, %.0f %% reads at %s, writes at %s,"
                        + " %d in flight from %d client(s), durability %s%n",
                Machine.here(),
                keys,
                keyBytes,
                distribution,
                valueBytes,
                reads * 100,
                readLevel,
                writeLevel,
                inFlight,
                clients,
                attach.isEmpty() ? cluster.durability : "of the cluster");
        out.flush();
        Measurement measurement = measure(workload, out);
        Map<String, Object> facts = facts();
        facts.putAll(measurement.facts());
        measurement.print(out);
        if (peer != null) {
            compare(workload, measurement, facts, out);
        }
        out.println(JsonLine.of(facts));
        out.flush();
        return measurement.statistics().errorCount() == 0
                        && measurement.statistics().misses() == 0
                ? 0
                : 1;
    }

    private Measurement measure(Workload workload, PrintWriter out) throws IOException, InterruptedException {
        CpuTimes cpu = new CpuTimes();
        if (!attach.isEmpty()) {
            return load(workload, attach, cpu, out);
        }
        Instant began;
        Measurement measurement;
        try (LocalCluster nodes = cluster.start();
                Recording recording = new Recording()) {
            startRecording(recording);
            for (int node = 0; node < nodes.size(); node++) {
                cpu.watch("node " + LocalCluster.name(node), nodes.process(node).toHandle());
            }
            measurement = load(workload, ClusterOptions.addresses(nodes), cpu, out);
            began = Instant.now().minusMillis((long) (measurement.seconds() * 1000));
            if (cluster.profile != null) {
                recording.dump(cluster.profile.resolve(CLIENT_RECORDING));
            }
        }
        printProfiles(began, out);
        return measurement;
    }

    private void startRecording(Recording recording) throws IOException {
        if (cluster.profile != null) {
            try {
                recording.setSettings(Configuration.getConfiguration("profile").getSettings());
            } catch (ParseException e) {
                throw new IOException("this JDK's profile settings for flight recordings cannot be read", e);
            }
            recording.start();
        }
    }

    /** The nodes write their recordings when they stop. */
    private void printProfiles(Instant began, PrintWriter out) throws IOException {
        Path folder = cluster.profile;
        if (folder == null) {
            return;
        }
        HotFrames.of(folder.resolve(CLIENT_RECORDING), began, Instant.MAX).print("client", out);
        for (int node = 0; node < cluster.nodes; node++) {
            String name = LocalCluster.name(node);
            HotFrames.of(folder.resolve(name + ".jfr"), began, Instant.MAX).print("node " + name, out);
        }
    }

    private Measurement load(Workload workload, List<String> seeds, CpuTimes cpu, PrintWriter out)
            throws InterruptedException {
        List<Target> connected = new ArrayList<>();
        try {
            for (int client = 0; client < clients; client++) {
                Target target = new MurmurTarget(
                        ClusterOptions.connect(seeds),
                        CallOptions.at(Level.parse(readLevel)),
                        CallOptions.at(Level.parse(writeLevel)));
                target.expect(valueBytes);
                connected.add(target);
            }
            if (preload) {
                long start = System.nanoTime();
                LoadStatistics written = new ClosedLoop(connected.get(0), workload.preload(), PRELOAD_IN_FLIGHT)
                        .start()
                        .join();
                out.printf(
                        Locale.ROOT,
                        "preload   %,.0f writes/s, %d errors%n",
                        keys / ((System.nanoTime() - start) / 1e9),
                        written.errorCount());
                out.flush();
            }
            return measure(workload, connected, cpu);
        } finally {
            connected.forEach(Target::close);
        }
    }

    private Measurement measure(Workload workload, List<Target> connected, CpuTimes cpu) throws InterruptedException {
        List<ClosedLoop> loops = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            int share = inFlight / clients + (client < inFlight % clients ? 1 : 0);
            loops.add(new ClosedLoop(connected.get(client), workload.mix(client), share));
        }
        List<CompletableFuture<LoadStatistics>> results =
                loops.stream().map(ClosedLoop::start).toList();
        TimeUnit.SECONDS.sleep(warmupSeconds);
        loops.forEach(loop -> loop.measure(true));
        long start = System.nanoTime();
        Map<String, Long> before = cpu.readMicros();
        TimeUnit.SECONDS.sleep(seconds);
        loops.forEach(loop -> loop.measure(false));
        double measured = (System.nanoTime() - start) / 1e9;
        Map<String, Long> after = cpu.readMicros();
        loops.forEach(ClosedLoop::stop);
        LoadStatistics statistics = new LoadStatistics();
        results.forEach(result -> statistics.add(result.join()));
        return new Measurement(
                statistics,
                measured,
                CpuTimes.microsPerOperation(before, after, statistics.operations()),
                connected.stream().mapToLong(Target::retries).sum());
    }

    private void compare(Workload workload, Measurement measurement, Map<String, Object> facts, PrintWriter out)
            throws IOException, InterruptedException {
        Duration window = Duration.ofSeconds(Math.min(seconds, 20));
        try (RedisPeer redis = RedisPeer.start(cluster.data.resolve("redis"), cluster.basePort + 500)) {
            RedisPeer.Rate set = redis.set(workload, inFlight, (int) window.toSeconds());
            RedisPeer.Rate get = redis.get(workload, inFlight, (int) window.toSeconds());
            ratio(
                    "SET",
                    set,
                    measurement.statistics().writeMicros().getTotalCount() / measurement.seconds(),
                    facts,
                    out);
            ratio(
                    "GET",
                    get,
                    measurement.statistics().readMicros().getTotalCount() / measurement.seconds(),
                    facts,
                    out);
        }
    }

    private static void ratio(
            String command, RedisPeer.Rate redis, double own, Map<String, Object> facts, PrintWriter out) {
        facts.put("redis." + command + "sPerSecond", redis.operationsPerSecond());
        facts.put("redis." + command + "P50Millis", redis.p50Millis());
        facts.put("redis." + command + "P99Millis", redis.p99Millis());
        facts.put("redis." + command + "CpuMicros", redis.cpuMicrosPerOperation());
        out.printf(
                Locale.ROOT,
                "one Redis, %s alone: %,.0f/s, p50 %.2f ms, p99 %.2f ms, %.1f us of CPU%s%n",
                command,
                redis.operationsPerSecond(),
                redis.p50Millis(),
                redis.p99Millis(),
                redis.cpuMicrosPerOperation(),
                own == 0
                        ? ""
                        : String.format(Locale.ROOT, "; here %.2f times that", own / redis.operationsPerSecond()));
    }

    /** What was asked for, and on what. */
    private Map<String, Object> facts() {
        Machine machine = Machine.here();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("benchmark", "load");
        facts.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("cores", machine.cores());
        facts.put("processor", machine.processor());
        facts.put("kernel", machine.kernel());
        facts.put("jdk", machine.jdk());
        facts.put(
                "command", String.join(" ", spec.commandLine().getParseResult().originalArgs()));
        facts.put("nodes", attach.isEmpty() ? cluster.nodes : 0);
        facts.put("shards", attach.isEmpty() ? cluster.shards : 0);
        facts.put("durability", attach.isEmpty() ? cluster.durability : "of the cluster");
        facts.put("keys", keys);
        facts.put("keyBytes", keyBytes);
        facts.put("valueBytes", valueBytes);
        facts.put("readShare", reads);
        facts.put("distribution", distribution);
        facts.put("readLevel", readLevel);
        facts.put("writeLevel", writeLevel);
        facts.put("inFlight", inFlight);
        facts.put("clients", clients);
        return facts;
    }
}
