/** A whole cluster in one thread under a seed: network, clocks, disks and crashes are simulated. */
@NullMarked
package io.murmur.simulation;

import org.jspecify.annotations.NullMarked;
