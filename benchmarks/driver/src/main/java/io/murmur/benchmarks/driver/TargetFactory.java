package io.murmur.benchmarks.driver;

import java.util.List;

/** Connects to a cache: called once for each client process. */
@FunctionalInterface
public interface TargetFactory {

    /**
     * Returns when calls can be made.
     *
     * @param arguments those of the process's command line, such as addresses and levels, and how many calls there can be at once for clients
     *     that want as many connections
     */
    Target connect(List<String> arguments) throws Exception;
}
