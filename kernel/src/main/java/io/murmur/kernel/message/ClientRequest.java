package io.murmur.kernel.message;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client asks of any node, which coordinates it. A null level means the cache's default. */
public sealed interface ClientRequest extends Message.Request {

    /** {@link Put#timeToLiveMillis}: what the cache says. */
    long TTL_OF_CACHE = 0;

    /** {@link Put#timeToLiveMillis}: never, whatever the cache says. */
    long TTL_NONE = -1;

    /** The most keys in one {@link GetAll} or {@link PutAll}. */
    int MAX_BATCH = 1024;

    /**
     * @param traced whether the reply is to have a {@link Trace}
     */
    record Get(
            long id,
            long epoch,
            long deadlineNanos,
            Key key,
            @Nullable Level level,
            boolean traced) implements ClientRequest {

        /** One that is not traced. */
        public Get(long id, long epoch, long deadlineNanos, Key key, @Nullable Level level) {
            this(id, epoch, deadlineNanos, key, level, false);
        }
    }

    /**
     * @param timeToLiveMillis milliseconds, or {@link #TTL_OF_CACHE} or {@link #TTL_NONE}
     * @param sloppy whether a durable hint on a stand-in counts in the place of an owner that is away (Dynamo, section 4.6)
     * @param traced as of a {@link Get}
     */
    record Put(
            long id,
            long epoch,
            long deadlineNanos,
            Key key,
            byte[] value,
            long timeToLiveMillis,
            @Nullable Level level,
            boolean sloppy,
            boolean traced)
            implements ClientRequest {

        /** A strict one that is not traced. */
        public Put(
                long id,
                long epoch,
                long deadlineNanos,
                Key key,
                byte[] value,
                long timeToLiveMillis,
                @Nullable Level level) {
            this(id, epoch, deadlineNanos, key, value, timeToLiveMillis, level, false, false);
        }
    }

    /**
     * @param sloppy as of a {@link Put}
     * @param traced as of a {@link Get}
     */
    record Delete(
            long id,
            long epoch,
            long deadlineNanos,
            Key key,
            @Nullable Level level,
            boolean sloppy,
            boolean traced) implements ClientRequest {

        /** A strict one that is not traced. */
        public Delete(long id, long epoch, long deadlineNanos, Key key, @Nullable Level level) {
            this(id, epoch, deadlineNanos, key, level, false, false);
        }
    }

    /** Each key on its own: there is no snapshot over several keys. At most {@link #MAX_BATCH} keys. */
    record GetAll(
            long id,
            long epoch,
            long deadlineNanos,
            List<Key> keys,
            @Nullable Level level) implements ClientRequest {}

    /**
     * Each entry on its own: some may succeed while others fail. At most {@link #MAX_BATCH} entries.
     *
     * @param sloppy as of a {@link Put}
     */
    record PutAll(
            long id,
            long epoch,
            long deadlineNanos,
            List<Entry> entries,
            long timeToLiveMillis,
            @Nullable Level level,
            boolean sloppy)
            implements ClientRequest {

        /** A strict one. */
        public PutAll(
                long id,
                long epoch,
                long deadlineNanos,
                List<Entry> entries,
                long timeToLiveMillis,
                @Nullable Level level) {
            this(id, epoch, deadlineNanos, entries, timeToLiveMillis, level, false);
        }
    }

    /**
     * One atomic operation. It has no level: it asks a majority of the key's owners, and all of its kind on one key have one order. Asked
     * for twice it happens twice.
     *
     * @param traced as of a {@link Get}
     */
    record Change(long id, long epoch, long deadlineNanos, Key key, AtomicOperation operation, boolean traced)
            implements ClientRequest {

        /** One that is not traced. */
        public Change(long id, long epoch, long deadlineNanos, Key key, AtomicOperation operation) {
            this(id, epoch, deadlineNanos, key, operation, false);
        }
    }

    /** Asks for the coordinator's current ring. */
    record GetRing(long id, long epoch, long deadlineNanos) implements ClientRequest {}

    /** A key and the value to be put. */
    record Entry(Key key, byte[] value) {}
}
