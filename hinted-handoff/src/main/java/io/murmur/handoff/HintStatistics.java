package io.murmur.handoff;

import java.util.Map;

/**
 * A shard's counts since it started; all but {@code held}, {@code heldBytes}, {@code diskBytes}, {@code inFlight} and {@code owed} only
 * grow.
 *
 * @param held hints
 * @param heldBytes of those
 * @param diskBytes of the files they are in, with what is not needed any more and what is being written
 * @param kept hints that became durable
 * @param superseded hints that a newer one for the same key and node made needless
 * @param handedOver hints that their node holds now
 * @param redirected hints that were given to a key's new owners instead
 * @param refusals answers by which a node did not take a hint, for whatever reason
 * @param timeouts hints that were not answered in time
 * @param damagedFiles found at start
 * @param lost how many were not kept, or dropped, and why
 * @param inFlight hints on their way
 * @param owed partitions owed to anti-entropy
 */
public record HintStatistics(
        long held,
        long heldBytes,
        long diskBytes,
        long kept,
        long superseded,
        long handedOver,
        long redirected,
        long refusals,
        long timeouts,
        long damagedFiles,
        Map<Loss, Long> lost,
        long inFlight,
        int owed) {

    public long lost(Loss why) {
        return lost.getOrDefault(why, 0L);
    }
}
