package io.murmur.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lives in another JVM's heap after a full collection, and what the JVM has taken for it; asked of it with {@code jcmd}.
 *
 * @param classes those with most bytes first
 * @param committedBytes of the heap
 * @param nativeBytes committed by each part of the JVM; empty unless it runs with {@code -XX:NativeMemoryTracking=summary}
 */
record JavaMemory(List<Instances> classes, long committedBytes, Map<String, Long> nativeBytes) {

    private static final int KIB = 1024;

    /** "  1:  2345  67890  java.lang.String (java.base@25)". */
    private static final Pattern ROW = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*");

    /** The first is how JDK 21 says it, the second how JDK 25 does. */
    private static final Pattern HEAP = Pattern.compile("heap\\s+total (?:reserved \\d+K, committed )?(\\d+)K, used");

    private static final Pattern PART =
            Pattern.compile("-\\s+([A-Z][A-Za-z ]*?) \\(reserved=\\d+KB, committed=(\\d+)KB.*");

    /** All objects of one class. */
    record Instances(String name, long count, long bytes) {}

    /** Collects all garbage first, twice, because what a finalizer or a cleaner holds is free only the second time. */
    static JavaMemory of(ProcessHandle process) throws IOException, InterruptedException {
        ask(process, "GC.run");
        ask(process, "GC.run");
        return parse(
                ask(process, "GC.class_histogram"),
                ask(process, "GC.heap_info"),
                ask(process, "VM.native_memory", "summary"));
    }

    private static String ask(ProcessHandle process, String... question) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.add(String.valueOf(process.pid()));
        command.addAll(List.of(question));
        return RedisProcesses.output(command);
    }

    static JavaMemory parse(String histogram, String heap, String nativeMemory) throws IOException {
        List<Instances> classes = new ArrayList<>();
        for (String line : histogram.lines().toList()) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                classes.add(new Instances(row.group(3), Long.parseLong(row.group(1)), Long.parseLong(row.group(2))));
            }
        }
        Matcher committed = HEAP.matcher(heap);
        if (classes.isEmpty() || !committed.find()) {
            throw new IOException(
                    "jcmd does not tell of the process's heap: " + (classes.isEmpty() ? histogram : heap).strip());
        }
        Map<String, Long> parts = new LinkedHashMap<>();
        for (String line : nativeMemory.lines().toList()) {
            Matcher part = PART.matcher(line.strip());
            if (part.matches()) {
                parts.put(part.group(1), KIB * Long.parseLong(part.group(2)));
            }
        }
        return new JavaMemory(List.copyOf(classes), KIB * Long.parseLong(committed.group(1)), parts);
    }

    long liveBytes() {
        return classes.stream().mapToLong(Instances::bytes).sum();
    }

    /** How many objects of this class there are. */
    long count(String name) {
        return classes.stream()
                .filter(each -> each.name.equals(name))
                .mapToLong(Instances::count)
                .sum();
    }
}
