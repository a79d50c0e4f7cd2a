package io.murmur.node.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsersTest {

    private static final String PASSWORD =
            SecretHash.OfPassword.make("secret", 1000).text();
    private static final String TOKEN = SecretHash.OfToken.of("token").text();

    @TempDir
    private Path folder = Path.of(".");

    private Users users(String text) throws IOException {
        return Users.read(Files.writeString(folder.resolve("users.yaml"), text));
    }

    private static User named(Users users, String name) {
        return Objects.requireNonNull(users.named(name));
    }

    @Test
    void rightsAreReadWriteAndAdminEachOnItsOwnForOneCacheOrForAll() throws IOException {
        Users users = users("- { name: alice, password: " + PASSWORD
                + ", rights: { '*': [read], orders: [write], sessions: [admin] } }\n"
                + "- { name: bob, token: " + TOKEN + ", rights: { orders: [write] } }\n");
        User alice = named(users, "alice");
        User bob = named(users, "bob");

        assertThat(alice.may(Right.READ, "any")).isTrue();
        assertThat(alice.may(Right.WRITE, "any")).isFalse();
        assertThat(alice.may(Right.READ, "orders")).isTrue();
        assertThat(alice.may(Right.WRITE, "orders")).isTrue();
        assertThat(alice.may(Right.WRITE, "sessions")).isTrue();
        assertThat(alice.may(Right.ADMIN, "sessions")).isTrue();
        assertThat(alice.may(Right.ADMIN, "orders")).isFalse();
        assertThat(bob.may(Right.WRITE, "orders")).isTrue();
        assertThat(bob.may(Right.READ, "orders")).isFalse();
        assertThat(bob.may(Right.READ, "default")).isFalse();
        assertThat(users.ofToken("token")).isEqualTo(bob);
        assertThat(users.ofToken("other")).isNull();
    }

    @Test
    void whatIsPrintedOfASecretIsReadBack() {
        SecretHash.OfPassword made = SecretHash.OfPassword.make("sécret", 1000);
        SecretHash.OfPassword read = SecretHash.OfPassword.parse(made.text());

        assertThat(read).isEqualTo(made);
        assertThat(read.matches("sécret")).isTrue();
        assertThat(read.matches("secret")).isFalse();
        assertThat(SecretHash.OfPassword.make("sécret", 1000)).as("salted").isNotEqualTo(made);
        assertThat(made.toString()).doesNotContain("$");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                          | must be a list of users",
                "name: alice                                                 | must be a list of users",
                "- { password: <P>, rights: {} }                               | every user has a name",
                "- { name: a, rights: {} }                                   | user 'a': either a password or a token",
                "- { name: a, password: <P>, token: <T>, rights: {} }            | user 'a': either a password or a token",
                "- { name: a, password: plain, rights: {} }                  | pbkdf2-sha256$iterations$salt$hash",
                "- { name: a, password: pbkdf2-sha256$1$AA==$AA==, rights: {} } | iterations are from 1000",
                "- { name: a, token: sha256$12, rights: {} }                 | 64 hexadecimal digits",
                "- { name: a, password: <P> }                                  | user 'a': rights are needed",
                "- { name: a, password: <P>, rights: { o: read } }             | the rights on 'o' are no list",
                "- { name: a, password: <P>, rights: { o: [reed] } }           | 'reed' is none of read, write, admin",
                "- { name: a, password: <P>, rights: { 'no no': [read] } }     | no cache can be called 'no no'",
                "- { name: a, pasword: P, rights: {} }                       | 'pasword' is none of",
                "- { name: a, token: <T>, rights: {} } - oops                  | no YAML as it should be",
            })
    void whatIsWrongIsNamed(String text, String said) {
        assertThatThrownBy(() -> users(text.replace("<P>", PASSWORD).replace("<T>", TOKEN)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("users.yaml")
                .hasMessageContaining(said)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aNameOrATokenThatStandsThereTwiceIsRefused() {
        String one = "- { name: a, token: " + TOKEN + ", rights: {} }\n";

        assertThatThrownBy(() -> users(one + one)).hasMessageContaining("user 'a' stands there twice");
        assertThatThrownBy(() -> users(one + one.replace("name: a", "name: b")))
                .hasMessageContaining("another's token");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Users.read(folder.resolve("none.yaml")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none.yaml")
                .hasMessageContaining("no such file");
    }
}
