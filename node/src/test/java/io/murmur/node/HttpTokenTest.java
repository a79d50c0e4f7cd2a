package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.node.config.ConfigurationReader;
import io.murmur.node.config.NodeConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpTokenTest {

    @TempDir
    private Path folder = Path.of(".");

    private NodeConfiguration configuration(String... keysAndValues) {
        Map<String, String> flags = new LinkedHashMap<>(Map.of("data", folder.toString()));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            flags.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return ConfigurationReader.read(null, Map.of(), flags);
    }

    @Test
    void oneIsMadeThatOnlyTheNodesUserReadsAndStays() throws IOException {
        HttpToken made = HttpToken.of(configuration());

        Path file = folder.resolve("http-token");
        assertThat(made.secret().value()).hasSize(43);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(made.where()).contains(file.toAbsolutePath().toString());
        assertThat(HttpToken.of(configuration())).isEqualTo(made);
        Files.delete(file);
        assertThat(HttpToken.of(configuration()).secret()).isNotEqualTo(made.secret());
    }

    @Test
    void theSettingsWin() throws IOException {
        Path file = Files.writeString(folder.resolve("mine"), "of-the-file\n");

        assertThat(HttpToken.of(configuration("http.token", "of-the-setting"))
                        .secret()
                        .value())
                .isEqualTo("of-the-setting");
        assertThat(HttpToken.of(configuration("http.token-file", file.toString()))
                        .secret()
                        .value())
                .isEqualTo("of-the-file");
        assertThat(folder.resolve("http-token")).doesNotExist();
    }

    @Test
    void aFileThatHoldsNoneIsAnErrorWithARemedy() throws IOException {
        Path damaged = Files.writeString(folder.resolve("http-token"), "");

        assertThatThrownBy(() -> HttpToken.of(configuration()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(damaged + " holds no token: ")
                .hasMessageEndingWith("remove it, and a new one is made");
        assertThatThrownBy(() -> HttpToken.of(configuration("http.token-file", folder + "/missing")))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no file " + folder + "/missing that holds the token; correct http.token-file");
    }
}
