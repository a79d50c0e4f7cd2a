/** Reading and writing N replicas: coordinators, the replica, read repair, levels. */
@NullMarked
package io.murmur.quorum;

import org.jspecify.annotations.NullMarked;
