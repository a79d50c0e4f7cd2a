package io.murmur.redis;

import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import redis.clients.jedis.exceptions.JedisException;

/** Three nodes, each of which answers any client. */
final class MurmurServers implements Servers {

    private static final int NODES = 3;
    private static final int BASE_PORT = 7501;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LocalCluster cluster;

    private MurmurServers(LocalCluster cluster) {
        this.cluster = cluster;
    }

    static MurmurServers start(Path folder) throws IOException, InterruptedException {
        LocalCluster cluster = new LocalCluster(folder, BASE_PORT, NODES, NODES, List.of(), List.of("-Xmx512m"));
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-nodes"));
        MurmurServers servers = new MurmurServers(cluster);
        servers.begin();
        return servers;
    }

    private void begin() throws IOException, InterruptedException {
        cluster.checkPorts();
        cluster.prepareFolder();
        cluster.startFounders();
        for (int node = 0; node < NODES; node++) {
            cluster.awaitReady(node);
        }
        Await.until("all nodes name the same owners, each node among them", PATIENCE, () -> {
            try {
                List<List<String>> said =
                        endpoints().stream().map(Servers::slotOwners).distinct().toList();
                return said.size() == 1
                        && endpoints().stream().allMatch(node -> said.get(0).contains(node.toString()));
            } catch (JedisException | AssertionError notYet) {
                return false;
            }
        });
    }

    @Override
    public int size() {
        return NODES;
    }

    @Override
    public Endpoint endpoint(int server) {
        return Endpoint.local(cluster.respPort(server));
    }

    @Override
    public List<Endpoint> plainEndpoints() {
        return endpoints();
    }

    /** The first in the map of a client: some have trouble with the death of that one alone. */
    @Override
    public int victim() {
        String first = Servers.slotOwners(endpoint(0)).get(0);
        return endpoints().stream().map(Endpoint::toString).toList().indexOf(first);
    }

    @Override
    public boolean failsForAMoment() {
        return false;
    }

    @Override
    public void kill(int server) {
        cluster.kill(server);
    }

    @Override
    public void renew() throws IOException, InterruptedException {
        cluster.close();
        begin();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
