package io.murmur.benchmarks.profiles;

import java.io.IOException;

/** A way to keep the nodes busy with one kind of call. */
interface Load {

    /** Begins; calls are in flight from now on, but not counted. */
    Running start() throws IOException;

    /** Calls in flight. */
    interface Running extends AutoCloseable {

        /** The process that makes them. */
        ProcessHandle client();

        /** Counts from now on. */
        void begin() throws IOException, InterruptedException;

        /** Counts no longer. */
        void pause() throws IOException, InterruptedException;

        /** Ends the calls, and tells what was counted. */
        Answered end() throws IOException, InterruptedException;

        /** Ends the calls. */
        @Override
        void close();
    }

    /**
     * What was answered.
     *
     * @param operations calls that succeeded between begin and pause
     * @param errors calls that failed, at any time
     * @param misses reads that found nothing or something else
     */
    record Answered(long operations, long errors, long misses) {}
}
