package io.murmur.node.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class TokenOptionsTest {

    @TempDir
    private Path folder = Path.of(".");

    @Command
    private static final class Typed {
        @Mixin
        private TokenOptions token = new TokenOptions();
    }

    private static TokenOptions typed(String... words) {
        Typed typed = new Typed();
        new CommandLine(typed).parseArgs(words);
        return typed.token;
    }

    private ObjectNode config(String token) {
        ObjectNode page = NodeHttp.JSON.createObjectNode().put("node", "a").put("data", folder.toString());
        page.putObject("settings").putObject("http.token").put("value", token).put("from", "MURMUR_HTTP_TOKEN");
        return page;
    }

    @Test
    void whatIsGivenIsTaken() throws IOException {
        Path file = Files.writeString(folder.resolve("mine"), "of-the-file\n");

        assertThat(typed("--token", "of-the-flag").given()).isEqualTo("of-the-flag");
        assertThat(typed("--token-file", file.toString()).given()).isEqualTo("of-the-file");
        assertThat(typed().given()).isNull();
        assertThatThrownBy(() -> typed("--token-file", folder + "/missing").given())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no file " + folder + "/missing");
    }

    @Test
    void otherwiseItIsReadFromTheNodesDataFolder() throws IOException {
        Files.writeString(folder.resolve("http-token"), "of-the-node\n");

        assertThat(TokenOptions.keptAt("127.0.0.1", config(""))).isEqualTo("of-the-node");
        assertThat(TokenOptions.keptAt("[::1]", config(""))).isEqualTo("of-the-node");
    }

    /** Whose word would otherwise have the token of a node on this machine sent there. */
    @Test
    void aNodeElsewhereIsNotSentWhatIsHere() throws IOException {
        Files.writeString(folder.resolve("http-token"), "of-the-node\n");

        assertThatThrownBy(() -> TokenOptions.keptAt("192.0.2.1", config("")))
                .isInstanceOf(IOException.class)
                .hasMessage("the token of node 'a' is in its data folder on another machine, 192.0.2.1; give it with"
                        + " --token-file FILE, --token TOKEN or MURMUR_HTTP_TOKEN");
    }

    @Test
    void whoeverHasToGiveItIsTold() {
        assertThatThrownBy(() -> TokenOptions.keptAt("127.0.0.1", config("********")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is said by its setting http.token (from MURMUR_HTTP_TOKEN); give it with");
        assertThatThrownBy(() -> TokenOptions.keptAt("127.0.0.1", config("")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no file " + folder + "/http-token that holds the node's token");
    }
}
