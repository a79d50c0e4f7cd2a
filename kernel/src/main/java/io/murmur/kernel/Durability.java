package io.murmur.kernel;

/** When a replica may acknowledge a write; a setting of each cache. */
public enum Durability {
    /** After the commit log's fsync that covers it: an acknowledged write survives kill -9 and power loss. */
    FSYNC,
    /**
     * After the operating system has taken it; the commit log is synced every so many milliseconds. An acknowledged write survives
     * kill -9, and may be lost, up to the interval, by power loss.
     */
    INTERVAL
}
