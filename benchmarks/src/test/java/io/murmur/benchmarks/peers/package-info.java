@NullMarked
package io.murmur.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
