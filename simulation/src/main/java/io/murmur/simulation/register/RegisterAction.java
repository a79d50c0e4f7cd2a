package io.murmur.simulation.register;

import org.jspecify.annotations.Nullable;

/**
 * What a client does to a key. All that is not blind answers with what it has found, so that a history says as much as possible.
 */
public sealed interface RegisterAction {

    /** {@link Write#timeToLiveMillis} and the like: for ever. */
    long FOREVER = -1;

    /**
     * What it does when nothing else goes on.
     *
     * @param current null when there is nothing
     */
    RegisterEffect apply(@Nullable String current);

    /**
     * Whether it may take effect several times from its beginning to its end: a plain write that meets another is stamped anew, and what its
     * former stamp left behind may have been seen.
     */
    default boolean isRepeatable() {
        return false;
    }

    /** Answers with what there is. */
    record Read() implements RegisterAction {
        @Override
        public RegisterEffect apply(@Nullable String current) {
            return new RegisterEffect.Keep(current);
        }
    }

    /**
     * Overwrites.
     *
     * @param atomic or by a plain write at a majority
     */
    record Write(String value, long timeToLiveMillis, boolean atomic) implements RegisterAction {
        @Override
        public RegisterEffect apply(@Nullable String current) {
            return RegisterEffect.Put.of(value, timeToLiveMillis, null);
        }

        @Override
        public boolean isRepeatable() {
            return !atomic;
        }
    }

    /**
     * Deletes, and does not ask what.
     *
     * @param atomic as of a {@link Write}
     */
    record Delete(boolean atomic) implements RegisterAction {
        @Override
        public RegisterEffect apply(@Nullable String current) {
            return new RegisterEffect.Remove(null);
        }

        @Override
        public boolean isRepeatable() {
            return !atomic;
        }
    }

    /** Adds to a number, 0 when there is nothing, and answers the sum; answers with what there is when that is no number. */
    record Increment(long by) implements RegisterAction {
        @Override
        public RegisterEffect apply(@Nullable String current) {
            if (current != null && !isNumber(current)) {
                return new RegisterEffect.Keep(current);
            }
            String sum = Long.toString((current == null ? 0 : Long.parseLong(current)) + by);
            return RegisterEffect.Put.living(sum, sum);
        }
    }

    /** Adds at the end, and answers all of it. */
    record Append(String suffix) implements RegisterAction {
        @Override
        public RegisterEffect apply(@Nullable String current) {
            String whole = current == null ? suffix : current + suffix;
            return RegisterEffect.Put.living(whole, whole);
        }
    }

    /** Replaces what is expected, and answers with what there was. */
    record CompareAndSet(@Nullable String expected, String replacement) implements RegisterAction {
        @Override
        public RegisterEffect apply(@Nullable String current) {
            boolean isAsExpected = expected == null ? current == null : expected.equals(current);
            return isAsExpected
                    ? RegisterEffect.Put.of(replacement, FOREVER, current)
                    : new RegisterEffect.Keep(current);
        }
    }

    /** Puts where nothing is, and answers with what there was. */
    record PutIfAbsent(String value, long timeToLiveMillis) implements RegisterAction {
        @Override
        public RegisterEffect apply(@Nullable String current) {
            return current == null
                    ? RegisterEffect.Put.of(value, timeToLiveMillis, null)
                    : new RegisterEffect.Keep(current);
        }
    }

    /** Overwrites, and answers with what there was. */
    record GetAndSet(String value, long timeToLiveMillis) implements RegisterAction {
        @Override
        public RegisterEffect apply(@Nullable String current) {
            return RegisterEffect.Put.of(value, timeToLiveMillis, current);
        }
    }

    /** Removes what there is, and answers with it. */
    record Remove() implements RegisterAction {
        @Override
        public RegisterEffect apply(@Nullable String current) {
            return current == null ? new RegisterEffect.Keep(null) : new RegisterEffect.Remove(current);
        }
    }

    /** Whether {@link Increment} takes it for a number: it counts with whole ones, from zero or from what counting has left. */
    static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() < 19 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
