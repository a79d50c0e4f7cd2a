/** The process: assembly, Netty servers, HTTP, configuration, command line. */
@NullMarked
package io.murmur.node;

import org.jspecify.annotations.NullMarked;
