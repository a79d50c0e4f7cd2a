package io.murmur.kernel.message;

/**
 * How much a node stores and does, as it tells now and then: for people, nothing is decided by it.
 *
 * @param storedBytes how much it stores
 * @param requestsPerSecond requests of clients that it has answered, each second lately
 * @param p99Micros what 99 of 100 of those took at most, in microseconds; 0 when there were none
 * @param hints held for others
 * @param partitionsCaughtUp of those that it has to catch up with in the change of the ring under way
 */
public record EndpointLoad(
        long storedBytes, long requestsPerSecond, long p99Micros, long hints, int partitionsCaughtUp) {

    public static final EndpointLoad NONE = new EndpointLoad(0, 0, 0, 0, 0);

    public EndpointLoad {
        if (storedBytes < 0 || requestsPerSecond < 0 || p99Micros < 0 || hints < 0 || partitionsCaughtUp < 0) {
            throw new IllegalArgumentException("a load has no negative numbers: " + storedBytes + ", "
                    + requestsPerSecond + ", " + p99Micros + ", " + hints + ", " + partitionsCaughtUp);
        }
    }

    public EndpointLoad withPartitionsCaughtUp(int partitions) {
        return new EndpointLoad(storedBytes, requestsPerSecond, p99Micros, hints, partitions);
    }
}
