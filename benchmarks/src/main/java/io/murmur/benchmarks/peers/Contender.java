package io.murmur.benchmarks.peers;

import java.util.List;

/**
 * One side of a comparison: servers, and a client process that asks them.
 *
 * @param name a word, as given on the command line
 * @param promise what it means that a write is acknowledged, and how reads are made
 * @param equal the contender of Murmur whose promise is nearest, with which it is compared unless asked otherwise
 */
record Contender(String name, String promise, String equal, Servers servers, ClientMaker maker) {

    /** How the client of servers that have started is run. */
    @FunctionalInterface
    interface ClientMaker {
        Client client(Servers.Running servers, int mostInFlight);
    }

    /**
     * A client process: a main class that calls {@link io.murmur.benchmarks.driver.DriverProcess}.
     *
     * @param software the client's library, with its version
     * @param jvmFlags besides those that all clients get
     */
    record Client(String software, String classPath, List<String> jvmFlags, String mainClass, List<String> arguments) {

        /** One whose classes and library are those of this module. */
        static Client ofThisModule(String software, Class<?> mainClass, List<String> arguments) {
            return new Client(
                    software, System.getProperty("java.class.path"), List.of(), mainClass.getName(), arguments);
        }
    }
}
