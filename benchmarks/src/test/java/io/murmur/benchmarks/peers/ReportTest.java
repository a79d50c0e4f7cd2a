package io.murmur.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.murmur.benchmarks.driver.Workload.Distribution;
import io.murmur.benchmarks.peers.Cell.DataSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Cell PUT = new Cell(new DataSet(1000, 100), 0, Distribution.UNIFORM, 64);

    @TempDir
    private Path folder = Path.of("");

    private Report report = new Report(folder, "none", facts());

    private static Report.Facts facts() {
        return new Report.Facts(
                "2026-01-02T03:04:05Z",
                "a machine",
                "commit abc",
                "./murmur bench peers",
                Map.of("Turns", "2"),
                Map.of("ours", "much", "theirs", "little"),
                List.of("away: not installed"));
    }

    @BeforeEach
    void inFolder() {
        report = new Report(folder, "run", facts());
    }

    private static Turn turn(int round, String contender, int number, int operations, String errorKinds)
            throws IOException {
        int errors = errorKinds.equals("{}") ? 0 : 3;
        JsonNode answer = JSON.readTree("{\"operations\": " + operations + ", \"seconds\": 2.0, \"errors\": " + errors
                + ", \"errorKinds\": " + errorKinds + ", \"misses\": 0, \"retries\": 0, \"clientCpuMicros\": "
                + 4 * operations
                + ", \"allMicros\": {\"count\": 1, \"p50\": 1500, \"p99\": 2500, \"p999\": 3500, \"max\": 9}}");
        return new Turn(
                round,
                contender,
                PUT,
                number,
                answer,
                new ServerUsage.Usage(30L * operations, 160L * operations),
                5 << 20);
    }

    @Test
    void figuresAreMeansAndRatiosAreToTheFirstOfTheSameRound() throws IOException {
        report.add(turn(1, "ours", 1, 1000, "{}"));
        report.add(turn(1, "theirs", 1, 400, "{}"));
        report.add(turn(1, "ours", 2, 3000, "{}"));
        report.add(turn(1, "theirs", 2, 600, "{}"));
        report.add(turn(2, "ours", 1, 20_000, "{}"));
        report.versions(Map.of("ours", "1.0"));

        String page = Files.readString(report.write());

        assertThat(page)
                .contains(
                        "| PUT, uniform, 64 in flight | ours | 1,000 | 500..1,500 | 1.00 | 1.500 | 2.500 | 3.500 | 30.0 | 4.0"
                                + " | 5 | 160 | 0 | 0 |",
                        "| theirs | 250 | 200..300 | 0.25 |",
                        "| ours | 10,000 | 10,000..10,000 | 1.00 |",
                        "| ours | much | 1.0 |",
                        "| theirs | little | not measured |",
                        "- away: not installed",
                        "- Machine: a machine",
                        "`./murmur bench peers`")
                .doesNotContain("## Errors", "## Failed");
        assertThat(report.isClean()).isTrue();
    }

    @Test
    void eachTurnIsALineOfJson() throws IOException {
        report.add(turn(1, "ours", 1, 1000, "{}"));
        report.add(turn(1, "theirs", 1, 400, "{\"write: \\\"away\\\"\": 3}"));

        List<String> lines = Files.readAllLines(folder.resolve("run.jsonl"));

        assertThat(lines).hasSize(2);
        JsonNode second = JSON.readTree(lines.get(1));
        assertThat(second.path("contender").asText()).isEqualTo("theirs");
        assertThat(second.path("operationsPerSecond").asDouble()).isEqualTo(200);
        assertThat(second.path("serverWrittenBytes").asLong()).isEqualTo(64_000);
        assertThat(second.path("errorKinds").path("write: \"away\"").asInt()).isEqualTo(3);
    }

    @Test
    void errorsAndFailuresAreToldAndMakeItUnclean() throws IOException {
        report.add(turn(1, "ours", 1, 1000, "{\"write: away\": 3}"));
        assertThat(report.isClean()).isFalse();
        assertThat(Files.readString(report.write())).contains("## Errors", "ours: 3 x write: away");

        Report other = new Report(folder, "other", facts());
        other.failed("theirs did not start");
        assertThat(other.isClean()).isFalse();
        assertThat(Files.readString(other.write())).contains("## Failed", "- theirs did not start");
    }

    @Test
    void thePageShowsPicturesThatAreThere() throws IOException {
        report.add(turn(1, "ours", 1, 1000, "{}"));

        String page = Files.readString(report.write());

        try (Stream<Path> files = Files.list(folder)) {
            List<String> pictures = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".svg"))
                    .toList();
            assertThat(pictures).hasSize(2).allSatisfy(name -> assertThat(page).contains("](" + name + ")"));
        }
    }
}
