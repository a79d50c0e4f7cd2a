package io.murmur.node.demo;

import io.murmur.client.Cache;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.kernel.Level;
import io.murmur.node.demo.Outage.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Three nodes that find one another, a trace, a fourth that joins, a kill -9 in the middle, and a count of what was lost. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "See a cluster at work: nodes that start, join and die under a load.",
            "",
            "Three nodes start in three zones on loopback and find one another by gossip; a trace is replayed through the Java"
                    + " client as cache-aside at QUORUM; a fourth node joins, one is killed with -9 in the middle and started"
                    + " again; what it missed is handed over to it; and what was lost is counted.",
            "Every value read is compared byte for byte. Exit code 0: every acknowledged write was found, and the client saw"
                    + " no error; 1: it was not so; 2: the demo could not start."
        },
        footer = {
            "",
            "Examples:",
            "  ./murmur demo",
            "  ./murmur demo --trace orm-busy.trace.xz",
            "",
            "A trace is a sequence of 4-byte big-endian object ids, plain or compressed with xz: the format of the"
                    + " traces that headissue GmbH (Jens Wilke) recorded for the cache2k project (CC BY 4.0)."
        })
public final class DemoCommand implements Callable<Integer> {

    private static final int FOUNDERS = 3;
    private static final int NODES = FOUNDERS + 1;
    private static final int ZIPF_REQUESTS = 200_000;
    private static final long ZIPF_SEED = 1;
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--trace", paramLabel = "FILE", description = "replay this trace; without it, a Zipf load is made")
    private @Nullable Path traceFile;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "at most so many requests (default: the whole trace; 200000 for the Zipf load)")
    private @Nullable Integer requests;

    @Option(
            names = "--objects",
            paramLabel = "N",
            defaultValue = "50000",
            description = "objects of the Zipf load (default: ${DEFAULT-VALUE})")
    private int objects;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            defaultValue = ".murmur/demo",
            description = "where the nodes keep their data; a former demo's is deleted (default: ${DEFAULT-VALUE})")
    private Path data = Path.of(".murmur", "demo");

    @Option(
            names = "--base-port",
            paramLabel = "PORT",
            defaultValue = "7101",
            description = "the first node's port; HTTP is 1000 higher (default: ${DEFAULT-VALUE})")
    private int basePort;

    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            defaultValue = "QUORUM",
            description = "of reads and writes (default: ${DEFAULT-VALUE})")
    private String level = "QUORUM";

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            defaultValue = "64",
            description = "requests on their way at once (default: ${DEFAULT-VALUE})")
    private int inFlight;

    @Option(names = "--no-kill", description = "let all nodes live")
    private boolean noKill;

    @Option(names = "--no-join", description = "let no fourth node join")
    private boolean noJoin;

    @Option(names = "--keep", description = "leave the nodes running at the end, until Ctrl-C")
    private boolean keep;

    @Override
    public Integer call() throws InterruptedException {
        try {
            return run();
        } catch (IOException | IllegalArgumentException e) {
            spec.commandLine().getErr().println("murmur demo: " + e.getMessage());
            return 2;
        }
    }

    private int run() throws IOException, InterruptedException {
        if (inFlight < 1 || objects < 1 || (requests != null && requests < 1)) {
            throw new IOException("--in-flight, --objects and --requests must be at least 1");
        }
        // A put whose coordinator died may be sent again: the object's id says what its value is, whoever writes it.
        CallOptions options = CallOptions.at(Level.parse(level)).withRetryUnknown(true);
        Trace trace = traceFile == null
                ? Trace.zipf(requests == null ? ZIPF_REQUESTS : requests, objects, ZIPF_SEED)
                : Trace.read(traceFile, requests == null ? Integer.MAX_VALUE : requests);
        Report report = new Report(spec.commandLine().getOut(), Boolean.getBoolean(Report.TERMINAL));
        try (LocalCluster cluster =
                new LocalCluster(data, basePort, FOUNDERS, NODES, List.of("--set", "shards=1"), List.of())) {
            Thread stop = new Thread(cluster::close, "stop-nodes");
            cluster.checkPorts();
            cluster.prepareFolder();
            Runtime.getRuntime().addShutdownHook(stop);
            report.line("Starting three nodes in three zones, with data in %s", data);
            cluster.startFounders();
            for (int node = 0; node < FOUNDERS; node++) {
                cluster.awaitReady(node);
            }
            int exitCode = run(trace, options, cluster, report);
            if (keep) {
                report.line("The nodes run on at %s and the next ports, until Ctrl-C.", cluster.address(0));
                cluster.process(0).onExit().join();
            }
            return exitCode;
        }
    }

    private int run(Trace trace, CallOptions options, LocalCluster cluster, Report report)
            throws IOException, InterruptedException {
        // A dead node is noticed late at worst; whoever watches a demo would rather wait than see an error.
        MurmurClient.Builder builder = MurmurClient.builder()
                .clientName("demo")
                .callTimeout(CALL_TIMEOUT)
                .maxInFlight(inFlight + 1);
        for (int node = 0; node < FOUNDERS; node++) {
            builder.seed(cluster.address(node));
        }
        try (MurmurClient client = builder.build()) {
            Cache<byte[], byte[]> cache = client.cache("default", Codec.bytes(), Codec.bytes());
            Growth growth = new Growth(cluster, FOUNDERS, trace.size(), report);
            Outage outage = new Outage(cluster, trace.size(), report);
            Progress progress = new Progress(trace.size(), report);
            report.line("Replaying %,d requests (%s) at %s, %d in flight", trace.size(), trace.name(), level, inFlight);
            Replay replay = new Replay(trace, cache, options, inFlight);
            long start = System.nanoTime();
            CompletableFuture<Replay.Outcome> ended = replay.start();
            while (!isDone(ended)) {
                Replay.Standing standing = replay.standing();
                if (!noJoin) {
                    growth.advance(standing.done());
                }
                if (!noKill) {
                    outage.advance(standing.done());
                }
                progress.show(standing, outage.stage() == Stage.DOWN || outage.stage() == Stage.RETURNING);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            outage.awaitEnd();
            growth.awaitEnd();
            Replay.Outcome outcome = ended.join();
            Upkeep upkeep = new Upkeep(cluster, report);
            upkeep.awaitHandedOver();
            report.line("Reading all %,d acknowledged objects at %s", outcome.ledger().length, level);
            Audit.Finding finding = new Audit(outcome.ledger(), cache, options, inFlight)
                    .start()
                    .join();
            summarize(trace, seconds, outcome, growth, outage, progress, client.retries(), report);
            report.line("  %s", upkeep.summary());
            return judge(outcome, finding, report);
        }
    }

    private static boolean isDone(CompletableFuture<?> future) throws InterruptedException {
        try {
            future.get(50, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private static void summarize(
            Trace trace,
            double seconds,
            Replay.Outcome outcome,
            Growth growth,
            Outage outage,
            Progress progress,
            long retries,
            Report report) {
        report.line("");
        report.line(
                "%,d requests in %.1f s: %,.0f requests/s, hit ratio %.1f %%",
                trace.size(), seconds, trace.size() / seconds, 100.0 * outcome.hits() / trace.size());
        report.latency("get", outcome.getMicros());
        report.latency("put", outcome.putMicros());
        report.line("  slowest second with all nodes: %s", progress.slowestUsual());
        if (growth.hasJoined()) {
            report.line("  %s", growth.summary());
        }
        if (outage.stage() == Stage.OVER) {
            report.line(
                    "  slowest second without the killed node: %s; it was ready %,d ms after its process began",
                    progress.slowestInOutage(), outage.readyAfterMillis());
        }
        report.line(
                "  calls the client sent again: %,d, puts of unknown outcome included: they may happen twice", retries);
    }

    private static int judge(Replay.Outcome outcome, Audit.Finding finding, Report report) {
        report.line("  errors seen by the application: %,d", outcome.errorCount());
        outcome.errors().forEach((kind, times) -> report.line("    %,d x %s", times, kind));
        report.line(
                "  reads that missed an acknowledged object: %,d; that found something else: %,d",
                outcome.lost(), outcome.wrong());
        report.line(
                "  acknowledged objects at the end: %,d; found %,d, missing %,d, different %,d, unreadable %,d",
                finding.acknowledged(), finding.found(), finding.missing(), finding.different(), finding.unreadable());
        boolean good = outcome.errorCount() == 0 && outcome.lost() == 0 && outcome.wrong() == 0 && finding.isComplete();
        report.line(good ? "Every acknowledged write was found, and no call failed." : "FAILED: see above.");
        return good ? 0 : 1;
    }
}
