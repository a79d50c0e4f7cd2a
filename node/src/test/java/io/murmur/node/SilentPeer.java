package io.murmur.node;

import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.MessageCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A member that greets as it should and then neither reads nor answers. */
final class SilentPeer implements AutoCloseable {

    private final String name;
    private final NodeId id;
    private final ServerSocket listening;
    private final Queue<RawConnection> connections = new ConcurrentLinkedQueue<>();

    SilentPeer(String name, NodeId id, int port) throws IOException {
        this.name = name;
        this.id = id;
        this.listening = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        Thread accepting = new Thread(this::accept, "silent-peer");
        accepting.setDaemon(true);
        accepting.start();
    }

    private void accept() {
        try {
            while (true) {
                RawConnection connection = new RawConnection(listening.accept());
                if (connection.receive() instanceof Handshake.Hello hello && hello.node() == null) {
                    // A client shall ask a node that answers.
                    connection.send(new Handshake.Rejected("no client is let in here"));
                    connection.close();
                    continue;
                }
                connections.add(connection);
                connection.send(new Handshake.Welcome(MessageCodec.PROTOCOL, "murmur", id, name, 0));
            }
        } catch (IOException e) {
            // Closed, and that is the end of it.
        }
    }

    int connections() {
        return connections.size();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (RawConnection connection : connections) {
            connection.close();
        }
    }
}
