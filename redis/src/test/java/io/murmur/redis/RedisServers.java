package io.murmur.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/** A Redis Cluster of three masters and three replicas, and one Redis for clients that know nothing of clusters. */
final class RedisServers implements Servers {

    private static final int MASTERS = 3;
    private static final int CLUSTERED = 2 * MASTERS;
    private static final int BASE_PORT = 7531;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final Process[] processes = new Process[CLUSTERED + 1];

    private RedisServers(Path folder) {
        this.folder = folder.toAbsolutePath();
    }

    static RedisServers start(Path folder) throws IOException, InterruptedException {
        RedisServers servers = new RedisServers(Files.createTempDirectory(Files.createDirectories(folder), "redis-"));
        List<String> create = new ArrayList<>(List.of("redis-cli", "--cluster", "create"));
        for (int server = 0; server <= CLUSTERED; server++) {
            servers.run(server);
        }
        servers.endpoints().forEach(endpoint -> create.add(endpoint.toString()));
        create.addAll(List.of("--cluster-replicas", "1", "--cluster-yes"));
        if (new ProcessBuilder(create)
                        .redirectErrorStream(true)
                        .redirectOutput(servers.folder.resolve("create.log").toFile())
                        .start()
                        .waitFor()
                != 0) {
            throw new IOException("redis-cli could not make a cluster");
        }
        servers.awaitAgreement();
        return servers;
    }

    private void run(int server) throws IOException {
        Path own = Files.createDirectories(folder.resolve(String.valueOf(server)));
        List<String> command = new ArrayList<>(List.of(
                "redis-server",
                "--port",
                String.valueOf(port(server)),
                "--bind",
                "127.0.0.1",
                "--dir",
                own.toString(),
                "--save",
                "",
                "--appendonly",
                "yes",
                "--repl-diskless-sync-delay",
                "0"));
        if (server < CLUSTERED) {
            command.addAll(List.of("--cluster-enabled", "yes", "--cluster-node-timeout", "1000"));
        }
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(own.resolve("log").toFile())
                .start();
        processes[server] = process;
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Await.until("server " + server + " answers", PATIENCE, () -> answers(server));
    }

    private static int port(int server) {
        return BASE_PORT + server;
    }

    private static boolean answers(int server) {
        try (Jedis jedis = new Jedis("127.0.0.1", port(server))) {
            return jedis.ping().equals("PONG");
        } catch (JedisException notYet) {
            return false;
        }
    }

    private void awaitAgreement() {
        Await.until("all name the same owners", PATIENCE, () -> {
            List<List<String>> said = new ArrayList<>();
            for (Endpoint endpoint : endpoints()) {
                try {
                    said.add(Servers.slotOwners(endpoint));
                } catch (JedisException | AssertionError notYet) {
                    return false;
                }
            }
            return said.stream().distinct().count() == 1;
        });
        Await.until(
                "all masters have a replica that follows",
                PATIENCE,
                () -> endpoints().stream().filter(RedisServers::hasReplica).count() == MASTERS);
    }

    private static boolean hasReplica(Endpoint server) {
        try (Jedis jedis = new Jedis(server.host(), server.port())) {
            return jedis.clusterInfo().contains("cluster_state:ok")
                    && jedis.info("replication").contains("state=online");
        } catch (JedisException notYet) {
            return false;
        }
    }

    @Override
    public int size() {
        return CLUSTERED;
    }

    @Override
    public Endpoint endpoint(int server) {
        return Endpoint.local(port(server));
    }

    @Override
    public List<Endpoint> plainEndpoints() {
        return List.of(endpoint(CLUSTERED));
    }

    /** Of two that take turns as master and replica, the one that is master; never the first server. */
    @Override
    public int victim() {
        List<String> owners = Servers.slotOwners(endpoint(0));
        int victim = MASTERS - 1;
        for (int server = 1; server < CLUSTERED; server++) {
            if (owners.contains(endpoint(server).toString())) {
                victim = server;
            }
        }
        return victim;
    }

    /** While it elects another master. */
    @Override
    public boolean failsForAMoment() {
        return true;
    }

    @Override
    public void kill(int server) {
        processes[server].destroyForcibly().onExit().join();
    }

    @Override
    public void restart(int server) throws IOException {
        run(server);
        awaitAgreement();
    }

    @Override
    public void close() {
        for (Process process : processes) {
            process.destroyForcibly().onExit().join();
        }
    }
}
