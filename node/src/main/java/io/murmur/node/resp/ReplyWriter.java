package io.murmur.node.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes replies as bytes, many into one buffer; a long string is handed on as it is, between two buffers, and not copied. Not thread-safe.
 */
final class ReplyWriter {

    /** From here on a string is worth a buffer of its own. */
    static final int LONG_STRING = 16 << 10;

    private static final int BUFFER_BYTES = 4 << 10;

    /** Of a reply besides its text, and of the reference to it. */
    private static final int OBJECT_BYTES = 40;

    /** A buffer that has so many is handed on, so that whoever takes it can tell when there is enough. */
    private static final int FULL_BYTES = 64 << 10;

    private static final byte[] OK = "+OK\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NIL_STRING = "$-1\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NIL_ARRAY = "*-1\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NIL = "_\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int CRLF = '\r' << 8 | '\n';

    private final ByteBufAllocator allocator;
    private final Consumer<ByteBuf> sink;
    private final byte[] digits = new byte[20];
    private @Nullable ByteBuf out;
    private long bytes;

    /** @param sink takes the buffers, in order, and releases them */
    ReplyWriter(ByteBufAllocator allocator, Consumer<ByteBuf> sink) {
        this.allocator = allocator;
        this.sink = sink;
    }

    /** How many bytes of replies there have been. */
    long bytes() {
        return bytes + (out == null ? 0 : out.readableBytes());
    }

    /** Hands on whatever is there; false when there is nothing. */
    boolean handOn() {
        ByteBuf full = out;
        if (full == null) {
            return false;
        }
        out = null;
        bytes += full.readableBytes();
        sink.accept(full);
        return true;
    }

    /** Gives up what has not been handed on. */
    void discard() {
        if (out != null) {
            out.release();
            out = null;
        }
    }

    private ByteBuf out() {
        ByteBuf to = out;
        if (to != null && to.readableBytes() >= FULL_BYTES) {
            handOn();
            to = null;
        }
        if (to == null) {
            to = allocator.ioBuffer(BUFFER_BYTES);
            out = to;
        }
        return to;
    }

    /** About how many bytes of the heap a reply holds. */
    static long bytesOf(Reply reply) {
        return OBJECT_BYTES
                + switch (reply) {
                    case Reply.Bulk bulk -> bulk.bytes().length;
                    case Reply.Items items -> bytesOf(items.items());
                    case Reply.Distinct items -> bytesOf(items.items());
                    case Reply.Pairs pairs -> {
                        long bytes = 0;
                        for (Map.Entry<? extends Reply, ? extends Reply> pair : pairs.pairs()) {
                            bytes += bytesOf(pair.getKey()) + bytesOf(pair.getValue());
                        }
                        yield bytes;
                    }
                    case Reply.Simple simple -> simple.text().length();
                    case Reply.Failed failed -> failed.text().length();
                    case Reply.Verbatim text -> text.text().length();
                    case Reply.Int ignored -> 0;
                    case Reply.Nil ignored -> 0;
                    case Reply.NilItems ignored -> 0;
                    case Reply.Real ignored -> 0;
                    case Reply.Truth ignored -> 0;
                    case Reply.Silence ignored -> 0;
                };
    }

    private static long bytesOf(List<? extends Reply> replies) {
        long bytes = 0;
        for (Reply reply : replies) {
            bytes += bytesOf(reply);
        }
        return bytes;
    }

    /** @param protocol 2 or 3 */
    void write(Reply reply, int protocol) {
        boolean isThree = protocol >= 3;
        switch (reply) {
            case Reply.Bulk bulk -> string('$', bulk.bytes());
            case Reply.Simple simple when simple.equals(Reply.OK) -> out().writeBytes(OK);
            case Reply.Simple simple -> line('+', simple.text());
            case Reply.Failed failed -> line('-', failed.text());
            case Reply.Int number -> header(':', number.value());
            case Reply.Nil ignored -> out().writeBytes(isThree ? NIL : NIL_STRING);
            case Reply.NilItems ignored -> out().writeBytes(isThree ? NIL : NIL_ARRAY);
            case Reply.Silence ignored -> {}
            case Reply.Items items -> items('*', items.items(), protocol);
            case Reply.Distinct items -> items(isThree ? '~' : '*', items.items(), protocol);
            case Reply.Pairs pairs -> {
                int size = pairs.pairs().size();
                header(isThree ? '%' : '*', isThree ? size : 2L * size);
                for (Map.Entry<? extends Reply, ? extends Reply> pair : pairs.pairs()) {
                    write(pair.getKey(), protocol);
                    write(pair.getValue(), protocol);
                }
            }
            case Reply.Real real when isThree -> line(',', text(real.value()));
            case Reply.Real real -> string('$', ascii(text(real.value())));
            case Reply.Truth truth when isThree -> line('#', truth.value() ? "t" : "f");
            case Reply.Truth truth -> header(':', truth.value() ? 1 : 0);
            case Reply.Verbatim text
            when isThree -> string('=', ("txt:" + text.text()).getBytes(StandardCharsets.UTF_8));
            case Reply.Verbatim text -> string('$', text.text().getBytes(StandardCharsets.UTF_8));
        }
    }

    private void items(char mark, List<? extends Reply> items, int protocol) {
        header(mark, items.size());
        for (Reply item : items) {
            write(item, protocol);
        }
    }

    private void string(char mark, byte[] text) {
        header(mark, text.length);
        if (text.length >= LONG_STRING) {
            handOn();
            bytes += text.length;
            sink.accept(Unpooled.wrappedBuffer(text));
        } else {
            out().writeBytes(text);
        }
        out().writeShort(CRLF);
    }

    /** What would end the line is a space. */
    private void line(char mark, String text) {
        out().writeByte(mark);
        out().writeBytes(text.replace('\r', ' ').replace('\n', ' ').getBytes(StandardCharsets.UTF_8));
        out().writeShort(CRLF);
    }

    private void header(char mark, long number) {
        ByteBuf to = out();
        to.writeByte(mark);
        if (number >= 0 && number < 10) {
            to.writeByte('0' + (int) number);
        } else {
            decimal(to, number);
        }
        to.writeShort(CRLF);
    }

    private void decimal(ByteBuf to, long number) {
        int at = digits.length;
        // Below 0, where there is room for the smallest number as well.
        long left = number < 0 ? number : -number;
        do {
            digits[--at] = (byte) ('0' - left % 10);
            left /= 10;
        } while (left != 0);
        if (number < 0) {
            digits[--at] = '-';
        }
        to.writeBytes(digits, at, digits.length - at);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** As few digits as tell it from all others, and none behind the point when it is whole. */
    static String text(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e17) {
            return Long.toString((long) value);
        }
        String shortest = Double.toString(value);
        int exponent = shortest.indexOf('E');
        if (exponent < 0) {
            return shortest;
        }
        if (Math.abs(value) < 1e17 && Math.abs(value) > 1e-5) {
            return new BigDecimal(shortest).stripTrailingZeros().toPlainString();
        }
        String mantissa = shortest.substring(0, exponent);
        String sign = shortest.charAt(exponent + 1) == '-' ? "e" : "e+";
        return (mantissa.endsWith(".0") ? mantissa.substring(0, mantissa.length() - 2) : mantissa)
                + sign
                + shortest.substring(exponent + 1);
    }
}
