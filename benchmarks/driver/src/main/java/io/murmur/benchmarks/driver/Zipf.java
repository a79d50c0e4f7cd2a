package io.murmur.benchmarks.driver;

import java.util.SplittableRandom;

/**
 * Some keys are asked for more often: the key of rank r (from 1) in proportion to 1/r^0.99, the exponent of YCSB.
 *
 * <p>Drawn from a table of the sums, which is exact, where the formula of Gray et al. (SIGMOD 1994) is exact for two ranks only. The ranks are
 * scattered over the keys, so that the hot ones are not neighbours in any order.
 */
final class Zipf {

    static final double EXPONENT = 0.99;

    /** A prime above any number of keys, so that multiplying by it gives each rank a key of its own. */
    private static final long STRIDE = 2_654_435_761L;

    /** Element r: the chance of a rank of r or less, counted from 0. */
    private final double[] cumulative;

    Zipf(int keys) {
        cumulative = new double[keys];
        double sum = 0;
        for (int rank = 0; rank < keys; rank++) {
            sum += Math.pow(rank + 1, -EXPONENT);
            cumulative[rank] = sum;
        }
        for (int rank = 0; rank < keys; rank++) {
            cumulative[rank] /= sum;
        }
    }

    /** So many keys, drawn from this seed. */
    int[] draw(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] drawn = new int[count];
        for (int i = 0; i < count; i++) {
            drawn[i] = key(rank(random.nextDouble()));
        }
        return drawn;
    }

    /** The key of a rank counted from 0. */
    int key(int rank) {
        return (int) (rank * STRIDE % cumulative.length);
    }

    /** The least rank whose sum is above a chance in [0, 1). */
    private int rank(double chance) {
        int low = 0;
        int high = cumulative.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cumulative[middle] > chance) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
