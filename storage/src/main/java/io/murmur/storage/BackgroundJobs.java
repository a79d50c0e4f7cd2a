package io.murmur.storage;

import java.util.concurrent.Semaphore;

/** Counts what is under way in the background, so that closing can wait for its end and nothing begins after it. From any thread. */
final class BackgroundJobs {

    private final Semaphore permits = new Semaphore(Integer.MAX_VALUE);
    private volatile boolean closing;

    /** Takes part until {@link #end}; false when the store is closing: then the job must not begin. */
    boolean begin() {
        return !closing && permits.tryAcquire();
    }

    void end() {
        permits.release();
    }

    /** Long jobs ask now and then, and give up. */
    boolean areClosing() {
        return closing;
    }

    /** Returns when the last one has ended. */
    void close() {
        closing = true;
        permits.acquireUninterruptibly(Integer.MAX_VALUE);
    }
}
