package io.murmur.benchmarks.peers;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Servers of the Maven profile {@code peers}. Each says {@code started} in its log when the next may be started, and {@code ready} when the
 * cluster is complete. They end with this process, however it ends: each stops when its standard input does.
 */
final class PeerProcesses implements Servers.Running {

    static final int NODES = 3;

    private static final int AWAIT_SECONDS = 180;
    private static final int LOOK_EVERY_MILLIS = 50;
    private static final int TAIL_LINES = 20;

    private final Path folder;
    private final List<String> addresses;
    private final String version;
    private final List<Process> processes = new ArrayList<>();

    /** The command of the server of a number, which has a folder of its own. */
    @FunctionalInterface
    interface Command {
        List<String> of(int server, Path folder) throws IOException;
    }

    private PeerProcesses(Path folder, List<String> addresses, String version) {
        this.folder = folder;
        this.addresses = addresses;
        this.version = version;
    }

    /** Starts them one after another, and waits until the cluster is complete. */
    static PeerProcesses start(Path folder, List<String> addresses, String version, Command command)
            throws IOException, InterruptedException {
        PeerProcesses started = new PeerProcesses(folder.toAbsolutePath(), addresses, version);
        try {
            for (int server = 0; server < NODES; server++) {
                started.start(server, command);
                started.await(server, "started");
            }
            for (int server = 0; server < NODES; server++) {
                started.await(server, "ready");
            }
        } catch (IOException | InterruptedException e) {
            started.close();
            throw e;
        }
        return started;
    }

    /** Of so many servers that follow one another. */
    static List<String> loopback(int firstPort) {
        return IntStream.range(firstPort, firstPort + NODES)
                .mapToObj(port -> "127.0.0.1:" + port)
                .toList();
    }

    /** This JVM's program and those of its flags that are for every JVM: the launcher's, as Murmur's nodes have them. */
    static List<String> java() {
        List<String> java = new ArrayList<>();
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("-X") || flag.startsWith("--"))
                .forEach(java::add);
        return java;
    }

    private void start(int server, Command command) throws IOException {
        Path own = Files.createDirectories(folder.resolve(String.valueOf(server)));
        processes.add(new ProcessBuilder(command.of(server, own))
                .directory(own.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log(server).toFile())
                .start());
    }

    private Path log(int server) {
        return folder.resolve(String.valueOf(server)).resolve("log");
    }

    private void await(int server, String word) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (!lines(server).contains(word)) {
            if (!processes.get(server).isAlive()
                    || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(AWAIT_SECONDS)) {
                List<String> lines = lines(server);
                throw new IOException("server " + server + " is not " + word + "; the end of " + log(server) + ":\n"
                        + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size())));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
    }

    private List<String> lines(int server) throws IOException {
        // In Latin 1 every sequence of bytes can be read, even one that is still being written.
        return Files.readAllLines(log(server), StandardCharsets.ISO_8859_1);
    }

    Path folder() {
        return folder;
    }

    @Override
    public List<ProcessHandle> processes() {
        return processes.stream().map(Process::toHandle).toList();
    }

    @Override
    public List<String> addresses() {
        return addresses;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public void close() {
        processes.forEach(process -> process.destroyForcibly().onExit().join());
    }
}
