package io.murmur.gossip.scale;

import io.murmur.gossip.GossipSettings;

/**
 * What a {@link Crowd} lives in. Messages take 0.2 to 2 ms, one in 500 up to 200 ms; each node's wall clock is up to a second off.
 *
 * @param nodes how many
 * @param settings what the gossipers go by
 * @param loss share of messages that vanish, 0 to 1
 * @param pauseMillis how long a pause of a node's process is; nothing runs in it, and what was due or has come runs after it
 * @param secondsBetweenPauses how long a node runs between two pauses on the average, by an exponential distribution; 0 for no pauses
 */
record CrowdConditions(int nodes, GossipSettings settings, double loss, long pauseMillis, double secondsBetweenPauses) {

    static CrowdConditions calm(int nodes) {
        return new CrowdConditions(nodes, GossipSettings.DEFAULT, 0, 0, 0);
    }

    CrowdConditions withLoss(double share) {
        return new CrowdConditions(nodes, settings, share, pauseMillis, secondsBetweenPauses);
    }

    CrowdConditions withPauses(long millis, double secondsBetween) {
        return new CrowdConditions(nodes, settings, loss, millis, secondsBetween);
    }
}
