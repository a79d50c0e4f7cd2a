/** The framing, without a network. */
@NullMarked
package io.murmur.client.internal;

import org.jspecify.annotations.NullMarked;
