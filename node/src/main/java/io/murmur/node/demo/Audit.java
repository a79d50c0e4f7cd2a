package io.murmur.node.demo;

import io.murmur.client.Cache;
import io.murmur.client.CallOptions;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads every object of the ledger once and compares it byte for byte. */
final class Audit {

    private final int[] ledger;
    private final Cache<byte[], byte[]> cache;
    private final CallOptions options;
    private final int inFlight;
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private boolean beginning;
    private int next;
    private int open;
    private int found;
    private int missing;
    private int different;
    private int unreadable;

    Audit(int[] ledger, Cache<byte[], byte[]> cache, CallOptions options, int inFlight) {
        this.ledger = ledger;
        this.cache = cache;
        this.options = options;
        this.inFlight = inFlight;
    }

    /** How many acknowledged objects there are, and what became of them. */
    record Finding(int acknowledged, int found, int missing, int different, int unreadable) {
        boolean isComplete() {
            return found == acknowledged;
        }
    }

    /** Begins; completes when all have been read. To be called once. */
    CompletableFuture<Finding> start() {
        begin();
        return ended.thenApply(ignored -> finding());
    }

    private synchronized Finding finding() {
        return new Finding(ledger.length, found, missing, different, unreadable);
    }

    private synchronized void begin() {
        if (beginning) {
            return;
        }
        beginning = true;
        while (open < inFlight && next < ledger.length) {
            int id = ledger[next++];
            open++;
            cache.get(Objects.key(id), options).whenComplete((value, failure) -> read(id, value));
        }
        beginning = false;
        if (open == 0 && next == ledger.length) {
            ended.complete(null);
        }
    }

    /**
     * @param value null when the read failed
     */
    private synchronized void read(int id, @Nullable Optional<byte[]> value) {
        open--;
        if (value == null) {
            unreadable++;
        } else if (value.isEmpty()) {
            missing++;
        } else if (Arrays.equals(value.get(), Objects.value(id))) {
            found++;
        } else {
            different++;
        }
        begin();
    }
}
