package io.murmur.node;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict reader of Prometheus' text format 0.0.4, which also holds metrics to the conventions of naming. Prometheus itself forgives much of
 * what is refused here.
 */
final class PrometheusText {

    private static final Pattern HELP = Pattern.compile("# HELP ([a-z][a-z0-9_]*) (\\S.*\\.)");
    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-z][a-z0-9_]*) (counter|gauge|histogram|summary)");
    private static final String LABEL = "[a-z][a-z0-9_]*=\"(?:[^\"\\\\]|\\\\[\\\\n\"])*\"";
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z][a-z0-9_]*)(?:\\{(" + LABEL + "(?:," + LABEL + ")*)})? (\\S+)");
    private static final Pattern BOUND = Pattern.compile("(?:^|,)le=\"([^\"]+)\"");

    /** What is no base unit, or an abbreviation of one. */
    private static final Pattern WRONG_UNIT = Pattern.compile(
            "_(milliseconds|millis|ms|microseconds|micros|us|nanoseconds|nanos|ns|minutes|hours|days|sec|secs|kilobytes|kb|kib|megabytes|mb|mib|percent)(_|$)");

    private static final Pattern BASE_UNIT_NOT_LAST = Pattern.compile("_(seconds|bytes)_(?!total$)");

    private final Map<String, Double> series = new LinkedHashMap<>();
    private final Set<String> metrics = new HashSet<>();
    private String metric = "";
    private String type = "";
    private int samples;

    /** Of the buckets of the histogram's series that is being read. */
    private double formerBound;

    private double formerCount;

    private PrometheusText() {}

    /**
     * The value of each series, by its name with its labels.
     *
     * @throws IllegalArgumentException that names the line and what is wrong
     */
    static Map<String, Double> read(String page) {
        PrometheusText text = new PrometheusText();
        require(page.endsWith("\n"), "the last line has no end");
        List<String> lines = page.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            try {
                text.line(lines.get(i));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + (i + 1) + ": " + e.getMessage() + ": " + lines.get(i), e);
            }
        }
        return text.series;
    }

    private static void require(boolean holds, String else_) {
        if (!holds) {
            throw new IllegalArgumentException(else_);
        }
    }

    private void line(String line) {
        Matcher help = HELP.matcher(line);
        Matcher declared = TYPE.matcher(line);
        if (help.matches()) {
            require(metrics.add(help.group(1)), "a second time");
            metric = help.group(1);
            type = "";
            samples = 0;
        } else if (declared.matches()) {
            require(declared.group(1).equals(metric) && type.isEmpty() && samples == 0, "TYPE is to stand behind HELP");
            type = declared.group(2);
            named();
        } else {
            require(!line.startsWith("#"), "no comments but HELP, a sentence, and TYPE");
            sample(line);
        }
    }

    private void named() {
        require(metric.endsWith("_total") == type.equals("counter"), "counters, and nothing else, end in _total");
        require(!metric.matches(".*_(bucket|sum|count|info_total)"), "this ending is taken");
        require(!metric.contains("_" + type), "the type is no part of a name");
        require(!WRONG_UNIT.matcher(metric).find(), "not in base units");
        require(!BASE_UNIT_NOT_LAST.matcher(metric).find() || metric.matches(".*_bytes_per_.*"), "the unit comes last");
        require(
                !(type.equals("histogram") || type.equals("summary")) || metric.matches(".*_(seconds|bytes)"),
                "it has no unit");
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        require(sample.matches(), "no sample");
        require(!type.isEmpty(), "a sample without TYPE");
        samples++;
        String name = sample.group(1);
        String labels = sample.group(2) == null ? "" : sample.group(2);
        double value = Double.parseDouble(sample.group(3));
        require(!Double.isNaN(value), "it is no number");
        require(type.equals("gauge") || value >= 0, "a count is not negative");
        require(series.put(labels.isEmpty() ? name : name + "{" + labels + "}", value) == null, "a series twice");
        switch (type) {
            case "histogram" -> ofHistogram(name, labels, value);
            case "summary" -> require(name.equals(metric + "_sum") || name.equals(metric + "_count"), "not its own");
            default -> require(name.equals(metric), "a sample of another metric");
        }
    }

    private void ofHistogram(String name, String labels, double value) {
        Matcher bound = BOUND.matcher(labels);
        if (name.equals(metric + "_bucket")) {
            require(bound.find(), "a bucket without a bound");
            double le = bound.group(1).equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound.group(1));
            boolean isFirst = formerBound == 0;
            require(isFirst || (le > formerBound && value >= formerCount), "buckets are cumulative, and in order");
            formerBound = le;
            formerCount = value;
        } else {
            require(name.equals(metric + "_sum") || name.equals(metric + "_count"), "not its own");
            require(Double.isInfinite(formerBound), "no bucket without a bound comes before");
            if (name.equals(metric + "_count")) {
                require(value == formerCount, "not as many as in the last bucket");
                formerBound = 0;
            }
        }
    }
}
