/**
 * What every binding of a seam must do, as tests to extend: the simulated one and the real one run the same, so the simulator cannot
 * lie.
 *
 * <ul>
 *   <li>{@link io.murmur.simulation.contract.TimersContract}: of {@link io.murmur.kernel.Timers}.
 *   <li>{@link io.murmur.simulation.contract.NetworkContract}: of {@link io.murmur.kernel.Network}.
 * </ul>
 */
@NullMarked
package io.murmur.simulation.contract;

import org.jspecify.annotations.NullMarked;
