package io.murmur.benchmarks.profiles;

import io.murmur.benchmarks.ClusterOptions;
import io.murmur.benchmarks.MurmurTarget;
import io.murmur.benchmarks.RedisProcesses;
import io.murmur.benchmarks.ResultOptions;
import io.murmur.benchmarks.Results;
import io.murmur.benchmarks.driver.ClosedLoop;
import io.murmur.benchmarks.driver.LoadStatistics;
import io.murmur.benchmarks.driver.Target;
import io.murmur.benchmarks.driver.Workload;
import io.murmur.benchmarks.driver.Workload.Distribution;
import io.murmur.client.CallOptions;
import io.murmur.kernel.Level;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where the time of the hot paths goes: {@code ./murmur bench profiles}. */
@Command(
        name = "profiles",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Start a cluster and keep calls of one kind in flight, one kind after another: measure what an operation costs, then do so again"
                    + " while each process records itself, and draw flame graphs of processor time and of allocation.",
            "Linux only. On JDK 25 and newer the samples are of processor time; on older ones they are of running Java code and native"
                    + " calls. Exit code 0: no call failed and no read missed."
        },
        footer = {
            "",
            "Examples:",
            "  ./murmur bench profiles",
            "  ./murmur bench profiles --paths get_one,put_quorum --seconds 10",
            "",
            "docs/profiles.md says how to read the outcome."
        })
public final class ProfilesCommand implements Callable<Integer> {

    private static final int KEY_BYTES = 24;
    private static final int PRELOAD_IN_FLIGHT = 256;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--paths",
            split = ",",
            defaultValue = "GET_ONE,GET_QUORUM,REDIS_GET,REDIS_GET_16,PUT_QUORUM",
            description = "one or more of ${COMPLETION-CANDIDATES} (default: all)")
    private List<HotPath> paths = List.of();

    @Option(names = "--keys", defaultValue = "100000", description = "different keys (default: ${DEFAULT-VALUE})")
    private int keys;

    @Option(names = "--value-bytes", defaultValue = "100", description = "of each value (default: ${DEFAULT-VALUE})")
    private int valueBytes;

    @Option(
            names = "--in-flight",
            defaultValue = "64",
            description = "calls on their way at once; of redis-benchmark, connections (default: ${DEFAULT-VALUE})")
    private int inFlight;

    @Option(
            names = "--warmup",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "before each path (default: ${DEFAULT-VALUE})")
    private int warmupSeconds;

    @Option(
            names = "--seconds",
            defaultValue = "20",
            description = "that each path is measured, and then recorded (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--every",
            paramLabel = "MILLIS",
            defaultValue = "5",
            description = "of processor time, a sample is taken (default: ${DEFAULT-VALUE})")
    private int everyMillis;

    @Mixin
    private ResultOptions results = new ResultOptions();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Results page = new Results(
                spec.commandLine().getOut(),
                "Where the time of the hot paths goes",
                String.join(" ", spec.commandLine().getParseResult().originalArgs()),
                cluster.words() + redisVersion());
        page.line("");
        page.line(String.format(
                Locale.ROOT,
                "%,d keys of %d bytes (uniform), values of %d bytes, %d in flight; %d s of each path without a recording and %d s with one, %s"
                        + " each %d ms. `docs/profiles.md` says what the figures are.",
                keys,
                KEY_BYTES,
                valueBytes,
                inFlight,
                seconds,
                seconds,
                Recorder.samplesProcessorTime()
                        ? "which has a sample of processor time"
                        : "which has a sample of Java code that runs and of native calls that are not known to wait",
                everyMillis));
        List<Profile> profiles = profiles();
        new ProfilePage(page, results.folder(), "profiles-" + LocalDate.now(ZoneOffset.UTC)).write(profiles);
        return profiles.stream().allMatch(profile -> profile.failures() == 0) ? 0 : 1;
    }

    private void check() throws IOException {
        if (cluster.isProfiled()) {
            throw new IOException("this command records each path by itself; leave --profile out");
        }
        if (!Files.isDirectory(Path.of("/proc/self/task"))) {
            throw new IOException("what processes use is read from /proc, which only Linux has");
        }
        if (seconds < 1 || warmupSeconds < 0 || inFlight < 1 || everyMillis < 1) {
            throw new IOException("--seconds, --in-flight and --every must be at least 1");
        }
    }

    /** Empty when it is not needed. Asked for at once, so that its absence shows before all else is measured. */
    private String redisVersion() throws IOException, InterruptedException {
        if (paths.stream().noneMatch(HotPath::isOfRedis)) {
            return "";
        }
        try {
            return "; "
                    + RedisProcesses.output(List.of("redis-benchmark", "--version"))
                            .strip();
        } catch (IOException e) {
            throw new IOException("redis-benchmark is not found; install it, or leave its paths out (--paths)", e);
        }
    }

    private List<Profile> profiles() throws IOException, InterruptedException {
        Workload reads = workload(1);
        List<Profile> profiles = new ArrayList<>();
        try (LocalCluster nodes = cluster.start()) {
            preload(nodes, reads);
            Path folder = Files.createDirectories(cluster.data().resolve("recordings"));
            Profiler profiler = new Profiler(nodes, folder, warmupSeconds, seconds, everyMillis);
            for (HotPath path : paths) {
                spec.commandLine().getOut().println("profiling " + path.words());
                spec.commandLine().getOut().flush();
                profiles.add(
                        switch (path) {
                            case GET_ONE -> ofNative(profiler, path, nodes, Level.ONE, reads);
                            case GET_QUORUM -> ofNative(profiler, path, nodes, Level.QUORUM, reads);
                            case PUT_QUORUM -> ofNative(profiler, path, nodes, Level.QUORUM, workload(0));
                            case REDIS_GET -> ofRedis(profiler, path, nodes, reads, 1);
                            case REDIS_GET_16 -> ofRedis(profiler, path, nodes, reads, 16);
                        });
            }
        }
        return profiles;
    }

    private Workload workload(double readShare) {
        return new Workload(keys, KEY_BYTES, valueBytes, readShare, Distribution.UNIFORM, 1);
    }

    private static Target connect(LocalCluster nodes, Level level) {
        CallOptions options = CallOptions.at(level);
        return new MurmurTarget(ClusterOptions.connect(ClusterOptions.addresses(nodes)), options, options);
    }

    /** At ALL, so that each owner has what it will be asked for alone. */
    private void preload(LocalCluster nodes, Workload workload) throws IOException {
        try (Target target = connect(nodes, Level.ALL)) {
            LoadStatistics written = new ClosedLoop(target, workload.preload(), PRELOAD_IN_FLIGHT)
                    .start()
                    .join();
            if (written.errorCount() > 0) {
                throw new IOException("not all keys could be written at first: " + written.errors());
            }
        }
    }

    private Profile ofNative(Profiler profiler, HotPath path, LocalCluster nodes, Level level, Workload workload)
            throws IOException, InterruptedException {
        try (Target target = connect(nodes, level)) {
            return profiler.profile(path, new NativeLoad(target, workload, inFlight));
        }
    }

    private Profile ofRedis(Profiler profiler, HotPath path, LocalCluster nodes, Workload workload, int pipelined)
            throws IOException, InterruptedException {
        Path log = cluster.data().resolve(path.fileName() + ".log");
        RedisLoad load = new RedisLoad(nodes, workload, inFlight, pipelined, log);
        load.check();
        return profiler.profile(path, load);
    }
}
