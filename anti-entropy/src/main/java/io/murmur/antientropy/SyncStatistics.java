package io.murmur.antientropy;

/**
 * A shard's counts since it started, which only grow, and, from {@code serving} on, how things stand.
 *
 * @param bytesReceived of entries and digests in replies of other owners, about
 * @param bytesSent likewise, to those who ask this node
 * @param entriesReceived cells pulled, each as often as it came
 * @param entriesSent cells sent to those who pull
 * @param keysMended cells that came, by pull or by push, and are what this node holds for their key now
 * @param pagesReceived replies used
 * @param pagesSent replies sent, refusals aside
 * @param repliesIgnored replies to no question that was still open: late, repeated, or of a former life
 * @param requestsRefused requests of others answered with a refusal
 * @param requestsExpired requests of others dropped because their deadline had passed
 * @param entriesPushed cells that other owners lacked and have taken
 * @param bytesPushed their bytes, about
 * @param entriesTaken cells that other owners have pushed
 * @param keysBuried cells held since before all owners had forgotten them, found while catching up
 * @param partitionsCompleted rounds completed among all owners, led by this node, counted by partition
 * @param partitionsIncomplete rounds in which an owner did not take part, or that failed, likewise
 * @param partitionsDiffering partitions of these rounds of which some owner differed
 * @param keysMendedByRounds cells that an owner lacked and has got by these rounds, this node or another
 * @param serving requests of others being answered, or waiting for a newer ring
 * @param catchUps partitions being caught up with
 * @param rounds running ones
 * @param rebuilds damaged partitions being rebuilt
 * @param knownSlots slots whose digest is kept, of all 16384 in all shards
 * @param longestUnsyncedMillis how long the partition that has waited longest for a completed round has waited
 */
public record SyncStatistics(
        long bytesReceived,
        long bytesSent,
        long entriesReceived,
        long entriesSent,
        long keysMended,
        long pagesReceived,
        long pagesSent,
        long repliesIgnored,
        long requestsRefused,
        long requestsExpired,
        long entriesPushed,
        long bytesPushed,
        long entriesTaken,
        long keysBuried,
        long partitionsCompleted,
        long partitionsIncomplete,
        long partitionsDiffering,
        long keysMendedByRounds,
        int serving,
        int catchUps,
        int rounds,
        int rebuilds,
        int knownSlots,
        long longestUnsyncedMillis) {}
