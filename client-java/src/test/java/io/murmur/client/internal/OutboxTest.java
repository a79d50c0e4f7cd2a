package io.murmur.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {

    private static final long MAX_WAITING_BYTES = 100_000;
    private static final Message SMALL = new Handshake.Rejected("no");
    private static final Message LARGE = new Handshake.Rejected("x".repeat(4000));

    private final MessageCodec codec = new MessageCodec(new SystemClock());
    private final Socket socket = new Socket();
    private final EmbeddedChannel channel = new EmbeddedChannel(socket);
    private final Outbox outbox = new Outbox(channel, codec, new WireWriter(), MAX_WAITING_BYTES);

    @Test
    void messagesThatAreReadyTogetherLeaveInOneWrite() {
        outbox.send(SMALL);
        outbox.send(LARGE);
        outbox.send(SMALL);
        channel.runPendingTasks();

        assertThat(socket.writes).hasSize(1);
        assertThat(read(socket.writes.get(0))).containsExactly(SMALL, LARGE, SMALL);
        assertThat(socket.flushes).isEqualTo(1);
    }

    @Test
    void nothingIsLostOrMixedUpBetweenWrites() {
        List<Message> sent = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Message message = new Handshake.Rejected(i + "x".repeat(i * 70));
            sent.add(message);
            assertThat(outbox.send(message)).isTrue();
            if (i % 7 == 0) {
                channel.runPendingTasks();
                socket.takeAll(channel);
            }
        }
        channel.runPendingTasks();

        List<Message> left = new ArrayList<>();
        socket.writes.forEach(write -> left.addAll(read(write)));
        assertThat(left).containsExactlyElementsOf(sent);
    }

    @Test
    void aMessageIsRefusedWhileTooManyBytesWaitForTheSocket() {
        int taken = 0;
        while (outbox.send(LARGE)) {
            taken++;
            assertThat(taken).isLessThan(100);
        }

        assertThat(outbox.waitingBytes()).isBetween(MAX_WAITING_BYTES, MAX_WAITING_BYTES + 5000);
    }

    @Test
    void aMessageIsTakenAgainOnceTheSocketHasTakenWhatWaited() {
        while (outbox.send(LARGE)) {
            assertThat(outbox.waitingBytes()).isLessThan(2 * MAX_WAITING_BYTES);
        }
        channel.runPendingTasks();
        socket.takeAll(channel);

        assertThat(outbox.send(SMALL)).isTrue();
    }

    @Test
    void aMessageToAClosedConnectionIsRefused() {
        channel.close();

        assertThat(outbox.send(SMALL)).isFalse();
    }

    @Test
    void whatWaitsWhenTheConnectionClosesIsReleased() {
        List<ByteBuf> writes = new ArrayList<>();
        EmbeddedChannel closing = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                writes.add((ByteBuf) message);
                ctx.write(message, promise);
            }
        });
        new Outbox(closing, codec, new WireWriter(), MAX_WAITING_BYTES).send(SMALL);
        closing.pipeline().close();
        closing.runPendingTasks();

        assertThat(writes).extracting(ByteBuf::refCnt).containsExactly(0);
    }

    @Test
    void aWriteThatWasNotGivenToTheChannelCannotHaveLeft() {
        outbox.send(SMALL);

        assertThat(outbox.mayHaveLeft(outbox.lastWrite())).isFalse();
    }

    @Test
    void ofTheWritesThatTheSocketHasNotTakenOnlyTheFirstMayHaveLeft() {
        SlowSocket slow = new SlowSocket();
        EmbeddedChannel slowChannel = new EmbeddedChannel(slow);
        Outbox numbered = new Outbox(slowChannel, codec, new WireWriter(), MAX_WAITING_BYTES);
        List<Long> writes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            numbered.send(SMALL);
            writes.add(numbered.lastWrite());
            slowChannel.runPendingTasks();
        }

        assertThat(writes).containsExactly(1L, 2L, 3L);
        assertThat(writes).extracting(numbered::mayHaveLeft).containsExactly(true, false, false);
        slow.takeFirst();
        assertThat(writes).extracting(numbered::mayHaveLeft).containsExactly(true, true, false);
    }

    @Test
    void aMessageThatFillsABufferLeavesWithTheOneItFilled() {
        long first = 0;
        while (socket.writes.isEmpty()) {
            assertThat(outbox.send(LARGE)).isTrue();
            first = outbox.lastWrite();
        }
        outbox.send(SMALL);

        assertThat(first).isEqualTo(1);
        assertThat(outbox.lastWrite()).isEqualTo(2);
    }

    private List<Message> read(ByteBuf write) {
        EmbeddedChannel reader = new EmbeddedChannel(new FrameDecoder(codec, MessageCodec.MAX_BODY_BYTES));
        reader.writeInbound(write.retainedDuplicate());
        List<Message> messages = new ArrayList<>();
        reader.inboundMessages().forEach(message -> messages.add((Message) message));
        return messages;
    }

    /** Stands before a socket that takes nothing until the test says so. */
    private static final class Socket extends ChannelOutboundHandlerAdapter {
        private final List<ByteBuf> writes = new ArrayList<>();
        private int flushes;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            writes.add(((ByteBuf) message).retainedDuplicate());
            ctx.write(message, promise);
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            flushes++;
        }

        void takeAll(EmbeddedChannel channel) {
            channel.pipeline().context(this).flush();
        }
    }

    /** A socket that takes one write at a time. */
    private static final class SlowSocket extends ChannelOutboundHandlerAdapter {
        private final Deque<ChannelPromise> waiting = new ArrayDeque<>();

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ((ByteBuf) message).release();
            waiting.add(promise);
        }

        void takeFirst() {
            waiting.remove().setSuccess();
        }
    }
}
