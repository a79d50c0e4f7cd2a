package io.murmur.benchmarks.peers;

import io.murmur.benchmarks.Machine;
import io.murmur.benchmarks.ResultOptions;
import io.murmur.benchmarks.driver.Workload.Distribution;
import io.murmur.benchmarks.peers.Cell.DataSet;
import io.murmur.benchmarks.peers.Comparison.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Murmur and others of its kind, in turns on one machine, under one load. */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure Murmur beside Redis and other caches: the same keys, values and calls in flight, in turns A B A B on one machine. Each has its"
                    + " own client process; the servers of a pair are both up, and only one side is asked.",
            "Each contender is compared with the Murmur contender whose promise is nearest; --list tells the promises.",
            "Leaves a page, pictures and all turns as lines of JSON in the folder of results. Exit code 0: no call failed, no read missed, and all"
                    + " that was asked for was measured."
        },
        footer = {
            "",
            "Presets:",
            "  bars   200,000 keys, values of 100 bytes, uniform; PUT and GET; 64 in flight",
            "  full   all combinations of 200,000 and 1,000,000 keys; 100, 1024, 65536 bytes;",
            "         0, 0.5, 0.95, 1 reads; uniform and zipf; 1, 64, 256 in flight: hours",
            "What is said by other options goes before what the preset says.",
            "",
            "Examples:",
            "  ./murmur bench peers --list",
            "  ./murmur bench peers --quick --contenders murmur-quorum,redis-cluster-always",
            "  ./murmur bench peers --preset bars",
            "  ./murmur bench peers --contenders murmur-one,redis-memory --mixes 0.95 --in-flight 1,64"
        })
public final class PeersCommand implements Callable<Integer> {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final List<Integer> QUICK_KEYS = List.of(20_000);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--list",
            description = "tell which contenders there are, what they promise, and why one cannot be had")
    private boolean list;

    @Option(
            names = "--contenders",
            paramLabel = "A,B,C",
            description =
                    "the first is what the others are compared with, each in a pair; repeatable (default: all that can be had)")
    private List<String> contenders = List.of();

    @Option(
            names = "--together",
            description =
                    "all of a group take turns A B C A B C, instead of pairs: their servers must fit into the machine together")
    private boolean together;

    @Option(
            names = "--preset",
            paramLabel = "bars|full",
            defaultValue = "bars",
            description = "(default: ${DEFAULT-VALUE})")
    private String presetName = "bars";

    @Option(names = "--sizes", split = ",", paramLabel = "BYTES", description = "of values")
    private @Nullable List<Integer> sizes;

    @Option(
            names = "--mixes",
            split = ",",
            paramLabel = "SHARE",
            description = "of reads, 0 (PUT alone) to 1 (GET alone)")
    private @Nullable List<Double> mixes;

    @Option(names = "--distributions", split = ",", paramLabel = "NAME", description = "uniform, zipf")
    private @Nullable List<Distribution> distributions;

    @Option(names = "--keys", split = ",", paramLabel = "NUMBER", description = "different keys, of 24 bytes")
    private @Nullable List<Integer> keys;

    @Option(names = "--in-flight", split = ",", paramLabel = "NUMBER", description = "calls on their way at once")
    private @Nullable List<Integer> inFlight;

    @Option(
            names = "--most-data",
            paramLabel = "MIB",
            defaultValue = "512",
            description =
                    "with large values there are fewer keys, so that the values are no more than this (default: ${DEFAULT-VALUE})")
    private int mostDataMebibytes;

    @Option(
            names = "--turns",
            defaultValue = "3",
            description = "of each side with each load (default: ${DEFAULT-VALUE})")
    private int turns;

    @Option(names = "--seconds", defaultValue = "15", description = "of each turn, counted (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--warmup",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "of each turn, not counted (default: ${DEFAULT-VALUE})")
    private int warmup;

    @Option(
            names = "--first-warmup",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description = "once after filling, not counted (default: ${DEFAULT-VALUE})")
    private int firstWarmup;

    @Option(
            names = "--rest",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "before each turn, for what the other side has left to do (default: ${DEFAULT-VALUE})")
    private int rest;

    @Option(
            names = "--quick",
            description = "20,000 keys, one turn of 3 s, short warm-ups: to see that all works, not to measure")
    private boolean quick;

    @Mixin
    private ResultOptions results = new ResultOptions();

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            defaultValue = ".murmur/peers",
            description = "where the servers keep their data; emptied first (default: ${DEFAULT-VALUE})")
    private Path data = Path.of(".murmur", "peers");

    @Option(
            names = "--base-port",
            paramLabel = "PORT",
            defaultValue = "7601",
            description =
                    "of the first server; each cache takes a hundred ports from here, and those some thousands higher"
                            + " (default: ${DEFAULT-VALUE})")
    private int basePort;

    /** What is measured when nothing else is said. */
    private record Preset(
            List<Integer> sizes,
            List<Double> mixes,
            List<Distribution> distributions,
            List<Integer> keys,
            List<Integer> inFlight) {

        private static final Preset BARS = new Preset(
                List.of(100), List.of(0.0, 1.0), List.of(Distribution.UNIFORM), List.of(200_000), List.of(64));
        private static final Preset FULL = new Preset(
                List.of(100, 1024, 65536),
                List.of(0.0, 0.5, 0.95, 1.0),
                List.of(Distribution.UNIFORM, Distribution.ZIPF),
                List.of(200_000, 1_000_000),
                List.of(1, 64, 256));

        static Preset named(String name) throws IOException {
            return switch (name) {
                case "bars" -> BARS;
                case "full" -> FULL;
                default -> throw new IOException("--preset knows bars and full, not " + name);
            };
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            list(out);
            return 0;
        }
        Settings settings = settings();
        List<List<Contender>> rounds = rounds();
        Preset loads = loads();
        List<DataSet> dataSets = Cell.dataSets(loads.keys, loads.sizes, (long) mostDataMebibytes << 20);
        Report report = report(rounds, dataSets, settings);
        Console console = new Console(out);
        console.head(Machine.here().toString(), estimate(rounds, dataSets, loads, settings));
        Folders.prepare(data);
        int round = 0;
        for (List<Contender> contest : rounds) {
            for (DataSet dataSet : dataSets) {
                round++;
                console.round(contest, dataSet);
                compare(round, contest, cells(dataSet, loads), settings, report, console);
                report.write();
            }
        }
        out.printf("%nwritten to %s%n", report.write());
        out.flush();
        return report.isClean() ? 0 : 1;
    }

    private void compare(
            int round, List<Contender> contest, List<Cell> cells, Settings settings, Report report, Console console)
            throws InterruptedException {
        Comparison comparison = new Comparison(settings, console::progress, turn -> {
            try {
                report.add(turn);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            console.turn(turn);
        });
        try {
            report.versions(comparison.run(round, contest, cells));
        } catch (IOException e) {
            // The other rounds are worth having, and the report says that this one is not there.
            String what =
                    String.join(", ", contest.stream().map(Contender::name).toList()) + " with "
                            + cells.get(0).data().words() + ": " + e.getMessage();
            report.failed(what);
            console.progress("FAILED    " + what);
        }
    }

    /** What the preset says, unless the options say otherwise. */
    private Preset loads() throws IOException {
        Preset preset = Preset.named(presetName);
        return new Preset(
                Objects.requireNonNullElse(sizes, preset.sizes),
                Objects.requireNonNullElse(mixes, preset.mixes),
                Objects.requireNonNullElse(distributions, preset.distributions),
                Objects.requireNonNullElse(keys, quick ? QUICK_KEYS : preset.keys),
                Objects.requireNonNullElse(inFlight, preset.inFlight));
    }

    private static List<Cell> cells(DataSet dataSet, Preset loads) {
        return Cell.cells(dataSet, loads.mixes, loads.distributions, loads.inFlight);
    }

    private Settings settings() throws IOException {
        if (turns < 1 || seconds < 1 || warmup < 0 || firstWarmup < 0 || rest < 0 || mostDataMebibytes < 1) {
            throw new IOException("--turns, --seconds and --most-data must be at least 1, the other times at least 0");
        }
        return quick
                ? new Settings(data, basePort, 1, 3, 1, 3, 1)
                : new Settings(data, basePort, turns, firstWarmup, warmup, seconds, rest);
    }

    private List<List<Contender>> rounds() throws IOException {
        List<List<Contender>> groups = contenders.isEmpty() ? Contenders.allGroups() : Contenders.groups(contenders);
        List<List<Contender>> rounds = new ArrayList<>();
        for (List<Contender> group : groups) {
            for (Contender contender : group) {
                if (contender.servers().absence().isPresent()) {
                    throw new IOException(contender.name() + " cannot be had: "
                            + contender.servers().absence().get());
                }
            }
            if (together || group.size() == 1) {
                rounds.add(group);
            } else {
                group.stream().skip(1).forEach(other -> rounds.add(List.of(group.get(0), other)));
            }
        }
        return rounds;
    }

    private static void list(PrintWriter out) {
        for (Contender contender : Contenders.all()) {
            out.printf("%-26s %s%n", contender.name(), contender.promise());
            if (!contender.equal().equals(contender.name())) {
                out.printf("%-26s compared with %s%n", "", contender.equal());
            }
            contender.servers().absence().ifPresent(why -> out.printf("%-26s CANNOT BE HAD: %s%n", "", why));
        }
        out.flush();
    }

    private static String estimate(
            List<List<Contender>> rounds, List<DataSet> dataSets, Preset loads, Settings settings) {
        int cells = cells(dataSets.get(0), loads).size();
        long all = rounds.stream()
                .mapToLong(contest -> dataSets.size() * settings.seconds(contest.size(), cells))
                .sum();
        return String.format(
                Locale.ROOT,
                "%d round(s) of %d data set(s) with %d load(s): about %,d minutes, and the time to start and fill the servers",
                rounds.size(),
                dataSets.size(),
                cells,
                (all + 59) / 60);
    }

    private Report report(List<List<Contender>> rounds, List<DataSet> dataSets, Settings settings) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Map<String, String> promises = new LinkedHashMap<>();
        rounds.forEach(contest -> contest.forEach(contender -> promises.put(contender.name(), contender.promise())));
        Map<String, String> said = new LinkedHashMap<>();
        said.put(
                "Data",
                String.join("; ", dataSets.stream().map(DataSet::words).toList())
                        + " (all values different and random)");
        said.put(
                "Turns",
                String.format(
                        Locale.ROOT,
                        "%d of each contender and load, in turns; each %d s after %d s that are not counted and %d s of rest; %d s of"
                                + " reads and writes after filling",
                        settings.turns(),
                        settings.seconds(),
                        settings.warmupSeconds(),
                        settings.restSeconds(),
                        settings.firstWarmupSeconds()));
        return new Report(
                results.folder(),
                "peers-" + STAMP.format(now),
                new Report.Facts(
                        now.toString(),
                        Machine.here().toString(),
                        Revision.here(),
                        "./murmur bench "
                                + String.join(
                                        " ", spec.commandLine().getParseResult().originalArgs()),
                        said,
                        promises,
                        Contenders.absences()));
    }
}
