package io.murmur.node.security;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.function.Supplier;

/**
 * Stands first in the pipeline of a connection to a port that speaks TLS, and by the first byte tells whether the other side does: then TLS
 * takes its place. Else the pipeline is told {@link #PLAIN_TEXT}, once, and nothing that comes is read.
 */
public final class TlsEntrance extends ByteToMessageDecoder {

    /** The event: whoever is there speaks no TLS. What is written from now on leaves in the clear. */
    public static final Object PLAIN_TEXT = new Object() {
        @Override
        public String toString() {
            return "plain text on a TLS port";
        }
    };

    /** A record of the handshake (RFC 8446, section 5.1). */
    private static final int HANDSHAKE = 22;

    private final Supplier<SslContext> contexts;
    private final Handshakes handshakes;
    private boolean isPlainText;

    TlsEntrance(Supplier<SslContext> contexts, Handshakes handshakes) {
        this.contexts = contexts;
        this.handshakes = handshakes;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (isPlainText) {
            in.skipBytes(in.readableBytes());
        } else if (in.getUnsignedByte(in.readerIndex()) == HANDSHAKE) {
            ctx.pipeline().replace(this, null, contexts.get().newHandler(ctx.alloc(), handshakes.of(ctx.channel())));
        } else {
            isPlainText = true;
            in.skipBytes(in.readableBytes());
            ctx.fireUserEventTriggered(PLAIN_TEXT);
        }
    }
}
