/** The Java client. */
@NullMarked
package io.murmur.client;

import org.jspecify.annotations.NullMarked;
