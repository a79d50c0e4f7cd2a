package io.murmur.benchmarks;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** How much processor time processes have used, as the operating system counts it (on Linux in steps of 10 ms). */
final class CpuTimes {

    private final Map<String, ProcessHandle> processes = new LinkedHashMap<>();

    CpuTimes() {
        processes.put("client", ProcessHandle.current());
    }

    void watch(String name, ProcessHandle process) {
        processes.put(name, process);
    }

    /** In microseconds since each process began, by name. */
    Map<String, Long> readMicros() {
        Map<String, Long> times = new LinkedHashMap<>();
        processes.forEach((name, process) -> times.put(
                name, process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1000));
        return times;
    }

    /** What was used between two readings, for each of so many operations, by name. */
    static Map<String, Double> microsPerOperation(Map<String, Long> before, Map<String, Long> after, long operations) {
        Map<String, Double> costs = new LinkedHashMap<>();
        after.forEach((name, micros) ->
                costs.put(name, (micros - before.getOrDefault(name, 0L)) / (double) Math.max(1, operations)));
        return costs;
    }
}
