package io.murmur.simulation;

/** Starts a node's process: at first, and after each crash over what the disk then holds. */
@FunctionalInterface
public interface ProcessFactory {

    /**
     * Assembles a process on these seams; recovery happens in here, at one moment of simulated time.
     *
     * @throws java.io.IOException when the disk does not let it: the node stays down and is started again later
     * @throws Exception any other is a violation
     */
    SimulatedProcess start(NodeSeams seams) throws Exception;
}
