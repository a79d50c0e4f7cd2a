/** Cassandra as it is asked in a comparison. */
@NullMarked
package io.murmur.benchmarks.peers.cassandra;

import org.jspecify.annotations.NullMarked;
