package io.murmur.client.internal;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;

/** How a connection that is opened speaks TLS. */
@FunctionalInterface
public interface TlsDialling {

    /**
     * Asked for each new connection, since certificates are renewed. On the channel's loop.
     *
     * @param host whom the other side's certificate has to name
     * @param port for the log
     */
    SslHandler handler(Channel channel, String host, int port);
}
