package io.murmur.benchmarks.scale;

import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.wire.RingCodec;
import io.murmur.kernel.wire.WireReader;
import io.murmur.kernel.wire.WireWriter;
import java.io.IOException;

/**
 * A ring in bytes.
 *
 * @param encoded on the wire and on disk
 * @param heap as a node holds it that has read it from the wire
 */
record RingWeight(int encoded, long heap) {

    static RingWeight of(Ring ring) throws IOException {
        byte[] bytes = encode(ring);
        return new RingWeight(bytes.length, LiveHeap.bytesOf(() -> decode(bytes)));
    }

    static byte[] encode(Ring ring) {
        WireWriter out = new WireWriter();
        RingCodec.writeRing(out, ring);
        return out.toByteArray();
    }

    static Ring decode(byte[] bytes) {
        return RingCodec.readRing(new WireReader(bytes));
    }
}
