package io.murmur.node.shell;

import io.murmur.client.internal.TlsFailure;
import io.murmur.kernel.message.Credentials;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** One connection to a node, which answers each command before it gets the next. For one thread, but for {@link #close}. */
final class Wire implements Closeable {

    /**
     * How to speak to nodes.
     *
     * @param tls null for plain text
     * @param user who to be, null for who the node takes anybody for
     * @param protocol the version of RESP that is asked for, 2 or 3; a node that has not heard of it speaks 2
     * @param pushed is told what a node says unasked
     */
    record Manner(
            @Nullable SSLContext tls,
            Credentials.@Nullable Password user,
            int protocol,
            Consumer<Answer.Push> pushed) {}

    private static final int CONNECT_MILLIS = 2_000;

    /** A node takes its time to check a password. */
    private static final int GREETING_MILLIS = 10_000;

    private final Socket socket;
    private final Manner manner;
    private final PushbackInputStream in;
    private final OutputStream out;
    private final AnswerReader reader;

    private Wire(Socket socket, Manner manner) throws IOException {
        this.socket = socket;
        this.manner = manner;
        this.in = new PushbackInputStream(new BufferedInputStream(socket.getInputStream(), 64 << 10));
        this.out = new BufferedOutputStream(socket.getOutputStream(), 64 << 10);
        this.reader = new AnswerReader(in);
    }

    /**
     * Connects and says who it is.
     *
     * @throws IOException with a reason for people when there is nobody, or not who is meant, or the user is refused
     */
    static Wire open(Address address, Manner manner) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(address.host(), address.port()), CONNECT_MILLIS);
            socket.setSoTimeout(GREETING_MILLIS);
            Socket speaking = manner.tls() == null ? socket : secured(socket, manner.tls(), address);
            Wire wire = new Wire(speaking, manner);
            wire.greet();
            speaking.setSoTimeout(0);
            return wire;
        } catch (IOException e) {
            socket.close();
            throw new IOException(reason(e), e);
        }
    }

    private static SSLSocket secured(Socket socket, SSLContext tls, Address address) throws IOException {
        SSLSocket secured =
                (SSLSocket) tls.getSocketFactory().createSocket(socket, address.host(), address.port(), true);
        SSLParameters parameters = secured.getSSLParameters();
        // The name in the certificate is to be that of the host.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private static String reason(IOException e) {
        TlsFailure tls = TlsFailure.of(e);
        if (tls != null) {
            return tls.reason();
        }
        return switch (e) {
            case UnknownHostException ignored -> "there is no such host";
            case SocketTimeoutException ignored -> "it takes too long";
            case ConnectException ignored -> "nothing listens there";
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    private void greet() throws IOException {
        Credentials.Password user = manner.user();
        List<byte[]> auth = user == null
                ? List.of()
                : List.of(Words.bytes("AUTH"), Words.bytes(user.user()), Words.bytes(user.password()));
        if (manner.protocol() > 2) {
            List<byte[]> hello = new ArrayList<>(List.of(Words.bytes("HELLO"), Words.bytes("" + manner.protocol())));
            hello.addAll(auth);
            // Who knows no HELLO speaks RESP2, and who wants a user first says so at every command.
            if (!(call(hello) instanceof Answer.Failed failed)) {
                return;
            }
            if (user != null && !failed.code().equals("ERR") && !failed.code().equals("NOPROTO")) {
                throw new IOException(failed.text());
            }
        }
        if (user != null && call(auth) instanceof Answer.Failed failed) {
            throw new IOException(failed.text());
        }
    }

    /** Sends a command and waits for its answer, however long that takes; {@link #close} ends it. */
    Answer call(List<byte[]> words) throws IOException {
        out.write(header('*', words.size()));
        for (byte[] word : words) {
            out.write(header('$', word.length));
            out.write(word);
            out.write('\r');
            out.write('\n');
        }
        out.flush();
        while (true) {
            Answer answer = reader.read();
            if (!(answer instanceof Answer.Push push)) {
                return answer;
            }
            manner.pushed().accept(push);
        }
    }

    private static byte[] header(char type, int size) {
        return (type + Integer.toString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether the other side has closed: what is sent to it now is lost for certain. Takes a millisecond when it has not. */
    boolean isClosed() {
        try {
            socket.setSoTimeout(1);
            try {
                int next = in.read();
                if (next < 0) {
                    return true;
                }
                in.unread(next);
            } catch (SocketTimeoutException e) {
                // It is there, and says nothing.
            }
            socket.setSoTimeout(0);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** From any thread. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }
}
