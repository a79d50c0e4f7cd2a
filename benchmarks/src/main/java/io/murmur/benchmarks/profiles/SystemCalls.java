package io.murmur.benchmarks.profiles;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How many system calls processes make, all kinds of them, counted by {@code perf}: /proc counts only reads and writes, and those of sockets are
 * no such ones. Counting costs each call a fraction of a microsecond, so it goes with the recording.
 */
final class SystemCalls {

    private static final String EVENT = "raw_syscalls:sys_enter";

    private final @Nullable Process perf;
    private final int seconds;

    private SystemCalls(@Nullable Process perf, int seconds) {
        this.perf = perf;
        this.seconds = seconds;
    }

    /** Begins, for so long. */
    static SystemCalls count(List<ProcessHandle> processes, int seconds) {
        String pids =
                processes.stream().map(process -> String.valueOf(process.pid())).collect(Collectors.joining(","));
        ProcessBuilder perf = new ProcessBuilder(
                        "perf", "stat", "-x", ",", "-e", EVENT, "-p", pids, "--", "sleep", String.valueOf(seconds))
                .redirectErrorStream(true);
        perf.environment().put("LC_ALL", "C");
        try {
            return new SystemCalls(perf.start(), seconds);
        } catch (IOException e) {
            // Not installed.
            return new SystemCalls(null, seconds);
        }
    }

    /** Waits until it has ended. Empty where perf is not there, or may not count. */
    OptionalDouble perSecond() throws IOException, InterruptedException {
        if (perf == null) {
            return OptionalDouble.empty();
        }
        String said = new String(perf.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return perf.waitFor() == 0 ? parse(said, seconds) : OptionalDouble.empty();
    }

    /** "123456,,raw_syscalls:sys_enter,86775282,100.00,,". */
    static OptionalDouble parse(String said, int seconds) {
        return said.lines()
                .map(line -> line.toLowerCase(Locale.ROOT).split(",", -1))
                .filter(fields -> fields.length > 2 && fields[2].equals(EVENT) && fields[0].matches("\\d+"))
                .mapToDouble(fields -> Double.parseDouble(fields[0]) / seconds)
                .findFirst();
    }
}
