package io.murmur.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesTest {

    private static final Page PAGE = (request, answer) -> {};

    private final Routes routes = new Routes()
            .get("/", PAGE)
            .get("/ring", PAGE)
            .get("/ring/{key}", PAGE, "cache")
            .get("/keys/{cache}/{key}", PAGE)
            .get("/keys/{cache}/{key}/history", PAGE)
            .get("/log-levels", PAGE)
            .put("/log-levels", PAGE)
            .post("/ring/changes", PAGE);

    private String found(HttpMethod method, String path) {
        return switch (routes.find(method, path)) {
            case Routes.Found.Here here ->
                here.route().path() + (here.variables().isEmpty() ? "" : " " + here.variables());
            case Routes.Found.Nowhere nowhere -> nowhere.response().status().code() + "";
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/ | /",
                "/ring | /ring",
                "/ring/ | '/ring/{key} {key=}'",
                "/ring/a/b | '/ring/{key} {key=a/b}'",
                "/keys/default/user:1 | '/keys/{cache}/{key} {cache=default, key=user:1}'",
                "/keys/default/ | '/keys/{cache}/{key} {cache=default, key=}'",
                "/keys/default/a//b/ | '/keys/{cache}/{key} {cache=default, key=a//b/}'",
                "/keys/default/k/history | '/keys/{cache}/{key}/history {cache=default, key=k}'",
                "/keys/default | 404",
                "/keys//k | 404",
                "/Ring | 404",
                "/rings | 404",
                "'' | 404"
            })
    void aPathIsThatOfTheRouteThatSaysMostOfIt(String path, String route) {
        assertThat(found(HttpMethod.GET, path)).isEqualTo(route);
        assertThat(found(HttpMethod.HEAD, path)).isEqualTo(route);
    }

    /** What is there for one method does not hide what another finds. */
    @Test
    void theMethodDecidesFirst() {
        assertThat(found(HttpMethod.POST, "/ring/changes")).isEqualTo("/ring/changes");
        assertThat(found(HttpMethod.GET, "/ring/changes")).isEqualTo("/ring/{key} {key=changes}");
    }

    private Response refused(HttpMethod method, String path) {
        return switch (routes.find(method, path)) {
            case Routes.Found.Here here -> throw new AssertionError(here);
            case Routes.Found.Nowhere nowhere -> nowhere.response();
        };
    }

    @Test
    void aPageThatDoesNotTakeTheMethodSaysWhichItTakes() {
        Response refusal = refused(HttpMethod.DELETE, "/log-levels");

        assertThat(refusal.status().code()).isEqualTo(405);
        assertThat(refusal.headers()).isEqualTo(Map.of("allow", "GET, HEAD, PUT"));
    }

    @Test
    void whereThereIsNoPageAllAreListed() {
        assertThat(new String(refused(HttpMethod.GET, "/nothing").body(), StandardCharsets.UTF_8))
                .contains("GET /ring, GET /ring/{key}?cache, ", "PUT /log-levels, POST /ring/changes");
    }

    @Test
    void noTwoPagesAreInOnePlace() {
        assertThatThrownBy(() -> routes.get("/ring", PAGE)).hasMessageContaining("there is a GET /ring already");
    }
}
