package io.murmur.node;

import java.math.BigDecimal;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Metrics as Prometheus reads them (text format 0.0.4): each has a type and a line of help, and then its samples. Base units (seconds,
 * bytes), counters end in {@code _total}, labels of few values.
 */
final class Exposition {

    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder();

    /** Begins a metric; its samples follow. */
    Samples metric(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(escaped(help)).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return new Samples(name);
    }

    void counter(String name, String help, Number value) {
        metric(name, "counter", help).sample(Map.of(), value);
    }

    void gauge(String name, String help, Number value) {
        metric(name, "gauge", help).sample(Map.of(), value);
    }

    /** The samples of a metric. */
    final class Samples {

        private final String name;

        private Samples(String name) {
            this.name = name;
        }

        Samples sample(Map<String, String> labels, Number value) {
            return line(name, labels, "", value);
        }

        /**
         * @param boundsMicros of the buckets but for the last, which has none
         * @param buckets not cumulative
         */
        Samples histogram(Map<String, String> labels, long[] boundsMicros, long[] buckets, long sumNanos) {
            long cumulative = 0;
            for (int i = 0; i < buckets.length; i++) {
                cumulative += buckets[i];
                String bound = i < boundsMicros.length ? seconds(boundsMicros[i]) : "+Inf";
                line(name + "_bucket", labels, "le=\"" + bound + "\"", cumulative);
            }
            return summary(labels, sumNanos / 1e9, cumulative);
        }

        /** How much in how many, without quantiles. */
        Samples summary(Map<String, String> labels, double sum, long count) {
            line(name + "_sum", labels, "", sum);
            return line(name + "_count", labels, "", count);
        }

        private Samples line(String series, Map<String, String> labels, String bound, Number value) {
            String all = labels.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(label ->
                            label.getKey() + "=\"" + escaped(label.getValue()).replace("\"", "\\\"") + "\"")
                    .collect(Collectors.joining(","));
            String inBraces = all.isEmpty() || bound.isEmpty() ? all + bound : all + "," + bound;
            text.append(series);
            if (!inBraces.isEmpty()) {
                text.append('{').append(inBraces).append('}');
            }
            text.append(' ').append(value).append('\n');
            return this;
        }
    }

    private static String seconds(long micros) {
        return BigDecimal.valueOf(micros, 6).stripTrailingZeros().toPlainString();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
