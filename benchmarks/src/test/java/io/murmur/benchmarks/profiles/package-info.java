@NullMarked
package io.murmur.benchmarks.profiles;

import org.jspecify.annotations.NullMarked;
