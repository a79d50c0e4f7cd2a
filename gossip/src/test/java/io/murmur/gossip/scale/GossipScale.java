package io.murmur.gossip.scale;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * {@code ./murmur simulate gossip}: gossip alone at scale, as a table. Figures of seconds are the worst of ten. Arguments: {@code --seed N},
 * {@code --hours N} for the false convictions, and the numbers of nodes; 1, 1, and 100 unless said otherwise. A hundred nodes take half a
 * minute, a thousand an hour or more and 14 GiB of heap.
 */
public final class GossipScale {

    private static final int TRIES = 10;
    /** So many that who raises an epoch is not among those who have been crashed before. */
    private static final int FEWEST = 4 * TRIES;

    private static final long PAUSE_MILLIS = 2000;
    private static final double SECONDS_BETWEEN_PAUSES = 60;
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final long seed;
    private final Duration watched;

    private GossipScale(long seed, Duration watched) {
        this.seed = seed;
        this.watched = watched;
    }

    public static void main(String[] arguments) throws Exception {
        long seed = 1;
        long hours = 1;
        List<Integer> sizes = new ArrayList<>();
        try {
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--seed" -> seed = Long.parseLong(arguments[++i]);
                    case "--hours" -> hours = Long.parseLong(arguments[++i]);
                    default -> sizes.add(Integer.valueOf(arguments[i]));
                }
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            wrong();
        }
        if (sizes.stream().anyMatch(nodes -> nodes < FEWEST)) {
            wrong();
        }
        GossipScale scale = new GossipScale(seed, Duration.ofHours(hours));
        for (int nodes : sizes.isEmpty() ? List.of(100) : sizes) {
            scale.print(nodes);
        }
    }

    private static void wrong() {
        System.err.println("./murmur simulate gossip [--seed N] [--hours N] [NODES...], each of NODES at least "
                + FEWEST + "; default: 100");
        System.exit(2);
    }

    private void print(int nodes) throws Exception {
        System.out.printf(Locale.ROOT, "%d nodes, seed %d%n", nodes, seed);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Callable<String>> watches = List.of(() -> watch(nodes, 0.01), () -> watch(nodes, 0.05));
            List<Future<String>> rows = watches.stream().map(threads::submit).toList();
            System.out.print(spread(nodes));
            for (Future<String> row : rows) {
                System.out.print(row.get());
            }
        }
    }

    /** At 1 % loss. */
    private String spread(int nodes) {
        Crowd crowd = new Crowd(seed, CrowdConditions.calm(nodes).withLoss(0.01));
        crowd.startAll();
        double acquainted = crowd.secondsUntil(crowd::allAreAliveToAll, LONG);
        crowd.run(MINUTE);
        long bytes = crowd.bytes();
        long messages = crowd.messages();
        crowd.run(MINUTE);
        double seconds = MINUTE.toSeconds();
        double bytesEach = (crowd.bytes() - bytes) / seconds / nodes;
        double messagesEach = (crowd.messages() - messages) / seconds / nodes;

        double[] epochs = new double[TRIES];
        double[] crashes = new double[TRIES];
        for (int i = 0; i < TRIES; i++) {
            long epoch = 2L + i;
            crowd.gossiper(nodes - 1 - i).ringEpoch(epoch);
            epochs[i] = crowd.secondsUntil(() -> crowd.allHaveRing(epoch), LONG);
            int victim = nodes / 2 + i;
            crowd.crash(victim);
            crashes[i] = crowd.secondsUntil(() -> crowd.allBelieve(victim, false), LONG);
            crowd.run(Duration.ofSeconds(20));
        }
        return row("seconds until all that start together know all", acquainted)
                + row(
                        "seconds until a new epoch has reached all",
                        Arrays.stream(epochs).max().orElseThrow())
                + row(
                        "seconds until a crash is known to all",
                        Arrays.stream(crashes).max().orElseThrow())
                + row("bytes sent per node per second", bytesEach)
                + row("messages sent per node per second", messagesEach);
    }

    /** Nobody dies; each node pauses for two seconds once a minute on the average. */
    private String watch(int nodes, double loss) {
        Crowd crowd = new Crowd(
                seed, CrowdConditions.calm(nodes).withLoss(loss).withPauses(PAUSE_MILLIS, SECONDS_BETWEEN_PAUSES));
        crowd.startAll();
        crowd.secondsUntil(crowd::allAreAliveToAll, LONG);
        crowd.run(MINUTE);
        long convictions = crowd.falseConvictions();
        long suspicions = crowd.suspicions();
        crowd.run(watched);
        String conditions =
                String.format(Locale.ROOT, " in %d h, %.0f %% loss, 2 s pauses", watched.toHours(), 100 * loss);
        return row("false convictions" + conditions, (double) crowd.falseConvictions() - convictions)
                + row("suspicions per node" + conditions, (double) (crowd.suspicions() - suspicions) / nodes);
    }

    private static String row(String what, double value) {
        return String.format(Locale.ROOT, "  %-60s %10.1f%n", what, value);
    }
}
