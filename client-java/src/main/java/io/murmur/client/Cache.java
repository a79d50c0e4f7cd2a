package io.murmur.client;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
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
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A named cache, asynchronously. Safe from any thread. Futures complete on the client's own thread: what is chained to them must not
 * block. They fail with a {@link MurmurException}.
 */
public final class Cache<K, V> {

    /** A request for several keys carries about so many bytes of keys and values at most. */
    private static final int BATCH_BYTES = 1 << 20;

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
        return read(key, options).thenApply(Read::value);
    }

    /** As {@link #get}, with the version and the expiry. */
    public CompletableFuture<Read<V>> read(K key, CallOptions options) {
        Key wireKey = key(key);
        Level level = options.level();
        return submit(
                        wireKey,
                        (id, epoch, deadline) -> new ClientRequest.Get(id, epoch, deadline, wireKey, level),
                        false,
                        options)
                .thenApply(reply -> read(one(reply)));
    }

    public CompletableFuture<Receipt> put(K key, V value) {
        return put(key, value, CallOptions.DEFAULT);
    }

    /** Durable at the level's number of owners when the future completes. */
    public CompletableFuture<Receipt> put(K key, V value, CallOptions options) {
        Key wireKey = key(key);
        byte[] bytes = values.encode(value);
        return submit(
                        wireKey,
                        (id, epoch, deadline) -> new ClientRequest.Put(
                                id, epoch, deadline, wireKey, bytes, options.timeToLiveMillis(), options.level()),
                        true,
                        options)
                .thenApply(reply -> receipt(one(reply)));
    }

    public CompletableFuture<Receipt> delete(K key) {
        return delete(key, CallOptions.DEFAULT);
    }

    /** Deletes, whether there is a value or not. */
    public CompletableFuture<Receipt> delete(K key, CallOptions options) {
        Key wireKey = key(key);
        return submit(
                        wireKey,
                        (id, epoch, deadline) ->
                                new ClientRequest.Delete(id, epoch, deadline, wireKey, options.level()),
                        true,
                        options)
                .thenApply(reply -> receipt(one(reply)));
    }

    /** Several gets in few messages; each key on its own, there is no snapshot over them. Never fails as a whole. */
    public CompletableFuture<Batch<K, V>> getAll(Collection<? extends K> wanted, CallOptions options) {
        List<Item<K>> items = new ArrayList<>();
        for (K key : wanted) {
            items.add(new Item<>(key, key(key), new byte[0]));
        }
        Map<K, V> found = new LinkedHashMap<>();
        return batch(
                items,
                options,
                false,
                chunk -> {
                    List<Key> chunkKeys = chunk.stream().map(Item::wireKey).toList();
                    return (id, epoch, deadline) ->
                            new ClientRequest.GetAll(id, epoch, deadline, chunkKeys, options.level());
                },
                found,
                (key, result) -> read(result).value().ifPresent(value -> found.put(key, value)));
    }

    /** Several puts in few messages; each on its own, some may succeed while others fail. Never fails as a whole. */
    public CompletableFuture<Batch<K, Receipt>> putAll(Map<? extends K, ? extends V> entries, CallOptions options) {
        List<Item<K>> items = new ArrayList<>();
        entries.forEach((key, value) -> items.add(new Item<>(key, key(key), values.encode(value))));
        Map<K, Receipt> done = new LinkedHashMap<>();
        return batch(
                items,
                options,
                true,
                chunk -> {
                    List<ClientRequest.Entry> chunkEntries = chunk.stream()
                            .map(item -> new ClientRequest.Entry(item.wireKey(), item.value()))
                            .toList();
                    return (id, epoch, deadline) -> new ClientRequest.PutAll(
                            id, epoch, deadline, chunkEntries, options.timeToLiveMillis(), options.level());
                },
                done,
                (key, result) -> done.put(key, receipt(result)));
    }

    private record Item<K>(K key, Key wireKey, byte[] value) {}

    private interface ChunkShape<K> {
        Call.Shape of(List<Item<K>> chunk);
    }

    private <T> CompletableFuture<Batch<K, T>> batch(
            List<Item<K>> items,
            CallOptions options,
            boolean isWrite,
            ChunkShape<K> shape,
            Map<K, T> done,
            BiConsumer<K, Result> collect) {
        Map<K, MurmurException> failed = new LinkedHashMap<>();
        List<CompletableFuture<Void>> chunks = new ArrayList<>();
        for (List<Item<K>> chunk : chunks(items)) {
            Key first = chunk.get(0).wireKey();
            chunks.add(submit(first, shape.of(chunk), isWrite, options).handle((reply, failure) -> {
                for (int i = 0; i < chunk.size(); i++) {
                    K key = chunk.get(i).key();
                    try {
                        collect.accept(key, many(reply, failure, i));
                    } catch (RuntimeException e) {
                        failed.put(key, unwrapped(e));
                    }
                }
                return null;
            }));
        }
        return CompletableFuture.allOf(chunks.toArray(new CompletableFuture<?>[0]))
                .thenApply(ignored -> new Batch<>(done, failed));
    }

    private static Result many(@Nullable ClientReply reply, @Nullable Throwable failure, int index) {
        if (failure != null) {
            throw unwrapped(failure);
        }
        if (reply instanceof ClientReply.Many many && index < many.results().size()) {
            return many.results().get(index);
        }
        // A node that answers several keys with one result has failed them all for one reason.
        return one(reply);
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
        return new Key(name, keys.encode(key));
    }

    private CompletableFuture<ClientReply> submit(Key key, Call.Shape shape, boolean isWrite, CallOptions options) {
        Duration timeout = options.timeout() == null ? callTimeout : options.timeout();
        long deadline = clock.monotonicNanos() + timeout.toNanos();
        Call call = new Call(key, shape, isWrite, options.retryUnknown(), deadline);
        router.submit(call);
        return call.reply;
    }

    private static Result one(@Nullable ClientReply reply) {
        if (reply instanceof ClientReply.One one) {
            return one.result();
        }
        throw unexpected(reply);
    }

    private Read<V> read(Result result) {
        return switch (result) {
            case ClientReply.Value value -> {
                Cell.Live live = value.cell();
                Version seen = value.seen();
                yield new Read<>(
                        live == null ? Optional.empty() : Optional.of(values.decode(live.value())),
                        Optional.ofNullable(seen),
                        live == null || live.expiresAtMillis() == Cell.NEVER
                                ? Optional.empty()
                                : Optional.of(Instant.ofEpochMilli(live.expiresAtMillis())));
            }
            case ClientReply.Failed failed -> throw MurmurException.of(failed.failure());
            case ClientReply.Written written -> throw unexpected(written);
        };
    }

    private static Receipt receipt(Result result) {
        return switch (result) {
            case ClientReply.Written written ->
                new Receipt(written.version(), written.acknowledged(), written.required());
            case ClientReply.Failed failed -> throw MurmurException.of(failed.failure());
            case ClientReply.Value value -> throw unexpected(value);
        };
    }

    private static MurmurException unexpected(@Nullable Object answer) {
        return new MurmurException.ConnectionLost("an unexpected answer: " + answer, Failure.Effect.UNKNOWN);
    }

    static MurmurException unwrapped(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof MurmurException named
                ? named
                : new MurmurException.BadRequest(String.valueOf(cause.getMessage()));
    }
}
