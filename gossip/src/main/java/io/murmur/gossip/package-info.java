/** Who is there and who is alive. Membership is the static list of initial members so far, so this package has no classes yet; it comes to life with live membership. */
@NullMarked
package io.murmur.gossip;

import org.jspecify.annotations.NullMarked;
