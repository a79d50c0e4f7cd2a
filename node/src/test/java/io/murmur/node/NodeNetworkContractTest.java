package io.murmur.node;

import io.murmur.client.internal.Opening;
import io.murmur.client.internal.SystemClock;
import io.murmur.client.internal.Transport;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Network;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import io.murmur.node.config.NodeConfiguration;
import io.murmur.simulation.contract.NetworkContract;
import io.murmur.storage.FileDisk;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Links and server keep the promise that the simulated network keeps. */
class NodeNetworkContractTest extends NetworkContract {

    @TempDir
    Path folder = Path.of("");

    private static final Ring RING = RingPlanner.first(1, 1, List.of());

    private final Deque<Side> sides = new ArrayDeque<>();

    @Override
    protected Pair connect(Queue<Arrival> arrivalsAtA, Queue<Arrival> arrivalsAtB) {
        try {
            TestCluster cluster = new TestCluster(folder, List.of("a", "b"), Map.of());
            Side a = new Side(cluster.configuration("a"), arrivalsAtA);
            sides.push(a);
            Side b = new Side(cluster.configuration("b"), arrivalsAtB);
            sides.push(b);
            Await.until("each has found the other", () -> a.sees(b.id) && b.sees(a.id));
            return new Pair(a, b);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void await(BooleanSupplier condition) {
        Await.until("the contract's condition", condition);
    }

    @AfterEach
    void stop() throws IOException {
        for (Side side : sides) {
            side.stop();
        }
    }

    /** A node's network without the rest of the node. */
    private static final class Side implements Party {
        private final NodeId id;
        private final FileDisk disk;
        private final Clock clock = new SystemClock();
        private final EventLoopGroup acceptor;
        private final EventLoopGroup loops;
        private final EventLoop loop;
        private final PeerLinks links;

        Side(NodeConfiguration configuration, Queue<Arrival> arrivals) throws IOException {
            disk = FileDisk.open(configuration.data());
            id = Identity.loadOrMake(disk);
            acceptor = Transport.loops(1, configuration.name() + "-acceptor");
            loops = Transport.loops(1, configuration.name() + "-loop");
            loop = loops.next();
            Server server = new Server(configuration, id, clock, () -> RING, () -> "nothing", null);
            Handshake.Hello hello =
                    new Handshake.Hello(MessageCodec.PROTOCOL, configuration.cluster(), id, configuration.name());
            Bootstrap bootstrap = new Bootstrap().channel(Transport.channel());
            links = new PeerLinks(
                    id,
                    loop,
                    new Opening(hello, bootstrap, null, clock, new WireWriter()),
                    new LongAdder(),
                    node -> false,
                    new PeerLinks.Listener() {
                        @Override
                        public void received(NodeId from, Message message) {
                            arrivals.add(new Arrival(from, message));
                        }

                        @Override
                        public void met(NodeId node, String address) {}
                    },
                    server);
            server.listen(acceptor, loops, new Receiver(arrivals));
            loop.execute(() -> links.connectTo(configuration.otherSeeds()));
        }

        boolean sees(NodeId other) {
            return loop.submit(() -> links.isAlive(other)).syncUninterruptibly().getNow();
        }

        void stop() throws IOException {
            loop.submit(links::close).syncUninterruptibly();
            acceptor.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
            disk.close();
        }

        @Override
        public NodeId id() {
            return id;
        }

        @Override
        public Network network() {
            return links;
        }

        @Override
        public Clock clock() {
            return clock;
        }

        @Override
        public void onOwner(Runnable task) {
            loop.execute(task);
        }
    }

    /** Takes what comes in, in place of any shard. */
    private static final class Receiver extends Dispatcher {
        private final Queue<Arrival> arrivals;

        @SuppressWarnings("NullAway")
        Receiver(Queue<Arrival> arrivals) {
            super(List.of(), slot -> 0, null);
            this.arrivals = arrivals;
        }

        @Override
        void dispatch(NodeId from, Message message) {
            arrivals.add(new Arrival(from, message));
        }
    }
}
