/** Hazelcast in a comparison: a member's process, and how it is asked by a client's process. */
@NullMarked
package io.murmur.benchmarks.peers.hazelcast;

import org.jspecify.annotations.NullMarked;
