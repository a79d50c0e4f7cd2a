package io.murmur.benchmarks.peers;

import io.murmur.benchmarks.RedisProcesses;
import io.murmur.benchmarks.RedisProcesses.Appending;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One Redis, or a Redis Cluster of three masters with a replica each. */
record RedisServers(boolean isCluster, Appending appending) implements Servers {

    /** The masters wait so long for a replica; then a write that none has is an error. */
    private static final String ONE_REPLICA = "wait=1";

    static List<Contender> contenders() {
        return List.of(
                one(Appending.NO, "in memory alone", "murmur-one"),
                one(Appending.EVERYSEC, "in memory, synced once a second", "murmur-one"),
                one(Appending.ALWAYS, "synced by the only server", "murmur-quorum"),
                cluster(Appending.NO, false, "in the memory of the master", "murmur-one"),
                cluster(Appending.NO, true, "in the memory of the master and of its replica", "murmur-quorum"),
                cluster(Appending.ALWAYS, false, "synced by the master alone", "murmur-quorum"),
                cluster(Appending.ALWAYS, true, "synced by the master, and received by its replica", "murmur-quorum"));
    }

    private static Contender one(Appending appending, String acknowledged, String equal) {
        Servers servers = new RedisServers(false, appending);
        return new Contender(
                servers.name(),
                "a write is " + acknowledged,
                equal,
                servers,
                (running, mostInFlight) -> RedisDriver.client(List.of("single"), running.addresses()));
    }

    private static Contender cluster(Appending appending, boolean waits, String acknowledged, String equal) {
        Servers servers = new RedisServers(true, appending);
        return new Contender(
                servers.name() + (waits ? "-wait" : ""),
                "a write is " + acknowledged + (waits ? " (WAIT 1)" : "") + "; reads ask the master",
                equal,
                servers,
                (running, mostInFlight) -> RedisDriver.client(
                        waits ? List.of("cluster", ONE_REPLICA, "connections=" + mostInFlight) : List.of("cluster"),
                        running.addresses()));
    }

    @Override
    public String name() {
        return (isCluster ? "redis-cluster-" : "redis-")
                + (appending == Appending.NO ? "memory" : appending.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public Optional<String> absence() {
        return RedisProcesses.areInstalled()
                ? Optional.empty()
                : Optional.of("redis-server and redis-cli are not on the path; install Redis 7");
    }

    @Override
    public Running start(Path folder, int basePort) throws IOException, InterruptedException {
        RedisProcesses processes = isCluster
                ? RedisProcesses.cluster(folder, basePort, appending)
                : RedisProcesses.one(folder, basePort, appending);
        String version =
                RedisProcesses.output(List.of("redis-server", "--version")).strip() + ", "
                        + (isCluster ? "three masters with a replica each, " : "")
                        + appending.words();
        return new Redis(processes, version);
    }

    /** The servers of one round. */
    private record Redis(RedisProcesses servers, String version) implements Running {

        @Override
        public List<ProcessHandle> processes() {
            return servers.handles();
        }

        @Override
        public List<String> addresses() {
            return List.of("127.0.0.1:" + servers.port());
        }

        @Override
        public void close() {
            servers.close();
        }
    }
}
