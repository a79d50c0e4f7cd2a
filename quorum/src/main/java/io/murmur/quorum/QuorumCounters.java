package io.murmur.quorum;

/**
 * What a shard has done since it started. Written by the shard's thread alone; a snapshot for other threads is made on that thread.
 */
final class QuorumCounters {

    long reads;
    long writes;
    long readsFailed;
    long writesFailed;
    long digestMismatches;
    long repairs;
    long repairsShared;
    long hedges;
    long restamps;
    long reroutes;
    long replicaRefusals;
    long expiredRequests;
    long parkedRequests;
    long overloaded;
    long hintsKept;
    long hintsRefused;
    long standInsCounted;
    long backgroundRepairs;
    long slowCalls;
    long changes;
    long changesFailed;
    long changesUnknown;
    long changeConflicts;
    long changesCombined;
    long changesInOneTrip;
    long outbidHere;

    QuorumStatistics snapshot(int pending) {
        return new QuorumStatistics(
                reads,
                writes,
                readsFailed,
                writesFailed,
                digestMismatches,
                repairs,
                repairsShared,
                hedges,
                restamps,
                reroutes,
                replicaRefusals,
                expiredRequests,
                parkedRequests,
                overloaded,
                hintsKept,
                hintsRefused,
                standInsCounted,
                backgroundRepairs,
                slowCalls,
                changes,
                changesFailed,
                changesUnknown,
                changeConflicts,
                changesCombined,
                changesInOneTrip,
                outbidHere,
                pending);
    }
}
