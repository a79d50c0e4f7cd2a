/**
 * The code that a real node runs, in the simulator: {@link io.murmur.node.simulation.MurmurProcess} binds a shard's quorum and store to
 * simulated seams; {@link io.murmur.node.simulation.PlantedBug} are the mistakes that the simulator has to notice; {@link
 * io.murmur.node.simulation.SimulationCommand} is {@code ./murmur simulate}.
 */
@NullMarked
package io.murmur.node.simulation;

import org.jspecify.annotations.NullMarked;
