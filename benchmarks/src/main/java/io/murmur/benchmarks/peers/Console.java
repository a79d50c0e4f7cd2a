package io.murmur.benchmarks.peers;

import io.murmur.benchmarks.peers.Cell.DataSet;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What is told while it runs: a line for each turn. */
final class Console {

    private final PrintWriter out;
    /** By load, what the first contender did in the turn that a ratio is made with. */
    private final Map<Cell, Turn> firsts = new HashMap<>();

    Console(PrintWriter out) {
        this.out = out;
    }

    void head(String machine, String estimate) {
        out.printf("machine   %s%n%s%n", machine, estimate);
        out.flush();
    }

    void progress(String line) {
        out.println(line);
        out.flush();
    }

    void round(List<Contender> contest, DataSet data) {
        firsts.clear();
        out.printf(
                "%n%s: %s%n", contest.stream().map(Contender::name).collect(Collectors.joining(" and ")), data.words());
        out.flush();
    }

    void turn(Turn turn) {
        Turn first = firsts.get(turn.cell());
        if (first == null || first.contender().equals(turn.contender())) {
            firsts.put(turn.cell(), turn);
            first = turn;
        }
        if (turn.number() == 1 && first.equals(turn)) {
            out.printf(
                    Locale.ROOT,
                    "%-31s %-26s %10s %6s %8s %8s %8s %8s %8s %8s %9s%n",
                    "",
                    "",
                    "op/s",
                    "ratio",
                    "p50 ms",
                    "p99 ms",
                    "p99.9 ms",
                    "srv us",
                    "cli us",
                    "MiB",
                    "B/op");
        }
        out.printf(
                Locale.ROOT,
                "%-31s %-26s %,10.0f %6.2f %8.3f %8.3f %8.3f %8.1f %8.1f %,8.0f %,9.0f%s%n",
                turn.cell().words(),
                turn.contender(),
                turn.operationsPerSecond(),
                turn.operationsPerSecond() / first.operationsPerSecond(),
                turn.millis("p50"),
                turn.millis("p99"),
                turn.millis("p999"),
                turn.perOperation(turn.server().cpuMicros()),
                turn.perOperation(turn.answer().path("clientCpuMicros").asLong()),
                turn.residentBytes() / (double) (1 << 20),
                turn.perOperation(turn.server().writtenBytes()),
                turn.errors() + turn.misses() == 0
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "   %,d errors %s, %,d misses",
                                turn.errors(),
                                turn.errorKinds(),
                                turn.misses()));
        out.flush();
    }
}
