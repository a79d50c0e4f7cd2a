package io.murmur.node.simulation;

import io.murmur.simulation.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./murmur simulate}: runs seeds of the simulator, or replays one with its transcript. Ends with 1 when a seed failed. */
@Command(
        name = "murmur simulate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs whole clusters under faults in one thread, one cluster for each seed, each twice, and checks every promise.",
            "",
            "  murmur simulate 1000         seeds 1 to 1000",
            "  murmur simulate 5000 6000    seeds 5000 to 6000",
            "  murmur simulate replay 17    seed 17, with who sent what to whom",
            "",
            "With --healing owners become equal by hints alone, or by comparing what they hold alone.",
            "With --atomic there are atomic operations, whose histories must be linearizable; the ring changes in every",
            "fifth seed, and with --changes in all.",
            "With --changes the ring changes as well: nodes join, leave, move, are lost, removed and replaced.",
            ""
        })
final class SimulationCommand implements Callable<Integer> {

    @Parameters(
            arity = "1..2",
            paramLabel = "SEED",
            description = "The last seed; the first and the last; or 'replay' and one.")
    private List<String> arguments = new ArrayList<>();

    @Option(
            names = "--bug",
            paramLabel = "BUG",
            description = "Plant a bug, to see it caught: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private PlantedBug bug = PlantedBug.NONE;

    @Option(names = "--changes", description = "Let the ring change, as those bugs need that are about it.")
    private boolean changes;

    @Option(names = "--atomic", description = "Let clients do atomic operations on few keys.")
    private boolean atomic;

    @Option(
            names = "--healing",
            paramLabel = "BY",
            description = "One node is away and must be brought up to date: HINTS_ALONE or ROUNDS_ALONE.")
    private @Nullable Memory healing;

    @Override
    public Integer call() {
        int failed = seeds().execute(arguments.toArray(String[]::new));
        return failed == 0 ? 0 : 1;
    }

    private Seeds seeds() {
        String command = "./murmur simulate" + (changes ? " --changes" : "")
                + (atomic ? " --atomic" : "")
                + (healing == null ? "" : " --healing " + healing)
                + (bug == PlantedBug.NONE ? "" : " --bug " + bug);
        if (healing != null) {
            return new Seeds(command, healing.healing(bug), System.out);
        }
        if (!atomic && !changes) {
            return new Seeds(command, bug.scenario.with(bug), System.out);
        }
        Seeds.Scenario asked = atomic ? changes ? Memory.atomicChanges(bug) : Memory.atomic(bug) : Memory.changes(bug);
        return new Seeds(command, asked, System.out);
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SimulationCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }
}
