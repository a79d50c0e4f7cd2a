package io.murmur.kernel.data;

import java.util.zip.CRC32C;

/**
 * A cell's fingerprint: two replicas that answer with equal digests hold equal cells. The version alone tells all cells apart but those
 * of a node whose clock went back across a restart; only among these could two checksums be equal by chance, one time in 2^32.
 *
 * @param checksum over what the version does not say: kind, expiry, and the value's CRC32C
 */
public record Digest(Version version, int checksum) {

    public static Digest of(Cell cell) {
        return switch (cell) {
            case Cell.Tombstone tombstone -> new Digest(tombstone.version(), 0);
            case Cell.Live live -> {
                CRC32C crc = new CRC32C();
                crc.update(live.value(), 0, live.value().length);
                // Not 0, which is a tombstone's, for an empty value that does not expire.
                int checksum = (int) crc.getValue() + 31 * Long.hashCode(live.expiresAtMillis()) + 1;
                yield new Digest(live.version(), checksum);
            }
        };
    }
}
