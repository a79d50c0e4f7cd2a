package io.murmur.benchmarks.hours;

import io.murmur.benchmarks.Machine;
import io.murmur.benchmarks.ResultOptions;
import io.murmur.benchmarks.driver.ClosedLoop;
import io.murmur.benchmarks.driver.LoadStatistics;
import io.murmur.benchmarks.driver.Workload;
import io.murmur.benchmarks.driver.Workload.Distribution;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What calls feel while something goes wrong: {@code ./murmur bench hours}. */
@Command(
        name = "hours",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Start a cluster, find by a short closed loop what it can do, then have calls due at half that rate, whatever the answers"
                    + " (an open loop), while something happens; and show the latency, the rate and the errors over time. Latency"
                    + " counts from when a call was due. Half the calls read and half write, at QUORUM.",
            "Each read, and at the end every key, is held against what was acknowledged. Exit code 0: nothing was lost and all bars were held."
        },
        footer = {
            "",
            "Examples:",
            "  ./murmur bench hours kill",
            "  ./murmur bench hours overload hotkey --before 10 --during 10"
        })
public final class BadHours implements Callable<Integer> {

    private static final String ALL = "all";
    private static final List<Scenario> SCENARIOS = List.of(
            new Kill(),
            new Pause(),
            new ZoneOutage(),
            new JoinAndLeave(),
            new Compacting(),
            new Overload(),
            new HotKey());

    private static final int SLICE_MILLIS = (int) TimeUnit.NANOSECONDS.toMillis(Timeline.SLICE_NANOS);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "SCENARIO",
            arity = "1..*",
            description = "kill, pause, zone, join, compaction, overload, hotkey; all of them with 'all'")
    private List<String> names = List.of();

    @Option(
            names = "--rate",
            paramLabel = "CALLS",
            defaultValue = "0",
            description = "due a second; 0 for half of what the closed loop reaches (default: ${DEFAULT-VALUE})")
    private double givenRate;

    @Option(
            names = "--in-flight",
            defaultValue = "64",
            description = "calls on their way at once in the closed loop (default: ${DEFAULT-VALUE})")
    private int inFlight;

    @Option(
            names = "--most-in-flight",
            defaultValue = "8192",
            description =
                    "in the open loop; a call that is due when so many are on their way is dropped, which counts as an error"
                            + " (default: ${DEFAULT-VALUE})")
    private int mostInFlight;

    @Option(
            names = "--timeout",
            paramLabel = "MILLIS",
            defaultValue = "1000",
            description = "of a call (default: ${DEFAULT-VALUE}, as the client's)")
    private long timeoutMillis;

    @Option(
            names = "--warmup",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "of the closed loop (default: ${DEFAULT-VALUE})")
    private int warmupSeconds;

    @Option(
            names = "--trial",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "in which it is measured (default: ${DEFAULT-VALUE})")
    private int trialSeconds;

    @Option(
            names = "--before",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description = "of load until something happens (default: ${DEFAULT-VALUE})")
    private double before;

    @Option(
            names = "--during",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description = "that it lasts (default: ${DEFAULT-VALUE})")
    private double during;

    @Option(
            names = "--after",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description = "of load after it (default: ${DEFAULT-VALUE})")
    private double after;

    @Option(
            names = "--interval",
            paramLabel = "MILLIS",
            defaultValue = "1000",
            description = "of the pictures and lines of JSON, a multiple of 100 (default: ${DEFAULT-VALUE})")
    private int intervalMillis;

    @Option(names = "--keys", defaultValue = "100000", description = "different keys (default: ${DEFAULT-VALUE})")
    private int keys;

    @Option(names = "--key-bytes", defaultValue = "24", description = "of each key (default: ${DEFAULT-VALUE})")
    private int keyBytes;

    @Option(names = "--value-bytes", defaultValue = "100", description = "of each value (default: ${DEFAULT-VALUE})")
    private int valueBytes;

    @Option(names = "--seed", defaultValue = "1", description = "of all choices (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--shards", defaultValue = "1", description = "event loops of each (default: ${DEFAULT-VALUE})")
    private int shards;

    @Option(
            names = "--durability",
            paramLabel = "fsync|interval",
            defaultValue = "fsync",
            description = "when a node acknowledges (default: ${DEFAULT-VALUE})")
    private String durability = "fsync";

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "a setting for every node; repeatable; './murmur config' lists all")
    private List<String> settings = List.of();

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            defaultValue = ".murmur/hours",
            description = "where the nodes keep their data; emptied first (default: ${DEFAULT-VALUE})")
    private Path data = Path.of(".murmur", "hours");

    @Option(
            names = "--base-port",
            paramLabel = "PORT",
            defaultValue = "7501",
            description = "the first node's port; HTTP is 1000 higher (default: ${DEFAULT-VALUE})")
    private int basePort;

    @Mixin
    private ResultOptions results = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Scenario> chosen = chosen();
        check();
        PrintWriter out = spec.commandLine().getOut();
        out.printf("machine   %s%n", Machine.here());
        boolean allHeld = true;
        for (Scenario scenario : chosen) {
            Course course = play(scenario, out);
            HoursReport report = new HoursReport(course, intervalMillis / SLICE_MILLIS, facts());
            report.print(out);
            report.write(results.folder());
            allHeld &= course.allVerdicts().stream().noneMatch(Verdict::isMissed);
        }
        out.printf("%nwritten to %s%n", results.folder());
        out.flush();
        return allHeld ? 0 : 1;
    }

    private List<Scenario> chosen() throws IOException {
        for (String name : names) {
            if (!name.equals(ALL)
                    && SCENARIOS.stream().noneMatch(one -> one.name().equals(name))) {
                throw new IOException("there is no scenario '" + name + "'; there are "
                        + String.join(
                                ", ", SCENARIOS.stream().map(Scenario::name).toList()) + " and " + ALL);
            }
        }
        return SCENARIOS.stream()
                .filter(scenario -> names.contains(ALL) || names.contains(scenario.name()))
                .toList();
    }

    private void check() throws IOException {
        if (intervalMillis < SLICE_MILLIS || intervalMillis % SLICE_MILLIS != 0) {
            throw new IOException("--interval is a multiple of " + SLICE_MILLIS + ", not " + intervalMillis);
        }
        if (valueBytes < CheckedCache.LEAST_VALUE_BYTES) {
            throw new IOException(
                    "--value-bytes is at least " + CheckedCache.LEAST_VALUE_BYTES + ": a value holds its number");
        }
        if (trialSeconds < 1 || warmupSeconds < 0 || inFlight < 1 || mostInFlight < inFlight || givenRate < 0) {
            throw new IOException("--trial and --in-flight must be at least 1, --most-in-flight at least --in-flight");
        }
        if (before < 1 || during < 1 || after < 1) {
            throw new IOException("--before, --during and --after must be at least 1");
        }
    }

    // ---- one scenario

    private Course play(Scenario scenario, PrintWriter out) throws IOException, InterruptedException {
        List<String> flags = new ArrayList<>(
                List.of("--set", "shards=" + shards, "--set", "caches=default:durability=" + durability));
        Stream.concat(scenario.settings().stream(), settings.stream())
                .forEach(setting -> flags.addAll(List.of("--set", setting)));
        try (LocalCluster cluster =
                new LocalCluster(data, basePort, Scenario.FOUNDERS, scenario.nodes(), flags, List.of())) {
            cluster.checkPorts();
            cluster.prepareFolder();
            Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-nodes"));
            start(cluster, scenario.members());
            List<String> seeds = new ArrayList<>();
            for (int node = 0; node < scenario.members(); node++) {
                seeds.add(cluster.address(node));
            }
            try (CheckedCache cache = new CheckedCache(seeds, mostInFlight, Duration.ofMillis(timeoutMillis))) {
                return play(scenario, cluster, cache, out);
            }
        }
    }

    private static void start(LocalCluster cluster, int members) throws IOException, InterruptedException {
        cluster.startFounders();
        for (int node = 0; node < Scenario.FOUNDERS; node++) {
            cluster.awaitReady(node);
        }
        for (int node = Scenario.FOUNDERS; node < members; node++) {
            cluster.start(node);
            cluster.awaitReady(node);
        }
    }

    private Course play(Scenario scenario, LocalCluster cluster, CheckedCache cache, PrintWriter out)
            throws IOException, InterruptedException {
        Workload workload = new Workload(keys, keyBytes, valueBytes, 0.5, Distribution.UNIFORM, seed);
        say(out, scenario, Figures.text("%,d keys are written", keys));
        LoadStatistics preload =
                new ClosedLoop(cache, workload.preload(), inFlight).start().join();
        if (preload.errorCount() > 0) {
            say(out, scenario, Figures.text("%,d of them failed: %s", preload.errorCount(), preload.errors()));
        }
        double capacity = capacity(cache, workload);
        double rate = givenRate > 0 ? givenRate : capacity / 2;
        say(out, scenario, Figures.text("the closed loop reached %,.0f calls/s; %,.0f/s are due", capacity, rate));
        Mix mix = new Mix(workload);
        Timeline timeline = new Timeline(System.nanoTime());
        OpenLoop loop = new OpenLoop(cache, mix, mix::isHot, timeline, mostInFlight, rate);
        Stage stage = new Stage(
                cluster, loop, mix, timeline.startNanos(), rate, capacity, new Stage.Lengths(before, during, after));
        loop.start();
        Scenario.Judge judge;
        double end;
        try {
            judge = scenario.play(stage);
            end = stage.second();
        } finally {
            loop.stop();
        }
        List<byte[]> acknowledged = Arrays.stream(cache.ledger().acknowledgedKeys())
                .mapToObj(this::key)
                .toList();
        say(out, scenario, Figures.text("%,d keys are read back", acknowledged.size()));
        ReadBack readBack = ReadBack.of(cache, acknowledged, inFlight);
        return new Course(
                scenario,
                capacity,
                rate,
                timeline,
                stage.moments(),
                end,
                loop.lateMicros(),
                readBack,
                judge.verdicts(timeline));
    }

    private static void say(PrintWriter out, Scenario scenario, String what) {
        out.printf("%-12s%s%n", scenario.name(), what);
        out.flush();
    }

    private double capacity(CheckedCache cache, Workload workload) throws InterruptedException {
        ClosedLoop loop = new ClosedLoop(cache, workload.mix(0), inFlight);
        CompletableFuture<LoadStatistics> ended = loop.start();
        TimeUnit.SECONDS.sleep(warmupSeconds);
        long start = System.nanoTime();
        loop.measure(true);
        TimeUnit.SECONDS.sleep(trialSeconds);
        loop.measure(false);
        double seconds = (System.nanoTime() - start) / 1e9;
        loop.stop();
        return ended.join().operations() / seconds;
    }

    private byte[] key(int number) {
        return Figures.text("%0" + keyBytes + "d", number).getBytes(StandardCharsets.US_ASCII);
    }

    /** What was asked for, and on what. */
    private Map<String, Object> facts() {
        Machine machine = Machine.here();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("cores", machine.cores());
        facts.put("processor", machine.processor());
        facts.put("kernel", machine.kernel());
        facts.put("jdk", machine.jdk());
        facts.put(
                "command", String.join(" ", spec.commandLine().getParseResult().originalArgs()));
        facts.put("shards", shards);
        facts.put("durability", durability);
        facts.put("keys", keys);
        facts.put("keyBytes", keyBytes);
        facts.put("valueBytes", valueBytes);
        facts.put("inFlight", inFlight);
        facts.put("mostInFlight", mostInFlight);
        facts.put("timeoutMillis", timeoutMillis);
        return facts;
    }
}
