package io.murmur.membership;

/**
 * How long the agreement on rings waits for what. All in milliseconds, all at least 2.
 *
 * @param ballotMillis how long a ballot may take before another is tried
 * @param leastPauseMillis between two ballots, at first
 * @param mostPauseMillis between two ballots, at most
 * @param changeMillis how long a change that was asked for is tried
 * @param finishMillis how long a voter lets a ring that it has accepted hang in the air before it sees to its decision itself
 * @param askAgainMillis when a node that was asked for its ring is taken not to answer
 */
public record MembershipSettings(
        long ballotMillis,
        long leastPauseMillis,
        long mostPauseMillis,
        long changeMillis,
        long finishMillis,
        long askAgainMillis) {

    public static final MembershipSettings DEFAULT = new MembershipSettings(1_000, 50, 5_000, 10_000, 5_000, 1_000);
}
