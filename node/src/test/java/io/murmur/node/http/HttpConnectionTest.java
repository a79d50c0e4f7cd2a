package io.murmur.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Time limits, on a loop whose time is the test's. */
class HttpConnectionTest {

    private static final String WHOLE = "GET /here HTTP/1.1\r\nHost: a\r\n\r\n";

    private final List<Answer> unanswered = new ArrayList<>();
    private final List<String> changes = new ArrayList<>();
    private final Routes routes = new Routes()
            .get("/here", (request, answer) -> answer.with(Response.text("text/plain", "yes")))
            .get("/later", (request, answer) -> unanswered.add(answer))
            .get("/broken", (request, answer) -> {
                throw new IllegalStateException("a bug");
            })
            .get(
                    "/number",
                    (request, answer) -> answer.with(Response.text("text/plain", "" + request.parameter("n", 7, 1, 9))),
                    "n")
            .post("/change", (request, answer) -> {
                changes.add(request.text());
                answer.with(Response.text("text/plain", request.text()));
            });

    private final HttpServer server =
            new HttpServer(routes, new HttpAccess("the-token", "it is here", null), HttpServer.Bounds.DEFAULT);

    private static EmbeddedChannel connect(HttpServer server) {
        return new EmbeddedChannel(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                server.serve(channel);
            }
        }) {
            @Override
            protected SocketAddress remoteAddress0() {
                return new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);
            }
        };
    }

    private static void says(EmbeddedChannel channel, String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private static String heard(EmbeddedChannel channel) {
        StringBuilder heard = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            heard.append(bytes.toString(StandardCharsets.UTF_8));
            bytes.release();
        }
        return heard.toString();
    }

    private static void pass(EmbeddedChannel channel, long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void aHeadThatTricklesInIsCutOffHoweverLivelyItTrickles() {
        EmbeddedChannel channel = connect(server);
        try (Logged logged = new Logged(HttpServer.class)) {
            says(channel, "GET /here HTTP/1.1\r\n");
            for (int second = 1; second < 10; second++) {
                pass(channel, 1);
                says(channel, "X-" + second + ": y\r\n");
            }
            assertThat(channel.isOpen()).isTrue();

            pass(channel, 1);

            assertThat(heard(channel)).startsWith("HTTP/1.1 408 ");
            assertThat(channel.isOpen()).isFalse();
            assertThat(logged.lines())
                    .singleElement()
                    .asString()
                    .contains("127.0.0.1:4711: 408, no whole request within 10000 ms of its first byte");
        }
    }

    @Test
    void soIsABodyThatDoes() {
        EmbeddedChannel channel = connect(server);
        says(channel, "POST /change HTTP/1.1\r\nContent-Length: 1000\r\n\r\n");
        for (int second = 1; second < 10; second++) {
            pass(channel, 1);
            says(channel, "x");
        }
        pass(channel, 1);

        assertThat(heard(channel)).startsWith("HTTP/1.1 408 ");
        assertThat(channel.isOpen()).isFalse();
    }

    /** The clock does not begin anew with the requests that came before, on the same connection and in the same packet. */
    @Test
    void soIsAHeadThatBeganBehindAWholeRequest() {
        EmbeddedChannel channel = connect(server);
        says(channel, WHOLE + "GET /here HTTP/1.1\r\n");
        assertThat(heard(channel)).startsWith("HTTP/1.1 200 ");

        for (int second = 0; second < 10; second++) {
            says(channel, "X-" + second + ": y\r\n");
            pass(channel, 1);
        }

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whoAsksNothingIsClosedAfterAWhile() {
        EmbeddedChannel channel = connect(server);
        pass(channel, 29);
        says(channel, WHOLE);
        assertThat(heard(channel)).startsWith("HTTP/1.1 200 ");
        pass(channel, 29);
        assertThat(channel.isOpen()).isTrue();

        pass(channel, 1);

        assertThat(channel.isOpen()).isFalse();
        assertThat(heard(channel)).isEmpty();
    }

    @Test
    void aPageThatDoesNotAnswerInTimeIsAnsweredFor() {
        EmbeddedChannel channel = connect(server);
        says(channel, "GET /later HTTP/1.1\r\n\r\n" + WHOLE);
        pass(channel, 29);
        assertThat(heard(channel)).isEmpty();

        pass(channel, 1);
        unanswered.get(0).with(Response.text("text/plain", "too late"));
        channel.runPendingTasks();

        assertThat(heard(channel)).startsWith("HTTP/1.1 503 ").doesNotContain("too late", "200");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whatIsAnsweredTwiceIsAnsweredOnce() {
        EmbeddedChannel channel = connect(server);
        says(channel, "GET /later HTTP/1.1\r\n\r\n" + WHOLE);

        unanswered.get(0).with(Response.text("text/plain", "first"));
        unanswered.get(0).with(Response.text("text/plain", "second"));
        channel.runPendingTasks();

        assertThat(heard(channel)).contains("first").doesNotContain("second").endsWith("yes");
    }

    @Test
    void aBrokenPageIsAnsweredWith500AndTheConnectionGoesOn() {
        EmbeddedChannel channel = connect(server);
        try (Logged logged = new Logged(HttpServer.class)) {
            says(channel, "GET /broken HTTP/1.1\r\n\r\n");
            says(channel, WHOLE);

            assertThat(heard(channel)).startsWith("HTTP/1.1 500 ").endsWith("yes");
            assertThat(logged.lines()).singleElement().asString().contains("GET /broken");
        }
    }

    @Test
    void headIsAnsweredLikeGetButForTheBody() {
        EmbeddedChannel channel = connect(server);

        says(channel, "HEAD /here HTTP/1.1\r\n\r\n");

        assertThat(heard(channel))
                .startsWith("HTTP/1.1 200 ")
                .contains("content-length: 3")
                .endsWith("\r\n\r\n");
    }

    @Test
    void aParameterThatIsUnknownWrongOrTwiceThereIsNamed() {
        EmbeddedChannel channel = connect(server);

        says(channel, "GET /here?x=1 HTTP/1.1\r\n\r\n");
        assertThat(heard(channel)).startsWith("HTTP/1.1 400 ").contains("there is no parameter 'x' here");
        says(channel, "GET /number?m=1 HTTP/1.1\r\n\r\n");
        assertThat(heard(channel))
                .startsWith("HTTP/1.1 400 ")
                .contains("no parameter 'm' here; there is GET /number?n");
        says(channel, "GET /number?n=10 HTTP/1.1\r\n\r\n");
        assertThat(heard(channel))
                .startsWith("HTTP/1.1 400 ")
                .contains("n is '10': a whole number from 1 to 9 is needed");
        says(channel, "GET /number?n=1&n=2 HTTP/1.1\r\n\r\n");
        assertThat(heard(channel)).startsWith("HTTP/1.1 400 ").contains("'n' is there more than once");
        says(channel, "GET /number?n=9 HTTP/1.1\r\n\r\nGET /number HTTP/1.1\r\n\r\n");
        assertThat(heard(channel)).contains("\r\n\r\n9HTTP").endsWith("\r\n\r\n7");
    }

    private static String change(int length) {
        return "POST /change HTTP/1.1\r\nAuthorization: Bearer the-token\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + length + "\r\n\r\n" + "x".repeat(length);
    }

    @Test
    void aBodyIsTakenWholeOrRefused() {
        EmbeddedChannel channel = connect(server);

        says(channel, change(HttpServer.MAX_BODY_BYTES));
        assertThat(heard(channel)).startsWith("HTTP/1.1 200 ").hasSizeGreaterThan(HttpServer.MAX_BODY_BYTES);
        says(channel, change(HttpServer.MAX_BODY_BYTES + 1));
        assertThat(heard(channel)).startsWith("HTTP/1.1 413 ");
        says(channel, change(3));
        assertThat(heard(channel)).startsWith("HTTP/1.1 200 ").endsWith("xxx");
    }

    @Test
    void aChangeWithoutTheTokenIsRefusedAndLogged() {
        EmbeddedChannel channel = connect(server);
        try (Logged logged = new Logged(HttpServer.class)) {
            says(channel, change(3).replace("the-token", "another-token"));

            assertThat(heard(channel)).startsWith("HTTP/1.1 401 ").contains("it is here");
            assertThat(logged.lines())
                    .singleElement()
                    .asString()
                    .contains("127.0.0.1:4711: 401 to POST /change")
                    .doesNotContain("another-token");
        }
    }

    /** Security whose checks take as long as the test likes. */
    private static final class Slow extends HttpAccess {

        private final List<Consumer<@Nullable Response>> waiting = new ArrayList<>();

        Slow() {
            super("the-token", "", null);
        }

        @Override
        boolean isSecured() {
            return true;
        }

        @Override
        void check(Route.Need need, HttpHeaders headers, InetSocketAddress remote, Consumer<@Nullable Response> then) {
            waiting.add(then);
        }
    }

    @Test
    void whatIsAllowedTooLateIsNotDone() {
        Slow access = new Slow();
        HttpServer slow = new HttpServer(routes, access, HttpServer.Bounds.DEFAULT);
        EmbeddedChannel patient = connect(slow);
        says(patient, change(3));
        pass(patient, 30);
        assertThat(heard(patient)).startsWith("HTTP/1.1 503 ");
        EmbeddedChannel gone = connect(slow);
        says(gone, change(3));
        gone.close();
        EmbeddedChannel there = connect(slow);
        says(there, change(3));

        access.waiting.forEach(then -> then.accept(null));

        assertThat(heard(there)).startsWith("HTTP/1.1 200 ");
        assertThat(changes).hasSize(1);
    }

    @Test
    void aFullHttpsPortSaysNothingInTheClear() {
        HttpServer.Bounds defaults = HttpServer.Bounds.DEFAULT;
        HttpServer small = new HttpServer(
                routes,
                new Slow(),
                new HttpServer.Bounds(
                        1, 1, defaults.request(), defaults.idle(), defaults.answer(), defaults.unreadBytes()));
        says(connect(small), WHOLE);
        try (Logged logged = new Logged(HttpServer.class)) {
            EmbeddedChannel second = connect(small);

            assertThat(heard(second)).isEmpty();
            assertThat(second.isOpen()).isFalse();
            assertThat(logged.lines()).anyMatch(line -> line.contains("there are 1 connections"));
        }
    }

    @Test
    void whoHasLetWaitLongestMakesRoomForWhoComes() {
        HttpServer.Bounds defaults = HttpServer.Bounds.DEFAULT;
        HttpServer small = new HttpServer(
                routes,
                new HttpAccess("the-token", "", null),
                new HttpServer.Bounds(
                        2, 1, defaults.request(), defaults.idle(), defaults.answer(), defaults.unreadBytes()));
        EmbeddedChannel busy = connect(small);
        says(busy, "GET /later HTTP/1.1\r\n\r\n");
        EmbeddedChannel slow = connect(small);
        says(slow, "GET /he");
        try (Logged logged = new Logged(HttpServer.class)) {
            EmbeddedChannel third = connect(small);

            assertThat(slow.isOpen()).isFalse();
            assertThat(busy.isOpen()).isTrue();
            says(third, "GET /later HTTP/1.1\r\n\r\n");

            EmbeddedChannel fourth = connect(small);
            assertThat(heard(fourth)).startsWith("HTTP/1.1 503 ");
            assertThat(fourth.isOpen()).isFalse();
            assertThat(logged.lines())
                    .hasSize(2)
                    .anyMatch(line -> line.contains("closed, to make room"))
                    .anyMatch(line -> line.contains("503, there are 2 connections"));
        }

        busy.close();
        assertThat(connect(small).isOpen()).as("a place is given back").isTrue();
    }
}
