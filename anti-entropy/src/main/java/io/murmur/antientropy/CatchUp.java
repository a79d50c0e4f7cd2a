package io.murmur.antientropy;

import io.murmur.kernel.ring.NodeId;
import java.util.List;

/** A node's catching up with one partition, which goes on until it is done, has failed, or is given up. On the shard's thread. */
public interface CatchUp {

    /** Gives it up: nothing more is asked for, and no outcome follows. What has been joined stays. Without effect when it has ended. */
    void cancel();

    /** How it ended. */
    sealed interface Outcome {}

    /**
     * All that the partition's owners had accepted before it was as it is now, and that any majority of them could know of, is held here,
     * durably.
     *
     * @param sources the owners read to the end, this node itself aside
     * @param bytesReceived about
     * @param entriesReceived cells pulled
     * @param keysMended cells pulled that are what this node holds for their key now; some of a copied slot it may have had before
     */
    record CaughtUp(List<NodeId> sources, long bytesReceived, long entriesReceived, long keysMended)
            implements Outcome {
        public CaughtUp {
            sources = List.copyOf(sources);
        }
    }

    /**
     * It cannot go on: the ring has changed, so that there is something else to catch up with or nothing, or the own storage does not take
     * what comes.
     *
     * @param reason one line for people
     */
    record Failed(String reason) implements Outcome {}
}
