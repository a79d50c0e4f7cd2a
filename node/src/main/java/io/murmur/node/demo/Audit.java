package io.murmur.node.demo;

import io.murmur.client.Cache;
import io.murmur.client.CallOptions;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
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
    private final Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);

    Audit(int[] ledger, Cache<byte[], byte[]> cache, CallOptions options, int inFlight) {
        this.ledger = ledger;
        this.cache = cache;
        this.options = options;
        this.inFlight = inFlight;
    }

    /** What became of one object. */
    private enum Verdict {
        FOUND,
        MISSING,
        DIFFERENT,
        UNREADABLE
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
        return new Finding(
                ledger.length,
                count(Verdict.FOUND),
                count(Verdict.MISSING),
                count(Verdict.DIFFERENT),
                count(Verdict.UNREADABLE));
    }

    private int count(Verdict verdict) {
        return counts.getOrDefault(verdict, 0);
    }

    private synchronized void begin() {
        if (beginning) {
            return;
        }
        beginning = true;
        while (open < inFlight && next < ledger.length) {
            int id = ledger[next++];
            open++;
            cache.get(Objects.key(id), options)
                    .whenComplete(
                            (value, failure) -> answered(failure == null ? compare(id, value) : Verdict.UNREADABLE));
        }
        beginning = false;
        if (open == 0 && next == ledger.length) {
            ended.complete(null);
        }
    }

    private static Verdict compare(int id, Optional<byte[]> value) {
        if (value.isEmpty()) {
            return Verdict.MISSING;
        }
        return Arrays.equals(value.get(), Objects.value(id)) ? Verdict.FOUND : Verdict.DIFFERENT;
    }

    private synchronized void answered(Verdict verdict) {
        open--;
        counts.merge(verdict, 1, Integer::sum);
        begin();
    }
}
