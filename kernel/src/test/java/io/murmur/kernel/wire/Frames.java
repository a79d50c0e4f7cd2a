package io.murmur.kernel.wire;

import java.util.zip.CRC32C;

/** Frames made by hand, with a right length and a right checksum around any body. */
final class Frames {

    private Frames() {}

    static byte[] framed(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        WireWriter out = new WireWriter();
        out.writeInt(to - from);
        out.writeInt((int) crc.getValue());
        for (int i = from; i < to; i++) {
            out.writeByte(bytes[i]);
        }
        return out.toByteArray();
    }

    static byte[] framed(byte[] body) {
        return framed(body, 0, body.length);
    }
}
