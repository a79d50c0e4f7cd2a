/** Infinispan in a comparison: a member's process, and how it is asked by the process of a member that owns nothing. */
@NullMarked
package io.murmur.benchmarks.peers.infinispan;

import org.jspecify.annotations.NullMarked;
