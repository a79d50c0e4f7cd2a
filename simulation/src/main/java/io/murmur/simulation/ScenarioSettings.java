package io.murmur.simulation;

import java.time.Duration;

/**
 * What a scenario may ask of the processes it runs.
 *
 * @param looseShare of the writes, in every other run: at level ANY or sloppy, for processes that keep hints
 * @param settling how long after all faults have ended and all nodes have returned everything is read: hints must have been handed over by
 *     then
 * @param purgeAfter how old the dead must be, at least, when processes forget them
 */
public record ScenarioSettings(double looseShare, Duration settling, Duration purgeAfter) {

    /** For processes that keep no hints, and forget nothing within a run. */
    public static final ScenarioSettings DEFAULT = new ScenarioSettings(0, Duration.ofSeconds(3), Duration.ofHours(1));
}
