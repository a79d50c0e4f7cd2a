package io.murmur.benchmarks.hits;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Evicts what was not asked for the longest. */
final class LeastRecentlyUsed implements BoundedCache {

    private final Requests requests;
    private final long mostBytes;
    private final Map<Integer, Integer> bytesOf = new LinkedHashMap<>(16, 0.75f, true);
    private long held;

    LeastRecentlyUsed(Requests requests, long mostBytes) {
        this.requests = requests;
        this.mostBytes = mostBytes;
    }

    @Override
    public boolean request(int id) {
        if (bytesOf.get(id) != null) {
            return true;
        }
        int bytes = requests.bytes(id);
        if (bytes <= mostBytes) {
            bytesOf.put(id, bytes);
            held += bytes;
        }
        for (Iterator<Integer> oldest = bytesOf.values().iterator(); held > mostBytes; ) {
            held -= oldest.next();
            oldest.remove();
        }
        return false;
    }

    @Override
    public long heldBytes() {
        return held;
    }
}
