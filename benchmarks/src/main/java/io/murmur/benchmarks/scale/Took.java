package io.murmur.benchmarks.scale;

import java.util.concurrent.Callable;

/** How long a piece of work takes: the least of some times, since all that disturbs it makes it longer. */
final class Took {

    private static final int TIMES = 3;

    private Took() {}

    static double millis(Callable<?> work) throws Exception {
        double least = Double.MAX_VALUE;
        for (int i = 0; i < TIMES; i++) {
            long start = System.nanoTime();
            work.call();
            least = Math.min(least, (System.nanoTime() - start) / 1e6);
        }
        return least;
    }
}
