package io.murmur.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.client.internal.Transport;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over sockets: who keeps others out, and answers that go on. */
class HttpServerTest {

    private static final HttpServer.Bounds BOUNDS = new HttpServer.Bounds(
            16, 2, Duration.ofMillis(400), Duration.ofSeconds(30), Duration.ofSeconds(2), 1 << 16);

    private final BlockingQueue<AnswerStream> streams = new LinkedBlockingQueue<>();
    private final EventLoopGroup loop = Transport.loops(1, "http-test");
    private final List<Socket> sockets = new ArrayList<>();
    private HttpServer server = new HttpServer(new Routes(), new HttpAccess("", ""), BOUNDS);

    @BeforeEach
    void listen() throws IOException {
        server = listening(BOUNDS);
    }

    private HttpServer listening(HttpServer.Bounds bounds) throws IOException {
        Routes routes = new Routes()
                .get("/here", (request, answer) -> answer.with(Response.text("text/plain", "yes")))
                .get("/events", (request, answer) -> streams.add(answer.stream("text/event-stream")));
        HttpServer listening = new HttpServer(routes, new HttpAccess("the-token", ""), bounds);
        listening.listen(
                loop.next(),
                bootstrap -> bootstrap
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .syncUninterruptibly()
                        .channel());
        return listening;
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Socket connect() throws IOException {
        return connect(server);
    }

    private Socket connect(HttpServer to) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), to.port());
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        return socket;
    }

    private static void says(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String heard(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String heardSoFar(Socket socket, String end) throws IOException {
        StringBuilder heard = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (heard.indexOf(end) < 0) {
            int read = in.read();
            if (read < 0) {
                throw new AssertionError("it ended with " + heard);
            }
            heard.append((char) read);
        }
        return heard.toString();
    }

    private AnswerStream taken() throws InterruptedException {
        AnswerStream stream = streams.poll(20, TimeUnit.SECONDS);
        if (stream == null) {
            throw new AssertionError("nobody has asked");
        }
        return stream;
    }

    private static boolean isCutOff(Socket socket) {
        try {
            says(socket, "X: y\r\n");
            socket.setSoTimeout(20);
            return socket.getInputStream().read() < 0 || isCutOff(socket);
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Slow loris: every place is taken by somebody who says a little now and then. */
    @Test
    void whoSaysItSlowlyIsCutOffWhileOthersAreServed() throws Exception {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < BOUNDS.connections(); i++) {
            slow.add(connect());
            says(slow.get(i), "GET /here HTTP/1.1\r\n");
        }
        long start = System.nanoTime();
        int served = 0;
        while (!slow.isEmpty()) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
            slow.removeIf(HttpServerTest::isCutOff);
            try (Socket another = connect()) {
                says(another, "GET /here HTTP/1.1\r\nConnection: close\r\n\r\n");
                assertThat(heard(another)).startsWith("HTTP/1.1 200 ").endsWith("yes");
                served++;
            }
        }

        assertThat(served).isPositive();
    }

    @Test
    void whatIsSentOnAStreamArrivesAtOnceAndInOrder() throws Exception {
        Socket socket = connect();
        says(socket, "GET /events HTTP/1.1\r\n\r\n");
        AnswerStream stream = taken();

        stream.send("data: one\n\n");
        assertThat(heardSoFar(socket, "one"))
                .startsWith("HTTP/1.1 200 ")
                .contains("content-type: text/event-stream", "transfer-encoding: chunked", "cache-control: no-store");
        for (int i = 0; i < 100; i++) {
            stream.send("data: " + i + "\n\n");
        }
        stream.close();

        List<String> events =
                heard(socket).lines().filter(line -> line.startsWith("data: ")).toList();
        assertThat(events).hasSize(100).startsWith("data: 0", "data: 1").endsWith("data: 99");
        assertThat(stream.isOpen()).isFalse();
    }

    @Test
    void theEndOfAReaderIsTold() throws Exception {
        Socket socket = connect();
        says(socket, "GET /events HTTP/1.1\r\n\r\n");
        AnswerStream stream = taken();
        CountDownLatch closed = new CountDownLatch(2);
        stream.onClose(closed::countDown);
        stream.send("data\n\n");
        heardSoFar(socket, "data");
        assertThat(closed.getCount()).isEqualTo(2);

        socket.close();

        stream.onClose(closed::countDown);
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        stream.send("to nobody");
    }

    @Test
    void whoDoesNotReadAStreamIsDropped() throws Exception {
        Socket socket = connect();
        says(socket, "GET /events HTTP/1.1\r\n\r\n");
        AnswerStream stream = taken();
        try (Logged logged = new Logged(HttpServer.class)) {
            CountDownLatch closed = new CountDownLatch(1);
            stream.onClose(closed::countDown);
            String event = "data: " + "x".repeat(1000) + "\n\n";

            // Unbounded if nobody were dropped: what waits is counted as it is sent, so that this thread cannot run
            // ahead of the loop.
            for (long sent = 0; stream.isOpen() && sent < (64L << 20); sent += event.length()) {
                stream.send(event);
            }

            assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(logged.lines()).anyMatch(line -> line.contains("dropped: it does not read: "));
        }
        assertThatThrownBy(() -> {
                    while (socket.getInputStream().read() >= 0) {
                        // To the end, which is an error or comes early.
                    }
                    throw new SocketException("the end");
                })
                .isInstanceOf(SocketException.class);
    }

    @Test
    void whoIsSentNothingMoreIsDroppedWhenItHasNotReadForLong() throws Exception {
        HttpServer patient = listening(
                new HttpServer.Bounds(16, 2, BOUNDS.request(), BOUNDS.idle(), Duration.ofMillis(300), Long.MAX_VALUE));
        Socket socket = connect(patient);
        says(socket, "GET /events HTTP/1.1\r\n\r\n");
        AnswerStream stream = taken();
        CountDownLatch closed = new CountDownLatch(1);
        stream.onClose(closed::countDown);

        // In one piece, and more than the kernel holds for it.
        stream.send("x".repeat(32 << 20));

        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void thereAreNoMoreStreamsThanThereMayBe() throws Exception {
        for (int i = 0; i < BOUNDS.streams(); i++) {
            says(connect(), "GET /events HTTP/1.1\r\n\r\n");
        }
        AnswerStream first = taken();
        AnswerStream second = taken();
        first.send("a");
        second.send("b");
        Socket third = connect();
        says(third, "GET /events HTTP/1.1\r\n\r\n");

        assertThat(heard(third)).startsWith("HTTP/1.1 503 ").contains("there are 2 answers that go on");
        assertThat(taken().isOpen()).isFalse();

        CountDownLatch closed = new CountDownLatch(1);
        first.close();
        first.onClose(closed::countDown);
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        Socket fourth = connect();
        says(fourth, "GET /events HTTP/1.1\r\n\r\n");
        taken().send("to the fourth");
        assertThat(heardSoFar(fourth, "to the fourth")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void headOfAStreamIsItsHead() throws Exception {
        Socket socket = connect();
        says(socket, "HEAD /events HTTP/1.1\r\n\r\n");

        assertThat(heard(socket)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
        taken().send("nothing");
    }
}
