package io.murmur.benchmarks;

import io.murmur.benchmarks.driver.LoadStatistics;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The outcome of a load.
 *
 * @param seconds how long calls were counted
 * @param cpuMicrosPerOperation by process; empty when the servers' processes are not known
 * @param retries calls the clients sent again, in the whole run
 */
record Measurement(LoadStatistics statistics, double seconds, Map<String, Double> cpuMicrosPerOperation, long retries) {

    void print(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%-8s %14s %10s %10s %10s %10s%n",
                "",
                "operations/s",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "max ms");
        row(out, "reads", statistics.readMicros());
        row(out, "writes", statistics.writeMicros());
        row(out, "all", statistics.allMicros());
        out.printf(
                Locale.ROOT,
                "errors %,d, reads that found nothing %,d, calls sent again by the client %,d%n",
                statistics.errorCount(),
                statistics.misses(),
                retries);
        statistics.errors().forEach((why, times) -> out.printf(Locale.ROOT, "  %,d x %s%n", times, why));
        StringBuilder cpu = new StringBuilder("CPU microseconds per operation:");
        double sum = 0;
        for (Map.Entry<String, Double> cost : cpuMicrosPerOperation.entrySet()) {
            cpu.append(String.format(Locale.ROOT, " %s %.1f,", cost.getKey(), cost.getValue()));
            sum += cost.getValue();
        }
        out.println(cpu.append(String.format(Locale.ROOT, " together %.1f", sum)));
        out.flush();
    }

    private void row(PrintWriter out, String name, Histogram micros) {
        if (micros.getTotalCount() > 0) {
            out.printf(
                    Locale.ROOT,
                    "%-8s %,14.0f %10.2f %10.2f %10.2f %10.2f%n",
                    name,
                    micros.getTotalCount() / seconds,
                    micros.getValueAtPercentile(50) / 1e3,
                    micros.getValueAtPercentile(99) / 1e3,
                    micros.getValueAtPercentile(99.9) / 1e3,
                    micros.getMaxValue() / 1e3);
        }
    }

    /** The same as keys and values. */
    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("seconds", seconds);
        facts.put("operations", statistics.operations());
        facts.put("operationsPerSecond", statistics.operations() / seconds);
        latencies(facts, "read", statistics.readMicros());
        latencies(facts, "write", statistics.writeMicros());
        facts.put("errors", statistics.errorCount());
        facts.put("misses", statistics.misses());
        facts.put("retries", retries);
        cpuMicrosPerOperation.forEach((name, micros) -> facts.put("cpuMicrosPerOperation." + name, micros));
        return facts;
    }

    private void latencies(Map<String, Object> facts, String operation, Histogram micros) {
        if (micros.getTotalCount() > 0) {
            facts.put(operation + "sPerSecond", micros.getTotalCount() / seconds);
            facts.put(operation + "P50Millis", micros.getValueAtPercentile(50) / 1e3);
            facts.put(operation + "P99Millis", micros.getValueAtPercentile(99) / 1e3);
            facts.put(operation + "P999Millis", micros.getValueAtPercentile(99.9) / 1e3);
            facts.put(operation + "MaxMillis", micros.getMaxValue() / 1e3);
        }
    }
}
