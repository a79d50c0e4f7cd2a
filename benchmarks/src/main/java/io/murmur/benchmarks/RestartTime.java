package io.murmur.benchmarks;

import io.murmur.benchmarks.driver.ClosedLoop;
import io.murmur.benchmarks.driver.JsonLine;
import io.murmur.benchmarks.driver.LoadStatistics;
import io.murmur.benchmarks.driver.Workload;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.kernel.Level;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long a node that holds many records needs until it serves again. */
@Command(
        name = "restart",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Fill a cluster, kill one node with -9, start it again, and report the time from the start of its process"
                    + " until /health/ready and until the first read that needs it (at ALL) has been answered.",
            "With --nodes 1, the recovery of one node and nothing else."
        })
final class RestartTime implements Callable<Integer> {

    private static final int IN_FLIGHT = 256;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--keys", defaultValue = "1000000", description = "records (default: ${DEFAULT-VALUE})")
    private int keys;

    @Option(names = "--key-bytes", defaultValue = "24", description = "of each key (default: ${DEFAULT-VALUE})")
    private int keyBytes;

    @Option(names = "--value-bytes", defaultValue = "100", description = "of each value (default: ${DEFAULT-VALUE})")
    private int valueBytes;

    @Option(names = "--graceful", description = "stop the node with SIGTERM instead of killing it")
    private boolean graceful;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Workload workload = new Workload(keys, keyBytes, valueBytes, 0, Workload.Distribution.UNIFORM, 1);
        PrintWriter out = spec.commandLine().getOut();
        try (LocalCluster nodes = cluster.start()) {
            try (MurmurClient client = ClusterOptions.connect(ClusterOptions.addresses(nodes))) {
                // Filling is not what is measured, and a disk that is busy with it may take its time.
                CallOptions all =
                        CallOptions.at(Level.ALL).withRetryUnknown(true).withTimeout(Duration.ofSeconds(30));
                LoadStatistics filled = new ClosedLoop(
                                new MurmurTarget(client, all, all), workload.preload(), IN_FLIGHT)
                        .start()
                        .join();
                if (filled.errorCount() > 0) {
                    throw new IOException("the cluster could not be filled: " + filled.errors());
                }
            }
            int last = nodes.size() - 1;
            if (graceful) {
                nodes.process(last).destroy();
                nodes.process(last).onExit().join();
            } else {
                nodes.kill(last);
            }
            long start = System.nanoTime();
            nodes.start(last);
            nodes.awaitReady(last);
            double ready = (System.nanoTime() - start) / 1e6;
            boolean found = read(nodes.address(last), workload);
            report(ready, (System.nanoTime() - start) / 1e6, found, out);
            return found ? 0 : 1;
        }
    }

    private boolean read(String address, Workload workload) {
        try (MurmurClient client = MurmurClient.builder().seed(address).build()) {
            Optional<byte[]> value = client.cache("default", Codec.bytes(), Codec.bytes())
                    .blocking()
                    .get(workload.key(keys / 2), CallOptions.at(Level.ALL));
            return value.isPresent() && value.get().length == valueBytes;
        }
    }

    private void report(double readyMillis, double readMillis, boolean found, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "machine   %s%na node with %,d records, %s: ready %,.0f ms after its process began, first read answered"
                        + " after %,.0f ms%s%n",
                Machine.here(),
                keys,
                graceful ? "stopped" : "killed with -9",
                readyMillis,
                readMillis,
                found ? "" : ", WITHOUT the value");
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("benchmark", "restart");
        facts.put("records", keys);
        facts.put("valueBytes", valueBytes);
        facts.put("nodes", cluster.nodes);
        facts.put("killed", !graceful);
        facts.put("readyMillis", readyMillis);
        facts.put("firstReadMillis", readMillis);
        facts.put("found", found);
        out.println(JsonLine.of(facts));
        out.flush();
    }
}
