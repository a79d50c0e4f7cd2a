package io.murmur.simulation;

import java.io.PrintStream;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Runs seeds, each twice, and says which failed and how to see it. For the main method of whoever has processes to test:
 *
 * <pre>
 *   Seeds seeds = Seeds.of("./murmur simulate", factory, System.out);
 *   System.exit(seeds.execute(args) == 0 ? 0 : 1);
 *
 *   1000             seeds 1 to 1000
 *   5000 6000        seeds 5000 to 6000
 *   replay 17        seed 17 with its transcript
 * </pre>
 */
public final class Seeds {

    private static final int PROGRESS_EVERY = 100;

    private final String command;
    private final Scenario scenario;
    private final PrintStream out;

    /** What a seed is run in. */
    @FunctionalInterface
    public interface Scenario {
        Outcome run(long seed, Transcript transcript);
    }

    /**
     * @param command what a user types before a seed, so that a failure can say how to replay it
     */
    public Seeds(String command, Scenario scenario, PrintStream out) {
        this.command = command;
        this.scenario = scenario;
        this.out = out;
    }

    /** Of {@link ClusterScenario}. */
    public static Seeds of(String command, ProcessFactory factory, PrintStream out) {
        return of(command, ScenarioSettings.DEFAULT, factory, out);
    }

    /** Of {@link ClusterScenario}. */
    public static Seeds of(String command, ScenarioSettings settings, ProcessFactory factory, PrintStream out) {
        return new Seeds(command, (seed, transcript) -> ClusterScenario.run(seed, settings, factory, transcript), out);
    }

    /** Of {@link ChangeScenario}. */
    public static Seeds of(String command, ChangeScenario.ClusterFactory factory, PrintStream out) {
        return of(command, ScenarioSettings.DEFAULT, factory, out);
    }

    /** Of {@link ChangeScenario}. */
    public static Seeds of(
            String command, ScenarioSettings settings, ChangeScenario.ClusterFactory factory, PrintStream out) {
        return new Seeds(command, (seed, transcript) -> ChangeScenario.run(seed, settings, factory, transcript), out);
    }

    /** Does what the arguments say and returns the number of seeds that failed; of arguments it does not understand, too. */
    public int execute(String... arguments) {
        try {
            if (arguments.length == 2 && arguments[0].equals("replay")) {
                return replay(Long.parseLong(arguments[1]));
            }
            if (arguments.length == 1) {
                return run(1, Long.parseLong(arguments[0]));
            }
            if (arguments.length == 2) {
                return run(Long.parseLong(arguments[0]), Long.parseLong(arguments[1]));
            }
        } catch (NumberFormatException e) {
            out.println("not a number: " + e.getMessage());
        }
        out.println("usage: " + command + " LAST | FIRST LAST | replay SEED");
        return 1;
    }

    /** Runs these seeds, each twice, and returns how many failed. */
    public int run(long first, long last) {
        int failed = 0;
        SortedMap<String, Integer> totals = new TreeMap<>();
        for (long seed = first; seed <= last; seed++) {
            Outcome outcome = scenario.run(seed, Transcript.NONE);
            Outcome again = scenario.run(seed, Transcript.NONE);
            outcome.counts().forEach((what, count) -> totals.merge(what, count, Integer::sum));
            if (!passed(outcome, again)) {
                failed++;
            }
            if ((seed - first + 1) % PROGRESS_EVERY == 0 || seed == last) {
                out.println("seeds " + first + " to " + seed + ": " + failed + " failed");
            }
        }
        totals.forEach((what, count) -> out.printf("%,12d %s%n", count, what));
        return failed;
    }

    private boolean passed(Outcome outcome, Outcome again) {
        boolean deterministic = outcome.digest() == again.digest();
        if (outcome.violations().isEmpty() && deterministic) {
            return true;
        }
        out.println("seed " + outcome.seed() + " FAILED: " + outcome.scenario());
        outcome.violations().forEach(violation -> out.println("  " + violation));
        if (!deterministic) {
            out.println("  two runs differ: something depends on more than the seed");
        }
        out.println("  replay it: " + command + " replay " + outcome.seed());
        return false;
    }

    /** Runs one seed and prints who sent what to whom; returns 1 when it failed. */
    public int replay(long seed) {
        Outcome outcome = scenario.run(seed, Transcript.to(out::println));
        outcome.counts().forEach((what, count) -> out.printf("%,12d %s%n", count, what));
        outcome.violations().forEach(out::println);
        return outcome.violations().isEmpty() ? 0 : 1;
    }
}
