package io.murmur.simulation;

/**
 * How the network between nodes behaves just now.
 *
 * @param loss share of messages between nodes that vanish, 0 to 1
 * @param duplication share of messages between nodes that arrive twice
 * @param minDelayMicros the least time on the way
 * @param maxDelayMicros the most time on the way, but for stragglers; messages overtake one another within these bounds
 * @param stragglers share of messages that take up to {@code maxStragglerMicros}
 * @param maxStragglerMicros the most time any message is on the way
 */
public record NetworkConditions(
        double loss,
        double duplication,
        long minDelayMicros,
        long maxDelayMicros,
        double stragglers,
        long maxStragglerMicros) {

    /** A quiet data centre. */
    public static final NetworkConditions CALM = new NetworkConditions(0, 0, 100, 800, 0.002, 20_000);

    public NetworkConditions {
        if (minDelayMicros < 0 || maxDelayMicros < minDelayMicros || maxStragglerMicros < maxDelayMicros) {
            throw new IllegalArgumentException("delays must not decrease from min to max to straggler: "
                    + minDelayMicros + ", " + maxDelayMicros + ", " + maxStragglerMicros);
        }
    }

    public NetworkConditions withLoss(double share) {
        return new NetworkConditions(
                share, duplication, minDelayMicros, maxDelayMicros, stragglers, maxStragglerMicros);
    }

    public NetworkConditions withDuplication(double share) {
        return new NetworkConditions(loss, share, minDelayMicros, maxDelayMicros, stragglers, maxStragglerMicros);
    }

    public NetworkConditions withDelays(long delayMicros, double shareOfStragglers, long stragglerMicros) {
        return new NetworkConditions(
                loss, duplication, minDelayMicros, minDelayMicros + delayMicros, shareOfStragglers, stragglerMicros);
    }

    public NetworkConditions withDelaysOf(NetworkConditions other) {
        return new NetworkConditions(
                loss,
                duplication,
                other.minDelayMicros,
                other.maxDelayMicros,
                other.stragglers,
                other.maxStragglerMicros);
    }
}
