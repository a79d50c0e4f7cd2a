/** Finding and mending what replicas disagree on: hash trees and sync sessions. No classes yet: replicas are mended by read repair so far. */
@NullMarked
package io.murmur.antientropy;

import org.jspecify.annotations.NullMarked;
