package io.murmur.simulation;

/** The machine dies in the middle of a disk call. An error, so that no code takes it for a fault of the disk and goes on. */
public final class SimulatedCrash extends Error {

    private static final long serialVersionUID = 1L;

    SimulatedCrash(String where) {
        super("the machine dies inside " + where);
    }
}
