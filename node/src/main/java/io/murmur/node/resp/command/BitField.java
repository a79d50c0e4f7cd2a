package io.murmur.node.resp.command;

import static io.murmur.node.resp.command.StringChanges.bytes;
import static io.murmur.node.resp.command.StringChanges.rewritten;

import io.murmur.kernel.data.Cell;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.quorum.Change;
import io.murmur.quorum.Change.Step;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * BITFIELD: whole numbers of any width at any bit of a string, read and written in turn. Pure.
 *
 * @param offset of its first bit
 * @param bits how wide it is: 1 to 64, or 63 without a sign
 */
record BitField(long offset, int bits, boolean signed) {

    static final String NO_TYPE =
            "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.";
    static final String NO_OFFSET = "ERR bit offset is not an integer or out of range";
    static final String NO_OVERFLOW = "ERR Invalid OVERFLOW type specified";
    static final String READ_ONLY = "ERR BITFIELD_RO only supports the GET subcommand";

    /** What becomes of a number that the field has no room for. */
    enum Overflow {
        WRAP,
        SAT,
        FAIL
    }

    /** One step of the command. */
    sealed interface Operation {
        BitField field();

        record Get(BitField field) implements Operation {}

        record Set(BitField field, long value, Overflow overflow) implements Operation {}

        record Increment(BitField field, long by, Overflow overflow) implements Operation {}
    }

    /**
     * The steps of a BITFIELD.
     *
     * @param mostBytes of a value
     * @throws Refusal when they make no sense
     */
    static List<Operation> operations(Request request, int mostBytes) {
        List<Operation> operations = new ArrayList<>();
        Overflow overflow = Overflow.WRAP;
        int place = 2;
        while (place < request.size()) {
            int behind = request.size() - place - 1;
            if (request.is(place, "OVERFLOW") && behind >= 1) {
                overflow = overflow(request, place + 1);
                place += 2;
            } else if (request.is(place, "GET") && behind >= 2) {
                operations.add(new Operation.Get(field(request, place, mostBytes)));
                place += 3;
            } else if (request.is(place, "SET") && behind >= 3) {
                BitField field = field(request, place, mostBytes);
                operations.add(new Operation.Set(field, request.integer(place + 3), overflow));
                place += 4;
            } else if (request.is(place, "INCRBY") && behind >= 3) {
                BitField field = field(request, place, mostBytes);
                operations.add(new Operation.Increment(field, request.integer(place + 3), overflow));
                place += 4;
            } else {
                throw Refusal.syntax();
            }
        }
        return operations;
    }

    private static Overflow overflow(Request request, int place) {
        for (Overflow one : Overflow.values()) {
            if (request.is(place, one.name())) {
                return one;
            }
        }
        throw new Refusal(NO_OVERFLOW);
    }

    private static BitField field(Request request, int place, int mostBytes) {
        byte[] type = request.word(place + 1);
        boolean signed = type.length > 0 && type[0] == 'i';
        if (!signed && (type.length == 0 || type[0] != 'u')) {
            throw new Refusal(NO_TYPE);
        }
        long bits = Request.integer(Arrays.copyOfRange(type, 1, type.length), NO_TYPE);
        if (bits < 1 || bits > (signed ? 64 : 63)) {
            throw new Refusal(NO_TYPE);
        }
        return new BitField(offset(request.word(place + 2), (int) bits, mostBytes), (int) bits, signed);
    }

    /**
     * A bit's place.
     *
     * @param width of a field: behind a {@code #} so many bits are one; 0 where none may be
     */
    static long offset(byte[] word, int width, int mostBytes) {
        boolean counted = width > 0 && word.length > 0 && word[0] == '#';
        long number = Request.integer(counted ? Arrays.copyOfRange(word, 1, word.length) : word, NO_OFFSET);
        long most = mostBytes * 8L;
        long unit = counted ? width : 1;
        if (number < 0 || number >= most || number * unit >= most) {
            throw new Refusal(NO_OFFSET);
        }
        return number * unit;
    }

    static boolean isReadOnly(List<Operation> operations) {
        return operations.stream().allMatch(operation -> operation instanceof Operation.Get);
    }

    /** The answers of steps that only read. */
    static Reply read(Cell.@Nullable Live current, List<Operation> operations) {
        byte[] string = bytes(current);
        return new Reply.Items(operations.stream()
                .map(operation -> Reply.number(operation.field().in(string)))
                .toList());
    }

    /**
     * Does the steps; the string grows as far as the last field that is written.
     *
     * @param fresh of a key that is made
     * @param mostBytes of a value
     */
    static Change<Reply> change(List<Operation> operations, Lifetime fresh, int mostBytes) {
        int length = (int) operations.stream()
                .filter(operation -> !(operation instanceof Operation.Get))
                .mapToLong(operation -> (operation.field().offset + operation.field().bits - 1) / 8 + 1)
                .max()
                .orElse(0);
        return (current, now) -> {
            if (length > mostBytes) {
                return new Step.Keep<>(Reply.error(StringChanges.TOO_LONG));
            }
            byte[] former = bytes(current);
            byte[] next = Arrays.copyOf(former, Math.max(former.length, length));
            List<Reply> answers = operations.stream()
                    .map(operation -> carryOut(operation, next))
                    .toList();
            Reply answer = new Reply.Items(answers);
            return current != null && Arrays.equals(former, next)
                    ? new Step.Keep<>(answer)
                    : rewritten(current, now, fresh, next, answer);
        };
    }

    private static Reply carryOut(Operation operation, byte[] string) {
        BitField field = operation.field();
        long former = field.in(string);
        return switch (operation) {
            case Operation.Get ignored -> Reply.number(former);
            case Operation.Set set -> {
                // A number below 0 is a great one to a field without a sign.
                BigInteger given = field.signed ? BigInteger.valueOf(set.value()) : unsigned(set.value());
                Long next = field.fitted(given, set.overflow());
                if (next == null) {
                    yield Reply.NIL;
                }
                field.write(string, next);
                yield Reply.number(former);
            }
            case Operation.Increment increment -> {
                BigInteger sum = BigInteger.valueOf(former).add(BigInteger.valueOf(increment.by()));
                Long next = field.fitted(sum, increment.overflow());
                if (next == null) {
                    yield Reply.NIL;
                }
                field.write(string, next);
                yield Reply.number(next);
            }
        };
    }

    private static BigInteger unsigned(long value) {
        return value >= 0
                ? BigInteger.valueOf(value)
                : BigInteger.valueOf(value).add(BigInteger.ONE.shiftLeft(64));
    }

    /** What the field holds for a number, or null when it holds nothing for it. */
    private @Nullable Long fitted(BigInteger number, Overflow overflow) {
        BigInteger most = BigInteger.ONE.shiftLeft(signed ? bits - 1 : bits).subtract(BigInteger.ONE);
        BigInteger least = signed ? most.not() : BigInteger.ZERO;
        if (number.compareTo(least) >= 0 && number.compareTo(most) <= 0) {
            return number.longValue();
        }
        return switch (overflow) {
            case WRAP -> extended(number.longValue());
            case SAT -> (number.signum() > 0 ? most : least).longValue();
            case FAIL -> null;
        };
    }

    /** The number that the lowest bits of this one are. */
    private long extended(long number) {
        int above = Long.SIZE - bits;
        return signed ? number << above >> above : number << above >>> above;
    }

    private long in(byte[] string) {
        long number = 0;
        for (int i = 0; i < bits; i++) {
            number = number << 1 | Bits.get(string, offset + i);
        }
        return extended(number);
    }

    private void write(byte[] string, long number) {
        for (int i = 0; i < bits; i++) {
            Bits.set(string, offset + i, (int) (number >>> (bits - 1 - i)) & 1);
        }
    }
}
