package io.murmur.storage;

import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.PromiseOutcome;
import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The joins and promises of one shard that become durable together. Filled by the shard's thread, then handed to the log's, then back; never in the
 * hands of two at once.
 */
final class LogBatch {

    /** A join that waits. */
    record Waiting(Key key, Cell cell, Consumer<JoinOutcome> then) {}

    /** Of memory, about: nothing of it is in the log but the greatest. */
    private static final int BYTES_OF_A_PROMISE = 64;

    /** Whose batch it is. */
    final int shard;

    final WireWriter bytes = new WireWriter();
    final List<Waiting> joins = new ArrayList<>();
    /** Who waits for the promises. */
    final List<Consumer<PromiseOutcome>> promises = new ArrayList<>();
    /** To be run once these joins, and so all before them, have taken effect. */
    final List<Runnable> settled = new ArrayList<>();

    boolean needsSync;

    /** The greatest reading promised, or 0. */
    long promised;

    /** Set by the log: the segment that holds this batch. */
    long segment;

    /** Set by the log when it could not keep the batch. */
    @Nullable
    StorageFault fault;

    String faultDetail = "";

    LogBatch(int shard) {
        this.shard = shard;
    }

    void add(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
        LogFormat.writeJoin(bytes, key, cell);
        joins.add(new Waiting(key, cell, then));
        needsSync |= durability == Durability.FSYNC;
    }

    void promise(long reading, Consumer<PromiseOutcome> then) {
        promised = Table.greater(promised, reading);
        promises.add(then);
        needsSync = true;
    }

    /** What those that wait take, about. */
    int weightBytes() {
        return bytes.size() + promises.size() * BYTES_OF_A_PROMISE;
    }

    boolean isEmpty() {
        return joins.isEmpty() && promises.isEmpty();
    }

    void fail(StorageFault why, String detail) {
        fault = why;
        faultDetail = detail;
    }

    void clear() {
        bytes.clear();
        joins.clear();
        promises.clear();
        promised = 0;
        settled.clear();
        needsSync = false;
        fault = null;
        faultDetail = "";
    }
}
