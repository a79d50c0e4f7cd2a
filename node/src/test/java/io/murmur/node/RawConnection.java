package io.murmur.node;

import io.murmur.client.internal.SystemClock;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A connection to a node's port that need not behave. */
final class RawConnection implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final MessageCodec codec = new MessageCodec(new SystemClock());
    private final Socket socket;
    private final DataInputStream in;

    RawConnection(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        this.in = new DataInputStream(socket.getInputStream());
    }

    /** As a client that was welcomed. */
    static RawConnection greeted(int port) throws IOException {
        RawConnection connection = new RawConnection(port);
        connection.send(hello(null, "test"));
        if (!(connection.receive() instanceof Handshake.Welcome)) {
            throw new AssertionError("not welcome");
        }
        return connection;
    }

    static Handshake.Hello hello(@Nullable NodeId node, String name) {
        return new Handshake.Hello(MessageCodec.PROTOCOL, "murmur", node, name);
    }

    /** With this process's clock, as all nodes of a test have it. */
    static byte[] frame(Message message) {
        WireWriter out = new WireWriter();
        new MessageCodec(new SystemClock()).write(message, out);
        return out.toByteArray();
    }

    void send(Message message) throws IOException {
        send(frame(message));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** All at once, so that they arrive together. */
    void send(byte[]... pieces) throws IOException {
        int length = 0;
        for (byte[] piece : pieces) {
            length += piece.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] piece : pieces) {
            all.put(piece);
        }
        send(all.array());
    }

    /** The next message, or null when the other side has closed. */
    @Nullable
    Message receive() throws IOException {
        try {
            int length = in.readInt();
            int checksum = in.readInt();
            byte[] body = in.readNBytes(length);
            return codec.read(checksum, body, 0, length);
        } catch (EOFException | SocketException e) {
            return null;
        }
    }

    /** Whether the other side closes without a further byte, within the tests' patience. */
    boolean isClosedByOtherSide() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    /** Until the other side closes, whatever it says before. */
    void awaitClosed() throws IOException {
        try {
            while (in.read() >= 0) {
                // Such as the alerts of TLS.
            }
        } catch (SocketException e) {
            // Closed with less ceremony.
        }
    }

    /** Says that nothing more will be sent, and goes on listening. */
    void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
