package io.murmur.client.internal;

import io.murmur.kernel.message.Message;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written to one connection. Messages that are ready together leave in one write: they gather in one buffer, which is
 * flushed once, after the event loop has handled everything that was ready (flush consolidation).
 *
 * <p>Bounded: {@link #send} refuses while more than {@code maxWaitingBytes} wait for the socket. On the channel's event loop alone.
 *
 * <p>When the connection breaks, {@link #mayHaveLeft} tells what the other side cannot have seen from what it may have seen.
 */
public final class Outbox {

    private static final int FIRST_BYTES = 4 << 10;

    /** A buffer this large is handed to the channel at once, though flushed later with the rest. */
    private static final int FULL_BYTES = 64 << 10;

    private final Channel channel;
    private final MessageCodec codec;
    private final WireWriter writer;
    private final long maxWaitingBytes;
    private @Nullable ByteBuf gathering;
    private boolean flushIsDue;
    private final Runnable flush = this::flush;

    /** Writes are numbered from 1: those given to the channel, and those that the socket has taken to the last byte. */
    private long handedOver;

    private long taken;
    private long lastWrite;
    private final ChannelFutureListener onTaken = write -> {
        if (write.isSuccess()) {
            taken++;
        }
    };

    /**
     * @param writer scratch space, shared by all outboxes of an event loop
     */
    public Outbox(Channel channel, MessageCodec codec, WireWriter writer, long maxWaitingBytes) {
        this.channel = channel;
        this.codec = codec;
        this.writer = writer;
        this.maxWaitingBytes = maxWaitingBytes;
    }

    /** Sends soon; false when the connection is closed or too much is waiting, and then the message is dropped. */
    public boolean send(Message message) {
        if (!channel.isActive() || waitingBytes() > maxWaitingBytes) {
            return false;
        }
        writer.clear();
        codec.write(message, writer);
        ByteBuf buffer = gathering;
        if (buffer == null) {
            buffer = channel.alloc().directBuffer(Math.max(FIRST_BYTES, writer.size()));
            gathering = buffer;
        }
        buffer.writeBytes(writer.array(), 0, writer.size());
        lastWrite = handedOver + 1;
        if (buffer.readableBytes() >= FULL_BYTES) {
            handOver();
        }
        if (!flushIsDue) {
            flushIsDue = true;
            channel.eventLoop().execute(flush);
        }
        return true;
    }

    /** The number of the write in which the message sent last leaves. */
    public long lastWrite() {
        return lastWrite;
    }

    /**
     * Whether any byte of this write may have left. False is certain: the socket takes writes in order, so that at most the one behind
     * the last that it took whole can have left in part.
     */
    public boolean mayHaveLeft(long write) {
        return write <= handedOver && write <= taken + 1;
    }

    /** Bytes that wait for the socket. */
    public long waitingBytes() {
        ByteBuf buffer = gathering;
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return (buffer == null ? 0 : buffer.readableBytes())
                + (outbound == null ? 0 : outbound.totalPendingWriteBytes());
    }

    private void flush() {
        flushIsDue = false;
        handOver();
        channel.flush();
    }

    private void handOver() {
        ByteBuf buffer = gathering;
        if (buffer != null) {
            gathering = null;
            handedOver++;
            channel.write(buffer).addListener(onTaken);
        }
    }
}
