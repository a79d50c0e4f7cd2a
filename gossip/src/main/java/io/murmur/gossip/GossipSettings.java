package io.murmur.gossip;

import java.time.Duration;

/**
 * How gossip goes.
 *
 * @param interval between two rounds
 * @param messageBytes what the lists of one message may take on the wire, 1 KiB to 1 MiB; what does not fit waits for the next
 * @param quarantine how long nothing is heard of a removed node
 * @param generationAhead how far ahead of the own wall clock a generation may be
 * @param loadInterval how often a changed load is told at most
 * @param detection how the dead are found
 */
public record GossipSettings(
        Duration interval,
        int messageBytes,
        Duration quarantine,
        Duration generationAhead,
        Duration loadInterval,
        DetectionSettings detection) {

    public static final GossipSettings DEFAULT = new GossipSettings(
            Duration.ofSeconds(1),
            8 << 10,
            Duration.ofSeconds(60),
            Duration.ofDays(1),
            Duration.ofSeconds(60),
            DetectionSettings.DEFAULT);

    public GossipSettings {
        if (interval.toMillis() < 1) {
            throw new IllegalArgumentException("the gossip interval must be at least 1 ms: " + interval);
        }
        if (messageBytes < 1 << 10 || messageBytes > 1 << 20) {
            throw new IllegalArgumentException("gossip messages must have 1 KiB to 1 MiB: " + messageBytes);
        }
    }

    public GossipSettings withMessageBytes(int bytes) {
        return new GossipSettings(interval, bytes, quarantine, generationAhead, loadInterval, detection);
    }

    public GossipSettings withDetection(DetectionSettings next) {
        return new GossipSettings(interval, messageBytes, quarantine, generationAhead, loadInterval, next);
    }
}
