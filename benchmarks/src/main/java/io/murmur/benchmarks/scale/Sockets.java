package io.murmur.benchmarks.scale;

/**
 * Who is connected to whom. Each of a node's loops, its shards and the control loop, opens a connection of its own to each other node
 * ({@code PeerLinks}); a client opens one to each node ({@code Router}). Pure.
 *
 * @param opened by a node, to others
 * @param accepted by a node, from others
 * @param ofClient opened by each client
 */
record Sockets(int opened, int accepted, int ofClient) {

    private static final int CONTROL_LOOPS = 1;

    static Sockets of(int nodes, int shards) {
        int each = (shards + CONTROL_LOOPS) * (nodes - 1);
        return new Sockets(each, each, nodes);
    }

    /** Between a node and the others, both ways. */
    int betweenNodes() {
        return opened + accepted;
    }
}
