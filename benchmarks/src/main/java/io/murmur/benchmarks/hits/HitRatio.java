package io.murmur.benchmarks.hits;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.murmur.benchmarks.RedisProcesses;
import io.murmur.benchmarks.ResultOptions;
import io.murmur.benchmarks.Results;
import io.murmur.benchmarks.hits.Requests.ValueSizes;
import io.murmur.node.demo.Trace;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
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

/** Hit ratios of real traces at equal bytes. */
@Command(
        name = "hits",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Replay real traces as cache-aside against Murmur's own store, Caffeine, LRU and Redis, each with the same bytes of keys and values"
                    + " in memory, and report the share of requests answered from memory.",
            "Murmur evicts nothing: what has left memory is read from a table on disk. Here only an answer from memory is a hit; the column"
                    + " 'Murmur, with disk' is what a client sees.",
            "The bounds of Murmur's store and of Redis count more than keys and values; they are chosen such that what is held is the budget,"
                    + " and what was held is in the files. 'Redis, equal memory' has as much memory beyond an empty server as Murmur's store has"
                    + " heap beyond what there was without it.",
            "Needs redis-server and redis-cli on the path, but with --no-redis."
        })
public final class HitRatio implements Callable<Integer> {

    /** The share of memory tables in the default settings of a node with one shard: 64 of 64 + 256 MiB. */
    private static final double MEMORY_TABLE_SHARE = 0.2;

    /** What the store counts for a record beyond its key and value, about. */
    private static final int OVERHEAD_BYTES = 48;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            required = true,
            description = "4-byte big-endian ids, plain or compressed with xz; repeatable")
    private List<Path> traces = List.of();

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "2147483647",
            description = "at most so many of each trace (default: all)")
    private int most;

    @Option(
            names = "--percent",
            split = ",",
            defaultValue = "1,5,10,25,50",
            description = "budgets, of the bytes of all objects of the trace (default: ${DEFAULT-VALUE})")
    private List<Double> percents = List.of();

    @Option(
            names = "--values",
            split = ",",
            defaultValue = "FIXED,LONG_TAIL",
            description = "sizes of values, one or more of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private List<ValueSizes> values = List.of();

    @Option(
            names = "--no-redis",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "leave Redis out")
    private boolean withRedis = true;

    @Option(
            names = "--redis-policy",
            defaultValue = "allkeys-lfu",
            description = "its maxmemory-policy (default: ${DEFAULT-VALUE})")
    private String redisPolicy = "allkeys-lfu";

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            defaultValue = ".murmur/hits",
            description = "for what is written meanwhile (default: ${DEFAULT-VALUE})")
    private Path data = Path.of(".murmur", "hits");

    @Option(names = "--redis-port", defaultValue = "7701", description = "(default: ${DEFAULT-VALUE})")
    private int redisPort;

    @Mixin
    private ResultOptions results = new ResultOptions();

    @Option(
            names = "--name",
            defaultValue = "hits",
            description = "of the files with the outcome (default: ${DEFAULT-VALUE})")
    private String name = "hits";

    /**
     * One replay.
     *
     * @param bound what the cache was told, in its own measure of bytes
     * @param heldBytes of keys and values at the end
     * @param refused puts there was no room for
     */
    private record Outcome(int hits, long bound, long heldBytes, int refused) {}

    /**
     * @param answered hits to a client
     * @param heapBytes that were there with the store and not without
     */
    private record Own(Outcome memory, int answered, long heapBytes) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Results report = new Results(
                spec.commandLine().getOut(),
                "Hit ratio at equal bytes",
                String.join(" ", spec.commandLine().getParseResult().originalArgs()),
                "Caffeine " + Caffeine.class.getPackage().getImplementationVersion()
                        + (withRedis
                                ? "; "
                                        + RedisProcesses.output(List.of("redis-server", "--version"))
                                                .strip() + ", " + redisPolicy
                                : ""));
        for (Path file : traces) {
            Trace trace = Trace.read(file, most);
            for (ValueSizes sizes : values) {
                compare(trace.name(), new Requests(trace.ids(), sizes), report);
                // A run of hours that is broken off leaves what it has found.
                report.write(results.folder(), name);
            }
        }
        return 0;
    }

    private void compare(String trace, Requests requests, Results report) throws IOException, InterruptedException {
        report.line("");
        report.line(String.format(
                Locale.ROOT,
                "## %s, %s values%n%n%,d requests of %,d objects of together %,d bytes. Share of requests answered from memory, in percent:",
                trace,
                requests.sizes().label(),
                requests.ids().length,
                requests.distinct().length,
                requests.distinctBytes()));
        report.header(
                "budget",
                "optimum",
                "Murmur",
                "Caffeine",
                "LRU",
                "Redis, equal payload",
                "Redis, equal memory",
                "Murmur, with disk");
        for (double percent : percents) {
            long budget = (long) (requests.distinctBytes() * percent / 100);
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("benchmark", "hits");
            facts.put("trace", trace);
            facts.put("values", requests.sizes().label());
            facts.put("percent", percent);
            facts.put("budgetBytes", budget);
            facts.put("requests", requests.ids().length);
            Double optimum = requests.sizes() == ValueSizes.FIXED
                    ? share(requests, Optimum.hits(requests.ids(), budget / requests.bytes(0)))
                    : null;
            if (optimum != null) {
                facts.put("optimum.hits", optimum);
            }
            Own own = own(requests, budget);
            add(facts, "murmur", requests, own.memory);
            facts.put("murmur.heapBytes", own.heapBytes);
            facts.put("murmur.withDisk", share(requests, own.answered));
            Outcome caffeine = outcome(requests, new WindowTinyLfu(requests, budget), budget);
            add(facts, "caffeine", requests, caffeine);
            Outcome lru = outcome(requests, new LeastRecentlyUsed(requests, budget), budget);
            add(facts, "lru", requests, lru);
            Outcome payload = withRedis ? redisOfPayload(requests, budget) : null;
            Outcome memory = withRedis ? redis(requests, own.heapBytes) : null;
            add(facts, "redisEqualPayload", requests, payload);
            add(facts, "redisEqualMemory", requests, memory);
            report.row(
                    String.format(Locale.ROOT, "%.0f %% (%,d bytes)", percent, budget),
                    optimum == null ? "" : percent(optimum),
                    percent(share(requests, own.memory.hits)),
                    percent(share(requests, caffeine.hits)),
                    percent(share(requests, lru.hits)),
                    payload == null ? "" : percent(share(requests, payload.hits)),
                    memory == null ? "" : percent(share(requests, memory.hits)),
                    percent(share(requests, own.answered)));
            report.fact(facts);
        }
    }

    private static double share(Requests requests, int hits) {
        return hits / (double) requests.ids().length;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    private static void add(Map<String, Object> facts, String who, Requests requests, @Nullable Outcome outcome) {
        if (outcome != null) {
            facts.put(who + ".hits", share(requests, outcome.hits));
            facts.put(who + ".heldBytes", outcome.heldBytes);
            facts.put(who + ".bound", outcome.bound);
            facts.put(who + ".refusedPuts", outcome.refused);
        }
    }

    private static Outcome outcome(Requests requests, BoundedCache cache, long bound) {
        int hits = cache.replay(requests.ids());
        return new Outcome(hits, bound, cache.heldBytes(), 0);
    }

    private Own own(Requests requests, long budget) throws IOException, InterruptedException {
        long records = requests.distinct().length;
        long first = budget + (long) ((double) budget * records * OVERHEAD_BYTES / requests.distinctBytes());
        return Bound.search(budget, first, own -> own.memory.heldBytes, bound -> ownWith(requests, bound));
    }

    private Own ownWith(Requests requests, long bound) throws IOException {
        long tables = (long) (bound * MEMORY_TABLE_SHARE);
        long before = heapBytes();
        try (ReplicaMemory memory = new ReplicaMemory(requests, data.resolve("store"), tables, bound - tables)) {
            int hits = memory.replay(requests.ids());
            long heap = heapBytes() - before;
            return new Own(new Outcome(hits, bound, memory.heldBytes(), 0), memory.answered(), heap);
        }
    }

    private static long heapBytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    private Outcome redisOfPayload(Requests requests, long budget) throws IOException, InterruptedException {
        long first;
        try (RedisCache redis = redis(requests)) {
            // How much memory so many bytes of records take hardly depends on which they are: filling is quick.
            first = Bound.search(budget, 2 * budget, Outcome::heldBytes, bound -> {
                        redis.restart(bound);
                        redis.fill(requests.distinct());
                        return new Outcome(0, bound, redis.heldBytes(), 0);
                    })
                    .bound;
        }
        return Bound.search(budget, first, Outcome::heldBytes, bound -> redis(requests, bound));
    }

    private Outcome redis(Requests requests, long bound) throws IOException, InterruptedException {
        try (RedisCache redis = redis(requests)) {
            redis.restart(bound);
            int hits = redis.replay(requests.ids());
            return new Outcome(hits, bound, redis.heldBytes(), redis.refused());
        }
    }

    private RedisCache redis(Requests requests) throws IOException, InterruptedException {
        return new RedisCache(requests, data.resolve("redis"), redisPort, redisPolicy);
    }
}
