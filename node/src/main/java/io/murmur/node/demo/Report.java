package io.murmur.node.demo;

import java.io.PrintWriter;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** What happened, for people. On a terminal, passing lines overwrite one another; elsewhere one in five is printed. */
final class Report {

    /** Set by the launcher, which alone can tell. */
    static final String TERMINAL = "murmur.terminal";

    private static final String CLEAR_LINE = "\r\033[2K";
    private static final int PRINTED_ONE_IN = 5;

    private final PrintWriter out;
    private final boolean isTerminal;
    private boolean isPassing;

    Report(PrintWriter out, boolean isTerminal) {
        this.out = out;
        this.isTerminal = isTerminal;
    }

    void line(String format, Object... values) {
        clear();
        out.println(String.format(Locale.ROOT, format, values));
        out.flush();
    }

    /** A line that counts until the next. */
    void passing(int number, String format, Object... values) {
        if (isTerminal) {
            clear();
            out.print(String.format(Locale.ROOT, format, values));
            out.flush();
            isPassing = true;
        } else if (number % PRINTED_ONE_IN == 0) {
            line(format, values);
        }
    }

    private void clear() {
        if (isPassing) {
            out.print(CLEAR_LINE);
            isPassing = false;
        }
    }

    void latency(String operation, Histogram micros) {
        line(
                "  %s %,12d   p50 %7.2f ms   p99 %7.2f ms   p99.9 %7.2f ms   slowest %8.2f ms",
                operation,
                micros.getTotalCount(),
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getValueAtPercentile(99.9) / 1e3,
                micros.getMaxValue() / 1e3);
    }
}
