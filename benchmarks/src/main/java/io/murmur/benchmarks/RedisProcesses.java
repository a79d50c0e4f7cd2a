package io.murmur.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Redis servers on this machine. They end with this process. */
public final class RedisProcesses implements AutoCloseable {

    private static final int CLUSTERED = 6;
    private static final int AWAIT_SECONDS = 180;
    private static final int LOOK_EVERY_MILLIS = 50;

    /** When a server writes what it was told to its disk. */
    public enum Appending {
        NO,
        EVERYSEC,
        ALWAYS;

        private List<String> flags() {
            return this == NO
                    ? List.of("--appendonly", "no")
                    : List.of("--appendonly", "yes", "--appendfsync", name().toLowerCase(Locale.ROOT));
        }

        /** As its configuration says it. */
        public String words() {
            return this == NO ? "appendonly no" : "appendfsync " + name().toLowerCase(Locale.ROOT);
        }
    }

    private final Path folder;
    private final int port;
    private final List<Process> servers = new ArrayList<>();

    private RedisProcesses(Path folder, int port) {
        this.folder = folder.toAbsolutePath();
        this.port = port;
    }

    /** Whether the programs are on the path. */
    public static boolean areInstalled() {
        return List.of("redis-server", "redis-cli").stream().allMatch(RedisProcesses::isOnPath);
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(
                        Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** One alone. */
    public static RedisProcesses one(Path folder, int port, Appending appending)
            throws IOException, InterruptedException {
        RedisProcesses redis = new RedisProcesses(folder, port);
        try {
            redis.start(0, appending.flags());
            redis.await(0, "ping", "PONG");
        } catch (IOException | InterruptedException e) {
            redis.close();
            throw e;
        }
        return redis;
    }

    /** Three masters, each with a replica. */
    public static RedisProcesses cluster(Path folder, int port, Appending appending)
            throws IOException, InterruptedException {
        RedisProcesses redis = new RedisProcesses(folder, port);
        try {
            redis.makeCluster(appending);
        } catch (IOException | InterruptedException e) {
            redis.close();
            throw e;
        }
        return redis;
    }

    private void makeCluster(Appending appending) throws IOException, InterruptedException {
        List<String> create = new ArrayList<>(List.of("redis-cli", "--cluster", "create"));
        for (int server = 0; server < CLUSTERED; server++) {
            List<String> flags = new ArrayList<>(appending.flags());
            flags.addAll(List.of("--cluster-enabled", "yes"));
            start(server, flags);
            create.add("127.0.0.1:" + (port + server));
        }
        for (int server = 0; server < CLUSTERED; server++) {
            await(server, "ping", "PONG");
        }
        create.addAll(List.of("--cluster-replicas", "1", "--cluster-yes"));
        String made = output(create);
        for (int server = 0; server < CLUSTERED; server++) {
            await(server, "cluster info", "cluster_state:ok");
        }
        if (!made.contains("All 16384 slots covered")) {
            throw new IOException("redis-cli could not make a cluster: " + made.strip());
        }
        for (int server = CLUSTERED / 2; server < CLUSTERED; server++) {
            await(server, "info replication", "master_link_status:up");
        }
    }

    private void start(int server, List<String> flags) throws IOException {
        Path own = Files.createDirectories(folder.resolve(String.valueOf(server)));
        List<String> command = new ArrayList<>(List.of(
                "redis-server",
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--port",
                String.valueOf(port + server),
                "--dir",
                own.toString()));
        command.addAll(flags);
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(own.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new IOException("redis-server cannot be started; install it", e);
        }
        servers.add(process);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "stop-redis"));
    }

    private void await(int server, String question, String answer) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("redis-cli", "-p", String.valueOf(port + server)));
        command.addAll(List.of(question.split(" ")));
        long start = System.nanoTime();
        while (!output(command).contains(answer)) {
            if (!servers.get(server).isAlive() || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(AWAIT_SECONDS)) {
                throw new IOException("the Redis on port " + (port + server) + " does not say " + answer
                        + "; its log is below " + folder);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
    }

    /** What a command prints. */
    public static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return printed;
    }

    /** Of the first. */
    public int port() {
        return port;
    }

    public List<ProcessHandle> handles() {
        return servers.stream().map(Process::toHandle).toList();
    }

    @Override
    public void close() {
        servers.forEach(server -> server.destroyForcibly().onExit().join());
    }
}
