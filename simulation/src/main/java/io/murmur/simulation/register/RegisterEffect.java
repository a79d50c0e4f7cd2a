package io.murmur.simulation.register;

import org.jspecify.annotations.Nullable;

/** What an action does to what it finds, and answers. */
public sealed interface RegisterEffect {

    /** What the client is told; null for nothing. */
    @Nullable
    String answer();

    /** Leaves all as it is. */
    record Keep(@Nullable String answer) implements RegisterEffect {}

    /**
     * Leaves a value.
     *
     * @param life how long it is to live
     */
    record Put(String value, Life life, @Nullable String answer) implements RegisterEffect {

        static Put of(String value, long timeToLiveMillis, @Nullable String answer) {
            return new Put(value, new Life.Anew(timeToLiveMillis), answer);
        }

        /** One that lives as long as what it replaces would have. */
        static Put living(String value, @Nullable String answer) {
            return new Put(value, new Life.AsBefore(), answer);
        }
    }

    /** Leaves nothing. */
    record Remove(@Nullable String answer) implements RegisterEffect {}

    /** How long a value lives. */
    sealed interface Life {

        /** As long as what was there; for ever where nothing was. */
        record AsBefore() implements Life {}

        /**
         * From now on.
         *
         * @param timeToLiveMillis or {@link RegisterAction#FOREVER}
         */
        record Anew(long timeToLiveMillis) implements Life {}
    }
}
