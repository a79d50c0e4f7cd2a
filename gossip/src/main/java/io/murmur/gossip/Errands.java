package io.murmur.gossip;

import io.murmur.kernel.ring.NodeId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pings sent on behalf of others: whom to tell when the answer comes. What is never answered is forgotten when there is much else. */
final class Errands {

    /**
     * @param client who asked
     * @param id how the client calls it
     */
    record Errand(NodeId client, long id, NodeId target) {}

    private static final int MOST = 1024;

    private final Map<Long, Errand> errands = new LinkedHashMap<>();

    void add(long pingId, Errand errand) {
        if (errands.size() >= MOST) {
            errands.remove(errands.keySet().iterator().next());
        }
        errands.put(pingId, errand);
    }

    /** The errand that this answer of this node ends, or null. */
    @Nullable
    Errand take(long pingId, NodeId from) {
        Errand errand = errands.get(pingId);
        if (errand == null || !errand.target.equals(from)) {
            return null;
        }
        errands.remove(pingId);
        return errand;
    }
}
