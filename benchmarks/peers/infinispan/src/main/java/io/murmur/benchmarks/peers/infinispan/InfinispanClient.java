package io.murmur.benchmarks.peers.infinispan;

import io.murmur.benchmarks.driver.DriverProcess;

/** Asks Infinispan. */
final class InfinispanClient {

    private InfinispanClient() {}

    public static void main(String[] arguments) {
        DriverProcess.serve(arguments, ignored -> InfinispanTarget.connect());
    }
}
