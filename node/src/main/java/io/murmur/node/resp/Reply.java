package io.murmur.node.resp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What a command answers. Each has a form in RESP3 and one in RESP2; which of them is written depends on what the connection speaks, and no
 * command has to know.
 */
public sealed interface Reply {

    Reply OK = new Simple("OK");
    Reply NIL = new Nil();
    Reply SILENCE = new Silence();
    Reply NIL_ITEMS = new NilItems();
    Reply ZERO = new Int(0);
    Reply ONE = new Int(1);
    Reply NONE = new Items(List.of());

    /** A status in one line, without carriage return and line feed. */
    record Simple(String text) implements Reply {}

    /**
     * That it failed.
     *
     * @param text begins with a code in capitals, as {@code ERR}; line breaks are written as spaces
     */
    record Failed(String text) implements Reply {}

    record Int(long value) implements Reply {}

    /**
     * A string of bytes.
     *
     * @param bytes not to be changed
     */
    record Bulk(byte[] bytes) implements Reply {

        public static Bulk of(String text) {
            return new Bulk(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** No value. */
    record Nil() implements Reply {}

    /** No array: other than {@link Nil} in RESP2 only. */
    record NilItems() implements Reply {}

    record Items(List<? extends Reply> items) implements Reply {}

    /** Items of which no two are equal, in no order; an array in RESP2. */
    record Distinct(List<? extends Reply> items) implements Reply {}

    /** Keys and values; in RESP2 an array with both in turn. */
    record Pairs(List<? extends Map.Entry<? extends Reply, ? extends Reply>> pairs) implements Reply {}

    /** In RESP2 a string. */
    record Real(double value) implements Reply {}

    /** In RESP2 1 or 0. */
    record Truth(boolean value) implements Reply {}

    /** Nothing at all is written. */
    record Silence() implements Reply {}

    /** A text for people; in RESP2 a string. */
    record Verbatim(String text) implements Reply {}

    static Reply number(long value) {
        return value == 0 ? ZERO : value == 1 ? ONE : new Int(value);
    }

    static Reply bulk(String text) {
        return Bulk.of(text);
    }

    static Reply error(String text) {
        return new Failed(text);
    }
}
