package io.murmur.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import io.murmur.client.BlockingCache;
import io.murmur.client.Cache;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.client.MurmurException;
import io.murmur.kernel.Level;
import io.murmur.node.Main;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What it costs three processes to find that they are equal, or to become so, and how long it takes after an outage. */
@Command(
        name = "heal",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Start three nodes and fill them. Then: a full sync where nothing differs, and one where some keys do, with the bytes and the"
                    + " time of each; a node away (kill -9) under writes at QUORUM, and how long after its return all owners are"
                    + " equal, with hints and without; and one whose data folder was deleted.",
            "Bytes are what the kernel counts on all connections between the nodes (ss, of iproute2) while it lasts, less what as long a"
                    + " time at rest takes. Equal means: every node shows the same digest of every partition"
                    + " (HTTP /anti-entropy/digests). Exit code 0: in each case they became equal."
        })
final class Healing implements Callable<Integer> {

    private static final int NODES = 3;
    private static final int AWAY = 2;
    private static final int BATCH = 500;
    private static final int WORKERS = 4;
    private static final int LONGEST_SECONDS = 300;
    private static final Pattern BYTES_SENT = Pattern.compile("bytes_sent:(\\d+)");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--keys", defaultValue = "1000000", description = "records (default: ${DEFAULT-VALUE})")
    private int keys;

    @Option(names = "--differing", defaultValue = "100", description = "keys that differ (default: ${DEFAULT-VALUE})")
    private int differing;

    @Option(names = "--value-bytes", defaultValue = "100", description = "of each value (default: ${DEFAULT-VALUE})")
    private int valueBytes;

    @Option(names = "--outage", defaultValue = "60", description = "seconds a node is away (default: ${DEFAULT-VALUE})")
    private int outageSeconds;

    @Option(
            names = "--rate",
            defaultValue = "2000",
            description = "writes a second during it, 0 for as many as there can be (default: ${DEFAULT-VALUE})")
    private int rate;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            defaultValue = ".murmur/heal",
            description = "where the nodes keep their data; emptied first (default: ${DEFAULT-VALUE})")
    private Path data = Path.of(".murmur", "heal");

    private boolean allEqual = true;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("machine   %s%n", Machine.here());
        try (LocalCluster cluster = cluster(false)) {
            cluster.checkPorts();
            cluster.prepareFolder();
            start(cluster);
            fill(cluster, out);
            sync(cluster, out, "first sync");
            sync(cluster, out, "nothing differs");
            cluster.kill(AWAY);
            write(cluster, differing);
            cluster.start(AWAY);
            cluster.awaitReady(AWAY);
            awaitSeen(cluster);
            sync(cluster, out, differing + " keys differ");
            sync(cluster, out, "nothing differs");
            outage(cluster, out, "without hints");
            wipe(cluster, out);
        }
        try (LocalCluster cluster = cluster(true)) {
            start(cluster);
            outage(cluster, out, "with hints");
        }
        return allEqual ? 0 : 1;
    }

    private LocalCluster cluster(boolean hints) {
        List<String> flags = List.of("--set", "shards=1", "--set", "hints=" + hints);
        return new LocalCluster(data, 7401, NODES, NODES, flags, List.of());
    }

    private static void start(LocalCluster cluster) throws IOException, InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-nodes"));
        cluster.startFounders();
        for (int node = 0; node < NODES; node++) {
            cluster.awaitReady(node);
        }
    }

    // ---- the load

    private static String name(int key) {
        return String.format(Locale.ROOT, "%024d", key);
    }

    private byte[] value(int number) {
        byte[] value = new byte[valueBytes];
        ByteBuffer.wrap(value).putInt(number);
        return value;
    }

    private void fill(LocalCluster cluster, PrintWriter out) {
        long start = System.nanoTime();
        try (MurmurClient client = ClusterOptions.connect(ClusterOptions.addresses(cluster))) {
            BlockingCache<String, byte[]> cache = cache(client).blocking();
            for (int first = 0; first < keys; first += BATCH) {
                Map<String, byte[]> entries = new LinkedHashMap<>();
                for (int key = first; key < Math.min(keys, first + BATCH); key++) {
                    entries.put(name(key), value(key));
                }
                cache.putAll(entries, CallOptions.at(Level.ALL).withRetryUnknown(true));
            }
        }
        out.printf(Locale.ROOT, "filled    %,d records of %d bytes in %.0f s%n", keys, valueBytes, seconds(start));
        out.flush();
    }

    private static Cache<String, byte[]> cache(MurmurClient client) {
        return client.cache("default", Codec.string(), Codec.bytes());
    }

    /** Some keys, spread over all. */
    private void write(LocalCluster cluster, int some) {
        try (MurmurClient client = ClusterOptions.connect(List.of(cluster.address(0), cluster.address(1)))) {
            BlockingCache<String, byte[]> cache = cache(client).blocking();
            for (int i = 0; i < some; i++) {
                cache.put(
                        name((int) ((long) i * keys / some)),
                        value(-i),
                        CallOptions.at(Level.QUORUM).withRetryUnknown(true));
            }
        }
    }

    /** Until the others take it for alive once more. */
    private static void awaitSeen(LocalCluster cluster) throws IOException, InterruptedException {
        long start = System.nanoTime();
        for (int node = 0; node < NODES; node++) {
            while (!seesAll(cluster.page(node, "/cluster"))) {
                if (seconds(start) > LONGEST_SECONDS) {
                    throw new IOException("the node that was away is not taken for alive by all");
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private static boolean seesAll(@Nullable JsonNode page) {
        if (page == null || page.path("nodes").size() < NODES) {
            return false;
        }
        for (JsonNode node : page.path("nodes")) {
            if (!node.path("state").asText().equals("alive")) {
                return false;
            }
        }
        return true;
    }

    // ---- one full sync

    /** Has every partition compared now, as an operator would. */
    private void sync(LocalCluster cluster, PrintWriter out, String what) throws IOException, InterruptedException {
        long before = sentBytes(cluster);
        long start = System.nanoTime();
        StringWriter said = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said))
                .execute("repair", "--http", "127.0.0.1:" + cluster.httpPort(0));
        double took = seconds(start);
        long moved = sentBytes(cluster) - before;
        long idleBefore = sentBytes(cluster);
        TimeUnit.NANOSECONDS.sleep((long) (took * 1e9));
        long idle = sentBytes(cluster) - idleBefore;
        boolean equal = areEqual(cluster);
        allEqual &= equal && code == 0;
        out.printf(
                Locale.ROOT,
                "%-20s %6.2f s   %,12d bytes%s%n",
                what,
                took,
                Math.max(0, moved - idle),
                equal && code == 0 ? "" : "   NOT EQUAL: " + said);
        out.flush();
    }

    /** What has been sent over all connections to the nodes' ports so far, both ways, as the kernel counts it. */
    private static long sentBytes(LocalCluster cluster) throws IOException {
        List<String> command = new ArrayList<>(List.of("ss", "-tinHO"));
        for (int node = 0; node < NODES; node++) {
            command.addAll(List.of(command.size() == 2 ? "(" : "or", "sport", "=", ":" + cluster.port(node)));
            command.addAll(List.of("or", "dport", "=", ":" + cluster.port(node)));
        }
        command.add(")");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return BYTES_SENT
                .matcher(said)
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }

    // ---- outages

    private void outage(LocalCluster cluster, PrintWriter out, String what) throws IOException, InterruptedException {
        allEqual &= awaitEqual(cluster);
        cluster.kill(AWAY);
        long written = load(cluster, outageSeconds);
        report(cluster, out, String.format(Locale.ROOT, "away %d s, %s", outageSeconds, what), written);
    }

    private void wipe(LocalCluster cluster, PrintWriter out) throws IOException, InterruptedException {
        cluster.kill(AWAY);
        Path folder = data.toAbsolutePath().resolve(LocalCluster.name(AWAY));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        report(cluster, out, "data folder deleted", 0);
    }

    private void report(LocalCluster cluster, PrintWriter out, String what, long written)
            throws IOException, InterruptedException {
        long started = System.nanoTime();
        cluster.start(AWAY);
        cluster.awaitReady(AWAY);
        long ready = System.nanoTime();
        boolean equal = awaitEqual(cluster);
        allEqual &= equal;
        out.printf(
                Locale.ROOT,
                "%-28s %,10d writes missed   %s %.1f s after it was ready (%.1f s after its start)%n",
                what,
                written,
                equal ? "equal" : "NOT EQUAL",
                seconds(ready),
                seconds(started));
        out.flush();
    }

    private long load(LocalCluster cluster, int forSeconds) throws InterruptedException {
        LongAdder written = new LongAdder();
        AtomicBoolean stopped = new AtomicBoolean();
        try (MurmurClient client = ClusterOptions.connect(List.of(cluster.address(0), cluster.address(1)))) {
            BlockingCache<String, byte[]> cache = cache(client).blocking();
            List<Thread> threads = new ArrayList<>();
            long start = System.nanoTime();
            for (int worker = 0; worker < WORKERS; worker++) {
                SplittableRandom random = new SplittableRandom(worker);
                threads.add(Thread.ofPlatform().start(() -> {
                    while (!stopped.get()) {
                        if (rate > 0 && written.sum() > rate * seconds(start)) {
                            LockSupport.parkNanos(1_000_000);
                            continue;
                        }
                        try {
                            cache.put(
                                    name(random.nextInt(keys)),
                                    value(random.nextInt()),
                                    CallOptions.at(Level.QUORUM).withRetryUnknown(true));
                            written.increment();
                        } catch (MurmurException e) {
                            // Until the node is known to be away; what became of it, the comparison shows.
                        }
                    }
                }));
            }
            TimeUnit.SECONDS.sleep(forSeconds);
            stopped.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        return written.sum();
    }

    // ---- equality

    private static boolean awaitEqual(LocalCluster cluster) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (!areEqual(cluster)) {
            if (seconds(start) > LONGEST_SECONDS) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        return true;
    }

    private static boolean areEqual(LocalCluster cluster) throws IOException, InterruptedException {
        JsonNode first = null;
        for (int node = 0; node < NODES; node++) {
            JsonNode digests = digests(cluster, node);
            if (digests == null || digests.isEmpty() || (first != null && !digests.equals(first))) {
                return false;
            }
            first = digests;
        }
        return true;
    }

    private static @Nullable JsonNode digests(LocalCluster cluster, int node) throws IOException, InterruptedException {
        JsonNode page = cluster.page(node, "/anti-entropy/digests");
        return page == null ? null : page.path("digests");
    }

    private static double seconds(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
