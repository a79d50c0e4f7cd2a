package io.murmur.benchmarks.hours;

import io.murmur.benchmarks.Machine;
import io.murmur.benchmarks.driver.JsonLine;
import io.murmur.benchmarks.hours.Timeline.Interval;
import io.murmur.benchmarks.report.LineChart;
import io.murmur.benchmarks.report.LineChart.Mark;
import io.murmur.benchmarks.report.LineChart.Point;
import io.murmur.benchmarks.report.LineChart.Series;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** A course as a table, lines of JSON, Markdown and pictures. */
final class HoursReport {

    private final Course course;
    private final List<Interval> intervals;
    private final Map<String, Object> facts;

    /** @param facts what was asked for, and on what */
    HoursReport(Course course, int slicesEach, Map<String, Object> facts) {
        this.course = course;
        this.intervals = course.timeline().intervals(slicesEach, course.endSecond());
        this.facts = facts;
    }

    void print(PrintWriter out) {
        out.printf("%n%s: %s%n%s%n", course.scenario().name(), course.scenario().what(), load());
        out.println(Figures.text(
                "%-28s %7s %11s %9s %9s %9s %9s %9s",
                "from", "second", "answered/s", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "errors"));
        for (Course.Phase phase : course.phases()) {
            Interval interval = phase.interval();
            out.println(Figures.text(
                    "%-28s %7.1f %,11.0f %9.2f %9.2f %9.2f %9.2f %,9d",
                    phase.name(),
                    interval.fromSecond(),
                    interval.answeredPerSecond(),
                    millis(interval, 50),
                    millis(interval, 99),
                    millis(interval, 99.9),
                    millis(interval, 100),
                    interval.errorCount()));
        }
        course.allVerdicts().forEach(out::println);
        out.flush();
    }

    private String load() {
        return Figures.text(
                "%,.0f calls/s are due, the closed loop reached %,.0f/s; this process sent them late by p50 %.2f ms, p99 %.2f ms"
                        + " (part of their latency)",
                course.rate(),
                course.capacity(),
                Figures.millis(course.lateMicros(), 50),
                Figures.millis(course.lateMicros(), 99));
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        String name = "hours-" + course.scenario().name();
        Files.writeString(folder.resolve(name + ".jsonl"), jsonLines());
        Files.writeString(folder.resolve(name + ".svg"), latencies().svg());
        Files.writeString(folder.resolve(name + "-rate.svg"), rates().svg());
        Files.writeString(folder.resolve(name + ".md"), markdown(name));
    }

    // ---- JSON

    private String jsonLines() {
        StringBuilder lines = new StringBuilder();
        for (Interval interval : intervals) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("benchmark", "hours");
            line.put("scenario", course.scenario().name());
            line.put("second", interval.fromSecond());
            line.put("answeredPerSecond", interval.answeredPerSecond());
            line.put("p50Millis", millis(interval, 50));
            line.put("p99Millis", millis(interval, 99));
            line.put("p999Millis", millis(interval, 99.9));
            line.put("maxMillis", millis(interval, 100));
            line.put("errorCount", interval.errorCount());
            line.put("errors", interval.errors());
            lines.append(JsonLine.of(line)).append('\n');
        }
        return lines.append(JsonLine.of(summary())).append('\n').toString();
    }

    private Map<String, Object> summary() {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("benchmark", "hours");
        line.put("scenario", course.scenario().name());
        line.putAll(facts);
        line.put("capacityPerSecond", course.capacity());
        line.put("ratePerSecond", course.rate());
        line.put("lateP99Millis", Figures.millis(course.lateMicros(), 99));
        course.moments().forEach(moment -> line.put("at " + Figures.text("%.1f", moment.second()), moment.what()));
        course.allVerdicts().forEach(verdict -> {
            line.put(verdict.name(), verdict.figure());
            if (verdict.held() != null) {
                line.put(verdict.name() + "Held", verdict.held());
            }
        });
        return line;
    }

    // ---- Markdown

    private String markdown(String name) {
        StringBuilder text = new StringBuilder(Figures.text(
                """
                # %s

                %s.

                %s; %s. %s.

                ![latency](%s.svg)

                ![rate](%s-rate.svg)

                | from | second | answered/s | p50 ms | p99 ms | p99.9 ms | max ms | errors |
                |---|---:|---:|---:|---:|---:|---:|---:|
                """,
                course.scenario().name(),
                sentence(course.scenario().what()),
                Machine.here(),
                Objects.requireNonNull(facts.get("at")),
                sentence(load()),
                name,
                name));
        for (Course.Phase phase : course.phases()) {
            Interval interval = phase.interval();
            text.append(Figures.text(
                    "| %s | %.1f | %,.0f | %.2f | %.2f | %.2f | %.2f | %,d |%n",
                    phase.name(),
                    interval.fromSecond(),
                    interval.answeredPerSecond(),
                    millis(interval, 50),
                    millis(interval, 99),
                    millis(interval, 99.9),
                    millis(interval, 100),
                    interval.errorCount()));
        }
        text.append('\n');
        for (Verdict verdict : course.allVerdicts()) {
            text.append("- ")
                    .append(verdict.held() == null ? "" : verdict.held() ? "**held** " : "**missed** ")
                    .append(verdict.text())
                    .append('\n');
        }
        return text.toString();
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    // ---- pictures

    private LineChart latencies() {
        return new LineChart(
                course.scenario().name() + ": latency from when a call was due",
                "seconds",
                "ms",
                List.of(
                        series("p50", interval -> millis(interval, 50)),
                        series("p99", interval -> millis(interval, 99)),
                        series("slowest", interval -> millis(interval, 100))),
                marks(),
                true);
    }

    private LineChart rates() {
        return new LineChart(
                course.scenario().name() + ": calls answered and failed",
                "seconds",
                "calls a second",
                List.of(
                        series("answered", Interval::answeredPerSecond),
                        series(
                                "failed",
                                interval -> interval.errorCount() / (interval.toSecond() - interval.fromSecond()))),
                marks(),
                false);
    }

    private Series series(String name, ToDoubleFunction<Interval> figure) {
        return new Series(
                name,
                intervals.stream()
                        .map(interval -> new Point(
                                (interval.fromSecond() + interval.toSecond()) / 2, figure.applyAsDouble(interval)))
                        .toList());
    }

    private List<Mark> marks() {
        return course.moments().stream()
                .map(moment -> new Mark(moment.second(), moment.what()))
                .toList();
    }

    private static double millis(Interval interval, double percentile) {
        return Figures.millis(interval.allMicros(), percentile);
    }
}
