/** What the servers of all peers begin with. */
@NullMarked
package io.murmur.benchmarks.peers.server;

import org.jspecify.annotations.NullMarked;
