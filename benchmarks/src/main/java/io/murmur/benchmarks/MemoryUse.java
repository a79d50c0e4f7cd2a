package io.murmur.benchmarks;

import io.murmur.benchmarks.JavaMemory.Instances;
import io.murmur.benchmarks.driver.ClosedLoop;
import io.murmur.benchmarks.driver.LoadStatistics;
import io.murmur.benchmarks.driver.Target;
import io.murmur.benchmarks.driver.Workload;
import io.murmur.benchmarks.driver.Workload.Operation;
import io.murmur.client.CallOptions;
import io.murmur.kernel.Level;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** What a record costs in memory: a node that holds all of them, and one Redis that holds the same. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Fill a cluster of which every node holds every record, in memory, and one Redis that keeps nothing on disk with the same;"
                    + " report the memory of one node's process and of Redis' and their ratio, and which classes hold the node's bytes.",
            "A node is measured when nothing happens in it and all garbage has been collected.",
            "By default storage.hot-bytes is as large as it takes; --set chooses otherwise. For other flags of the nodes' JVMs set MURMUR_JAVA_OPTIONS; with"
                    + " -XX:NativeMemoryTracking=summary among them, what is not heap is told apart too.",
            "Needs redis-server and redis-cli on the path. Exit code 1: not all records were in memory."
        })
final class MemoryUse implements Callable<Integer> {

    private static final int IN_FLIGHT = 64;
    private static final int PIPELINE = 1000;
    private static final int CLASSES_SHOWN = 14;
    private static final int PEER_OFFSET = 500;

    /** What the store counts for a hot cell beyond its bytes, and a little more: the cells of a shard are not exactly its share. */
    private static final int HOT_BYTES_BESIDE = 80;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--keys", defaultValue = "1000000", description = "records (default: ${DEFAULT-VALUE})")
    private int keys;

    @Option(names = "--key-bytes", defaultValue = "24", description = "of each key (default: ${DEFAULT-VALUE})")
    private int keyBytes;

    @Option(names = "--value-bytes", defaultValue = "100", description = "of each value (default: ${DEFAULT-VALUE})")
    private int valueBytes;

    @Option(
            names = "--settle",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "after the last write, before memory is measured (default: ${DEFAULT-VALUE})")
    private int settleSeconds;

    @Mixin
    private ResultOptions results = new ResultOptions();

    @Option(
            names = "--name",
            defaultValue = "memory",
            description = "of the files with the outcome (default: ${DEFAULT-VALUE})")
    private String name = "memory";

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    /** A process with nothing in it, and with all records. */
    private record Measured(String who, ProcessMemory empty, ProcessMemory full) {

        double perRecord(int records) {
            return full.residentBytes() / (double) records;
        }

        double addedPerRecord(int records) {
            return (full.residentBytes() - empty.residentBytes()) / (double) records;
        }

        void addTo(Map<String, Object> facts, String prefix, int records) {
            facts.put(prefix + ".emptyBytes", empty.residentBytes());
            facts.put(prefix + ".residentBytes", full.residentBytes());
            facts.put(prefix + ".anonymousBytes", full.anonymousBytes());
            facts.put(prefix + ".bytesPerRecord", perRecord(records));
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> settings = new ArrayList<>(List.of(
                "storage.hot-bytes=" + (long) keys * (HOT_BYTES_BESIDE + keyBytes + valueBytes) + "B",
                // Filling is not what is measured, and a machine that is busy with it may take its time.
                "timeouts.write=30s"));
        settings.addAll(cluster.settings);
        cluster.settings = settings;
        Workload workload = new Workload(keys, keyBytes, valueBytes, 0, Workload.Distribution.UNIFORM, 1);
        Results report = new Results(
                spec.commandLine().getOut(),
                "Memory of a record",
                String.join(" ", spec.commandLine().getParseResult().originalArgs()),
                RedisProcesses.output(List.of("redis-server", "--version")).strip());
        report.line("");
        report.line(String.format(
                Locale.ROOT,
                "%,d records of %d + %d bytes; %d node(s), %s; node JVMs with %s.",
                keys,
                keyBytes,
                valueBytes,
                cluster.nodes,
                String.join(", ", cluster.settings),
                jvmFlags()));
        JavaMemory heap;
        Measured node;
        try (LocalCluster nodes = cluster.start()) {
            ProcessHandle process = nodes.process(0).toHandle();
            JavaMemory.of(process);
            ProcessMemory empty = ProcessMemory.of(process);
            fill(nodes, workload);
            TimeUnit.SECONDS.sleep(settleSeconds);
            heap = JavaMemory.of(process);
            node = new Measured("Murmur, one node", empty, ProcessMemory.of(process));
        }
        Measured redis = measureRedis(workload);
        report(report, node, redis, heap);
        report.write(results.folder(), name);
        // A hot cell is an array of bytes; few of the others are any.
        long inMemory = heap.count("[B");
        if (inMemory < keys) {
            report.line(String.format(
                    Locale.ROOT,
                    "Only %,d values are in the node's heap: raise storage.hot-bytes by --set.",
                    inMemory));
            return 1;
        }
        return 0;
    }

    /** Those that the nodes have from this process. */
    private static String jvmFlags() {
        return String.join(
                " ",
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .filter(flag -> flag.startsWith("-X"))
                        .toList());
    }

    private static void fill(LocalCluster nodes, Workload workload) throws IOException {
        CallOptions all = CallOptions.at(Level.ALL).withRetryUnknown(true).withTimeout(Duration.ofSeconds(30));
        try (Target cluster = new MurmurTarget(ClusterOptions.connect(ClusterOptions.addresses(nodes)), all, all)) {
            LoadStatistics filled = new ClosedLoop(cluster, workload.preload(), IN_FLIGHT)
                    .start()
                    .join();
            if (filled.errorCount() > 0) {
                throw new IOException("the cluster could not be filled: " + filled.errors());
            }
        }
    }

    private Measured measureRedis(Workload workload) throws IOException, InterruptedException {
        int port = cluster.basePort + PEER_OFFSET;
        try (RedisProcesses server =
                        RedisProcesses.one(cluster.data.resolve("redis"), port, RedisProcesses.Appending.NO);
                Jedis redis = new Jedis("127.0.0.1", port)) {
            ProcessHandle process = server.handles().get(0);
            ProcessMemory empty = ProcessMemory.of(process);
            Supplier<@Nullable Operation> all = workload.preload();
            for (int first = 0; first < keys; first += PIPELINE) {
                Pipeline pipeline = redis.pipelined();
                for (int number = first; number < Math.min(keys, first + PIPELINE); number++) {
                    if (all.get() instanceof Operation.Write write) {
                        pipeline.set(write.key(), write.value());
                    }
                }
                pipeline.sync();
            }
            if (redis.dbSize() != keys) {
                throw new IOException("Redis holds " + redis.dbSize() + " keys instead of " + keys);
            }
            TimeUnit.SECONDS.sleep(settleSeconds);
            return new Measured("Redis", empty, ProcessMemory.of(process));
        }
    }

    private void report(Results report, Measured node, Measured redis, JavaMemory heap) {
        double ratio = node.full.residentBytes() / (double) redis.full.residentBytes();
        report.header("process", "empty MiB", "full MiB", "of that anonymous", "bytes a record", "of that added");
        for (Measured each : List.of(node, redis)) {
            report.row(
                    each.who,
                    mebibytes(each.empty.residentBytes()),
                    mebibytes(each.full.residentBytes()),
                    mebibytes(each.full.anonymousBytes()),
                    String.format(Locale.ROOT, "%.0f", each.perRecord(keys)),
                    String.format(Locale.ROOT, "%.0f", each.addedPerRecord(keys)));
        }
        report.line("");
        report.line(String.format(
                Locale.ROOT,
                "**%.2f times Redis.** The node's heap: %s MiB live (%.0f bytes a record), %s MiB committed.",
                ratio,
                mebibytes(heap.liveBytes()),
                heap.liveBytes() / (double) keys,
                mebibytes(heap.committedBytes())));
        report.header("class", "objects", "MiB", "bytes a record");
        for (Instances each :
                heap.classes().subList(0, Math.min(CLASSES_SHOWN, heap.classes().size()))) {
            report.row(
                    "`" + each.name() + "`",
                    String.format(Locale.ROOT, "%,d", each.count()),
                    mebibytes(each.bytes()),
                    String.format(Locale.ROOT, "%.1f", each.bytes() / (double) keys));
        }
        if (!heap.nativeBytes().isEmpty()) {
            report.header("part of the JVM", "MiB committed");
            heap.nativeBytes().forEach((part, bytes) -> report.row(part, mebibytes(bytes)));
        }
        report.fact(facts(node, redis, heap, ratio));
    }

    private Map<String, Object> facts(Measured node, Measured redis, JavaMemory heap, double ratio) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("benchmark", "memory");
        facts.put("records", keys);
        facts.put("keyBytes", keyBytes);
        facts.put("valueBytes", valueBytes);
        facts.put("settings", String.join(" ", cluster.settings));
        facts.put("jvm", jvmFlags());
        node.addTo(facts, "node", keys);
        redis.addTo(facts, "redis", keys);
        facts.put("node.heapLiveBytes", heap.liveBytes());
        facts.put("node.heapCommittedBytes", heap.committedBytes());
        facts.put("ratio", ratio);
        return facts;
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / (double) (1 << 20));
    }
}
