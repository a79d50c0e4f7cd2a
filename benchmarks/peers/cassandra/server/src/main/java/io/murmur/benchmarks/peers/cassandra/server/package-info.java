/** A Cassandra node as a process of a comparison. Its settings are made by whoever starts it. */
@NullMarked
package io.murmur.benchmarks.peers.cassandra.server;

import org.jspecify.annotations.NullMarked;
