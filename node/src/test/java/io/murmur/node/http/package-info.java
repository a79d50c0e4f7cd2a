@NullMarked
package io.murmur.node.http;

import org.jspecify.annotations.NullMarked;
