package io.murmur.benchmarks.profiles;

import io.murmur.benchmarks.driver.Workload;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/**
 * GET at ONE by Redis' own benchmark, of the same keys as the others ask for, from the first node's port for Redis clients. It is told to make
 * more calls than there is time for and ended when it has been looked at, so that neither its start nor its end is in the figures; how many calls
 * were answered, the node counts.
 *
 * @param pipelined calls that each connection sends at once
 */
record RedisLoad(LocalCluster cluster, Workload workload, int connections, int pipelined, Path log) implements Load {

    private static final String USER = "default?level=one";
    private static final String ANY_PASSWORD = "none";
    private static final int ENDLESS = 2_000_000_000;

    /** The benchmark puts a random number of 12 digits where it finds this word. */
    private static final String RANDOM = "__rand_int__";

    private static final int RANDOM_DIGITS = 12;

    /** That the keys are found which the benchmark will ask for: it does not look at the answers. */
    void check() throws IOException {
        DefaultJedisClientConfig user = DefaultJedisClientConfig.builder()
                .user(USER)
                .password(ANY_PASSWORD)
                .build();
        try (Jedis redis = new Jedis(new HostAndPort("127.0.0.1", cluster.respPort(0)), user)) {
            byte[] value = redis.get(workload.key(workload.keys() - 1));
            if (value == null || value.length != workload.valueBytes()) {
                throw new IOException("a Redis client finds " + (value == null ? "nothing" : value.length + " bytes")
                        + " where Murmur's client has written " + workload.valueBytes() + " bytes");
            }
        }
    }

    @Override
    public Running start() throws IOException {
        List<String> command = List.of(
                "redis-benchmark",
                "-p",
                String.valueOf(cluster.respPort(0)),
                "-c",
                String.valueOf(connections),
                "-P",
                String.valueOf(pipelined),
                "-n",
                String.valueOf(ENDLESS),
                "-r",
                String.valueOf(workload.keys()),
                "--user",
                USER,
                "-a",
                ANY_PASSWORD,
                "--csv",
                "GET",
                "0".repeat(workload.keyBytes() - RANDOM_DIGITS) + RANDOM);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new Benchmark(cluster, log, process);
    }

    private static final class Benchmark implements Running {

        private final LocalCluster cluster;
        private final Path log;
        private final Process process;
        private @Nullable NodeCounters before;
        private @Nullable NodeCounters after;

        Benchmark(LocalCluster cluster, Path log, Process process) {
            this.cluster = cluster;
            this.log = log;
            this.process = process;
        }

        @Override
        public ProcessHandle client() {
            return process.toHandle();
        }

        @Override
        public void begin() throws IOException, InterruptedException {
            before = NodeCounters.read(cluster);
        }

        @Override
        public void pause() throws IOException, InterruptedException {
            after = NodeCounters.read(cluster);
            if (!process.isAlive()) {
                throw new IOException("redis-benchmark has ended early and said: "
                        + Files.readString(log).strip());
            }
        }

        @Override
        public Answered end() {
            close();
            if (before == null || after == null) {
                throw new IllegalStateException("ended before it was counted");
            }
            return new Answered(after.redisGets() - before.redisGets(), after.redisErrors() - before.redisErrors(), 0);
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
