package io.murmur.benchmarks.hits;

/** A cache with a bound in bytes, asked as an application does that has the objects elsewhere. */
interface BoundedCache {

    /** Gets an object; when it is not in memory, puts it. Returns whether it was in memory. */
    boolean request(int id);

    /** Bytes of the keys and values it holds in memory now. */
    long heldBytes();

    /** How many of these are hits. */
    default int replay(int[] ids) {
        int hits = 0;
        for (int id : ids) {
            hits += request(id) ? 1 : 0;
        }
        return hits;
    }
}
