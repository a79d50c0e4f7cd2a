package io.murmur.benchmarks.peers.hazelcast;

import io.murmur.benchmarks.driver.DriverProcess;

/** Asks Hazelcast. The argument is the addresses of the members, separated by commas. */
final class HazelcastClientProcess {

    private HazelcastClientProcess() {}

    public static void main(String[] arguments) {
        DriverProcess.serve(arguments, HazelcastTarget::connect);
    }
}
