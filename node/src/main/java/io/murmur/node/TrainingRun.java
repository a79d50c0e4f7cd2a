package io.murmur.node;

import io.murmur.client.Cache;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.kernel.Level;
import io.murmur.node.config.ConfigurationReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * What happens in a node's life, played through by four nodes in one process: calls at several levels, Redis clients, a node that is away
 * and comes back, one that joins and one that leaves.
 *
 * <p>The JVM keeps what it learns in it, in an archive of loaded classes and, from Java 25 on, of method profiles (JEP 483 and 515). A node
 * that is started with the archive compiles the right code sooner, with more of what a join needs before the first join
 * (docs/decisions/0022). The launcher runs this once for each build; nothing else depends on it.
 */
public final class TrainingRun implements AutoCloseable {

    /** Of each part. With so many the hot methods have been compiled with their profile, and nobody waits for long. */
    private static final int CALLS = 12_000;

    private static final int IN_FLIGHT = 64;
    private static final int KEYS = 20_000;
    private static final int PIPELINED = 16;
    private static final int FOUNDERS = 3;
    private static final int PATIENCE_SECONDS = 60;
    private static final byte[] VALUE = new byte[100];

    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger(12_000 + (int) (ProcessHandle.current().pid() % 8_000));

    private final Path folder;
    private final int calls;
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, Node> running = new LinkedHashMap<>();
    private final Semaphore slots = new Semaphore(IN_FLIGHT);
    private final LongAdder succeeded = new LongAdder();

    /**
     * @param folder for the nodes' data
     * @param calls how many each part has, at least 1
     */
    TrainingRun(Path folder, int calls) {
        this.folder = folder;
        this.calls = calls;
        for (String name : List.of("a", "b", "c", "d")) {
            ports.put(name, freePort());
        }
    }

    /** @param arguments the folder for the nodes' data, which should be empty */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (TrainingRun run = new TrainingRun(Path.of(arguments[0]), CALLS)) {
            run.play();
        }
    }

    /**
     * All of it, once.
     *
     * @throws IllegalStateException when a node does not become ready, or a change of the ring is not carried out
     */
    void play() throws IOException, InterruptedException {
        for (String founder : founders()) {
            start(founder);
        }
        awaitReady();
        MurmurClient.Builder builder = MurmurClient.builder().callTimeout(Duration.ofSeconds(PATIENCE_SECONDS));
        founders().forEach(name -> builder.seed(address(name)));
        try (MurmurClient client = builder.build()) {
            Cache<byte[], byte[]> cache = client.cache("default", Codec.bytes(), Codec.bytes());
            for (Level level : List.of(Level.QUORUM, Level.ONE, Level.ALL)) {
                call(cache, level);
            }
            redisCalls(node("a").respPort());
            stop("c");
            call(cache, Level.QUORUM);
            start("c");
            meanwhile(cache, this::awaitReady);
            start("d");
            meanwhile(cache, this::awaitReady);
            meanwhile(cache, () -> leave("d"));
        }
    }

    /** How many calls of its own client succeeded. */
    long succeeded() {
        return succeeded.sum();
    }

    /** The nodes that run, by name. */
    Map<String, Node> running() {
        return running;
    }

    private List<String> founders() {
        return ports.keySet().stream().limit(FOUNDERS).toList();
    }

    private Node node(String name) {
        return Objects.requireNonNull(running.get(name));
    }

    private String address(String name) {
        return "127.0.0.1:" + ports.get(name);
    }

    /** Below the range that the machine gives to outgoing connections, any of which could take a port before its node does. */
    static int freePort() {
        while (true) {
            int port = NEXT_PORT.getAndIncrement();
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException e) {
                // Somebody else's; the next.
            }
        }
    }

    private void start(String name) throws IOException {
        Map<String, String> settings = Map.ofEntries(
                Map.entry("name", name),
                Map.entry("data", folder.resolve(name).toString()),
                Map.entry("port", String.valueOf(ports.get(name))),
                Map.entry("http.port", "0"),
                Map.entry("resp.port", "0"),
                Map.entry("zone", name.equals("d") ? "zone-a" : "zone-" + name),
                Map.entry("seeds", founders().stream().map(this::address).collect(Collectors.joining(","))),
                Map.entry("initial-nodes", String.valueOf(FOUNDERS)),
                Map.entry("shards", "1"),
                // Longer than in production, so that a machine that is busy with other things fails no call.
                Map.entry("timeouts.read", "10s"),
                Map.entry("timeouts.write", "10s"),
                Map.entry("storage.hot-bytes", "16MiB"),
                Map.entry("storage.free-disk-floor", "0"));
        running.put(name, Node.start(ConfigurationReader.read(null, Map.of(), settings), (reason, cause) -> {
            throw new IllegalStateException(reason, cause);
        }));
    }

    private void stop(String name) throws IOException {
        Objects.requireNonNull(running.remove(name)).close();
    }

    private void awaitReady() throws InterruptedException {
        for (Map.Entry<String, Node> node : running.entrySet()) {
            if (!node.getValue().awaitReady(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        node.getKey() + " is not ready: " + node.getValue().notReadyBecause());
            }
        }
    }

    /** Through the command line, so that its classes are in the archive as well. */
    private void leave(String name) throws IOException {
        Node asked = node("a");
        int exitCode = Main.commandLine()
                .execute(
                        "leave",
                        name,
                        "--http",
                        "127.0.0.1:" + asked.httpPort(),
                        "--token-file",
                        folder.resolve("a").resolve(HttpToken.FILE).toString());
        if (exitCode != 0) {
            throw new IllegalStateException("leave: exit code " + exitCode);
        }
        stop(name);
    }

    /** Something that happens while calls go on. */
    private interface Event {
        void happen() throws IOException, InterruptedException;
    }

    private void meanwhile(Cache<byte[], byte[]> cache, Event event) throws IOException, InterruptedException {
        CompletableFuture<Void> load = CompletableFuture.runAsync(() -> call(cache, Level.QUORUM));
        event.happen();
        try {
            load.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Half writes and half reads, some of each of the rarer kinds. */
    private void call(Cache<byte[], byte[]> cache, Level level) {
        CallOptions options = CallOptions.at(level);
        for (int call = 0; call < calls; call++) {
            slots.acquireUninterruptibly();
            byte[] key = key(call);
            CompletableFuture<?> answer = switch (call % 32) {
                case 0 -> cache.delete(key, options);
                case 16 -> cache.putIfAbsent(key, VALUE);
                default -> call % 2 == 0 ? cache.put(key, VALUE, options) : cache.get(key, options);
            };
            answer.whenComplete((result, failure) -> {
                if (failure == null) {
                    succeeded.increment();
                }
                slots.release();
            });
        }
        slots.acquireUninterruptibly(IN_FLIGHT);
        slots.release(IN_FLIGHT);
    }

    private static byte[] key(int number) {
        return "training-%d".formatted(number * 7919L % KEYS).getBytes(StandardCharsets.US_ASCII);
    }

    /** In pipelines of a SET and a GET of the same key each, whose answers have a known length. */
    private void redisCalls(int port) throws IOException {
        String text = new String(VALUE, StandardCharsets.US_ASCII);
        int answerBytes = "+OK\r\n".length() + "$100\r\n\r\n".length() + VALUE.length;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            InputStream answers = socket.getInputStream();
            for (int call = 0; call < calls; call += 2 * PIPELINED) {
                StringBuilder pipeline = new StringBuilder();
                for (int pair = 0; pair < PIPELINED; pair++) {
                    String key = new String(key(call + pair), StandardCharsets.US_ASCII);
                    pipeline.append(command("SET", key, text)).append(command("GET", key));
                }
                socket.getOutputStream().write(pipeline.toString().getBytes(StandardCharsets.US_ASCII));
                if (answers.readNBytes(PIPELINED * answerBytes).length < PIPELINED * answerBytes) {
                    throw new IOException("the node has closed the connection of a Redis client");
                }
            }
        }
    }

    private static String command(String... words) {
        StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            command.append('$')
                    .append(word.length())
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        return command.toString();
    }

    @Override
    public void close() throws IOException {
        for (Node node : running.values()) {
            node.close();
        }
        running.clear();
    }
}
