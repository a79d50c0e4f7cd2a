package io.murmur.simulation.register;

import java.util.List;
import java.util.stream.Collectors;

/** What a check has found. */
public sealed interface Verdict {

    /** There is an order that explains every answer. */
    record Linearizable() implements Verdict {}

    /**
     * There is none.
     *
     * @param evidence the end of the history's shortest beginning of which that is so, in the order of completions; what was still under way then
     *     is unknown
     */
    record NotLinearizable(List<RegisterOperation> evidence) implements Verdict {
        @Override
        public String toString() {
            return "no order explains:"
                    + evidence.stream().map(operation -> "\n    " + operation).collect(Collectors.joining());
        }
    }

    /** There are too many orders to look at. */
    record Undecided(int looked) implements Verdict {}
}
