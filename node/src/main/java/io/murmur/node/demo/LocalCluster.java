package io.murmur.node.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Node processes on this machine, each in a zone of its own, with all data below one folder. The nodes end with this process, however it
 * ends: each stops when its standard input does.
 */
public final class LocalCluster implements AutoCloseable {

    private static final String MARK = "murmur-local-cluster";
    private static final int MOST_SEEDS = 3;
    private static final int HTTP_OFFSET = 1000;
    private static final int RESP_OFFSET = 2000;
    private static final int READY_SECONDS = 120;
    private static final int STOP_SECONDS = 20;

    private final Path folder;
    private final int basePort;
    private final int founders;
    private final int nodes;
    private final List<String> extraFlags;
    private final List<String> jvmFlags;
    private final Process[] processes;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofMillis(500)).build();

    /**
     * @param founders nodes that make the cluster
     * @param nodes founders, and those that may join later
     * @param extraFlags for every node's command line
     * @param jvmFlags for every node's JVM, behind those of this process
     */
    public LocalCluster(
            Path folder, int basePort, int founders, int nodes, List<String> extraFlags, List<String> jvmFlags) {
        this.folder = folder.toAbsolutePath();
        this.basePort = basePort;
        this.founders = founders;
        this.nodes = nodes;
        this.extraFlags = List.copyOf(extraFlags);
        this.jvmFlags = List.copyOf(jvmFlags);
        this.processes = new Process[nodes];
    }

    /** Makes the folder, and makes it empty; one that holds anything but a former cluster's data is refused. */
    public void prepareFolder() throws IOException {
        Path mark = folder.resolve(MARK);
        if (Files.isDirectory(folder) && !Files.exists(mark)) {
            try (Stream<Path> content = Files.list(folder)) {
                if (content.findAny().isPresent()) {
                    throw new IOException(
                            "the folder " + folder
                                    + " holds something else than a former demo's data; empty it or choose another with --data");
                }
            }
        }
        try {
            if (Files.isDirectory(folder)) {
                deleteContent(folder);
            }
            Files.createDirectories(folder);
            Files.writeString(mark, "made by ./murmur; may be deleted\n");
        } catch (IOException e) {
            throw new IOException(
                    "the folder " + folder + " cannot be written: "
                            + e.getClass().getSimpleName() + " " + e.getMessage() + "; choose another with --data",
                    e);
        }
    }

    private static void deleteContent(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(folder)) {
            all = new ArrayList<>(tree.filter(path -> !path.equals(folder)).toList());
        }
        all.sort(Comparator.reverseOrder());
        for (Path path : all) {
            Files.delete(path);
        }
    }

    /** Throws when a port of the cluster is taken. */
    public void checkPorts() throws IOException {
        if (basePort < 1 || respPort(nodes - 1) > 65535) {
            throw new IOException(
                    "--base-port is from 1 to " + (65535 - RESP_OFFSET - nodes + 1) + ", not " + basePort);
        }
        for (int node = 0; node < nodes; node++) {
            for (int port : new int[] {port(node), httpPort(node), respPort(node)}) {
                try (ServerSocket probe = new ServerSocket()) {
                    probe.setReuseAddress(true);
                    probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                } catch (IOException e) {
                    throw new IOException(
                            "port " + port + " is in use; stop what uses it, or choose others with"
                                    + " --base-port (nodes listen there and above, HTTP " + HTTP_OFFSET
                                    + " higher, for Redis clients "
                                    + RESP_OFFSET + " higher)",
                            e);
                }
            }
        }
    }

    /** Starts the founders; they find one another by gossip and make the cluster among themselves. */
    public void startFounders() throws IOException {
        for (int node = 0; node < founders; node++) {
            start(node);
        }
    }

    /** Starts one node, with whatever data it has. */
    public void start(int node) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(inheritedJvmFlags());
        command.addAll(
                jvmFlags.stream().map(flag -> flag.replace("%n", name(node))).toList());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("io.murmur.node.Main");
        command.addAll(List.of("node", "--stop-with-parent", "--name", name(node)));
        command.addAll(List.of("--port", String.valueOf(port(node)), "--http-port", String.valueOf(httpPort(node))));
        command.addAll(List.of("--resp-port", String.valueOf(respPort(node))));
        command.addAll(List.of("--data", folder.resolve(name(node)).toString()));
        command.addAll(List.of("--zone", "zone-" + name(node % founders)));
        for (int seed = 0; seed < Math.min(founders, MOST_SEEDS); seed++) {
            command.addAll(List.of("--seed", address(seed)));
        }
        command.addAll(List.of("--set", "initial-nodes=" + founders));
        command.addAll(extraFlags);
        File log = folder.resolve(name(node) + ".log").toFile();
        // Its standard input is a pipe from this process, which ends when this process does.
        processes[node] = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    /** Those of this process, and the archive of a training run that the launcher has for nodes alone, not for who measures them. */
    private static List<String> inheritedJvmFlags() {
        return Stream.concat(
                        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                                .filter(flag -> flag.startsWith("-X") || flag.startsWith("--")),
                        Stream.ofNullable(System.getProperty("murmur.node-archive")))
                .toList();
    }

    /** {@code a}, {@code b}, {@code c} ... */
    public static String name(int node) {
        return String.valueOf((char) ('a' + node));
    }

    public int port(int node) {
        return basePort + node;
    }

    public int httpPort(int node) {
        return port(node) + HTTP_OFFSET;
    }

    /** That for Redis clients. */
    public int respPort(int node) {
        return port(node) + RESP_OFFSET;
    }

    public String address(int node) {
        return "127.0.0.1:" + port(node);
    }

    public int size() {
        return nodes;
    }

    /** The process that runs a node, or ran it last. */
    public Process process(int node) {
        return processes[node];
    }

    /** kill -9. */
    public void kill(int node) {
        processes[node].destroyForcibly().onExit().join();
    }

    /** Deletes the data of a node that does not run. */
    public void emptyFolder(int node) throws IOException {
        deleteContent(folder.resolve(name(node)));
    }

    /** Whether a node says that clients may come. */
    public boolean isReady(int node) throws IOException, InterruptedException {
        HttpResponse<String> answer = ask(node, "/health/ready");
        return answer != null && answer.statusCode() == 200;
    }

    /** What a node answers to this path, as JSON; null when it does not answer, or with an error. */
    public @Nullable JsonNode page(int node, String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = ask(node, path);
        return answer == null || answer.statusCode() != 200 ? null : JSON.readTree(answer.body());
    }

    /** What a node answers to this path, as it comes; null when it does not answer. */
    public @Nullable String text(int node, String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = ask(node, path);
        return answer == null ? null : answer.body();
    }

    /** What a change over HTTP has to show to a node that has started. */
    public String httpToken(int node) throws IOException {
        return Files.readString(folder.resolve(name(node)).resolve("http-token"))
                .strip();
    }

    /** Whether a node's process was started and has not ended. */
    public boolean isRunning(int node) {
        Process process = processes[node];
        return process != null && process.isAlive();
    }

    private @Nullable HttpResponse<String> ask(int node, String path) throws IOException, InterruptedException {
        if (!processes[node].isAlive()) {
            throw new IOException("node " + name(node) + " has stopped: " + lastLogLine(node));
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort(node) + path))
                .timeout(Duration.ofSeconds(1))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            return null;
        }
    }

    /** Waits until clients may come; throws when the node stops instead, or takes longer than two minutes. */
    public void awaitReady(int node) throws IOException, InterruptedException {
        await("node " + name(node) + " is not ready", () -> isReady(node));
    }

    /** Something about the nodes that comes to be. */
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    /** Waits for it; throws when that takes longer than two minutes. */
    void await(String notYet, Condition condition) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(READY_SECONDS)) {
                throw new IOException(notYet + " after " + READY_SECONDS + " s; see the logs in " + folder);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private String lastLogLine(int node) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve(name(node) + ".log"));
        return lines.isEmpty() ? "it wrote no log" : lines.get(lines.size() - 1);
    }

    /** Stops all nodes: gracefully, or by force those that take too long. Without effect on a closed cluster. */
    @Override
    public void close() {
        for (Process process : processes) {
            if (process != null) {
                process.destroy();
            }
        }
        for (Process process : processes) {
            if (process != null) {
                process.onExit()
                        .completeOnTimeout(process, STOP_SECONDS, TimeUnit.SECONDS)
                        .join();
                process.destroyForcibly().onExit().join();
            }
        }
    }
}
