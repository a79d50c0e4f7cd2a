package io.murmur.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpAccessTest {

    private final HttpAccess access = new HttpAccess("the-token", "the token is in the drawer");

    private static HttpHeaders headers(String... namesAndValues) {
        HttpHeaders headers = new DefaultHttpHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    private @Nullable Response change(String... namesAndValues) {
        return access.objection(Route.Need.CHANGE, headers(namesAndValues));
    }

    private static int status(@Nullable Response response) {
        return Objects.requireNonNull(response).status().code();
    }

    @Test
    void whoeverShowsTheTokenMayChange() {
        assertThat(change("Authorization", "Bearer the-token", "Content-Type", "application/json"))
                .isNull();
        assertThat(change("Authorization", "bearer  the-token ", "Content-Type", "application/json; charset=utf-8"))
                .as("the scheme's case counts nothing")
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer the-toke",
                "Bearer the-token-",
                "Bearer THE-TOKEN",
                "Basic the-token",
                "the-token"
            })
    void whoeverDoesNotMayNot(String authorization) {
        Response refusal = change("Authorization", authorization, "Content-Type", "application/json");

        assertThat(status(refusal)).isEqualTo(401);
        assertThat(Objects.requireNonNull(refusal).headers())
                .containsEntry("www-authenticate", "Bearer realm=\"murmur\"");
        assertThat(new String(refusal.body(), StandardCharsets.UTF_8))
                .contains("the token is in the drawer")
                .doesNotContain("the-token");
    }

    @Test
    void everybodyMayRead() {
        assertThat(access.objection(Route.Need.READ, headers())).isNull();
        assertThat(access.objection(Route.Need.NOTHING, headers())).isNull();
    }

    @Test
    void aPageOfAnotherOriginChangesNothing() {
        assertThat(status(change(
                        "Authorization", "Bearer the-token",
                        "Content-Type", "application/json",
                        "Host", "127.0.0.1:8101",
                        "Origin", "http://evil.example")))
                .isEqualTo(403);
        assertThat(change(
                        "Authorization", "Bearer the-token",
                        "Content-Type", "application/json",
                        "Host", "127.0.0.1:8101",
                        "Origin", "http://127.0.0.1:8101"))
                .isNull();
        assertThat(status(change("Authorization", "Bearer the-token", "Content-Type", "text/plain")))
                .isEqualTo(415);
        assertThat(status(change("Authorization", "Bearer the-token"))).isEqualTo(415);
    }
}
