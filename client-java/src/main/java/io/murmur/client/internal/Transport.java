package io.murmur.client.internal;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/** epoll where the platform has it, else NIO. */
public final class Transport {

    private static final boolean EPOLL = Epoll.isAvailable();

    /** Five losses of one segment in a row, at TCP's least timeout, go by without breaking the connection. */
    private static final int SILENCE_SECONDS = 5;

    private static final int PROBE_EVERY_SECONDS = 1;

    private Transport() {}

    /** Event loops, as daemon threads of this name. */
    public static EventLoopGroup loops(int threads, String name) {
        return new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory(name, true),
                EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    public static Class<? extends Channel> channel() {
        return EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    public static Class<? extends ServerChannel> serverChannel() {
        return EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /**
     * Has a connection break whose other side is silent on the level of TCP: within {@value #SILENCE_SECONDS} s when there is something to be
     * sent, and twice that when there is not. A machine without power, or a network address that has gone, says no goodbye; TCP itself would
     * go on for a quarter of an hour, and a new connection would not be tried. A process that is merely paused is not silent in this sense.
     * Where epoll is missing, the system's own keepalive has to do.
     */
    public static void breakWhenSilent(Channel channel) {
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
        if (channel instanceof EpollSocketChannel epoll) {
            epoll.config()
                    .setTcpUserTimeout(SILENCE_SECONDS * 1_000)
                    .setTcpKeepIdle(SILENCE_SECONDS)
                    .setTcpKeepIntvl(PROBE_EVERY_SECONDS);
        }
    }
}
