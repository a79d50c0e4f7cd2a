package io.murmur.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Who is chosen to lead, against HTTP ports that say what they are told to: two partitions, owned by b and a, and by b alone. */
class RepairCommandTest {

    private static final String OVER =
            "{\"id\": 1, \"partitions\": %d, \"done\": %d, \"over\": true, \"completed\": %d, \"keysPulled\": 2}";

    @TempDir
    private Path folder = Path.of(".");

    private final List<HttpServer> servers = new ArrayList<>();
    private final List<String> postedToA = Collections.synchronizedList(new ArrayList<>());
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    private HttpServer server() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        servers.add(server);
        server.start();
        Path data = Files.createDirectory(folder.resolve("data-" + servers.size()));
        Files.writeString(data.resolve("http-token"), token(server));
        says(server, "/config", 200, "{\"node\": \"it\", \"data\": \"" + data + "\"}");
        return server;
    }

    /** Each node has its own. */
    private static String token(HttpServer server) {
        return "token-" + server.getAddress().getPort();
    }

    private static void says(HttpServer server, String path, int status, String page) {
        server.createContext(path, exchange -> answer(server, exchange, status, page));
    }

    private static void answer(HttpServer server, HttpExchange exchange, int status, String page) throws IOException {
        boolean isLetIn = exchange.getRequestMethod().equals("GET")
                || ("Bearer " + token(server))
                        .equals(exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] bytes = (isLetIn ? page : "{\"error\": \"this is not the token\"}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(isLetIn ? status : 401, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String member(String name, String state, String http) {
        return "{\"name\": \"" + name + "\", \"id\": \"" + name + "\", \"role\": \"member\", \"state\": \"" + state
                + "\", \"http\": \"" + http + "\"}";
    }

    private static String address(HttpServer server) {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Repairs both, as node a is asked, who sees b so. */
    private int repair(HttpServer a, String b) {
        says(a, "/cluster", 200, "{\"node\": \"a\", \"nodes\": [" + member("a", "alive", "") + ", " + b + "]}");
        says(a, "/ring", 200, "{\"partitions\": 2, \"owners\": [[\"b\", \"a\"], [\"b\"]]}");
        a.createContext("/repairs", exchange -> {
            postedToA.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            answer(a, exchange, 202, OVER.formatted(1, 1, 1));
        });
        return new CommandLine(new RepairCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute("--http", address(a));
    }

    @Test
    void theFirstOwnerLeads() throws IOException {
        HttpServer b = server();
        says(b, "/repairs", 202, OVER.formatted(2, 2, 2));

        assertThat(repair(server(), member("b", "alive", address(b)))).isZero();

        assertThat(postedToA).isEmpty();
        assertThat(out.toString())
                .contains("2 of 2 partitions compared among all their owners")
                .contains("2 pulled");
    }

    @Test
    void anotherOwnerLeadsWhenTheFirstCannotBeAsked() throws IOException {
        HttpServer gone = server();
        gone.stop(0);

        assertThat(repair(server(), member("b", "alive", address(gone)))).isEqualTo(1);

        assertThat(postedToA).containsExactly("{\"partitions\":[0]}");
        assertThat(out.toString())
                .contains("1 of 2 partitions compared")
                .contains("incomplete: 1 partitions (1): no owner can be asked: 'b' gives no answer from http://")
                .contains("nothing listens there");
    }

    @Test
    void whoIsDeadIsNotAsked() throws IOException {
        HttpServer b = server();

        assertThat(repair(server(), member("b", "dead", address(b)))).isEqualTo(1);

        assertThat(out.toString()).contains("incomplete: 1 partitions (1): no owner can be asked: 'b' is dead");
    }

    @Test
    void anotherOwnerLeadsWhenTheFirstHasEnoughToDo() throws IOException {
        HttpServer b = server();
        says(b, "/repairs", 429, "{\"error\": \"4 repairs are under way\"}");

        assertThat(repair(server(), member("b", "alive", address(b)))).isEqualTo(1);

        assertThat(postedToA).containsExactly("{\"partitions\":[0]}");
        assertThat(out.toString()).contains("'b' refuses: 4 repairs are under way");
    }

    @Test
    void aLeaderThatForgetsWhatItWasAtIsToldOf() throws IOException {
        HttpServer b = server();
        says(b, "/repairs", 202, "{\"id\": 1, \"partitions\": 2, \"done\": 1, \"over\": false, \"completed\": 1}");
        says(b, "/repairs/1", 404, "{\"error\": \"no repair '1' has been asked for\"}");

        assertThat(repair(server(), member("b", "alive", address(b)))).isEqualTo(1);

        assertThat(out.toString())
                .contains(
                        "incomplete: 1 partitions: 'b' led them and is out of sight: no repair '1' has been asked for");
    }

    @Test
    void membersOfOneNameCannotBeToldApart() throws IOException {
        HttpServer a = server();
        String b = member("b", "alive", "127.0.0.1:1");

        assertThat(repair(a, b + ", " + b)).isEqualTo(1);

        assertThat(err.toString()).contains("more than one member is called 'b'");
    }
}
