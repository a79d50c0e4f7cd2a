package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.murmur.client.internal.Transport;
import io.murmur.node.http.HttpAccess;
import io.murmur.node.http.HttpServer;
import io.murmur.node.http.Routes;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page's files, and the stream of events, without a browser. */
class PictureStreamTest {

    @TempDir
    private Path folder = Path.of(".");

    /** One who listens to {@code /events}. */
    private static final class Listener implements AutoCloseable {

        private final Socket socket = new Socket();
        private final BufferedReader lines;

        Listener(int port) throws Exception {
            // So small that what is not read soon waits at the node.
            socket.setReceiveBufferSize(4096);
            socket.setSoTimeout(20_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.getOutputStream()
                    .write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The next event of this name; others are passed over. */
        JsonNode next(String name) throws Exception {
            String line = "";
            while (!line.equals("event: " + name)) {
                line = lines.readLine();
                assertThat(line).as("the stream goes on").isNotNull();
            }
            return new ObjectMapper().readTree(lines.readLine().substring("data: ".length()));
        }

        /** What comes next. */
        String nextName() throws Exception {
            String line = lines.readLine();
            while (!line.startsWith("event: ")) {
                line = lines.readLine();
            }
            return line;
        }

        /** Whether the node has ended the connection, which is noticed by reading what is left. */
        boolean isDropped() throws Exception {
            try {
                while (lines.readLine() != null) {
                    // Sent before it was dropped.
                }
                return true;
            } catch (java.net.SocketException e) {
                return true;
            } catch (java.net.SocketTimeoutException e) {
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static HttpResponse<String> get(Node node, String path, String... headers) throws Exception {
        HttpRequest.Builder request = Http.request(node, path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return Http.send(request.build());
    }

    @Test
    void thePageAndItsFilesComeWithAPolicyAndOnceUnlessTheyChange() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a")) {
            for (String path : List.of("/", "/static/style.css", "/static/picture.js", "/static/icon.svg")) {
                HttpResponse<String> first = get(cluster.node("a"), path);
                assertThat(first.statusCode()).as(path).isEqualTo(200);
                assertThat(first.body()).isNotEmpty();
                assertThat(first.headers().firstValue("content-security-policy").orElse(""))
                        .startsWith("default-src 'self';")
                        .doesNotContain("unsafe");
                String tag = first.headers().firstValue("etag").orElseThrow();

                HttpResponse<String> again = get(cluster.node("a"), path, "If-None-Match", tag);
                assertThat(again.statusCode()).as(path).isEqualTo(304);
                assertThat(again.body()).isEmpty();
                assertThat(get(cluster.node("a"), path, "If-None-Match", "\"other\"")
                                .statusCode())
                        .isEqualTo(200);
            }
        }
    }

    /** What the policy refuses would not work; and the page is whole without any other host. */
    @Test
    void thePageHasNothingInlineAndNothingFromElsewhere() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a")) {
            assertThat(get(cluster.node("a"), "/").body())
                    .doesNotContain("style=")
                    .doesNotContain("<style")
                    .doesNotContainPattern("<script[^>]*>[^<]")
                    .doesNotContainPattern(" on[a-z]+=")
                    .doesNotContain("://");
            assertThat(get(cluster.node("a"), "/static/picture.js").body())
                    .doesNotContain("innerHTML")
                    .doesNotContain("insertAdjacentHTML")
                    .doesNotContain("document.write")
                    .doesNotContain("eval(");
        }
    }

    @Test
    void theRingComesOnceAndThenWhatIsNew() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a", "b");
                Listener listener = new Listener(cluster.node("a").httpPort())) {
            JsonNode ring = listener.next("ring");
            assertThat(ring.path("owners")).hasSize(16);
            JsonNode first = listener.next("state");
            assertThat(first.path("whole").asBoolean()).isTrue();
            assertThat(first.path("nodes").findValuesAsText("name")).containsExactlyInAnyOrder("a", "b");
            assertThat(first.path("caches").path(0).asText()).isEqualTo("default");

            assertThat(listener.nextName()).as("the ring is not told again").isEqualTo("event: state");
            JsonNode news = listener.next("state");
            assertThat(news.path("whole").asBoolean()).isFalse();
            for (int i = 0; i < 8 && !news.path("nodes").isEmpty(); i++) {
                news = listener.next("state");
            }
            assertThat(news.path("nodes")).as("of nodes that do nothing").isEmpty();

            cluster.add("c");
            cluster.start("c");
            JsonNode next = listener.next("ring");
            assertThat(next.path("epoch").asInt())
                    .isGreaterThan(ring.path("epoch").asInt());

            try (Listener late = new Listener(cluster.node("a").httpPort())) {
                assertThat(late.next("ring").path("epoch").asInt()).isPositive();
                assertThat(late.next("state").path("whole").asBoolean()).isTrue();
            }
        }
    }

    @Test
    void whoDoesNotReadIsDroppedAndWhoReadsIsServedOn() throws Exception {
        try (TestCluster cluster = TestCluster.started(folder, "a")) {
            Node node = cluster.node("a");
            EventLoopGroup group = Transport.loops(1, "picture-test");
            EventLoop loop = group.next();
            HttpServer.Bounds defaults = HttpServer.Bounds.DEFAULT;
            HttpServer server = new HttpServer(
                    new Routes().add(new PicturePages(node, loop, Duration.ofMillis(10))),
                    new HttpAccess("", "", null),
                    new HttpServer.Bounds(
                            defaults.connections(),
                            2,
                            defaults.request(),
                            defaults.idle(),
                            Duration.ofSeconds(5),
                            32 << 10));
            server.listen(
                    loop,
                    bootstrap -> Server.bind(
                            // What is not read is soon more than the kernel takes.
                            bootstrap.childOption(ChannelOption.SO_SNDBUF, 4096), "127.0.0.1", 0, "http.port"));
            AtomicInteger read = new AtomicInteger();
            try (Listener deaf = new Listener(server.port());
                    Listener reader = new Listener(server.port())) {
                Thread.ofPlatform().daemon().start(() -> read(reader, read));
                Await.until("who reads is served", () -> read.get() > 2);

                // There may be two streams: the place of the one that is dropped is free for another.
                Await.until("the deaf one is dropped", () -> isServed(server.port()));
                int before = read.get();
                Await.until("who reads is served on", () -> read.get() > before + 2);
                assertThat(deaf.isDropped()).isTrue();
            } finally {
                group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
            }
        }
    }

    /** Reads until the stream ends. */
    private static void read(Listener listener, AtomicInteger states) {
        try {
            while (listener.next("state") != null) {
                states.incrementAndGet();
            }
        } catch (Exception | AssertionError e) {
            // It has ended; that shows in the count.
        }
    }

    private static boolean isServed(int port) {
        try (Listener listener = new Listener(port)) {
            return String.valueOf(listener.lines.readLine()).contains(" 200 ");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
