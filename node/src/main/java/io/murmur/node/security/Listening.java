package io.murmur.node.security;

import io.murmur.client.internal.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How the shards' ports meet whoever connects, before the port's own protocol begins. */
public final class Listening {

    private static final int BACKLOG = 1024;

    private Listening() {}

    /**
     * Ready to be bound.
     *
     * @param loops connections are spread over these
     * @param waterMarks of what waits to be read by the other side
     * @param security null when it is off: then none of it is in the pipeline
     * @param protocol adds the port's own handlers to a connection's pipeline
     */
    public static ServerBootstrap bootstrap(
            EventLoopGroup acceptor,
            EventLoopGroup loops,
            WriteBufferWaterMark waterMarks,
            @Nullable Security security,
            Consumer<Channel> protocol) {
        return new ServerBootstrap()
                .group(acceptor, loops)
                .channel(Transport.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMarks)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Transport.breakWhenSilent(channel);
                        if (security != null) {
                            channel.pipeline().addLast(security.entrance());
                        }
                        protocol.accept(channel);
                    }
                });
    }
}
