package io.murmur.membership;

import io.murmur.kernel.ring.NodeId;

/** What is known of a member that has this node's name and address: whether it is this node, as it was before its data was lost. */
@FunctionalInterface
public interface FormerSelf {

    /** What to do about it. */
    enum Verdict {
        /** It is dead: its place may be taken. */
        TAKE_ITS_PLACE,
        /** It may be alive: a configuration that was copied to another machine names both. Ask again later. */
        WAIT,
        /** Something would be lost for good with its data, so somebody has to decide. */
        LEAVE_IT
    }

    /** Asked on the control loop, now and then. */
    Verdict of(NodeId member);
}
