package io.murmur.benchmarks.peers.cassandra.server;

import io.murmur.benchmarks.peers.server.PeerServer;
import org.apache.cassandra.service.CassandraDaemon;
import org.apache.cassandra.service.StorageService;

/** A Cassandra node. The argument is the number of nodes. */
final class CassandraServer {

    private CassandraServer() {}

    public static void main(String[] arguments) throws InterruptedException {
        int nodes = Integer.parseInt(arguments[0]);
        PeerServer.endWithStandardInput();
        CassandraDaemon.main(new String[0]);
        PeerServer.tellProgress(
                () -> StorageService.instance.getLiveNodesWithPort().size() == nodes
                        && StorageService.instance.getJoiningNodesWithPort().isEmpty());
    }
}
