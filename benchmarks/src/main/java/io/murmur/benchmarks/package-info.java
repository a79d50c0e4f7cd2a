/** JMH, cluster load, side-by-side runs. */
@NullMarked
package io.murmur.benchmarks;

import org.jspecify.annotations.NullMarked;
