package io.murmur.benchmarks.profiles;

import io.murmur.benchmarks.Results;
import io.murmur.benchmarks.profiles.Profile.Share;
import io.murmur.benchmarks.profiles.Profile.Stretch;
import io.murmur.benchmarks.report.FlameGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;

/** Profiles as a page with tables, pictures beside it, and lines of JSON. */
final class ProfilePage {

    private static final int MOST_METHODS = 12;

    private final Results results;
    private final Path folder;
    private final String name;

    /**
     * @param results the page, begun
     * @param name of the page's file, without its ending; the pictures' begin with it
     */
    ProfilePage(Results results, Path folder, String name) {
        this.results = results;
        this.folder = folder;
        this.name = name;
    }

    void write(List<Profile> profiles) throws IOException {
        Files.createDirectories(folder);
        costs(profiles);
        rare(profiles);
        parts(
                "Processor time of all nodes for an operation",
                profiles,
                profile -> Profile.shares(
                        profile.recorded().nodes(), profile.nodes().byWork()));
        List<Profile> withClient = profiles.stream()
                .filter(profile -> profile.client().isPresent())
                .toList();
        if (!withClient.isEmpty()) {
            parts(
                    "Processor time of the client for an operation",
                    withClient,
                    profile -> Profile.shares(
                            profile.recorded().client(),
                            profile.client().orElseThrow().byWork()));
        }
        for (Profile profile : profiles) {
            pictures(profile);
            results.fact(facts(profile));
        }
        results.write(folder, name);
    }

    private void costs(List<Profile> profiles) {
        results.header(
                "path",
                "operations/s",
                "while recorded",
                "node us/op",
                "of it kernel",
                "client us/op",
                "node bytes/op",
                "client bytes/op");
        for (Profile profile : profiles) {
            Stretch plain = profile.plain();
            results.row(
                    profile.path().words(),
                    whole(plain.operationsPerSecond()),
                    whole(profile.recorded().operationsPerSecond()),
                    fine(plain.perOperation(plain.nodes().cpuMicros())),
                    fine(plain.perOperation(plain.nodes().kernelMicros())),
                    fine(plain.perOperation(plain.client().cpuMicros())),
                    whole(profile.nodeBytesPerOperation()),
                    orDash(profile.clientBytesPerOperation(), ProfilePage::whole));
        }
    }

    private void rare(List<Profile> profiles) {
        results.header(
                "all nodes, for an operation",
                "waits",
                "preemptions",
                "system calls",
                "of them reads and writes of files",
                "log syncs",
                "errors and misses");
        for (Profile profile : profiles) {
            Stretch plain = profile.plain();
            results.row(
                    profile.path().words(),
                    small(plain.perOperation(plain.nodes().voluntarySwitches())),
                    small(plain.perOperation(plain.nodes().involuntarySwitches())),
                    orDash(profile.systemCallsPerOperation(), ProfilePage::small),
                    small(plain.perOperation(plain.nodes().readAndWriteCalls())),
                    small(plain.perOperation(plain.logSyncs())),
                    profile.failures());
        }
    }

    private void parts(String title, List<Profile> profiles, Function<Profile, List<Share>> sharesOf) {
        List<String> columns = new ArrayList<>(List.of(title));
        profiles.forEach(profile -> columns.add(profile.path().words()));
        results.header(columns.toArray(String[]::new));
        List<Map<String, Double>> parts = new ArrayList<>();
        Set<String> words = new LinkedHashSet<>();
        for (ThreadRole role : ThreadRole.values()) {
            words.add(role.words());
        }
        for (Work work : Work.values()) {
            words.add(work.words());
        }
        for (Profile profile : profiles) {
            Map<String, Double> micros = new LinkedHashMap<>();
            sharesOf.apply(profile).forEach(share -> micros.put(share.words(), share.micros()));
            parts.add(micros);
        }
        words.removeIf(part -> parts.stream().noneMatch(micros -> micros.containsKey(part)));
        for (String part : words) {
            List<Object> cells = new ArrayList<>(List.of(part));
            for (int i = 0; i < profiles.size(); i++) {
                cells.add(part(parts.get(i), part, profiles.get(i).recorded()));
            }
            results.row(cells.toArray());
        }
    }

    private static String part(Map<String, Double> micros, String part, Stretch recorded) {
        double own = micros.getOrDefault(part, 0.0);
        double all = micros.values().stream().mapToDouble(Double::doubleValue).sum();
        return own == 0
                ? "-"
                : String.format(Locale.ROOT, "%.2f us, %.0f %%", recorded.perOperation(own), 100 * own / all);
    }

    private void pictures(Profile profile) throws IOException {
        results.line("");
        results.line("## " + profile.path().words());
        Samples nodes = profile.nodes();
        picture(profile, "nodes: processor time", "cpu", "samples", nodes.processor());
        picture(profile, "nodes: bytes allocated", "bytes", "bytes", nodes.allocation());
        if (profile.client().isPresent()) {
            Samples client = profile.client().get();
            picture(profile, "client: processor time", "client-cpu", "samples", client.processor());
            picture(profile, "client: bytes allocated", "client-bytes", "bytes", client.allocation());
        }
        long lost = nodes.lost() + profile.client().map(Samples::lost).orElse(0L);
        results.line("");
        results.line(String.format(
                Locale.ROOT,
                "%,d samples of the nodes%s. Most often on top:",
                nodes.processor().weight(),
                lost == 0 ? "" : String.format(Locale.ROOT, "; %,d samples were lost", lost)));
        results.line("");
        nodes.processor().own().entrySet().stream()
                .sorted(Map.Entry.<Method, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_METHODS)
                .forEach(entry -> results.line(String.format(
                        Locale.ROOT,
                        "- %.1f %% `%s`",
                        100.0 * entry.getValue() / nodes.processor().weight(),
                        entry.getKey().wholeName())));
    }

    private void picture(Profile profile, String what, String ending, String unit, CallTree tree) throws IOException {
        String file = name + "-" + profile.path().fileName() + "-" + ending + ".svg";
        String title = profile.path().words() + ", " + what;
        Files.writeString(folder.resolve(file), new FlameGraph(title, unit, tree.frame("all")).svg());
        results.line("");
        results.line("![" + title + "](" + file + ")");
    }

    private static Map<String, Object> facts(Profile profile) {
        Stretch plain = profile.plain();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("benchmark", "profiles");
        facts.put("path", profile.path().words());
        facts.put("operations", plain.answered().operations());
        facts.put("operationsPerSecond", plain.operationsPerSecond());
        facts.put("recordedOperationsPerSecond", profile.recorded().operationsPerSecond());
        facts.put("nodeCpuMicrosPerOperation", plain.perOperation(plain.nodes().cpuMicros()));
        facts.put(
                "nodeKernelMicrosPerOperation", plain.perOperation(plain.nodes().kernelMicros()));
        facts.put(
                "clientCpuMicrosPerOperation", plain.perOperation(plain.client().cpuMicros()));
        facts.put("nodeBytesPerOperation", profile.nodeBytesPerOperation());
        profile.clientBytesPerOperation().ifPresent(bytes -> facts.put("clientBytesPerOperation", bytes));
        facts.put("waitsPerOperation", plain.perOperation(plain.nodes().voluntarySwitches()));
        facts.put("preemptionsPerOperation", plain.perOperation(plain.nodes().involuntarySwitches()));
        profile.systemCallsPerOperation().ifPresent(calls -> facts.put("systemCallsPerOperation", calls));
        facts.put("fileCallsPerOperation", plain.perOperation(plain.nodes().readAndWriteCalls()));
        facts.put("logSyncsPerOperation", plain.perOperation(plain.logSyncs()));
        facts.put("errorsAndMisses", profile.failures());
        facts.put("samples", profile.nodes().processor().weight());
        facts.put("lostSamples", profile.nodes().lost());
        Profile.shares(profile.recorded().nodes(), profile.nodes().byWork())
                .forEach(share -> facts.put(
                        "nodeMicros: " + share.words(), profile.recorded().perOperation(share.micros())));
        return facts;
    }

    private static String whole(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }

    private static String fine(double number) {
        return String.format(Locale.ROOT, "%,.2f", number);
    }

    private static String small(double number) {
        return String.format(Locale.ROOT, "%.4f", number);
    }

    private static String orDash(OptionalDouble number, Function<Double, String> format) {
        return number.isPresent() ? format.apply(number.getAsDouble()) : "-";
    }
}
