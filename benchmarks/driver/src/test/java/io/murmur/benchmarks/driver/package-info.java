@NullMarked
package io.murmur.benchmarks.driver;

import org.jspecify.annotations.NullMarked;
