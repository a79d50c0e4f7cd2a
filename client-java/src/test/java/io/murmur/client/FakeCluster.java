package io.murmur.client;

import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.assertj.core.api.Assertions;

/** Fake nodes n1, n2, ... in zones z1, z2, ..., of a ring with one partition, and the clients that a test makes of them. */
final class FakeCluster implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<FakeNode> nodes = new ArrayList<>();
    private final List<MurmurClient> clients = new ArrayList<>();

    /** All keys belong to all nodes. */
    static FakeCluster of(int nodes) {
        FakeCluster cluster = new FakeCluster();
        for (int number = 1; number <= nodes; number++) {
            cluster.nodes.add(new FakeNode(number, "z" + number));
        }
        cluster.own(1, cluster.nodes.toArray(new FakeNode[0]));
        return cluster;
    }

    FakeNode node(int number) {
        return nodes.get(number - 1);
    }

    List<FakeNode> nodes() {
        return nodes;
    }

    /** All nodes know a ring of this epoch, in which all keys belong to these nodes. */
    void own(long epoch, FakeNode... owners) {
        Ring ring = ring(epoch, owners);
        nodes.forEach(node -> node.know(ring));
    }

    Ring ring(long epoch, FakeNode... owners) {
        List<NodeId> ids = Arrays.stream(owners).map(FakeNode::id).toList();
        return new Ring(
                epoch, 1, ids.size(), nodes.stream().map(FakeNode::member).toList(), List.of(ids));
    }

    /** A client that knows all nodes as seeds and is connected to all. */
    MurmurClient client(UnaryOperator<MurmurClient.Builder> with) {
        MurmurClient.Builder builder = MurmurClient.builder().callTimeout(Duration.ofSeconds(10));
        nodes.forEach(node -> builder.seed(node.address()));
        MurmurClient client = with.apply(builder).build();
        clients.add(client);
        await(() -> client.connectedNodes() == nodes.size());
        return client;
    }

    MurmurClient client() {
        return client(builder -> builder);
    }

    static Cache<String, String> texts(MurmurClient client) {
        return client.cache("texts", Codec.string(), Codec.string());
    }

    /** Waits until something is so; fails the test when it does not come to be. */
    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            Assertions.assertThat(System.nanoTime() - end).as("patience").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        clients.forEach(MurmurClient::close);
        nodes.forEach(FakeNode::close);
    }
}
