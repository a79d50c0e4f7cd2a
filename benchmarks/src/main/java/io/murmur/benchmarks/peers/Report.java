package io.murmur.benchmarks.peers;

import io.murmur.benchmarks.driver.JsonLine;
import io.murmur.benchmarks.peers.Cell.DataSet;
import io.murmur.benchmarks.peers.Turn.Summary;
import io.murmur.benchmarks.report.BarChart;
import io.murmur.benchmarks.report.BarChart.Bar;
import io.murmur.benchmarks.report.BarChart.Group;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What a run of the comparison has shown: a page, all turns as lines of JSON, and pictures. Turns are written as they come and the page after each
 * round, so that a run that is broken off has lost nothing.
 */
final class Report {

    private final Path folder;
    private final String name;
    private final Facts facts;
    private final List<Turn> turns = new ArrayList<>();
    private final Map<String, String> versions = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    /**
     * What holds for the whole run.
     *
     * @param settings names and values
     * @param promises of each contender, in words
     * @param absences contenders that could not be had, and why
     */
    record Facts(
            String at,
            String machine,
            String murmur,
            String command,
            Map<String, String> settings,
            Map<String, String> promises,
            List<String> absences) {}

    /** What is compared with one another: the same round and load. */
    private record Contest(int round, Cell cell) {}

    Report(Path folder, String name, Facts facts) {
        this.folder = folder;
        this.name = name;
        this.facts = facts;
    }

    void add(Turn turn) throws IOException {
        turns.add(turn);
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve(name + ".jsonl"),
                JsonLine.of(turn.facts()) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    void versions(Map<String, String> of) {
        versions.putAll(of);
    }

    void failed(String what) {
        failures.add(what);
    }

    /** Whether everything was measured, and without errors. */
    boolean isClean() {
        return failures.isEmpty() && turns.stream().allMatch(turn -> turn.errors() == 0 && turn.misses() == 0);
    }

    /** Writes the page and its pictures; returns where the page is. */
    Path write() throws IOException {
        Files.createDirectories(folder);
        StringBuilder page = new StringBuilder();
        page.append("# Side by side, ").append(facts.at).append("\n\n");
        page.append("- Machine: ").append(facts.machine).append('\n');
        page.append("- Murmur: ").append(facts.murmur).append('\n');
        page.append("- Command: `").append(facts.command).append("`\n");
        facts.settings.forEach((setting, value) ->
                page.append("- ").append(setting).append(": ").append(value).append('\n'));
        page.append("\n## Contenders\n\n| contender | what is promised | version |\n|---|---|---|\n");
        facts.promises.forEach((contender, promise) -> page.append("| ")
                .append(contender)
                .append(" | ")
                .append(promise)
                .append(" | ")
                .append(versions.getOrDefault(contender, "not measured"))
                .append(" |\n"));
        list(page, "Could not be had here", facts.absences);
        list(page, "Failed", failures);
        page.append(
                        "\n## Figures\n\nEach is the mean of a contender's turns, the throughput with its least and greatest turn.")
                .append(" The ratio is that of the throughput to the first contender of the same turns.\n");
        byDataSet().forEach((data, contests) -> {
            page.append("\n### ").append(data.words()).append("\n\n");
            page.append(tableHead());
            contests.forEach(
                    (contest, sides) -> sides.values().forEach(side -> page.append(row(contest, side, sides))));
        });
        list(page, "Errors", errorLines());
        for (Picture picture : pictures()) {
            Files.writeString(folder.resolve(picture.file), picture.svg);
            page.append("\n![")
                    .append(picture.title)
                    .append("](")
                    .append(picture.file)
                    .append(")\n");
        }
        Path path = folder.resolve(name + ".md");
        Files.writeString(path, page);
        return path;
    }

    private static void list(StringBuilder page, String heading, List<String> lines) {
        if (!lines.isEmpty()) {
            page.append("\n## ").append(heading).append("\n\n");
            lines.forEach(line -> page.append("- ").append(line).append('\n'));
        }
    }

    private Map<DataSet, Map<Contest, Map<String, Summary>>> byDataSet() {
        Map<DataSet, Map<Contest, Map<String, Summary>>> all = new LinkedHashMap<>();
        contests()
                .forEach((contest, sides) -> all.computeIfAbsent(contest.cell.data(), data -> new LinkedHashMap<>())
                        .put(contest, sides));
        return all;
    }

    private Map<Contest, Map<String, Summary>> contests() {
        Map<Contest, Map<String, List<Turn>>> grouped = turns.stream()
                .collect(Collectors.groupingBy(
                        turn -> new Contest(turn.round(), turn.cell()),
                        LinkedHashMap::new,
                        Collectors.groupingBy(Turn::contender, LinkedHashMap::new, Collectors.toList())));
        Map<Contest, Map<String, Summary>> contests = new LinkedHashMap<>();
        grouped.forEach((contest, sides) -> {
            Map<String, Summary> summaries = new LinkedHashMap<>();
            sides.forEach((contender, of) -> summaries.put(contender, new Summary(of)));
            contests.put(contest, summaries);
        });
        return contests;
    }

    private static String tableHead() {
        return "| load | contender | operations/s | least..most | ratio | p50 ms | p99 ms | p99.9 ms | server us/op | client us/op"
                + " | server MiB | written B/op | errors | misses |\n"
                + "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n";
    }

    private static String row(Contest contest, Summary side, Map<String, Summary> sides) {
        Summary first = sides.values().iterator().next();
        return String.format(
                Locale.ROOT,
                "| %s | %s | %,.0f | %,.0f..%,.0f | %.2f | %.3f | %.3f | %.3f | %.1f | %.1f | %,.0f | %,.0f | %,d | %,d |%n",
                contest.cell.words(),
                side.first().contender(),
                side.operationsPerSecond(),
                side.least(),
                side.most(),
                side.operationsPerSecond() / first.operationsPerSecond(),
                side.millis("p50"),
                side.millis("p99"),
                side.millis("p999"),
                side.serverCpuMicros(),
                side.clientCpuMicros(),
                side.residentMebibytes(),
                side.writtenBytes(),
                side.errors(),
                side.misses());
    }

    private List<String> errorLines() {
        Map<String, Map<String, Long>> kinds = new TreeMap<>();
        turns.forEach(turn -> turn.errorKinds()
                .forEach((kind, times) -> kinds.computeIfAbsent(turn.contender(), name -> new TreeMap<>())
                        .merge(kind, times, Long::sum)));
        List<String> lines = new ArrayList<>();
        kinds.forEach((contender, of) -> of.forEach(
                (kind, times) -> lines.add(String.format(Locale.ROOT, "%s: %,d x %s", contender, times, kind))));
        return lines;
    }

    // ---- pictures

    private record Picture(String file, String title, String svg) {}

    /** Loads that are shown in one picture: they differ in the share of reads only. */
    private record Scene(DataSet data, String words, String file) {}

    private List<Picture> pictures() {
        Map<Scene, Map<Contest, Map<String, Summary>>> scenes = new LinkedHashMap<>();
        contests()
                .forEach((contest, sides) -> scenes.computeIfAbsent(scene(contest.cell), any -> new LinkedHashMap<>())
                        .put(contest, sides));
        List<Picture> pictures = new ArrayList<>();
        scenes.forEach((scene, contests) -> {
            pictures.add(picture(
                    scene,
                    contests,
                    "throughput",
                    "operations/s",
                    Summary::operationsPerSecond,
                    value -> String.format(Locale.ROOT, "%,.0f/s", value)));
            pictures.add(picture(
                    scene,
                    contests,
                    "p99",
                    "p99 latency, ms",
                    side -> side.millis("p99"),
                    value -> String.format(Locale.ROOT, "%.2f ms", value)));
        });
        return pictures;
    }

    private Scene scene(Cell cell) {
        DataSet data = cell.data();
        String distribution = cell.distribution().name().toLowerCase(Locale.ROOT);
        return new Scene(
                data,
                data.words() + ", " + distribution + ", " + cell.inFlight() + " in flight",
                name + "-" + data.keys() + "-keys-" + data.valueBytes() + "-bytes-" + distribution + "-"
                        + cell.inFlight() + "-in-flight");
    }

    private static Picture picture(
            Scene scene,
            Map<Contest, Map<String, Summary>> contests,
            String what,
            String label,
            ToDoubleFunction<Summary> figure,
            Function<Double, String> text) {
        List<Group> groups = new ArrayList<>();
        contests.forEach((contest, sides) -> groups.add(new Group(
                contest.cell.mix(),
                sides.values().stream()
                        .map(side -> {
                            double value = figure.applyAsDouble(side);
                            return new Bar(side.first().contender(), value, text.apply(value));
                        })
                        .toList())));
        String title = what + ": " + scene.words;
        return new Picture(scene.file + "-" + what + ".svg", title, new BarChart(title, label, groups).svg());
    }
}
