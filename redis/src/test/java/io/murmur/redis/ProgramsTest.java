package io.murmur.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Redis clients in other languages: programs that check what {@link ClientContract} does, and are told when a server was killed. */
@Tag("redis")
@ExtendWith(SharedServers.class)
class ProgramsTest {

    private final Servers servers;

    ProgramsTest(Servers servers) {
        this.servers = servers;
    }

    @ParameterizedTest
    @CsvSource({
        "node/run, single",
        "node/run, cluster",
        "python/conformance.py, single",
        "python/conformance.py, cluster",
    })
    @Timeout(180)
    void aProgramFindsEveryAcknowledgedWriteThoughAServerWasKilled(String program, String kind) throws Exception {
        int victim = servers.victim();
        List<Endpoint> endpoints =
                new ArrayList<>(kind.equals("single") ? servers.plainEndpoints() : servers.endpoints());
        // A client with one address cannot outlive the server there; the others may begin anywhere.
        endpoints.remove(servers.endpoint(victim));
        List<String> command =
                new ArrayList<>(List.of(Path.of(program).toAbsolutePath().toString(), kind));
        endpoints.forEach(endpoint -> command.add(endpoint.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> output = new ArrayList<>();
        boolean killed = false;
        try (BufferedReader from = process.inputReader(StandardCharsets.UTF_8);
                BufferedWriter to = process.outputWriter(StandardCharsets.UTF_8)) {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                output.add(line);
                if (line.equals("WRITING")) {
                    servers.kill(victim);
                    killed = true;
                    tell(to, servers.failsForAMoment() ? "killed, and calls may fail" : "killed");
                }
            }
        } finally {
            process.destroyForcibly();
            if (killed) {
                servers.restart(victim);
            }
        }
        assertThat(output).as(String.join("\n", output)).contains("WRITING").endsWith("PASSED");
        assertThat(process.waitFor()).isZero();
    }

    private static void tell(BufferedWriter to, String line) throws IOException {
        to.write(line);
        to.newLine();
        to.flush();
    }
}
