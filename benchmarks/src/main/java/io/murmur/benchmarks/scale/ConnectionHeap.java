package io.murmur.benchmarks.scale;

import io.murmur.client.internal.FrameDecoder;
import io.murmur.client.internal.SystemClock;
import io.murmur.kernel.Clock;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import java.io.IOException;
import java.util.List;

/**
 * What a connection that says little has of Murmur's own in heap: what reads frames, and what writes them. Netty's channel and the kernel's
 * socket come on top.
 *
 * @param opened at the side that opened it, where all connections of a loop share what they write with ({@code Connection})
 * @param accepted at the other side ({@code Server})
 */
record ConnectionHeap(long opened, long accepted) {

    static ConnectionHeap measure() throws IOException {
        Clock clock = new SystemClock();
        return new ConnectionHeap(
                LiveHeap.bytesOf(() -> new FrameDecoder(new MessageCodec(clock), MessageCodec.MAX_BODY_BYTES)),
                LiveHeap.bytesOf(() -> List.of(
                        new FrameDecoder(new MessageCodec(clock), MessageCodec.MAX_BODY_BYTES),
                        new MessageCodec(clock),
                        new WireWriter())));
    }

    long of(Sockets sockets) {
        return sockets.opened() * opened + sockets.accepted() * accepted;
    }
}
