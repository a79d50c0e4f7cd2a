package io.murmur.node.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/**
 * The least a client of Redis can be: it sends words, and shows answers as text in one line, those of RESP2 and RESP3 alike: {@code OK},
 * {@code (error) ERR ...}, {@code 5}, {@code "value"}, {@code nil}, {@code [1, "a"]}, {@code {"a": 1}}.
 */
public final class RespClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    public RespClient(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    public RespClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends words between spaces, and returns the answer. */
    public String say(String line) throws IOException {
        return ask(line.split(" "));
    }

    public String ask(String... words) throws IOException {
        send(words);
        return receive();
    }

    public void send(String... words) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(("*" + words.length + "\r\n").getBytes(ISO_8859_1));
        for (String word : words) {
            frame.writeBytes(("$" + word.length() + "\r\n" + word + "\r\n").getBytes(ISO_8859_1));
        }
        sendRaw(frame.toByteArray());
    }

    public void sendRaw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Whether the other side has closed, and nothing is left to be read. */
    public boolean isClosed() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    /** The next answer. */
    public String receive() throws IOException {
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+', ':', ',' -> rest;
            case '-' -> "(error) " + rest;
            case '#' -> rest.equals("t") ? "true" : "false";
            case '_' -> "nil";
            case '$' -> rest.equals("-1") ? "nil" : '"' + bytes(Integer.parseInt(rest)) + '"';
            case '=' -> bytes(Integer.parseInt(rest)).substring("txt:".length());
            case '*' -> rest.equals("-1") ? "nil" : "[" + String.join(", ", many(Integer.parseInt(rest))) + "]";
            case '~' -> "~[" + String.join(", ", many(Integer.parseInt(rest))) + "]";
            case '%' -> {
                List<String> pairs = new ArrayList<>();
                for (int i = Integer.parseInt(rest); i > 0; i--) {
                    pairs.add(receive() + ": " + receive());
                }
                yield "{" + String.join(", ", pairs) + "}";
            }
            default -> throw new IOException("no RESP: " + line);
        };
    }

    private List<String> many(int count) throws IOException {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(receive());
        }
        return all;
    }

    private String bytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count || in.read() != '\r' || in.read() != '\n') {
            throw new EOFException("the answer ends too soon");
        }
        return new String(bytes, ISO_8859_1);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int one = in.read();
            if (one < 0) {
                throw new EOFException("closed; so far: " + line);
            }
            if (one == '\r') {
                if (in.read() != '\n') {
                    throw new IOException("no line feed behind " + line);
                }
                return line.toString();
            }
            line.append((char) one);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
