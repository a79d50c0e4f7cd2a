package io.murmur.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.junit.jupiter.Testcontainers;

/** The cluster of {@code compose.yaml} by its script, as an operator has it. */
@Tag("docker")
@Testcontainers(disabledWithoutDocker = true)
class ComposeTest {

    private static final Path FOLDER = Path.of("").toAbsolutePath();

    /** Not the name that the script has for it, lest a cluster in use be taken down. */
    private static final String PROJECT = "murmur-test";

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @AfterEach
    void down() {
        compose("down", "--volumes");
    }

    @Test
    void theClusterStartsServesScalesAndStopsCleanly() throws IOException {
        compose("up");
        assertThat(members())
                .containsExactlyInAnyOrder(
                        "a1 zone-a", "a2 zone-a", "b1 zone-b", "b2 zone-b", "c1 zone-c", "c2 zone-c");

        assertThat(compose("client").lines()).endsWith("hello");

        compose("scale", "zone-b", "1");
        assertThat(members())
                .hasSize(7)
                .filteredOn(member -> member.endsWith(" zone-b"))
                .hasSize(3);
        compose("scale", "zone-b", "0");
        assertThat(members()).hasSize(6);

        compose("down");
        assertThat(ofTheProject("ps", "--all")).isEmpty();
        assertThat(ofTheProject("network", "ls")).isEmpty();
        assertThat(ofTheProject("volume", "ls")).hasSize(7);

        compose("down", "--volumes");
        assertThat(ofTheProject("volume", "ls")).isEmpty();
    }

    private static String compose(String... arguments) {
        return Shell.run(
                        FOLDER,
                        PATIENCE,
                        Stream.concat(
                                        Stream.of("env", "COMPOSE_PROJECT_NAME=" + PROJECT, "./compose"),
                                        Stream.of(arguments))
                                .toList())
                .orFail();
    }

    /** What the engine has of it. */
    private static List<String> ofTheProject(String... list) {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(list));
        command.addAll(List.of("--quiet", "--filter", "label=com.docker.compose.project=" + PROJECT));
        return Shell.run(command).lines().toList();
    }

    /** Members of the ring as a1 says by the port that it has on this machine. */
    private static List<String> members() throws IOException {
        JsonNode page = new ObjectMapper()
                .readTree(URI.create("http://127.0.0.1:8101/ring").toURL().openStream());
        List<String> members = new ArrayList<>();
        page.path("members")
                .forEach(member -> members.add(
                        member.path("name").asText() + " " + member.path("zone").asText()));
        return members;
    }
}
