package io.murmur.handoff;

import java.util.EnumMap;
import java.util.Map;

/** What a shard's hints have come to. */
final class HintCounters {

    final Map<Loss, Long> lost = new EnumMap<>(Loss.class);
    long kept;
    long superseded;
    long handedOver;
    long redirected;
    long refusals;
    long timeouts;
    long damagedFiles;
    boolean diskIsFull;

    void lost(Loss why) {
        lost.merge(why, 1L, Long::sum);
    }
}
