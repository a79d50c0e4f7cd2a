package io.murmur.quorum;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Limits;
import java.time.Duration;
import java.util.Map;

/**
 * What a shard's coordinators and replica go by.
 *
 * @param caches by name; a call that names another is refused
 * @param limits of keys and values
 * @param readTimeout the longest a read may take, whatever the caller allows
 * @param writeTimeout the longest a write may take, whatever the caller allows
 * @param maxClockDrift a version further ahead of a replica's clock is refused
 * @param maxPending calls that may be on their way at once; one more is refused as overloaded
 * @param maxReplyBytes values in the reply to one GetAll; the keys past it fail by name
 * @param hedgeShare extra requests for hedging, as a share of all reads, 0 to 1
 * @param backgroundRepairShare reads at ONE after whose answer the other owners are compared and mended, as a share of them, 0 to 1
 * @param forgottenAfter how old the dead are, at least, when owners forget them
 * @param slowThreshold of calls that take so long or longer the last are kept; with 0 of all
 * @param shard the index of this shard, 0 to 255: request ids carry it in their low 8 bits, so that replies find their way back
 */
public record QuorumSettings(
        Map<String, CacheSettings> caches,
        Limits limits,
        Duration readTimeout,
        Duration writeTimeout,
        Duration maxClockDrift,
        int maxPending,
        long maxReplyBytes,
        double hedgeShare,
        double backgroundRepairShare,
        Duration forgottenAfter,
        Duration slowThreshold,
        int shard) {

    /** The architecture's defaults for these caches. */
    public static QuorumSettings of(Map<String, CacheSettings> caches, int shard) {
        return new QuorumSettings(
                caches,
                Limits.DEFAULT,
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofMillis(500),
                16_384,
                8 << 20,
                0.05,
                0.01,
                Duration.ofMinutes(3 * 60 + 10),
                Duration.ofMillis(50),
                shard);
    }

    /** The same with another time. */
    public QuorumSettings withForgottenAfter(Duration age) {
        return new QuorumSettings(
                caches,
                limits,
                readTimeout,
                writeTimeout,
                maxClockDrift,
                maxPending,
                maxReplyBytes,
                hedgeShare,
                backgroundRepairShare,
                age,
                slowThreshold,
                shard);
    }
}
