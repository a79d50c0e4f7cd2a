package io.murmur.kernel.message;

import io.murmur.kernel.ring.NodeId;

/**
 * The number of an attempt to decide (Paxos), greater than that of every attempt its maker knows of, and never used twice.
 *
 * @param round from 1; 0 is below every attempt
 * @param node who made it
 */
public record Ballot(long round, NodeId node) implements Comparable<Ballot> {

    /** Below every ballot. */
    public static final Ballot ZERO = new Ballot(0, new NodeId(0, 0));

    public Ballot {
        if (round < 0) {
            throw new IllegalArgumentException("a ballot's round is not negative: " + round);
        }
    }

    @Override
    public int compareTo(Ballot other) {
        int byRound = Long.compare(round, other.round);
        return byRound != 0 ? byRound : node.compareTo(other.node);
    }

    @Override
    public String toString() {
        return round + "@" + node.abbreviated();
    }
}
