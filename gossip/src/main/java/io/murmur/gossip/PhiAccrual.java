package io.murmur.gossip;

import java.util.Arrays;

/**
 * How suspicious a silence is, by the silences before it (Hayashibara, Défago, Yared and Katayama, "The phi accrual failure detector",
 * 2004). Phi is -log10 of the chance that the next heartbeat is later than now, if the gaps between heartbeats are distributed normally with
 * the mean and the deviation of the last ones: at phi 8 one gap in 10^8 would be as long.
 *
 * <p>Cassandra takes the exponential distribution of the same mean, which knows nothing of how regular the gaps are: phi 8 then takes 18 mean
 * gaps, whatever they were. The normal one is sharper, with steady gaps of 1 s some 4 s, and its tail is too thin for rumours, whose gaps
 * are irregular. It may be wrong here, since a suspicion is only the question to others whether they hear the suspect.
 *
 * <p>Times are the observer's own, pauses left out ({@link ObserverTime}). Pure.
 */
final class PhiAccrual {

    private static final double LOG10_E = Math.log10(Math.E);

    /** Below, the approximation divides by next to nothing. */
    private static final double LEAST_DEVIATIONS = 1e-6;

    private static final int FIRST_CAPACITY = 8;

    private final int window;
    private final int leastDeviationMillis;
    private int[] gapsMillis;
    private int count;
    private int oldest;
    private long sumMillis;
    private long sumSquares;
    private long heardAtMillis;

    /**
     * @param window how many gaps count, at least 2
     * @param expectedMillis the gap that is expected before any was seen
     * @param leastDeviationMillis the least deviation of gaps that is believed
     * @param nowMillis from when on a heartbeat is expected
     */
    PhiAccrual(int window, int expectedMillis, int leastDeviationMillis, long nowMillis) {
        this.window = window;
        this.leastDeviationMillis = leastDeviationMillis;
        this.gapsMillis = new int[Math.min(window, FIRST_CAPACITY)];
        this.heardAtMillis = nowMillis;
        add(expectedMillis / 2);
        add(expectedMillis + expectedMillis / 2);
    }

    /** A heartbeat has arrived. */
    void heard(long nowMillis) {
        add(Math.clamp(nowMillis - heardAtMillis, 0, Integer.MAX_VALUE));
        heardAtMillis = nowMillis;
    }

    /** The first heartbeat after an absence, whose length says nothing of the gaps in life. */
    void returned(long nowMillis) {
        heardAtMillis = nowMillis;
    }

    long silenceMillis(long nowMillis) {
        return nowMillis - heardAtMillis;
    }

    double meanMillis() {
        return (double) sumMillis / count;
    }

    double phi(long nowMillis) {
        double mean = meanMillis();
        double deviation =
                Math.max(leastDeviationMillis, Math.sqrt(Math.max(0, (double) sumSquares / count - mean * mean)));
        return phiOfDeviations((silenceMillis(nowMillis) - mean) / deviation);
    }

    /**
     * -log10 of the normal distribution's tail beyond so many deviations, within 0.06 (Karagiannidis and Lioumpas, "An improved approximation
     * for the Gaussian Q-function", 2007). In logarithms, since the tail itself is soon too small for a number.
     */
    private static double phiOfDeviations(double deviations) {
        if (deviations <= LEAST_DEVIATIONS) {
            double tail = Math.pow(10, -phiOfDeviations(Math.max(-deviations, 2 * LEAST_DEVIATIONS)));
            return -Math.log10(1 - tail);
        }
        double x = deviations;
        return x * x / 2 * LOG10_E - Math.log10((1 - Math.exp(-1.4 * x)) / (1.135 * Math.sqrt(2 * Math.PI) * x));
    }

    private void add(int gapMillis) {
        if (count < window) {
            if (count == gapsMillis.length) {
                gapsMillis = Arrays.copyOf(gapsMillis, Math.min(window, 2 * count));
            }
            gapsMillis[count++] = gapMillis;
        } else {
            long gone = gapsMillis[oldest];
            sumMillis -= gone;
            sumSquares -= gone * gone;
            gapsMillis[oldest] = gapMillis;
            oldest = (oldest + 1) % window;
        }
        sumMillis += gapMillis;
        sumSquares += (long) gapMillis * gapMillis;
    }
}
