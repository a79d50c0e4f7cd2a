package io.murmur.simulation;

import io.murmur.kernel.ring.Ring;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What of a node outlives its crashes: its disk, its clock's skew, how slow it is; and the life it has now, if any. */
final class Machine {

    final Port port;
    final SimulatedDisk disk;
    final RandomGenerator random;
    long skewMillis;
    int slowness = 1;
    int diskSlowness = 1;
    long downSinceNanos;

    /** Whether it has ever been started: a spare machine has not. */
    boolean isInstalled;

    /** Gone for good, and its disk with it. */
    boolean isLost;

    /** The ring it had when its rings were compared with others' last. */
    @Nullable
    Ring lastRing;

    @Nullable
    Life life;

    Machine(Port port, SimulatedDisk disk, RandomGenerator random) {
        this.port = port;
        this.disk = disk;
        this.random = random;
    }
}
