package io.murmur.kernel.ring;

/**
 * What an operator, or a node that wants to join, asks of the ring. One change is under way at a time; {@link RingSteps} turns it into
 * rings.
 */
public sealed interface RingChange {

    /** The node it is about. */
    NodeId subject();

    /** A node that is no member becomes one (bootstrap). */
    record Join(Member member) implements RingChange {
        @Override
        public NodeId subject() {
            return member.id();
        }
    }

    /** A living member hands its partitions over and goes (decommission). */
    record Leave(NodeId subject) implements RingChange {}

    /** A dead member goes; the other owners have what it had. What only it had, at levels below a majority, is lost with it. */
    record Remove(NodeId subject) implements RingChange {}

    /** A node that is no member takes the place of a dead one. */
    record Replace(NodeId dead, Member by) implements RingChange {
        @Override
        public NodeId subject() {
            return by.id();
        }
    }

    /** A member stands in another zone of its region, or takes another share of the load. */
    record Move(NodeId subject, String zone, int weight) implements RingChange {}

    /** A member is reached elsewhere from now on. Nothing moves. */
    record Relocate(NodeId subject, String host, int port) implements RingChange {}

    /**
     * The change under way is given up: the owners stay what they were.
     *
     * @param subject whom that change is about, so that a late Abort does not give up another one
     */
    record Abort(NodeId subject) implements RingChange {}
}
