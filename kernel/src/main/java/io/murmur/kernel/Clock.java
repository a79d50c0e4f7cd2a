package io.murmur.kernel;

/**
 * The time, as one node sees it. The two readings are unrelated: one measures, the other names moments.
 *
 * <p>Callable from any thread; never blocks.
 */
public interface Clock {

    /** Nanoseconds since an arbitrary origin. Never goes back within a process; meaningless in another process. */
    long monotonicNanos();

    /** Milliseconds since the Unix epoch. May jump in either direction, and differs from node to node. */
    long wallMillis();
}
