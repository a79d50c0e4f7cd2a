package io.murmur.client.internal;

import io.murmur.kernel.wire.MalformedException;
import io.murmur.kernel.wire.MessageCodec;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Turns bytes into messages. Holds at most one frame of at most {@code maxBodyBytes}, and checks the claimed length before it waits for
 * that many bytes (invariant 9). A malformed frame throws {@link MalformedException} through the pipeline; whoever handles it closes the
 * connection. Nothing behind a broken frame can be trusted, so nothing behind it is read, be it there already.
 */
public final class FrameDecoder extends ByteToMessageDecoder {

    private static final int KEPT_BYTES = 64 << 10;

    /** What TLS begins with, and how it refuses what is no TLS: records in any version's format (RFC 8446, section 5.1). */
    private static final int TLS_HANDSHAKE = 0x1603;

    private static final int TLS_ALERT = 0x1503;

    private final MessageCodec codec;
    private final int maxBodyBytes;
    private byte[] scratch = new byte[1024];
    private boolean broken;

    public FrameDecoder(MessageCodec codec, int maxBodyBytes) {
        this.codec = codec;
        this.maxBodyBytes = maxBodyBytes;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < MessageCodec.HEADER_BYTES) {
            return;
        }
        int length = in.getInt(in.readerIndex());
        if (length < 1 || length > maxBodyBytes) {
            broken = true;
            throw new MalformedException(
                    length >>> 16 == TLS_HANDSHAKE || length >>> 16 == TLS_ALERT
                            ? "it speaks TLS, and this side does not"
                            : "a frame of " + length + " bytes where 1 to " + maxBodyBytes + " are allowed");
        }
        if (in.readableBytes() < MessageCodec.HEADER_BYTES + length) {
            return;
        }
        in.skipBytes(4);
        int checksum = in.readInt();
        if (scratch.length < length || scratch.length > KEPT_BYTES) {
            scratch = new byte[Math.max(length, 1024)];
        }
        in.readBytes(scratch, 0, length);
        broken = true;
        out.add(codec.read(checksum, scratch, 0, length));
        broken = false;
    }
}
