package io.murmur.node;

import io.murmur.kernel.Clock;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.Ring;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.ClusterErrors;
import io.murmur.node.resp.Keyspace;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Session;
import io.murmur.quorum.Change;
import io.murmur.quorum.ChangeOutcome;
import io.murmur.quorum.KeysCall;
import io.murmur.quorum.KeysOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What Redis commands ask of the cluster, as calls that this node coordinates. */
final class ClusterKeyspace implements Keyspace {

    /** A page of keys may be a matter of thousands of cells, and many of them are asked for side by side. */
    private static final long LEAST_LIST_NANOS = 5_000_000_000L;

    private final Dispatcher dispatcher;
    private final Clock clock;
    private final long readNanos;
    private final long writeNanos;
    private final int maxKeyBytes;
    private final Supplier<Ring> ring;

    ClusterKeyspace(
            Dispatcher dispatcher, Clock clock, Duration read, Duration write, int maxKeyBytes, Supplier<Ring> ring) {
        this.dispatcher = dispatcher;
        this.clock = clock;
        this.readNanos = read.toNanos();
        this.writeNanos = write.toNanos();
        this.maxKeyBytes = maxKeyBytes;
        this.ring = ring;
    }

    @Override
    public long wallMillis() {
        return clock.wallMillis();
    }

    private Key key(Call call, byte[] bytes) {
        if (bytes.length > maxKeyBytes) {
            throw new Refusal("ERR bad request: a key of " + bytes.length + " bytes; at most " + maxKeyBytes
                    + " are allowed (limits.max-key-bytes)");
        }
        return call.session().key(bytes);
    }

    /** As {@link io.murmur.node.resp.RespServer.Host#expect} has it. */
    void expect(Session session, List<byte[]> keys) {
        List<Key> expected = new ArrayList<>(keys.size());
        keys.forEach(bytes -> expected.add(new Key(session.cache().name(), bytes)));
        session.expect(expected);
        dispatcher.expect(expected, session.loop());
    }

    private long readDeadline(Call call) {
        return call.nanos() + readNanos;
    }

    private long writeDeadline(Call call) {
        return call.nanos() + writeNanos;
    }

    private static void refuse(Call call, Failure failure) {
        call.refuse(ClusterErrors.of(failure, call.hasChanged()));
    }

    /** Of what failed, that of which it is unknown whether it was done: it is not to hide behind what certainly was not. */
    private static Failure worse(@Nullable Failure one, Failure other) {
        return one == null || (!ClusterErrors.isUnknown(one) && ClusterErrors.isUnknown(other)) ? other : one;
    }

    private void dispatch(Call call, ClientRequest request, Consumer<ClientReply> then) {
        dispatcher.dispatch(request, call.nanos(), call.session().loop(), reply -> call.goOn(() -> then.accept(reply)));
    }

    @Override
    public void get(Call call, byte[] key, Consumer<Cell.@Nullable Live> then) {
        ClientRequest.Get get = new ClientRequest.Get(
                0, 0, readDeadline(call), key(call, key), call.levels().read());
        dispatch(call, get, reply -> {
            switch (((ClientReply.One) reply).result()) {
                case ClientReply.Value value -> then.accept(value.cell());
                case ClientReply.Failed failed -> refuse(call, failed.failure());
                case ClientReply.Written oddly -> throw new IllegalStateException("written by a read: " + oddly);
                case ClientReply.Changed oddly -> throw new IllegalStateException("changed by a read: " + oddly);
            }
        });
    }

    @Override
    public void getAll(Call call, List<byte[]> keys, Consumer<List<Cell.@Nullable Live>> then) {
        List<Cell.@Nullable Live> found = new ArrayList<>(keys.size());
        long[] bytes = {0};
        readAll(
                call,
                keys,
                cell -> {
                    found.add(cell);
                    bytes[0] += cell == null ? 0 : cell.value().length;
                    if (bytes[0] > MOST_VALUE_BYTES) {
                        throw new Refusal("ERR the values are more than " + MOST_VALUE_BYTES
                                + " bytes together; ask for fewer keys at a time");
                    }
                },
                () -> then.accept(found));
    }

    @Override
    public void count(Call call, List<byte[]> keys, LongConsumer then) {
        long[] count = {0};
        readAll(call, keys, cell -> count[0] += cell == null ? 0 : 1, () -> then.accept(count[0]));
    }

    private void readAll(Call call, List<byte[]> keys, Consumer<Cell.@Nullable Live> each, Runnable then) {
        batches(
                call,
                keys,
                batch -> new ClientRequest.GetAll(
                        0, 0, readDeadline(call), batch, call.levels().read()),
                (key, result) -> each.accept(result instanceof ClientReply.Value value ? value.cell() : null),
                then);
    }

    @Override
    public void put(Call call, byte[] key, byte[] value, long timeToLiveMillis, Runnable then) {
        Key to = key(call, key);
        ClientRequest.Put put = new ClientRequest.Put(
                0,
                0,
                writeDeadline(call),
                to,
                value,
                timeToLiveMillis,
                call.levels().write());
        dispatch(call, put, reply -> written(call, to, reply, then));
    }

    @Override
    public void delete(Call call, byte[] key, Runnable then) {
        Key of = key(call, key);
        ClientRequest.Delete delete = new ClientRequest.Delete(
                0, 0, writeDeadline(call), of, call.levels().write());
        dispatch(call, delete, reply -> written(call, of, reply, then));
    }

    private static void written(Call call, Key key, ClientReply reply, Runnable then) {
        switch (((ClientReply.One) reply).result()) {
            case ClientReply.Written written -> {
                note(call, key, written);
                then.run();
            }
            case ClientReply.Failed failed -> refuse(call, failed.failure());
            case ClientReply.Value oddly -> throw new IllegalStateException("read by a write: " + oddly);
            case ClientReply.Changed oddly -> throw new IllegalStateException("changed by a write: " + oddly);
        }
    }

    /** Stand-ins hold it for owners that are away, and are none. */
    private static void note(Call call, Key key, ClientReply.Written written) {
        call.changed();
        call.session().wrote(key, written.version(), written.acknowledged() - written.standIns());
    }

    @Override
    public void putAll(Call call, List<byte[]> pairs, long timeToLiveMillis, Runnable then) {
        List<byte[]> keys = new ArrayList<>();
        List<ClientRequest.Entry> entries = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            keys.add(pairs.get(i));
            entries.add(new ClientRequest.Entry(key(call, pairs.get(i)), pairs.get(i + 1)));
        }
        int[] from = {0};
        batches(
                call,
                keys,
                batch -> {
                    List<ClientRequest.Entry> part = entries.subList(from[0], from[0] + batch.size());
                    from[0] += batch.size();
                    return new ClientRequest.PutAll(
                            0,
                            0,
                            writeDeadline(call),
                            part,
                            timeToLiveMillis,
                            call.levels().write());
                },
                (key, result) -> {
                    if (result instanceof ClientReply.Written written) {
                        note(call, key, written);
                    }
                },
                then);
    }

    /** Told of each key in turn. */
    private interface Each {
        void take(Key key, Result result);
    }

    /** As many keys at a time as a request may have, one part after another; a part with a failure is the last. */
    private void batches(
            Call call, List<byte[]> keys, Function<List<Key>, ClientRequest> part, Each each, Runnable then) {
        List<Key> all = new ArrayList<>(keys.size());
        keys.forEach(bytes -> all.add(key(call, bytes)));
        batch(call, all, part, each, then);
    }

    private void batch(Call call, List<Key> keys, Function<List<Key>, ClientRequest> part, Each each, Runnable then) {
        if (keys.isEmpty()) {
            then.run();
            return;
        }
        List<Key> now = keys.subList(0, Math.min(keys.size(), ClientRequest.MAX_BATCH));
        List<Key> later = keys.subList(now.size(), keys.size());
        dispatch(call, part.apply(now), reply -> {
            List<Result> results = ((ClientReply.Many) reply).results();
            Failure failure = null;
            for (int i = 0; i < results.size(); i++) {
                if (results.get(i) instanceof ClientReply.Failed failed) {
                    failure = worse(failure, failed.failure());
                } else {
                    each.take(now.get(i), results.get(i));
                }
            }
            if (failure == null) {
                batch(call, later, part, each, then);
            } else {
                refuse(call, failure);
            }
        });
    }

    @Override
    public <R> void change(Call call, byte[] key, Change<R> change, Consumer<R> then) {
        Key of = key(call, key);
        change(call, of, change, outcome -> {
            switch (outcome) {
                case ChangeOutcome.Done<Applied<R>> done ->
                    then.accept(done.answer().answer());
                case ChangeOutcome.Failed<Applied<R>> failed -> refuse(call, failed.failure());
            }
        });
    }

    private <R> void change(Call call, Key key, Change<R> change, Consumer<ChangeOutcome<Applied<R>>> then) {
        dispatcher.<Applied<R>>change(
                key,
                writeDeadline(call),
                (current, now) -> applied(change.apply(current, now)),
                call.session().loop(),
                outcome -> call.goOn(() -> {
                    if (outcome instanceof ChangeOutcome.Done<Applied<R>> done
                            && done.answer().isWrite()) {
                        call.changed();
                        note(call, key, done);
                    }
                    then.accept(outcome);
                }));
    }

    @Override
    public int lastListedWith(int slot) {
        Ring now = ring.get();
        return now.firstSlot(now.partitionOf(slot)) + now.slotsPerPartition() - 1;
    }

    @Override
    public void list(Call call, int firstSlot, int lastSlot, @Nullable Key after, int most, Consumer<Listed> then) {
        KeysCall keys = new KeysCall(
                call.session().cache().name(),
                firstSlot,
                lastSlot,
                after,
                Math.min(most, SyncRequest.MOST_HEADS),
                call.levels().read(),
                call.nanos() + Math.max(readNanos, LEAST_LIST_NANOS));
        dispatcher.keys(
                keys,
                call.session().loop(),
                outcome -> call.goOn(() -> {
                    switch (outcome) {
                        case KeysOutcome.Page page -> then.accept(new Listed(page.live(), page.last()));
                        case KeysOutcome.Failed failed -> refuse(call, failed.failure());
                    }
                }));
    }

    /** What the one application that counts has answered, and whether it has written: what was only looked at is not waited for. */
    private record Applied<R>(R answer, boolean isWrite) {}

    private static <R> Change.Step<Applied<R>> applied(Change.Step<R> step) {
        return switch (step) {
            case Change.Step.Keep<R> keep -> new Change.Step.Keep<>(new Applied<>(keep.answer(), false));
            case Change.Step.Put<R> put ->
                new Change.Step.Put<>(put.value(), put.expiresAtMillis(), new Applied<>(put.answer(), true));
            case Change.Step.Remove<R> remove -> new Change.Step.Remove<>(new Applied<>(remove.answer(), true));
        };
    }

    private static void note(Call call, Key key, ChangeOutcome.Done<?> done) {
        if (done.version() != null) {
            call.session().wrote(key, done.version(), done.holders());
        }
    }

    @Override
    public <R> void changeAll(Call call, List<byte[]> keys, Change<R> change, Consumer<List<R>> then) {
        List<Key> all = new ArrayList<>(keys.size());
        keys.forEach(bytes -> all.add(key(call, bytes)));
        changeFrom(call, all, 0, change, new ArrayList<>(), then);
    }

    private <R> void changeFrom(
            Call call, List<Key> keys, int from, Change<R> change, List<R> answers, Consumer<List<R>> then) {
        if (from >= keys.size()) {
            then.accept(answers);
            return;
        }
        int to = Math.min(keys.size(), from + ClientRequest.MAX_BATCH);
        Changes<R> changes = new Changes<>(to - from);
        for (int place = from; place < to; place++) {
            int at = place - from;
            change(call, keys.get(place), change, outcome -> {
                changes.outcomes.set(at, outcome);
                if (--changes.missing > 0) {
                    return;
                }
                Failure failure = null;
                for (ChangeOutcome<Applied<R>> each : changes.outcomes) {
                    switch (each) {
                        case ChangeOutcome.Done<Applied<R>> done ->
                            answers.add(done.answer().answer());
                        case ChangeOutcome.Failed<Applied<R>> failed -> failure = worse(failure, failed.failure());
                    }
                }
                if (failure != null) {
                    refuse(call, failure);
                    return;
                }
                changeFrom(call, keys, to, change, answers, then);
            });
        }
    }

    /** Some that are under way at once. On the connection's loop. */
    private static final class Changes<R> {
        private final List<ChangeOutcome<Applied<R>>> outcomes;
        private int missing;

        Changes(int count) {
            this.outcomes = new ArrayList<>(java.util.Collections.nCopies(count, null));
            this.missing = count;
        }
    }
}
