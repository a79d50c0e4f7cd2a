/**
 * A whole cluster in one thread under a seed. In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.simulation.ProcessFactory}, {@link io.murmur.simulation.SimulatedProcess}, {@link
 *       io.murmur.simulation.NodeSeams}: what is under test, and all it may touch.
 *   <li>{@link io.murmur.simulation.World}, {@link io.murmur.simulation.WorldSettings}: the cluster and its faults. {@code Agenda}:
 *       simulated time, one queue of events; {@code Calendar}, {@code LifeCalendar}: what is noted down in it, and by whom. {@code
 *       Machine}, {@code Life}: what of a node outlives a crash, and what does not. {@code NodeStopped}: how a life ends itself.
 *   <li>The seams: {@code SimulatedClock}, {@code SimulatedTimers}, {@code SimulatedThread}; {@code SimulatedNetwork} with {@code Port},
 *       {@code Cut} and {@link io.murmur.simulation.NetworkConditions}; {@link io.murmur.simulation.SimulatedDisk} with {@code
 *       SimulatedFile} and {@link io.murmur.simulation.SimulatedCrash}; {@link io.murmur.simulation.SimulatedStorage}, for those who test
 *       no storage; {@link io.murmur.simulation.ForwardingDisk}, for those who make a disk of another.
 *   <li>{@link io.murmur.simulation.ChangeScenario}: one run of a cluster whose ring changes.
 *   <li>{@link io.murmur.simulation.ClusterScenario}: one run, drawn from a seed by {@link io.murmur.simulation.ScenarioSettings}, {@code
 *       Topology}, {@code Workload} with {@code LevelMix}, and {@code FaultSchedule}; its {@link io.murmur.simulation.Outcome}.
 *   <li>{@code Load}: what clients do in a run of either, and what must hold of it: {@code PlainLoad}; {@code AtomicLoad} with {@code
 *       AtomicMix} and {@code AtomicClient}, which {@link io.murmur.simulation.AtomicScenario} runs.
 *   <li>{@code SimulatedClient} with {@link io.murmur.simulation.ClientSeams}, {@code Script} and {@code Call}; {@code Crowd}: many of
 *       them at one key; {@code Audit}: who reads
 *       it all at the end.
 *   <li>{@link io.murmur.simulation.History} of {@link io.murmur.simulation.Operation}s; {@code OrderCheck} with {@code Quorum}, {@code
 *       ValueCheck}, {@code PresenceCheck}: what must hold of it; {@link io.murmur.simulation.Violation}.
 *   <li>{@link io.murmur.simulation.Transcript} with {@code Names}, {@code TraceDigest}, {@code Counts}: what is known of a run
 *       afterwards.
 *   <li>{@link io.murmur.simulation.Seeds}: many runs, and the replay of one.
 * </ul>
 */
@NullMarked
package io.murmur.simulation;

import org.jspecify.annotations.NullMarked;
