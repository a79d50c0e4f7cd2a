package io.murmur.node.shell;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A server on loopback that says what a test tells it to, to each command by its first words; {@code -ERR unknown} to others. */
final class FakeServer implements AutoCloseable {

    /** In the place of an answer: the connection breaks. */
    static final String BREAKS = "";

    /** In the place of an answer: none. */
    static final String SILENCE = "silence";

    private final ServerSocket listening;
    private final Thread accepting;
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final Queue<String> received = new ConcurrentLinkedQueue<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    FakeServer() throws IOException {
        listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        answers.put("HELLO", "%1\r\n+proto\r\n:3\r\n");
        answers.put("PING", "+PONG\r\n");
        accepting = Thread.ofVirtual().start(this::accept);
    }

    Address address() {
        return new Address("127.0.0.1", listening.getLocalPort());
    }

    /** To commands that begin with these words this is the answer; the longest of them counts. */
    FakeServer answer(String words, String bytes) {
        answers.put(words, bytes);
        return this;
    }

    /** All commands, their words with spaces between them, in order. */
    List<String> received() {
        return List.copyOf(received);
    }

    /** Those but for what a connection begins with. */
    List<String> commands() {
        return received.stream()
                .filter(command -> !command.startsWith("HELLO") && !command.equals("CLUSTER SLOTS"))
                .toList();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                connections.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            AnswerReader in = new AnswerReader(new BufferedInputStream(socket.getInputStream()));
            while (in.read() instanceof Answer.Items words) {
                String command = String.join(
                        " ",
                        words.items().stream()
                                .map(word -> Words.text(((Answer.Bulk) word).bytes()))
                                .toList());
                received.add(command);
                String answer = answerTo(command);
                if (answer.equals(BREAKS)) {
                    return;
                }
                if (!answer.equals(SILENCE)) {
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                }
            }
        } catch (IOException e) {
            // It was broken.
        }
    }

    private String answerTo(String command) {
        return answers.keySet().stream()
                .filter(words -> (command + " ").startsWith(words + " "))
                .max(Comparator.comparingInt(String::length))
                .map(answers::get)
                .orElse("-ERR unknown command\r\n");
    }

    /** Breaks all connections, and goes on listening. */
    void breakAll() {
        for (Socket socket : connections) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        connections.clear();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        try {
            // Until then the port may still take connections.
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        breakAll();
    }
}
