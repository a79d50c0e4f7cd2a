package io.murmur.antientropy;

/**
 * What all of a shard's syncs share.
 *
 * @param intake of what owners have of one another
 * @param catchUpIntake of what one who catches up has of them
 * @param scan of what this node holds, damaged slots included
 * @param summaries of what this node holds and is whole
 * @param scannedSummaries of what is damaged
 */
record SyncParts(
        SyncSeams seams,
        SyncSettings settings,
        CacheReplicas replicas,
        Backoff backoff,
        Calls calls,
        Intake intake,
        Intake catchUpIntake,
        SteppedScan scan,
        SlotSummaries summaries,
        SlotSummaries scannedSummaries,
        SyncCounters counters) {}
