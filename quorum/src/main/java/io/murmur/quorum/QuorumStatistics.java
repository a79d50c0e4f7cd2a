package io.murmur.quorum;

/**
 * A shard's counts since it started; all but the last only grow.
 *
 * @param reads gets answered, each key of a GetAll on its own
 * @param writes puts and deletes answered, likewise
 * @param digestMismatches reads whose owners disagreed
 * @param repairs joins sent to stale owners
 * @param repairsShared reads that joined a repair which another read of their key had begun
 * @param hedges extra owners asked because others were slow
 * @param restamps writes that met a greater version and were stamped anew
 * @param reroutes calls that were routed again because the ring had changed
 * @param replicaRefusals requests of coordinators refused by this shard's replica
 * @param expiredRequests requests dropped because their deadline had passed
 * @param parkedRequests requests of coordinators that had to wait for a newer ring
 * @param overloaded calls refused because too many were pending
 * @param hintsKept hints for owners that missed a write, durable on this node
 * @param hintsRefused hints that were not kept: what they held is left to anti-entropy
 * @param standInsCounted hints that counted towards a level in an owner's place: in sloppy quorums and at ANY
 * @param backgroundRepairs joins sent to stale owners after a read at ONE had been answered, found by a sample
 * @param slowCalls calls that took {@link QuorumSettings#slowThreshold} or longer, each key on its own
 * @param changes atomic operations done
 * @param changesFailed atomic operations that failed
 * @param changesUnknown of calls at SERIAL and atomic operations, those of which it is unknown whether they took effect
 * @param changeConflicts proposals of atomic operations that met a greater ballot or cell
 * @param changesCombined atomic operations that waited for others on their key, to be applied with those that wait
 * @param changesInOneTrip proposals accepted by a ballot that had been promised with the one before
 * @param outbidHere ballots and cells of atomic operations that this shard's replica refused
 * @param pending calls on their way
 */
public record QuorumStatistics(
        long reads,
        long writes,
        long readsFailed,
        long writesFailed,
        long digestMismatches,
        long repairs,
        long repairsShared,
        long hedges,
        long restamps,
        long reroutes,
        long replicaRefusals,
        long expiredRequests,
        long parkedRequests,
        long overloaded,
        long hintsKept,
        long hintsRefused,
        long standInsCounted,
        long backgroundRepairs,
        long slowCalls,
        long changes,
        long changesFailed,
        long changesUnknown,
        long changeConflicts,
        long changesCombined,
        long changesInOneTrip,
        long outbidHere,
        long pending) {}
