package io.murmur.handoff;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the hints for all nodes of a shard have in common.
 *
 * @param lastNumber of the shard's files. One for all nodes, so that who is forgotten and comes again gets no number twice; files are begun on
 *     any thread
 */
record HintParts(
        HintSeams seams,
        HintSettings settings,
        HintWindow window,
        Backoff backoff,
        HintCounters counters,
        Usage usage,
        Owed owed,
        Requests requests,
        AtomicLong lastNumber) {

    static HintParts of(HintSeams seams, HintSettings settings, Owed owed) {
        HandoverSettings handover = settings.handover();
        return new HintParts(
                seams,
                settings,
                new HintWindow(settings.window().toMillis()),
                new Backoff(handover.shortestRetry(), handover.longestRetry(), seams.random()),
                new HintCounters(),
                new Usage(),
                owed,
                new Requests(seams, settings),
                new AtomicLong());
    }

    long nowNanos() {
        return seams.clock().monotonicNanos();
    }

    long wallMillis() {
        return seams.clock().wallMillis();
    }

    /** A hint is not, or no longer, kept. */
    void lost(int partition, Loss why) {
        counters.lost(why);
        owed.add(partition);
    }
}
