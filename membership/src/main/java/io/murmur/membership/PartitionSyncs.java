package io.murmur.membership;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a node catches up with a partition it is to own: it reads enough of the owners ({@link io.murmur.kernel.ring.RingSteps}). */
public interface PartitionSyncs {

    /**
     * Begins to catch up with a partition by the ring that is current, in which it moves.
     *
     * @param then is told once, on the control loop's thread: null when this node holds, durably, all that enough of the owners held;
     *     otherwise why it does not, for people. Not told after {@link Handle#cancel()}.
     */
    Handle catchUp(int partition, Consumer<@Nullable String> then);

    /** A catch-up that has begun. */
    interface Handle {
        /** It is not wanted any more. Without effect on one that has ended. */
        void cancel();
    }
}
