package io.murmur.antientropy;

/** What all of a shard's catching up shares. */
record SyncParts(
        SyncSeams seams,
        SyncSettings settings,
        Backoff backoff,
        Calls calls,
        Intake intake,
        SteppedScan scan,
        SlotSummaries summaries) {}
