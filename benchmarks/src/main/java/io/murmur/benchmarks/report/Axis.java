package io.murmur.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From figures to places along a line, with round figures as ticks. */
sealed interface Axis {

    /** The place of a value, between that of the start and that of the end. */
    double at(double value);

    /** Round values, ascending, all of them on the axis. */
    List<Double> ticks();

    /** Whether it has a place at all. */
    default boolean holds(double value) {
        return Double.isFinite(value);
    }

    /** From the least to the greatest value; where the end is given, it is not passed. */
    static Axis linear(double least, double most, double start, double end) {
        // A line without extent has no scale.
        return new Linear(least, most > least ? most : least + 1, start, end);
    }

    /** From the power of ten below the least value to that above the greatest; values above 0 only. */
    static Axis logarithmic(double least, double most, double start, double end) {
        double from = Math.floor(Math.log10(least));
        double to = Math.ceil(Math.log10(most));
        return new Logarithmic(from, to > from ? to : from + 1, start, end);
    }

    /** Equal steps. */
    record Linear(double least, double most, double start, double end) implements Axis {

        private static final int TICKS = 6;

        @Override
        public double at(double value) {
            return start + (value - least) / (most - least) * (end - start);
        }

        @Override
        public List<Double> ticks() {
            double step = step();
            List<Double> ticks = new ArrayList<>();
            for (long i = (long) Math.ceil(least / step); i * step <= most * (1 + 1e-9); i++) {
                ticks.add(i * step);
            }
            return ticks;
        }

        /** 1, 2 or 5 times a power of ten, for about so many ticks. */
        private double step() {
            double rough = (most - least) / TICKS;
            double power = Math.pow(10, Math.floor(Math.log10(rough)));
            double digit = rough / power;
            return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
        }
    }

    /** Equal steps for equal ratios. */
    record Logarithmic(double fromPower, double toPower, double start, double end) implements Axis {

        private static final int FEW = 2;

        @Override
        public double at(double value) {
            return start + (Math.log10(value) - fromPower) / (toPower - fromPower) * (end - start);
        }

        @Override
        public boolean holds(double value) {
            return Double.isFinite(value) && value > 0;
        }

        @Override
        public List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            for (int power = (int) fromPower; power <= toPower; power++) {
                ticks.add(Math.pow(10, power));
                if (toPower - fromPower <= FEW && power < toPower) {
                    ticks.add(2 * Math.pow(10, power));
                    ticks.add(5 * Math.pow(10, power));
                }
            }
            return ticks;
        }
    }

    /** As people write it: no digits behind the point that say nothing. */
    static String label(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        String digits = String.format(Locale.ROOT, "%.6f", value);
        return digits.replaceAll("0+$", "");
    }
}
