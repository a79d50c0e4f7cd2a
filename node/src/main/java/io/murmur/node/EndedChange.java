package io.murmur.node;

import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingSteps;
import io.murmur.kernel.ring.Transition;
import org.jspecify.annotations.Nullable;

/**
 * A change of the ring that is over. That it ended is in the next ring; whether it was carried out or given up can be told only from both.
 *
 * @param ring the last in which it was under way
 * @param epoch of the first in which it was not
 */
record EndedChange(Ring ring, RingChange change, long epoch, boolean isDone) {

    /** The change that ended between two rings, one after the other; null when none did. */
    static @Nullable EndedChange between(@Nullable Ring former, Ring next) {
        Transition transition = former == null ? null : former.transition();
        if (former == null || transition == null) {
            return null;
        }
        Transition now = next.transition();
        if (now != null && now.change().equals(transition.change())) {
            return null;
        }
        boolean isDone = next.members().equals(transition.members());
        return new EndedChange(former, transition.change(), next.epoch(), isDone);
    }

    @Override
    public String toString() {
        return RingSteps.describe(ring, change) + (isDone ? ": done" : ": given up");
    }
}
