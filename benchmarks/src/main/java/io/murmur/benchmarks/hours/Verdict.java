package io.murmur.benchmarks.hours;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A figure, and what it should be.
 *
 * @param name for machines
 * @param figure not a number when it could not be measured
 * @param held whether it is as it should be; null when nothing is asked of it
 * @param text for people
 */
record Verdict(String name, double figure, @Nullable Boolean held, String text) {

    /** A figure that should be less than, or at most, a bar. */
    static Verdict atMost(String name, double figure, double bar, String text) {
        return new Verdict(name, figure, figure <= bar, text + bar("at most", bar));
    }

    /** A figure that should be at least a bar. */
    static Verdict atLeast(String name, double figure, double bar, String text) {
        return new Verdict(name, figure, figure >= bar, text + bar("at least", bar));
    }

    /** Something of which there should be none. */
    static Verdict none(String name, long number, String text) {
        return new Verdict(name, (double) number, number == 0, String.format(Locale.ROOT, "%,d %s", number, text));
    }

    static Verdict figure(String name, double figure, String text) {
        return new Verdict(name, figure, null, text);
    }

    private static String bar(String what, double bar) {
        return " (should be " + what + " "
                + new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(bar) + ")";
    }

    boolean isMissed() {
        return Boolean.FALSE.equals(held);
    }

    @Override
    public String toString() {
        return (held == null ? "      " : held ? "held  " : "MISSED") + " " + text;
    }
}
