package io.murmur.simulation;

import java.time.Duration;

/**
 * What a scenario may ask of the processes it runs.
 *
 * @param looseShare of the writes, in every other run: at level ANY or sloppy, for processes that keep hints
 * @param settling how long after all faults have ended and all nodes have returned everything is read: hints must have been handed over by
 *     then
 */
public record ScenarioSettings(double looseShare, Duration settling) {

    public static final ScenarioSettings DEFAULT = new ScenarioSettings(0, Duration.ofSeconds(3));
}
