package io.murmur.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import io.murmur.client.BlockingCache;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.client.MurmurException;
import io.murmur.kernel.Level;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Three processes become six and three again under a steady load: what fails, what is lost, how long calls take, what is moved. */
@Command(
        name = "grow",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Start three nodes, let three more join one after another (the first is killed with -9 halfway and started again),"
                    + " and let them leave again, all under a steady load of reads and writes at QUORUM. Report the latency at"
                    + " rest and during each change, and the cells moved beside the least that the planner's rings call for.",
            "Each worker owns its keys and knows what it wrote last: every read is compared. Exit code 0: no call failed and"
                    + " nothing was lost."
        })
final class RingGrowth implements Callable<Integer> {

    private static final int FOUNDERS = 3;
    private static final int NODES = 6;
    private static final int REST_SECONDS = 10;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--keys", defaultValue = "100000", description = "records (default: ${DEFAULT-VALUE})")
    private int keys;

    @Option(names = "--value-bytes", defaultValue = "100", description = "of each value (default: ${DEFAULT-VALUE})")
    private int valueBytes;

    @Option(names = "--workers", defaultValue = "4", description = "calls in flight (default: ${DEFAULT-VALUE})")
    private int workers;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            defaultValue = ".murmur/grow",
            description = "where the nodes keep their data; emptied first (default: ${DEFAULT-VALUE})")
    private Path data = Path.of(".murmur", "grow");

    private final LongAdder errors = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final AtomicInteger filled = new AtomicInteger();
    private volatile Histogram micros = new ConcurrentHistogram(3);
    private volatile boolean stopped;
    private volatile @Nullable String firstError;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("machine   %s%n", Machine.here());
        try (LocalCluster cluster =
                new LocalCluster(data, 7301, FOUNDERS, NODES, List.of("--set", "shards=1"), List.of())) {
            cluster.checkPorts();
            cluster.prepareFolder();
            Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-nodes"));
            cluster.startFounders();
            for (int node = 0; node < FOUNDERS; node++) {
                cluster.awaitReady(node);
            }
            try (MurmurClient client =
                    ClusterOptions.connect(List.of(cluster.address(0), cluster.address(1), cluster.address(2)))) {
                List<Thread> threads = startWorkers(client);
                while (filled.get() < workers) {
                    TimeUnit.MILLISECONDS.sleep(20);
                }
                TimeUnit.SECONDS.sleep(5);
                phase();
                TimeUnit.SECONDS.sleep(REST_SECONDS);
                long restP99 = report(out, "at rest, 3 nodes", phase());
                for (int node = FOUNDERS; node < NODES; node++) {
                    change(cluster, client, out, restP99, LocalCluster.name(node) + " joins", join(cluster, node));
                }
                for (int node = NODES - 1; node >= FOUNDERS; node--) {
                    change(cluster, client, out, restP99, LocalCluster.name(node) + " leaves", leave(cluster, node));
                }
                stopped = true;
                for (Thread thread : threads) {
                    thread.join();
                }
            }
        }
        String error = firstError;
        out.printf("failed calls %d, reads that missed an acknowledged write %d%n", errors.sum(), lost.sum());
        if (error != null) {
            out.printf("first: %s%n", error);
        }
        out.flush();
        return errors.sum() == 0 && lost.sum() == 0 ? 0 : 1;
    }

    // ---- the load

    private List<Thread> startWorkers(MurmurClient client) {
        BlockingCache<byte[], byte[]> cache =
                client.cache("default", Codec.bytes(), Codec.bytes()).blocking();
        List<Thread> threads = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            int own = worker;
            threads.add(Thread.ofPlatform().name("worker-" + worker).start(() -> work(cache, own)));
        }
        return threads;
    }

    /** A worker's keys are its own, so it knows what each must hold. */
    private void work(BlockingCache<byte[], byte[]> cache, int worker) {
        CallOptions quorum = CallOptions.at(Level.QUORUM).withRetryUnknown(true);
        int[] written = new int[keys / workers];
        SplittableRandom random = new SplittableRandom(worker);
        for (int key = 0; key < written.length; key++) {
            put(cache, quorum, worker, key, written);
        }
        filled.incrementAndGet();
        while (!stopped) {
            int key = random.nextInt(written.length);
            if (random.nextBoolean()) {
                put(cache, quorum, worker, key, written);
            } else {
                get(cache, quorum, worker, key, written);
            }
        }
        for (int key = 0; key < written.length; key++) {
            get(cache, quorum, worker, key, written);
        }
    }

    private void put(BlockingCache<byte[], byte[]> cache, CallOptions options, int worker, int key, int[] written) {
        byte[] value = new byte[valueBytes];
        ByteBuffer.wrap(value).putInt(written[key] + 1);
        long start = System.nanoTime();
        try {
            cache.put(name(worker, key), value, options);
            written[key]++;
        } catch (MurmurException e) {
            failed("put", e);
        }
        micros.recordValue((System.nanoTime() - start) / 1000);
    }

    private void get(BlockingCache<byte[], byte[]> cache, CallOptions options, int worker, int key, int[] written) {
        long start = System.nanoTime();
        try {
            Optional<byte[]> value = cache.get(name(worker, key), options);
            int found = value.map(bytes -> ByteBuffer.wrap(bytes).getInt()).orElse(0);
            // A put that failed may have happened all the same.
            if (found < written[key]) {
                lost.increment();
            }
        } catch (MurmurException e) {
            failed("get", e);
        }
        micros.recordValue((System.nanoTime() - start) / 1000);
    }

    private void failed(String what, MurmurException e) {
        errors.increment();
        if (firstError == null) {
            firstError = what + ": " + e.getMessage();
        }
    }

    private static byte[] name(int worker, int key) {
        return ByteBuffer.allocate(24).putInt(worker).putInt(key).array();
    }

    private Histogram phase() {
        Histogram ended = micros;
        micros = new ConcurrentHistogram(3);
        return ended;
    }

    private static long report(PrintWriter out, String what, Histogram histogram) {
        out.printf(
                Locale.ROOT,
                "%-18s %,9d calls   p50 %6.2f ms   p99 %7.2f ms   slowest %8.2f ms",
                what,
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50) / 1e3,
                histogram.getValueAtPercentile(99) / 1e3,
                histogram.getMaxValue() / 1e3);
        if (what.startsWith("at rest")) {
            out.println();
        }
        out.flush();
        return histogram.getValueAtPercentile(99);
    }

    // ---- the changes

    /** Has the ring changed and waits until it has. */
    private interface Change {
        void run() throws IOException, InterruptedException;
    }

    private Change join(LocalCluster cluster, int node) {
        return () -> {
            cluster.start(node);
            if (node == FOUNDERS) {
                awaitHalfway(cluster, node);
                cluster.kill(node);
                cluster.start(node);
            }
            cluster.awaitReady(node);
        };
    }

    private static Change leave(LocalCluster cluster, int node) {
        return () -> new RingChanges(cluster).leave(node);
    }

    private static void awaitHalfway(LocalCluster cluster, int node) throws IOException, InterruptedException {
        while (true) {
            JsonNode page = cluster.page(node, "/cluster");
            if (page != null) {
                for (JsonNode line : page.path("nodes")) {
                    JsonNode catchUp = line.path("catchUp");
                    if (line.path("name").asText().equals(LocalCluster.name(node))
                            && catchUp.path("inAll").asInt() > 0
                            && 2 * catchUp.path("done").asInt()
                                    >= catchUp.path("inAll").asInt()) {
                        return;
                    }
                }
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private void change(
            LocalCluster cluster, MurmurClient client, PrintWriter out, long restP99, String what, Change change)
            throws IOException, InterruptedException {
        Ring before = client.ring();
        long movedBefore = moved(cluster);
        phase();
        long start = System.nanoTime();
        change.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        long p99 = report(out, what, phase());
        TimeUnit.MILLISECONDS.sleep(500);
        long least = gained(before, client.ring()) * keys / before.partitions();
        out.printf(
                Locale.ROOT,
                "   %.1f times at rest   %.1f s   %,d cells moved, at least %,d%n",
                (double) p99 / restP99,
                seconds,
                moved(cluster) - movedBefore,
                least);
        out.flush();
    }

    private static long gained(Ring before, Ring after) {
        long gained = 0;
        for (int partition = 0; partition < before.partitions(); partition++) {
            for (NodeId owner : after.owners(partition)) {
                gained += before.owners(partition).contains(owner) ? 0 : 1;
            }
        }
        return gained;
    }

    /** Cells that nodes have taken from others; a process that was killed takes its count with it. */
    private static long moved(LocalCluster cluster) throws IOException, InterruptedException {
        long moved = 0;
        for (int node = 0; node < NODES; node++) {
            if (cluster.isRunning(node)) {
                String metrics = Objects.requireNonNullElse(cluster.text(node, "/metrics"), "");
                moved += metrics.lines()
                        .filter(line -> line.startsWith("murmur_sync_received_entries_total "))
                        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                        .sum();
            }
        }
        return moved;
    }
}
