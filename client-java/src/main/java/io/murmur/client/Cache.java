package io.murmur.client;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Level;
import io.murmur.kernel.Limits;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.AtomicOperation;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A named cache, asynchronously. Safe from any thread. Futures complete on the client's own thread: what is chained to them must not
 * block. They fail with a {@link MurmurException}, and nothing is thrown but by a future.
 */
public final class Cache<K, V> {

    /** A request for several keys carries about so many bytes of keys and values at most. */
    private static final int BATCH_BYTES = 1 << 20;

    /** Two values of one call have at most so many bytes, both together. */
    public static final int PAIR_BYTES = 15 << 20;

    private static final byte[] NO_VALUE = new byte[0];

    private final String name;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final Router router;
    private final Clock clock;
    private final Duration callTimeout;

    Cache(String name, Codec<K> keys, Codec<V> values, Router router, Clock clock, Duration callTimeout) {
        this.name = name;
        this.keys = keys;
        this.values = values;
        this.router = router;
        this.clock = clock;
        this.callTimeout = callTimeout;
    }

    /** The same cache, with calls that wait. */
    public BlockingCache<K, V> blocking() {
        return new BlockingCache<>(this);
    }

    public CompletableFuture<Optional<V>> get(K key) {
        return get(key, CallOptions.DEFAULT);
    }

    public CompletableFuture<Optional<V>> get(K key, CallOptions options) {
        return read(key, options, Read::value);
    }

    public CompletableFuture<Read<V>> read(K key) {
        return read(key, CallOptions.DEFAULT);
    }

    /** As {@link #get}, with the version and the expiry. */
    public CompletableFuture<Read<V>> read(K key, CallOptions options) {
        return read(key, options, read -> read);
    }

    private <T> CompletableFuture<T> read(K key, CallOptions options, Function<Read<V>, T> wanted) {
        return submit(
                () -> {
                    Key wireKey = key(key);
                    return call(
                            wireKey,
                            (id, epoch, deadline) -> new ClientRequest.Get(
                                    id, epoch, deadline, wireKey, options.level(), options.traced()),
                            false,
                            false,
                            options);
                },
                (result, trace) -> wanted.apply(read(result, trace)));
    }

    public CompletableFuture<Receipt> put(K key, V value) {
        return put(key, value, CallOptions.DEFAULT);
    }

    /** Durable at the level's number of owners when the future completes. */
    public CompletableFuture<Receipt> put(K key, V value, CallOptions options) {
        return submit(
                () -> {
                    Key wireKey = key(key);
                    byte[] bytes = value(value);
                    return call(
                            wireKey,
                            (id, epoch, deadline) -> new ClientRequest.Put(
                                    id,
                                    epoch,
                                    deadline,
                                    wireKey,
                                    bytes,
                                    options.timeToLiveMillis(),
                                    options.level(),
                                    options.sloppy(),
                                    options.traced()),
                            true,
                            false,
                            options);
                },
                Cache::receipt);
    }

    public CompletableFuture<Receipt> delete(K key) {
        return delete(key, CallOptions.DEFAULT);
    }

    /** Deletes, whether there is a value or not. */
    public CompletableFuture<Receipt> delete(K key, CallOptions options) {
        return submit(
                () -> {
                    Key wireKey = key(key);
                    return call(
                            wireKey,
                            (id, epoch, deadline) -> new ClientRequest.Delete(
                                    id, epoch, deadline, wireKey, options.level(), options.sloppy(), options.traced()),
                            true,
                            false,
                            options);
                },
                Cache::receipt);
    }

    public CompletableFuture<Change<V>> putIfAbsent(K key, V value) {
        return putIfAbsent(key, value, CallOptions.DEFAULT);
    }

    /**
     * Puts, when the key holds nothing; {@link Change#found} is what it holds otherwise. An atomic operation, as are those below.
     *
     * <p>Atomic operations on one key, by whichever clients at whichever nodes, happen one after another, each at a moment between its call
     * and its answer (they are linearizable), with a majority of the key's owners. So does a read at {@link Level#SERIAL}, which is the only
     * level they take; any other, and a sloppy quorum, is a bad request. They are not repeatable: one whose outcome is unknown is never sent again, and {@code retryUnknown} is a bad
     * request as well. Read what the key holds to see what became of it.
     *
     * <p>Values are compared as the bytes that the codec makes of them, so of a codec that has several encodings for equal values, as JSON of
     * a set, not all are found equal.
     */
    public CompletableFuture<Change<V>> putIfAbsent(K key, V value, CallOptions options) {
        return change(
                key,
                () -> new AtomicOperation.PutIfAbsent(value(value), options.timeToLiveMillis()),
                options,
                this::change);
    }

    public CompletableFuture<Change<V>> replace(K key, V value) {
        return replace(key, value, CallOptions.DEFAULT);
    }

    /** Puts, when the key holds anything. Atomic, as {@link #putIfAbsent(Object, Object, CallOptions)}. */
    public CompletableFuture<Change<V>> replace(K key, V value, CallOptions options) {
        return change(
                key,
                () -> new AtomicOperation.Replace(value(value), options.timeToLiveMillis()),
                options,
                this::change);
    }

    public CompletableFuture<Change<V>> compareAndSet(K key, V expected, V value) {
        return compareAndSet(key, expected, value, CallOptions.DEFAULT);
    }

    /**
     * Puts, when the key holds what is expected; {@link Change#found} is what it holds otherwise. Atomic, as {@link #putIfAbsent(Object,
     * Object, CallOptions)}. Both values together have at most {@link #PAIR_BYTES} bytes.
     */
    public CompletableFuture<Change<V>> compareAndSet(K key, V expected, V value, CallOptions options) {
        return change(
                key,
                () -> {
                    byte[] before = value(expected);
                    byte[] after = value(value);
                    if (before.length + after.length > PAIR_BYTES) {
                        throw badRequest(
                                "two values of one call have at most " + PAIR_BYTES + " bytes, these have "
                                        + (before.length + after.length),
                                null);
                    }
                    return new AtomicOperation.CompareAndSet(before, after, options.timeToLiveMillis());
                },
                options,
                this::change);
    }

    public CompletableFuture<Change<V>> remove(K key, V expected) {
        return remove(key, expected, CallOptions.DEFAULT);
    }

    /**
     * Deletes, when the key holds what is expected; {@link Change#found} is what it holds otherwise. Atomic, as {@link #putIfAbsent(Object,
     * Object, CallOptions)}.
     */
    public CompletableFuture<Change<V>> remove(K key, V expected, CallOptions options) {
        return change(key, () -> new AtomicOperation.CompareAndRemove(value(expected)), options, this::change);
    }

    public CompletableFuture<Optional<V>> getAndPut(K key, V value) {
        return getAndPut(key, value, CallOptions.DEFAULT);
    }

    /** Puts, and answers what the key held. Atomic, as {@link #putIfAbsent(Object, Object, CallOptions)}. */
    public CompletableFuture<Optional<V>> getAndPut(K key, V value, CallOptions options) {
        return change(
                key,
                () -> new AtomicOperation.GetAndPut(value(value), options.timeToLiveMillis()),
                options,
                this::held);
    }

    public CompletableFuture<Optional<V>> getAndRemove(K key) {
        return getAndRemove(key, CallOptions.DEFAULT);
    }

    /** Deletes, and answers what the key held. Atomic, as {@link #putIfAbsent(Object, Object, CallOptions)}. */
    public CompletableFuture<Optional<V>> getAndRemove(K key, CallOptions options) {
        return change(key, AtomicOperation.GetAndRemove::new, options, this::held);
    }

    public CompletableFuture<Long> increment(K key, long delta) {
        return increment(key, delta, CallOptions.DEFAULT);
    }

    /**
     * Adds to a number, and answers the sum. Atomic, as {@link #putIfAbsent(Object, Object, CallOptions)}. Nothing counts as 0; a time to live
     * is that of a number that was not there, and one that was keeps its expiry.
     *
     * <p>Whatever the cache's codec, the number is decimal text, as Redis's INCR has it, so that Redis clients count on with it: {@link
     * Codec#decimal} is the codec of a cache of such numbers. Fails as a bad request, and leaves the value as it is, when that is no such
     * number or the sum is beyond the range of a long.
     */
    public CompletableFuture<Long> increment(K key, long delta, CallOptions options) {
        return change(
                key,
                () -> new AtomicOperation.Increment(delta, options.timeToLiveMillis()),
                options,
                (result, trace) -> sum(result));
    }

    private <T> CompletableFuture<T> change(
            K key, Supplier<AtomicOperation> operation, CallOptions options, Wanted<T> wanted) {
        return submit(
                () -> {
                    boolean isSerial =
                            options.level() == null || options.level().equals(Level.SERIAL);
                    if (!isSerial || options.sloppy() || options.retryUnknown()) {
                        throw badRequest(
                                "an atomic operation takes no level but SERIAL, no sloppy quorum and no retryUnknown",
                                null);
                    }
                    Key wireKey = key(key);
                    AtomicOperation change = operation.get();
                    return call(
                            wireKey,
                            (id, epoch, deadline) ->
                                    new ClientRequest.Change(id, epoch, deadline, wireKey, change, options.traced()),
                            true,
                            false,
                            options);
                },
                wanted);
    }

    public CompletableFuture<Batch<K, V>> getAll(Collection<? extends K> wanted) {
        return getAll(wanted, CallOptions.DEFAULT);
    }

    /**
     * Several gets in few messages; each key on its own, there is no snapshot over them. Never fails as a whole. A reply is bounded, so
     * of many large values some keys may fail as overloaded: ask for them again, fewer at once.
     */
    public CompletableFuture<Batch<K, V>> getAll(Collection<? extends K> wanted, CallOptions options) {
        Map<K, MurmurException> wrong = new LinkedHashMap<>();
        List<Item<K>> items = new ArrayList<>();
        for (K key : wanted) {
            item(key, () -> NO_VALUE, items, wrong);
        }
        List<CompletableFuture<Batch<K, V>>> parts = new ArrayList<>();
        for (List<Item<K>> chunk : chunks(items)) {
            List<Key> chunkKeys = chunk.stream().map(Item::wireKey).toList();
            Call call = call(
                    chunkKeys.get(0),
                    (id, epoch, deadline) -> new ClientRequest.GetAll(id, epoch, deadline, chunkKeys, options.level()),
                    false,
                    true,
                    options);
            parts.add(submit(
                    call,
                    chunk,
                    (result, key, found) -> read(result, null).value().ifPresent(value -> found.put(key, value))));
        }
        return together(wrong, parts);
    }

    public CompletableFuture<Batch<K, Receipt>> putAll(Map<? extends K, ? extends V> entries) {
        return putAll(entries, CallOptions.DEFAULT);
    }

    /** Several puts in few messages; each on its own, some may succeed while others fail. Never fails as a whole. */
    public CompletableFuture<Batch<K, Receipt>> putAll(Map<? extends K, ? extends V> entries, CallOptions options) {
        Map<K, MurmurException> wrong = new LinkedHashMap<>();
        List<Item<K>> items = new ArrayList<>();
        entries.forEach((key, value) -> item(key, () -> value(value), items, wrong));
        List<CompletableFuture<Batch<K, Receipt>>> parts = new ArrayList<>();
        for (List<Item<K>> chunk : chunks(items)) {
            List<ClientRequest.Entry> chunkEntries = chunk.stream()
                    .map(item -> new ClientRequest.Entry(item.wireKey(), item.value()))
                    .toList();
            Call call = call(
                    chunkEntries.get(0).key(),
                    (id, epoch, deadline) -> new ClientRequest.PutAll(
                            id,
                            epoch,
                            deadline,
                            chunkEntries,
                            options.timeToLiveMillis(),
                            options.level(),
                            options.sloppy()),
                    true,
                    true,
                    options);
            parts.add(submit(call, chunk, (result, key, done) -> done.put(key, receipt(result, null))));
        }
        return together(wrong, parts);
    }

    private record Item<K>(K key, Key wireKey, byte[] value) {}

    private void item(K key, Supplier<byte[]> value, List<Item<K>> items, Map<K, MurmurException> wrong) {
        try {
            items.add(new Item<>(key, key(key), value.get()));
        } catch (MurmurException e) {
            wrong.put(key, e);
        }
    }

    /** Puts one key's result where it belongs, or throws a {@link MurmurException}. */
    private interface Collector<K, T> {
        void collect(Result result, K key, Map<K, T> done);
    }

    private <T> CompletableFuture<Batch<K, T>> submit(Call call, List<Item<K>> chunk, Collector<K, T> collector) {
        router.submit(call);
        return call.reply.handle((reply, failure) -> {
            Batch<K, T> part = new Batch<>(new LinkedHashMap<>(), new LinkedHashMap<>());
            for (int i = 0; i < chunk.size(); i++) {
                K key = chunk.get(i).key();
                try {
                    collector.collect(resultAt(i, reply, failure, call), key, part.done());
                } catch (MurmurException e) {
                    part.failed().put(key, e);
                }
            }
            return part;
        });
    }

    private static Result resultAt(int index, @Nullable ClientReply reply, @Nullable Throwable failure, Call call) {
        if (failure instanceof MurmurException named) {
            throw named;
        }
        if (reply instanceof ClientReply.Many many && index < many.results().size()) {
            return succeeded(many.results().get(index), null, call);
        }
        // A node that answers several keys with one result has failed them all for one reason.
        return succeeded(one(reply).result(), null, call);
    }

    /** The parts may be answered by different threads, so each gathers on its own, and one thread puts them together. */
    private static <K, T> CompletableFuture<Batch<K, T>> together(
            Map<K, MurmurException> wrong, List<CompletableFuture<Batch<K, T>>> parts) {
        return CompletableFuture.allOf(parts.toArray(new CompletableFuture<?>[0]))
                .thenApply(ignored -> {
                    Batch<K, T> whole = new Batch<>(new LinkedHashMap<>(), new LinkedHashMap<>(wrong));
                    for (CompletableFuture<Batch<K, T>> part : parts) {
                        whole.done().putAll(part.join().done());
                        whole.failed().putAll(part.join().failed());
                    }
                    return whole;
                });
    }

    /** Keys that share an owner travel together. */
    private List<List<Item<K>>> chunks(List<Item<K>> items) {
        Ring ring = router.ring();
        Map<Object, List<Item<K>>> open = new LinkedHashMap<>();
        Map<Object, Integer> bytes = new LinkedHashMap<>();
        List<List<Item<K>>> all = new ArrayList<>();
        for (Item<K> item : items) {
            Object owner = ring == null
                    ? ""
                    : ring.owners(ring.partitionOf(item.wireKey().slot())).get(0);
            int size = item.wireKey().bytes().length + item.value().length;
            List<Item<K>> chunk = open.get(owner);
            if (chunk == null
                    || chunk.size() == ClientRequest.MAX_BATCH
                    || bytes.getOrDefault(owner, 0) + size > BATCH_BYTES) {
                chunk = new ArrayList<>();
                all.add(chunk);
                open.put(owner, chunk);
                bytes.put(owner, 0);
            }
            chunk.add(item);
            bytes.merge(owner, size, Integer::sum);
        }
        return all;
    }

    private Key key(K key) {
        try {
            return new Key(name, keys.encode(key));
        } catch (RuntimeException e) {
            throw badRequest("not a key: " + e.getMessage(), e);
        }
    }

    private byte[] value(V value) {
        byte[] bytes;
        try {
            bytes = values.encode(value);
        } catch (RuntimeException e) {
            throw badRequest("not a value: " + e.getMessage(), e);
        }
        if (bytes.length > Limits.VALUE_CEILING_BYTES) {
            throw badRequest(
                    "a value has at most " + Limits.VALUE_CEILING_BYTES + " bytes, this one has " + bytes.length, null);
        }
        return bytes;
    }

    private static MurmurException badRequest(String detail, @Nullable RuntimeException cause) {
        MurmurException bad = new MurmurException.BadRequest("bad request: " + detail, Effect.NONE);
        bad.initCause(cause);
        return bad;
    }

    private Call call(Key key, Call.Shape shape, boolean isWrite, boolean isBatch, CallOptions options) {
        Duration timeout = options.timeout() == null ? callTimeout : options.timeout();
        long deadline = clock.monotonicNanos() + timeout.toNanos();
        return new Call(key, shape, isWrite, isBatch, options.retryUnknown(), deadline);
    }

    /** What the caller makes of a result, or throws as a {@link MurmurException}. */
    private interface Wanted<T> {
        T of(Result result, @Nullable Trace trace);
    }

    private <T> CompletableFuture<T> submit(Supplier<Call> shaped, Wanted<T> wanted) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Call call;
        try {
            call = shaped.get();
        } catch (MurmurException e) {
            answer.completeExceptionally(e);
            return answer;
        }
        call.reply.whenComplete((reply, failure) -> {
            if (failure == null) {
                try {
                    ClientReply.One one = one(reply);
                    answer.complete(wanted.of(succeeded(one.result(), one.trace(), call), one.trace()));
                } catch (MurmurException e) {
                    answer.completeExceptionally(e);
                }
            } else {
                answer.completeExceptionally(failure);
            }
        });
        router.submit(call);
        return answer;
    }

    private static ClientReply.One one(@Nullable ClientReply reply) {
        if (reply instanceof ClientReply.One one) {
            return one;
        }
        throw unexpected(reply);
    }

    private static Result succeeded(Result result, @Nullable Trace trace, Call call) {
        if (result instanceof ClientReply.Failed failed) {
            throw MurmurException.of(failed.failure(), call.effect()).with(trace);
        }
        return result;
    }

    private Read<V> read(Result result, @Nullable Trace trace) {
        if (!(result instanceof ClientReply.Value value)) {
            throw unexpected(result);
        }
        Cell.Live live = value.cell();
        return new Read<>(
                live == null ? Optional.empty() : Optional.of(decoded(live.value())),
                Optional.ofNullable(value.seen()),
                live == null || live.expiresAtMillis() == Cell.NEVER
                        ? Optional.empty()
                        : Optional.of(Instant.ofEpochMilli(live.expiresAtMillis())),
                Optional.ofNullable(trace));
    }

    private static ClientReply.Changed changed(Result result) {
        if (result instanceof ClientReply.Changed changed) {
            return changed;
        }
        throw unexpected(result);
    }

    private Change<V> change(Result result, @Nullable Trace trace) {
        ClientReply.Changed changed = changed(result);
        return new Change<>(
                changed.applied(), told(changed), Optional.ofNullable(changed.version()), Optional.ofNullable(trace));
    }

    private Optional<V> held(Result result, @Nullable Trace ignored) {
        return told(changed(result));
    }

    private Optional<V> told(ClientReply.Changed changed) {
        return changed.value() == null ? Optional.empty() : Optional.of(decoded(changed.value()));
    }

    private static long sum(Result result) {
        byte[] sum = changed(result).value();
        if (sum == null) {
            throw unexpected(result);
        }
        return Codec.decimal().decode(sum);
    }

    private V decoded(byte[] bytes) {
        try {
            return values.decode(bytes);
        } catch (RuntimeException e) {
            throw badRequest("the value there is not one of this cache's codec: " + e.getMessage(), e);
        }
    }

    private static Receipt receipt(Result result, @Nullable Trace trace) {
        if (!(result instanceof ClientReply.Written written)) {
            throw unexpected(result);
        }
        return new Receipt(
                written.version(),
                written.acknowledged(),
                written.required(),
                written.standIns(),
                Optional.ofNullable(trace));
    }

    private static MurmurException unexpected(@Nullable Object answer) {
        return new MurmurException.ConnectionLost("an unexpected answer: " + answer, Effect.UNKNOWN);
    }

    /** Throws on the client's own thread: it would wait for itself. */
    void mayBlock() {
        if (router.isOwnThread()) {
            throw new IllegalStateException(
                    "a blocking call on the client's own thread would wait for itself; chain the asynchronous call instead");
        }
    }
}
