package io.murmur.antientropy;

import java.util.List;
import java.util.stream.Stream;

/**
 * What became of a round.
 *
 * @param completed partitions of which all owners had, at some moment after the round began, all that any of them had at its beginning
 * @param incomplete the others: an owner was away, or refused, or the partition was moving
 * @param differing partitions of which some owner differed from this node
 * @param keysPulled cells that this node had not
 * @param keysPushed cells that were sent to owners that had not
 */
public record RoundOutcome(
        List<Integer> completed, List<Integer> incomplete, int differing, long keysPulled, long keysPushed) {
    public RoundOutcome {
        completed = List.copyOf(completed);
        incomplete = List.copyOf(incomplete);
    }

    static final RoundOutcome NOTHING = new RoundOutcome(List.of(), List.of(), 0, 0, 0);

    RoundOutcome plus(RoundOutcome other) {
        return new RoundOutcome(
                concat(completed, other.completed),
                concat(incomplete, other.incomplete),
                differing + other.differing,
                keysPulled + other.keysPulled,
                keysPushed + other.keysPushed);
    }

    private static List<Integer> concat(List<Integer> some, List<Integer> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }
}
