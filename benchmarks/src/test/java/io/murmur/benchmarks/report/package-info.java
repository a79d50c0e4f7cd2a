@NullMarked
package io.murmur.benchmarks.report;

import org.jspecify.annotations.NullMarked;
