/** Keeping a write for a replica that is away, and handing it over when it is back. No classes yet: a replica that was away is mended by read repair so far. */
@NullMarked
package io.murmur.handoff;

import org.jspecify.annotations.NullMarked;
