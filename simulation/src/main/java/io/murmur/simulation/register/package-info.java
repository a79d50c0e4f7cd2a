/**
 * Linearizability of one key's history, whoever recorded it: the simulator, or a test of real processes. In reading order:
 *
 * <ul>
 *   <li>{@link io.murmur.simulation.register.RegisterAction}: what can be done to a key, with {@link
 *       io.murmur.simulation.register.RegisterEffect}, what it does when nothing else goes on: the specification.
 *   <li>{@link io.murmur.simulation.register.RegisterOperation}: who did what and when, and what came of it.
 *   <li>{@link io.murmur.simulation.register.LinearizabilityCheck}: whether there is an order that explains it all, with {@link
 *       io.murmur.simulation.register.Verdict}.
 * </ul>
 */
@NullMarked
package io.murmur.simulation.register;

import org.jspecify.annotations.NullMarked;
