package io.murmur.node.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AUTH secret",
                "auth alice secret",
                "  Auth secret",
                "\"AUTH\" secret",
                "AUTH \"half of a secr",
                "HELLO 3 AUTH alice secret",
                "hello 3 setname me auth alice secret",
                "HELLO 3\nAUTH alice secret",
                "HELLO 3 \"AUTH\" alice secret",
                "ACL SETUSER alice >secret",
                "CONFIG SET requirepass secret",
                "config set masterauth secret"
            })
    void passwordsAreNoticed(String line) {
        assertThat(Secrets.areIn(line)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET auth",
                "SET auth secret",
                "AUTHOR x",
                "HELLO 3",
                "HELLO 3 SETNAME author",
                "CONFIG GET requirepass",
                "CONFIG SET maxmemory 1",
                ""
            })
    void otherLinesAreKept(String line) {
        assertThat(Secrets.areIn(line)).isFalse();
    }
}
