package io.murmur.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The server processes of a cache, on this machine. Several contenders may ask the same servers, each in its way. */
interface Servers {

    /** A word, by which two contenders have the same servers; also the name of their folder. */
    String name();

    /** Why they cannot be had here, and what to do about it. */
    Optional<String> absence();

    /**
     * Starts them and waits until clients may come.
     *
     * @param folder for their data and logs; empty
     * @param basePort theirs are from here to 99 higher, and the same some thousands higher where a cache wants more
     */
    Running start(Path folder, int basePort) throws IOException, InterruptedException;

    /** Servers that have started. */
    interface Running extends AutoCloseable {

        /** All that work for the clients; their processor time, memory and writes are added up. */
        List<ProcessHandle> processes();

        /** Where clients come. */
        List<String> addresses();

        /** With which settings matter. */
        String version();

        /** Ends the processes. */
        @Override
        void close();
    }
}
