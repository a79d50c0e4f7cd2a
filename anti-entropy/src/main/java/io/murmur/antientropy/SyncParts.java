package io.murmur.antientropy;

/**
 * What all of a shard's syncs share.
 *
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
        SteppedScan scan,
        SlotSummaries summaries,
        SlotSummaries scannedSummaries,
        SyncCounters counters) {}
