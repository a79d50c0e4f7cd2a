@NullMarked
package io.murmur.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
