@NullMarked
package io.murmur.node.shell;

import org.jspecify.annotations.NullMarked;
