package io.murmur.node.shell;

import java.util.List;
import java.util.Map;

/** What a server says, in RESP2 or RESP3. Byte arrays are not to be changed. */
sealed interface Answer {

    /** A status in one line. */
    record Status(String text) implements Answer {}

    /** That it failed; begins with a code in capitals. */
    record Failed(String text) implements Answer {

        /** Its code: what a program tells errors apart by. */
        String code() {
            int end = text.indexOf(' ');
            return end < 0 ? text : text.substring(0, end);
        }
    }

    record Int(long value) implements Answer {}

    record Bulk(byte[] bytes) implements Answer {}

    /** No value, or no array. */
    record Nil() implements Answer {}

    /** In a sequence of things. */
    record Items(List<Answer> items) implements Answer {}

    /** No two of these are equal. */
    record Distinct(List<Answer> items) implements Answer {}

    record Pairs(List<Map.Entry<Answer, Answer>> pairs) implements Answer {}

    /** A floating-point number, as it was said. */
    record Real(String text) implements Answer {}

    record Truth(boolean value) implements Answer {}

    /** An integer of any size, as it was said. */
    record Big(String text) implements Answer {}

    /** A text for people, as it is. */
    record Verbatim(byte[] bytes) implements Answer {}

    /** Said without having been asked. */
    record Push(List<Answer> items) implements Answer {}
}
