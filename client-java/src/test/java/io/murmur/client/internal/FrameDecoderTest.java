package io.murmur.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.wire.MalformedException;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {

    private static final int MAX_BODY_BYTES = 1000;

    private final MessageCodec codec = new MessageCodec(new SystemClock());
    private final EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(codec, MAX_BODY_BYTES));

    @Property(tries = 200)
    void framesAreReadHoweverTheirBytesAreCut(
            @ForAll @Size(max = 5) List<@IntRange(max = 200) Integer> sizes,
            @ForAll @IntRange(min = 1, max = 300) int pieceBytes) {
        List<Message> sent = new ArrayList<>();
        sizes.forEach(size -> sent.add(new Handshake.Rejected("x".repeat(size))));
        EmbeddedChannel fresh = new EmbeddedChannel(new FrameDecoder(codec, MAX_BODY_BYTES));

        ByteBuf bytes = Unpooled.wrappedBuffer(frames(sent));
        while (bytes.isReadable()) {
            fresh.writeInbound(bytes.readBytes(Math.min(pieceBytes, bytes.readableBytes())));
        }

        assertThat(fresh.inboundMessages()).containsExactlyElementsOf(sent);
    }

    @Test
    void aFrameAsLargeAsAllowedIsRead() {
        Message message = new Handshake.Rejected("x".repeat(MAX_BODY_BYTES - 3));
        assertThat(frames(List.of(message))).hasSize(MessageCodec.HEADER_BYTES + MAX_BODY_BYTES);

        channel.writeInbound(Unpooled.wrappedBuffer(frames(List.of(message))));

        assertThat(channel.<Message>readInbound()).isEqualTo(message);
    }

    @Test
    void aFrameThatClaimsTooManyBytesIsRefusedBeforeTheyCome() {
        assertRefused(header(MAX_BODY_BYTES + 1), "a frame of 1001 bytes where 1 to 1000 are allowed");
    }

    @Test
    void aFrameThatClaimsANegativeLengthIsRefused() {
        assertRefused(header(-1), "a frame of -1 bytes where 1 to 1000 are allowed");
    }

    @Test
    void anEmptyFrameIsRefused() {
        assertRefused(header(0), "a frame of 0 bytes where 1 to 1000 are allowed");
    }

    @Test
    void aFlippedBitIsRefused() {
        byte[] frame = frames(List.of(new Handshake.Rejected("no")));
        frame[frame.length - 1] ^= 1;

        assertRefused(Unpooled.wrappedBuffer(frame), "wrong checksum");
    }

    @Test
    void nothingBehindABrokenFrameIsRead() {
        byte[] broken = frames(List.of(new Handshake.Rejected("broken")));
        broken[broken.length - 1] ^= 1;
        byte[] good = frames(List.of(new Handshake.Rejected("good")));

        assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(broken, good)))
                .hasRootCauseInstanceOf(MalformedException.class);
        channel.writeInbound(Unpooled.wrappedBuffer(good));
        channel.finish();

        assertThat(channel.inboundMessages()).isEmpty();
    }

    @Test
    void nothingIsReadBehindAFrameThatClaimsTooMuch() {
        byte[] good = frames(List.of(new Handshake.Rejected("good")));

        assertThatThrownBy(() -> channel.writeInbound(header(MAX_BODY_BYTES + 1)))
                .hasRootCauseInstanceOf(MalformedException.class);
        channel.writeInbound(Unpooled.wrappedBuffer(good));
        channel.finish();

        assertThat(channel.inboundMessages()).isEmpty();
    }

    @Test
    void aConnectionThatEndsWithinAFrameGivesNothing() {
        byte[] frame = frames(List.of(new Handshake.Rejected("half")));

        channel.writeInbound(Unpooled.wrappedBuffer(frame, 0, frame.length - 1));
        channel.finish();

        assertThat(channel.inboundMessages()).isEmpty();
    }

    private void assertRefused(ByteBuf bytes, String reason) {
        assertThatThrownBy(() -> channel.writeInbound(bytes))
                .hasRootCauseInstanceOf(MalformedException.class)
                .hasRootCauseMessage(reason);
    }

    private static ByteBuf header(int length) {
        return Unpooled.buffer().writeInt(length).writeInt(0);
    }

    private byte[] frames(List<Message> messages) {
        WireWriter out = new WireWriter();
        messages.forEach(message -> codec.write(message, out));
        return out.toByteArray();
    }
}
