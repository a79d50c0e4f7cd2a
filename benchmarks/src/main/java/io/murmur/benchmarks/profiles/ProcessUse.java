package io.murmur.benchmarks.profiles;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a process has used since it began, as Linux counts it in /proc.
 *
 * @param threads those that live now, by number
 * @param readAndWriteCalls read, write and their like for files, pipes and what else is read and written so; send and recv are not among them
 */
record ProcessUse(Ticks ticks, long readAndWriteCalls, Map<String, ThreadUse> threads) {

    /** A tick of /proc, whatever the kernel's own: USER_HZ is 100 wherever a JDK runs. */
    private static final long MICROS_PER_TICK = 10_000;

    /** Where user and kernel time are in a stat line, counted from behind the name. */
    private static final int USER_TIME = 11;

    private static final int KERNEL_TIME = 12;

    /** Processor time. */
    record Ticks(long user, long kernel) {
        long both() {
            return user + kernel;
        }
    }

    /**
     * One thread.
     *
     * @param voluntary how often it stopped to wait for something
     * @param involuntary how often it had to stop for another
     */
    record ThreadUse(String name, Ticks ticks, long voluntary, long involuntary) {
        static final ThreadUse NONE = new ThreadUse("", new Ticks(0, 0), 0, 0);
    }

    /**
     * What was used between two readings, by one process or several.
     *
     * @param kernelMicros those of the processor time that were the kernel's
     * @param byRole processor time of the threads that lived at the end
     */
    record Used(
            long cpuMicros,
            long kernelMicros,
            long readAndWriteCalls,
            long voluntarySwitches,
            long involuntarySwitches,
            Map<ThreadRole, Long> byRole) {

        static final Used NOTHING = new Used(0, 0, 0, 0, 0, Map.of());

        Used plus(Used other) {
            Map<ThreadRole, Long> sums = new EnumMap<>(ThreadRole.class);
            byRole.forEach((role, micros) -> sums.merge(role, micros, Long::sum));
            other.byRole.forEach((role, micros) -> sums.merge(role, micros, Long::sum));
            return new Used(
                    cpuMicros + other.cpuMicros,
                    kernelMicros + other.kernelMicros,
                    readAndWriteCalls + other.readAndWriteCalls,
                    voluntarySwitches + other.voluntarySwitches,
                    involuntarySwitches + other.involuntarySwitches,
                    sums);
        }
    }

    static ProcessUse of(ProcessHandle process) throws IOException {
        Path folder = Path.of("/proc", String.valueOf(process.pid()));
        Map<String, ThreadUse> threads = new HashMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(folder.resolve("task"))) {
            for (Path task : tasks) {
                try {
                    threads.put(task.getFileName().toString(), thread(task));
                } catch (IOException e) {
                    // It has ended since it was listed.
                }
            }
        }
        List<String> io = Files.readAllLines(folder.resolve("io"));
        return new ProcessUse(
                ticks(Files.readString(folder.resolve("stat"))), number(io, "syscr:") + number(io, "syscw:"), threads);
    }

    private static ThreadUse thread(Path task) throws IOException {
        String stat = Files.readString(task.resolve("stat"));
        List<String> status = Files.readAllLines(task.resolve("status"));
        return new ThreadUse(
                name(stat),
                ticks(stat),
                number(status, "voluntary_ctxt_switches:"),
                number(status, "nonvoluntary_ctxt_switches:"));
    }

    /** The name is in brackets, and may hold brackets and spaces itself. */
    static String name(String stat) {
        return stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    }

    static Ticks ticks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ");
        return new Ticks(Long.parseLong(fields[USER_TIME]), Long.parseLong(fields[KERNEL_TIME]));
    }

    private static long number(List<String> lines, String word) throws IOException {
        for (String line : lines) {
            if (line.startsWith(word)) {
                return Long.parseLong(line.substring(word.length()).strip());
            }
        }
        throw new IOException("/proc has no " + word + " (this is measured on Linux only)");
    }

    /** A thread that has ended since the reading before has taken its counts with it, but not those of the process. */
    Used since(ProcessUse before) {
        long voluntary = 0;
        long involuntary = 0;
        Map<ThreadRole, Long> byRole = new EnumMap<>(ThreadRole.class);
        for (Map.Entry<String, ThreadUse> entry : threads.entrySet()) {
            ThreadUse now = entry.getValue();
            ThreadUse then = before.threads.getOrDefault(entry.getKey(), ThreadUse.NONE);
            voluntary += now.voluntary - then.voluntary;
            involuntary += now.involuntary - then.involuntary;
            byRole.merge(ThreadRole.of(now.name), MICROS_PER_TICK * (now.ticks.both() - then.ticks.both()), Long::sum);
        }
        return new Used(
                MICROS_PER_TICK * (ticks.both() - before.ticks.both()),
                MICROS_PER_TICK * (ticks.kernel - before.ticks.kernel),
                readAndWriteCalls - before.readAndWriteCalls,
                voluntary,
                involuntary,
                byRole);
    }
}
