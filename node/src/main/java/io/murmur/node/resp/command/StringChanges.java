package io.murmur.node.resp.command;

import io.murmur.kernel.data.Cell;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.quorum.Change;
import io.murmur.quorum.Change.Step;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What Redis' commands on strings make of a value. Pure. */
final class StringChanges {

    static final String TOO_LONG = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
    static final String WOULD_OVERFLOW = "ERR increment or decrement would overflow";
    static final String NO_NUMBER = "ERR increment would produce NaN or Infinity";

    private static final byte[] EMPTY = {};

    private StringChanges() {}

    /** On what a value is written. */
    enum Condition {
        ALWAYS,
        IF_ABSENT,
        IF_PRESENT;

        boolean isMetBy(Cell.@Nullable Live current) {
            return switch (this) {
                case ALWAYS -> true;
                case IF_ABSENT -> current == null;
                case IF_PRESENT -> current != null;
            };
        }
    }

    /** What a key holds, the empty string when there is nothing. */
    static byte[] bytes(Cell.@Nullable Live current) {
        return current == null ? EMPTY : current.value();
    }

    /** What a key holds, as GET answers it. */
    static Reply bulk(Cell.@Nullable Live current) {
        return current == null ? Reply.NIL : new Reply.Bulk(current.value());
    }

    /** Puts a value, or removes the key when the value would have expired by now. */
    static <R> Step<R> put(byte[] value, long expiresAtMillis, long nowMillis, R answer) {
        return expiresAtMillis <= nowMillis
                ? new Step.Remove<>(answer)
                : new Step.Put<>(value, expiresAtMillis, answer);
    }

    /**
     * @param done the answer when the value has been written
     * @param not the answer when it has not, of what the key holds
     */
    static Change<Reply> set(byte[] value, Lifetime lifetime, Condition condition, Reply done, Reply not) {
        return (current, now) -> condition.isMetBy(current)
                ? put(value, lifetime.expiresAtMillis(current, now), now, done)
                : new Step.Keep<>(not);
    }

    /** As {@link #set}, and answers what the key held. */
    static Change<Reply> getAndSet(byte[] value, Lifetime lifetime, Condition condition) {
        return (current, now) -> condition.isMetBy(current)
                ? put(value, lifetime.expiresAtMillis(current, now), now, bulk(current))
                : new Step.Keep<>(bulk(current));
    }

    static Change<Reply> getAndDelete() {
        return (current, now) -> current == null ? new Step.Keep<>(Reply.NIL) : new Step.Remove<>(bulk(current));
    }

    static Change<Reply> getAndExpire(Lifetime lifetime) {
        return (current, now) -> {
            if (current == null) {
                return new Step.Keep<>(Reply.NIL);
            }
            long expiresAt = lifetime.expiresAtMillis(current, now);
            return expiresAt == current.expiresAtMillis()
                    ? new Step.Keep<>(bulk(current))
                    : put(current.value(), expiresAt, now, bulk(current));
        };
    }

    /**
     * @param fresh of a key that is made
     * @param mostBytes of a value
     */
    static Change<Reply> append(byte[] tail, Lifetime fresh, int mostBytes) {
        return (current, now) -> {
            byte[] head = bytes(current);
            if ((long) head.length + tail.length > mostBytes) {
                return new Step.Keep<>(Reply.error(TOO_LONG));
            }
            Reply length = Reply.number(head.length + tail.length);
            if (current != null && tail.length == 0) {
                return new Step.Keep<>(length);
            }
            byte[] joined = Arrays.copyOf(head, head.length + tail.length);
            System.arraycopy(tail, 0, joined, head.length, tail.length);
            return rewritten(current, now, fresh, joined, length);
        };
    }

    /**
     * @param offset at least 0
     * @param fresh as of {@link #append}
     */
    static Change<Reply> setRange(long offset, byte[] part, Lifetime fresh, int mostBytes) {
        return (current, now) -> {
            byte[] former = bytes(current);
            if (part.length == 0) {
                return new Step.Keep<>(Reply.number(former.length));
            }
            if (offset > mostBytes - part.length) {
                return new Step.Keep<>(Reply.error(TOO_LONG));
            }
            byte[] next = Arrays.copyOf(former, Math.max(former.length, (int) offset + part.length));
            System.arraycopy(part, 0, next, (int) offset, part.length);
            return rewritten(current, now, fresh, next, Reply.number(next.length));
        };
    }

    static Change<Reply> increment(long by, Lifetime fresh) {
        return refusing((current, now) -> {
            long former = current == null ? 0 : Request.integer(current.value(), Refusal.NO_INTEGER);
            if (by > 0 ? former > Long.MAX_VALUE - by : former < Long.MIN_VALUE - by) {
                throw new Refusal(WOULD_OVERFLOW);
            }
            long next = former + by;
            return rewritten(current, now, fresh, digits(next), Reply.number(next));
        });
    }

    static Change<Reply> increment(LongDouble by, Lifetime fresh) {
        return refusing((current, now) -> {
            LongDouble former = current == null ? LongDouble.ZERO : LongDouble.parse(current.value());
            if (former == null) {
                throw new Refusal(Refusal.NO_FLOAT);
            }
            LongDouble sum = former.plus(by);
            if (sum == null) {
                throw new Refusal(NO_NUMBER);
            }
            byte[] next = sum.decimals();
            return rewritten(current, now, fresh, next, new Reply.Bulk(next));
        });
    }

    private static byte[] digits(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    /** A value in the place of another, which keeps its expiry. */
    static <R> Step<R> rewritten(Cell.@Nullable Live current, long now, Lifetime fresh, byte[] next, R answer) {
        return new Step.Put<>(next, new Lifetime.Kept(fresh).expiresAtMillis(current, now), answer);
    }

    /** One whose refusals are answered, the key left as it is. */
    static Change<Reply> refusing(Change<Reply> change) {
        return (current, now) -> {
            try {
                return change.apply(current, now);
            } catch (Refusal refusal) {
                return new Step.Keep<>(refusal.reply());
            }
        };
    }

    /** Changes nothing: what an atomic read is. */
    static <R> Change<R> reading(Function<Cell.@Nullable Live, R> answer) {
        return (current, now) -> new Step.Keep<>(answer.apply(current));
    }

    /** Those bytes of a string, both ends included, counted from its end when below 0. */
    static byte[] range(byte[] bytes, long start, long end) {
        if (start < 0 && end < 0 && start > end) {
            return EMPTY;
        }
        long first = Math.max(0, start < 0 ? start + bytes.length : start);
        long last = Math.min(bytes.length - 1L, Math.max(0, end < 0 ? end + bytes.length : end));
        return first > last ? EMPTY : Arrays.copyOfRange(bytes, (int) first, (int) last + 1);
    }
}
