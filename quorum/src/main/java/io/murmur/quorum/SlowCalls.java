package io.murmur.quorum;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last calls of a shard that took long; the oldest makes room. */
final class SlowCalls {

    static final int MOST = 100;

    private final @Nullable Track[] kept = new Track[MOST];
    private int next;

    void add(Track call) {
        kept[next] = call;
        next = (next + 1) % MOST;
    }

    /** The latest first. */
    List<Track> latestFirst() {
        List<Track> all = new ArrayList<>();
        for (int back = 1; back <= MOST; back++) {
            Track call = kept[Math.floorMod(next - back, MOST)];
            if (call != null) {
                all.add(call);
            }
        }
        return all;
    }
}
