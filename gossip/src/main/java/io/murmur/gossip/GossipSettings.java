package io.murmur.gossip;

import java.time.Duration;

/**
 * How gossip goes.
 *
 * @param interval between two rounds
 * @param messageBytes what the lists of one message may take on the wire, 1 KiB to 1 MiB; what does not fit waits for the next
 * @param quarantine how long nothing is heard of a removed node
 * @param generationAhead how far ahead of the own wall clock a generation may be
 * @param loadInterval how often a changed load is told at most; in a cluster of more than {@code loadsAtOnce} nodes so much less often, as it has
 *     more
 * @param loadsAtOnce how many nodes may tell theirs within an interval
 * @param detection how the dead are found
 */
public record GossipSettings(
        Duration interval,
        int messageBytes,
        Duration quarantine,
        Duration generationAhead,
        Duration loadInterval,
        int loadsAtOnce,
        DetectionSettings detection) {

    public static final GossipSettings DEFAULT = new GossipSettings(
            Duration.ofSeconds(1),
            8 << 10,
            Duration.ofSeconds(60),
            Duration.ofDays(1),
            Duration.ofSeconds(5),
            100,
            DetectionSettings.DEFAULT);

    public GossipSettings {
        if (interval.toMillis() < 1) {
            throw new IllegalArgumentException("the gossip interval must be at least 1 ms: " + interval);
        }
        if (loadsAtOnce < 1) {
            throw new IllegalArgumentException("at least one node tells its load within an interval: " + loadsAtOnce);
        }
        if (messageBytes < 1 << 10 || messageBytes > 1 << 20) {
            throw new IllegalArgumentException("gossip messages must have 1 KiB to 1 MiB: " + messageBytes);
        }
    }

    public GossipSettings withMessageBytes(int bytes) {
        return new GossipSettings(interval, bytes, quarantine, generationAhead, loadInterval, loadsAtOnce, detection);
    }

    public GossipSettings withDetection(DetectionSettings next) {
        return new GossipSettings(interval, messageBytes, quarantine, generationAhead, loadInterval, loadsAtOnce, next);
    }
}
