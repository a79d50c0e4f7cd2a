package io.murmur.quorum;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.AtomicOperation;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.Failure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a client's {@link AtomicOperation} makes of a key's value, and what the client is told of it. Pure.
 *
 * @param ofCache the cache's own time to live, null when it has none
 */
record ClientChange(AtomicOperation operation, @Nullable Duration ofCache) implements Change<ClientChange.Answer> {

    /** The longest decimal text of a long. */
    private static final int MOST_DIGITS = 20;

    /** What becomes of the operation once it is done. */
    sealed interface Answer {

        /**
         * What the client is told.
         *
         * @param version of the cell that was left, or found; null when there was none
         */
        Result result(@Nullable Version version);

        /** It is as {@link ClientReply.Changed} says, but for the version. */
        record Told(boolean applied, byte @Nullable [] value) implements Answer {
            @Override
            public Result result(@Nullable Version version) {
                return new ClientReply.Changed(applied, value, version);
            }
        }

        /** It cannot be done with what the key holds, which is left as it is. */
        record Wrong(String detail) implements Answer {
            @Override
            public Result result(@Nullable Version version) {
                return new ClientReply.Failed(new Failure.BadRequest(detail));
            }
        }
    }

    private static final Answer APPLIED = new Answer.Told(true, null);

    @Override
    public Step<Answer> apply(Cell.@Nullable Live current, long wallMillis) {
        byte[] held = current == null ? null : current.value();
        return switch (operation) {
            case AtomicOperation.PutIfAbsent it ->
                held == null ? put(it.value(), it.timeToLiveMillis(), wallMillis, APPLIED) : refused(held);
            case AtomicOperation.Replace it ->
                held == null ? refused(null) : put(it.value(), it.timeToLiveMillis(), wallMillis, APPLIED);
            case AtomicOperation.CompareAndSet it ->
                Arrays.equals(held, it.expected())
                        ? put(it.value(), it.timeToLiveMillis(), wallMillis, APPLIED)
                        : refused(held);
            case AtomicOperation.CompareAndRemove it ->
                Arrays.equals(held, it.expected()) ? new Step.Remove<>(APPLIED) : refused(held);
            case AtomicOperation.GetAndPut it ->
                put(it.value(), it.timeToLiveMillis(), wallMillis, new Answer.Told(true, held));
            case AtomicOperation.GetAndRemove ignored ->
                held == null ? new Step.Keep<>(APPLIED) : new Step.Remove<>(new Answer.Told(true, held));
            case AtomicOperation.Increment it -> increment(it, current, wallMillis);
        };
    }

    private Step<Answer> increment(AtomicOperation.Increment it, Cell.@Nullable Live current, long wallMillis) {
        Long number = current == null ? Long.valueOf(0) : number(current.value());
        if (number == null) {
            return wrong("the value is not an integer or out of range");
        }
        long sum = number + it.delta();
        // The sum has overflowed when its sign is that of neither.
        if (((number ^ sum) & (it.delta() ^ sum)) < 0) {
            return wrong("the increment would overflow");
        }
        byte[] text = Long.toString(sum).getBytes(StandardCharsets.US_ASCII);
        long expiresAtMillis = current == null
                ? Coordinator.expiry(it.timeToLiveMillis(), ofCache, wallMillis)
                : current.expiresAtMillis();
        return new Step.Put<>(text, expiresAtMillis, new Answer.Told(true, text));
    }

    /** The number a value is the decimal text of, as {@link Long#toString(long)} has it; null when it is none. */
    private static @Nullable Long number(byte[] value) {
        if (value.length > MOST_DIGITS) {
            return null;
        }
        String text = new String(value, StandardCharsets.ISO_8859_1);
        try {
            long number = Long.parseLong(text);
            return Long.toString(number).equals(text) ? number : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private Step<Answer> put(byte[] value, long timeToLiveMillis, long wallMillis, Answer answer) {
        return new Step.Put<>(value, Coordinator.expiry(timeToLiveMillis, ofCache, wallMillis), answer);
    }

    private static Step<Answer> refused(byte @Nullable [] held) {
        return new Step.Keep<>(new Answer.Told(false, held));
    }

    private static Step<Answer> wrong(String detail) {
        return new Step.Keep<>(new Answer.Wrong(detail));
    }
}
