package io.murmur.benchmarks.peers.cassandra;

import io.murmur.benchmarks.driver.DriverProcess;

/**
 * Asks Cassandra. The arguments are the addresses of the nodes, separated by commas, the level of reads, and the level of writes, such as
 * {@code 127.0.0.1:9042,127.0.0.1:9043 ONE QUORUM}.
 */
final class CassandraClient {

    private CassandraClient() {}

    public static void main(String[] arguments) {
        DriverProcess.serve(arguments, CassandraTarget::connect);
    }
}
