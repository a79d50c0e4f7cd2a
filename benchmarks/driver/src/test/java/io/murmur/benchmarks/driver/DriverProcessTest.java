package io.murmur.benchmarks.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriverProcessTest {

    private final FakeTarget target = new FakeTarget();

    private List<String> tell(String... lines) throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        DriverProcess.serve(
                List.of("seed"),
                arguments -> {
                    assertThat(arguments).containsExactly("seed");
                    return target;
                },
                new BufferedReader(new StringReader(String.join("\n", lines))),
                new PrintStream(said, true, StandardCharsets.UTF_8));
        return said.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void saysReadyWhenConnectedAndClosesWhenTheInputEnds() throws Exception {
        assertThat(tell()).containsExactly("ready");
        assertThat(target.closed).isTrue();
    }

    @Test
    void fillsEachKey() throws Exception {
        List<String> said = tell("fill keys=500 keyBytes=24 valueBytes=77 inFlight=8");

        assertThat(said).hasSize(2);
        assertThat(said.get(1))
                .startsWith("{\"operations\": 500, \"seconds\": ")
                .contains("\"errors\": 0, \"errorKinds\": {}, \"misses\": 0, \"retries\": 1000, \"clientCpuMicros\": ");
        assertThat(target.valueBytes).hasSize(500).containsValue(77);
    }

    @Test
    void runTellsBothEndsOfTheWindowAndThenTheFigures() throws Exception {
        List<String> said = tell(
                "fill keys=500 keyBytes=24 valueBytes=77 inFlight=8",
                "run keys=500 keyBytes=24 valueBytes=77 reads=0.5 distribution=zipf seed=3 inFlight=1 warmup=0 seconds=1");

        assertThat(said).hasSize(5);
        assertThat(said.subList(2, 4)).containsExactly("measuring", "measured");
        assertThat(said.get(4))
                .startsWith("{\"operations\": ")
                .contains("\"errors\": 0, ", "\"misses\": 0, ", "\"readMicros\": {\"count\": ", "\"p999\": ");
    }

    @Test
    void aCommandThatCannotBeDoneIsAnsweredAndTheNextIsDone() throws Exception {
        List<String> said = tell(
                "jump",
                "fill keys=500",
                "fill keys=0 keyBytes=24 valueBytes=1 inFlight=1",
                "run keys=1 keyBytes=24 valueBytes=1 reads=2 distribution=uniform seed=1 inFlight=1 warmup=0 seconds=1",
                "run keys=1 keyBytes=24 valueBytes=1 reads=1 distribution=even seed=1 inFlight=1 warmup=0 seconds=1",
                "fill keys=5 keyBytes=24 valueBytes=1 inFlight=1");

        assertThat(said.subList(1, 6)).allMatch(line -> line.startsWith("{\"failed\": \""));
        assertThat(said.get(1)).contains("the commands are fill and run, not jump");
        assertThat(said.get(3)).contains("keys is from 1 to");
        assertThat(said.get(6)).startsWith("{\"operations\": 5,");
    }

    @Test
    void aConnectionThatFailsEndsTheProcess() {
        assertThatThrownBy(() -> DriverProcess.serve(
                        List.of(),
                        arguments -> {
                            throw new IOException("nobody listens");
                        },
                        new BufferedReader(new StringReader("")),
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8)))
                .hasMessage("nobody listens");
    }
}
