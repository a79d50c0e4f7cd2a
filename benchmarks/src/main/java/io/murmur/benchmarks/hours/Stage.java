package io.murmur.benchmarks.hours;

import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where a scenario plays: a cluster under load, a clock that began with the load, and a list of what happened when. */
final class Stage {

    /** Something happened. */
    record Moment(double second, String what) {}

    private static final int MOST_ATTEMPTS = 20;

    private final LocalCluster cluster;
    private final OpenLoop load;
    private final Mix mix;
    private final long startNanos;
    private final double rate;
    private final double capacity;
    private final Lengths lengths;
    private final List<Moment> moments = new ArrayList<>();

    /**
     * How long the acts are, in seconds.
     *
     * @param before the event
     * @param during it
     * @param after it
     */
    record Lengths(double before, double during, double after) {}

    /**
     * @param rate calls a second, at first
     * @param capacity what the closed loop reached
     */
    Stage(
            LocalCluster cluster,
            OpenLoop load,
            Mix mix,
            long startNanos,
            double rate,
            double capacity,
            Lengths lengths) {
        this.cluster = cluster;
        this.load = load;
        this.mix = mix;
        this.startNanos = startNanos;
        this.rate = rate;
        this.capacity = capacity;
        this.lengths = lengths;
    }

    LocalCluster cluster() {
        return cluster;
    }

    OpenLoop load() {
        return load;
    }

    Mix mix() {
        return mix;
    }

    double rate() {
        return rate;
    }

    double capacity() {
        return capacity;
    }

    Lengths lengths() {
        return lengths;
    }

    double second() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    /** Lets time pass. */
    void hold(double seconds) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Math.max(0, (long) (seconds * 1e9)));
    }

    /** Lets time pass until so long after the load's start. */
    void holdUntil(double second) throws InterruptedException {
        hold(second - second());
    }

    /** Notes that something happens now, and when that is. */
    double mark(String what) {
        double now = second();
        moments.add(new Moment(now, what));
        return now;
    }

    List<Moment> moments() {
        return moments;
    }

    /** A counter of the nodes' metrics, over the first nodes. */
    double sum(String counter, int nodes) throws IOException, InterruptedException {
        double sum = 0;
        for (int node = 0; node < nodes; node++) {
            sum += metrics(node)
                    .lines()
                    .filter(line -> line.startsWith(counter + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(counter.length() + 1)))
                    .sum();
        }
        return sum;
    }

    /** A node with much to do may not answer at once; a counter that was taken for 0 would be worse. */
    private String metrics(int node) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            String text = cluster.text(node, "/metrics");
            if (text != null) {
                return text;
            }
        }
        throw new IOException("node " + LocalCluster.name(node) + " does not answer with its metrics");
    }
}
