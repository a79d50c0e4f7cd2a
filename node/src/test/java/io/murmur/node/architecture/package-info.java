/**
 * The architecture's rules that Maven's edges between modules cannot hold, checked on the byte code of all modules.
 *
 * <ul>
 *   <li>{@link io.murmur.node.architecture.Determinism}: what protocol code may not touch.
 *   <li>{@link io.murmur.node.architecture.ArchitectureTest}: the rules.
 *   <li>{@link io.murmur.node.architecture.Careless}: breaks each of them once, to show that they are noticed.
 * </ul>
 */
@NullMarked
package io.murmur.node.architecture;

import org.jspecify.annotations.NullMarked;
