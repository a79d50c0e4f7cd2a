package io.murmur.benchmarks.scale;

import io.murmur.client.internal.SystemClock;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;

/** Messages in bytes: whole frames, as the codec writes them, and nothing of TCP or TLS. */
final class Frames {

    private static final MessageCodec CODEC = new MessageCodec(new SystemClock());

    private Frames() {}

    static int bytes(Message message) {
        WireWriter out = new WireWriter();
        CODEC.write(message, out);
        return out.size();
    }
}
