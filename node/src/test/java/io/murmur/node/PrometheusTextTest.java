package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written is read again, and the reader is as strict as it is said to be. */
class PrometheusTextTest {

    @Test
    void whatIsWrittenIsReadAgain() {
        Exposition page = new Exposition();
        page.counter("a_total", "Things.", 7);
        page.gauge("b_bytes", "Bytes; a \\ and\na new line.", -1.5);
        page.metric("c_seconds", "histogram", "Durations.")
                .histogram(
                        Map.of("operation", "get"), new long[] {100, 2_500_000}, new long[] {1, 0, 2}, 3_000_000_000L);
        page.metric("d_info", "gauge", "Always 1.").sample(Map.of("z", "say \"x\"", "a", "b\\c"), 1);
        page.metric("e_seconds", "summary", "Durations.").summary(Map.of(), 0.25, 4);

        assertThat(PrometheusText.read(page.toString()))
                .isEqualTo(Map.ofEntries(
                        Map.entry("a_total", 7.0),
                        Map.entry("b_bytes", -1.5),
                        Map.entry("c_seconds_bucket{operation=\"get\",le=\"0.0001\"}", 1.0),
                        Map.entry("c_seconds_bucket{operation=\"get\",le=\"2.5\"}", 1.0),
                        Map.entry("c_seconds_bucket{operation=\"get\",le=\"+Inf\"}", 3.0),
                        Map.entry("c_seconds_sum{operation=\"get\"}", 3.0),
                        Map.entry("c_seconds_count{operation=\"get\"}", 3.0),
                        Map.entry("d_info{a=\"b\\\\c\",z=\"say \\\"x\\\"\"}", 1.0),
                        Map.entry("e_seconds_sum", 0.25),
                        Map.entry("e_seconds_count", 4.0)));
        assertThat(page.toString()).contains("# HELP b_bytes Bytes; a \\\\ and\\na new line.\n");
    }

    private static String counter(String name) {
        return "# HELP " + name + " Things.;# TYPE " + name + " counter;";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a_total 1; | without TYPE",
                "# HELP a_total Things.;a_total 1; | without TYPE",
                "# TYPE a_total counter;a_total 1; | behind HELP",
                "# HELP a_total Things.;# TYPE b_total counter; | behind HELP",
                "# HELP a_total;# TYPE a_total counter; | no comments",
                "COUNTER a_total 1;COUNTER a_total 1; | a second time",
                "COUNTER a_total 1;a_total 2; | a series twice",
                "COUNTER a_total 1;b_total 2; | another metric",
                "COUNTER a_total -1; | not negative",
                "COUNTER a_total x; | x",
                "COUNTER a_total NaN; | no number",
                "COUNTER a_total{x=1} 1; | no sample",
                "COUNTER a_total{x=\"1\",} 1; | no sample",
                "COUNTER a_total  1; | no sample",
                "COUNTER a_total 1 | has no end",
                "# HELP a Things.;# TYPE a counter; | end in _total",
                "# HELP a_total Things.;# TYPE a_total gauge; | end in _total",
                "# HELP a_millis Things.;# TYPE a_millis gauge; | base units",
                "# HELP a_bytes_used Things.;# TYPE a_bytes_used gauge; | comes last",
                "# HELP a Things.;# TYPE a histogram; | no unit",
                "HISTOGRAM a_seconds_bucket{le=\"1\"} 1;a_seconds_sum 1; | without a bound",
                "HISTOGRAM a_seconds_bucket{le=\"2\"} 1;a_seconds_bucket{le=\"1\"} 1; | in order",
                "HISTOGRAM a_seconds_bucket{le=\"1\"} 2;a_seconds_bucket{le=\"+Inf\"} 1; | cumulative",
                "HISTOGRAM a_seconds_bucket{le=\"+Inf\"} 2;a_seconds_sum 1;a_seconds_count 1; | as many",
            })
    void whatIsWrongIsRefused(String page, String why) {
        String text = page.replace("COUNTER ", counter("a_total"))
                .replace("HISTOGRAM ", "# HELP a_seconds Durations.;# TYPE a_seconds histogram;")
                .replace(";", "\n");

        assertThatThrownBy(() -> PrometheusText.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
