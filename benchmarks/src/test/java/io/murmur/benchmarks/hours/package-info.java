@NullMarked
package io.murmur.benchmarks.hours;

import org.jspecify.annotations.NullMarked;
