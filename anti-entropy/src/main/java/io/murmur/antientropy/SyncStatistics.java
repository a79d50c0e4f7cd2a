package io.murmur.antientropy;

/**
 * A shard's counts since it started; all but the last two only grow.
 *
 * @param bytesReceived of entries and digests in replies of sources, about
 * @param bytesSent likewise, to those who catch up from this node
 * @param entriesReceived cells pulled, each as often as it came
 * @param entriesSent cells sent
 * @param keysMended pulled cells that are what this node holds for their key now
 * @param pagesReceived replies used
 * @param pagesSent replies sent, refusals aside
 * @param repliesIgnored replies to no question that was still open: late, repeated, or of a former life
 * @param requestsRefused requests of others answered with a refusal
 * @param requestsExpired requests of others dropped because their deadline had passed
 * @param serving requests of others being answered, or waiting for a newer ring
 * @param catchUps partitions being caught up with
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
        int serving,
        int catchUps) {}
