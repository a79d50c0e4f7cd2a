@NullMarked
package io.murmur.simulation.register;

import org.jspecify.annotations.NullMarked;
