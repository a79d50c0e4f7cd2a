package io.murmur.node.resp.command;

import static io.murmur.node.resp.command.StringChanges.bytes;
import static io.murmur.node.resp.command.StringChanges.rewritten;

import io.murmur.node.resp.Reply;
import io.murmur.quorum.Change;
import io.murmur.quorum.Change.Step;
import java.util.Arrays;
import java.util.List;

/** A string as bits, the highest of its first byte the first. Pure. */
final class Bits {

    private Bits() {}

    /**
     * A part of a string. Both ends are included, and counted from the string's end when below 0.
     *
     * @param inBits whether they count bits, else bytes
     * @param hasEnd whether the end was said, and so what is behind the string does not count as zeros
     */
    record Part(long start, long end, boolean inBits, boolean hasEnd) {

        static final Part WHOLE = new Part(0, -1, false, false);

        /** The first and the last bit; the first is behind the last when the part is empty. */
        private long[] of(byte[] string) {
            long length = inBits ? string.length * 8L : string.length;
            long first = Math.max(0, start < 0 ? start + length : start);
            long last = Math.min(length - 1, Math.max(0, end < 0 ? end + length : end));
            if (first > last) {
                return new long[] {0, -1};
            }
            return inBits ? new long[] {first, last} : new long[] {first * 8, last * 8 + 7};
        }
    }

    /** How many bits are set. */
    static long count(byte[] string, Part part) {
        if (part.start() < 0 && part.end() < 0 && part.start() > part.end()) {
            return 0;
        }
        long[] ends = part.of(string);
        long count = 0;
        for (long bit = ends[0]; bit <= ends[1]; ) {
            if ((bit & 7) == 0 && bit + 7 <= ends[1]) {
                count += Integer.bitCount(string[(int) (bit >> 3)] & 0xFF);
                bit += 8;
            } else {
                count += get(string, bit++);
            }
        }
        return count;
    }

    /** Where the first bit is that is set, or clear; -1 when there is none. */
    static long position(byte[] string, int wanted, Part part) {
        long[] ends = part.of(string);
        int none = wanted == 1 ? 0 : 0xFF;
        for (long bit = ends[0]; bit <= ends[1]; ) {
            if ((bit & 7) == 0 && bit + 7 <= ends[1] && (string[(int) (bit >> 3)] & 0xFF) == none) {
                bit += 8;
            } else if (get(string, bit) == wanted) {
                return bit;
            } else {
                bit++;
            }
        }
        return ends[0] <= ends[1] && wanted == 0 && !part.hasEnd() ? ends[1] + 1 : -1;
    }

    /** A bit; 0 behind the end. */
    static int get(byte[] string, long bit) {
        long place = bit >> 3;
        return place < string.length ? (string[(int) place] >> (7 - (bit & 7))) & 1 : 0;
    }

    /** Sets a bit of a string that has it. */
    static void set(byte[] string, long bit, int value) {
        int place = (int) (bit >> 3);
        int mask = 1 << (7 - (bit & 7));
        string[place] = (byte) (value == 1 ? string[place] | mask : string[place] & ~mask);
    }

    /**
     * Sets a bit, zeros before it where there was nothing, and answers what it was.
     *
     * @param fresh of a key that is made
     */
    static Change<Reply> set(long bit, int value, Lifetime fresh) {
        return (current, now) -> {
            byte[] former = bytes(current);
            int was = get(former, bit);
            int length = (int) (bit >> 3) + 1;
            if (current != null && length <= former.length && was == value) {
                return new Step.Keep<>(Reply.number(was));
            }
            byte[] next = Arrays.copyOf(former, Math.max(former.length, length));
            set(next, bit, value);
            return rewritten(current, now, fresh, next, Reply.number(was));
        };
    }

    /** How strings are put together. */
    enum Operation {
        AND,
        OR,
        XOR,
        /** Of one alone. */
        NOT;

        /** As long as the longest, the others with zeros behind them. */
        byte[] of(List<byte[]> strings) {
            int longest =
                    strings.stream().mapToInt(string -> string.length).max().orElse(0);
            byte[] result = Arrays.copyOf(strings.get(0), longest);
            for (byte[] string : strings.subList(1, strings.size())) {
                for (int i = 0; i < longest; i++) {
                    byte other = i < string.length ? string[i] : 0;
                    result[i] = (byte)
                            switch (this) {
                                case AND -> result[i] & other;
                                case OR -> result[i] | other;
                                case XOR -> result[i] ^ other;
                                case NOT -> throw new IllegalStateException("of one alone");
                            };
                }
            }
            if (this == NOT) {
                for (int i = 0; i < longest; i++) {
                    result[i] = (byte) ~result[i];
                }
            }
            return result;
        }
    }
}
