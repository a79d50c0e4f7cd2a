package io.murmur.antientropy;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncReply.Head;
import io.murmur.kernel.message.SyncReply.KeyDigest;

/** About how many bytes things take in a frame, never less than they do. */
final class WireBytes {

    /** A version, and a checksum or a kind and lengths. */
    private static final int FINGERPRINT = 28;

    private static final int EXPIRY_AND_LENGTH = 16;

    /** A {@link KeyDigest} of a key of ordinary length. */
    static final int OF_A_KEY_DIGEST = FINGERPRINT + 32;

    static final int OF_A_SLOT_DIGEST = 24;

    static final int OF_A_ROOT = 14;

    static final int OF_A_PARTITION = 2;

    private WireBytes() {}

    static long of(Key key) {
        return 8L + key.cache().length() + key.bytes().length;
    }

    static long of(Entry entry) {
        return of(entry.key(), entry.cell());
    }

    static long of(Key key, Cell cell) {
        return of(key)
                + FINGERPRINT
                + switch (cell) {
                    case Cell.Live live -> EXPIRY_AND_LENGTH + live.value().length;
                    case Cell.Tombstone ignored -> 0;
                };
    }

    static long of(KeyDigest key) {
        return of(key.key()) + FINGERPRINT;
    }

    static long of(Head head) {
        return of(head.key()) + FINGERPRINT + EXPIRY_AND_LENGTH;
    }

    static long of(SyncReply reply) {
        return switch (reply) {
            case SyncReply.Entries m ->
                m.entries().stream().mapToLong(WireBytes::of).sum();
            case SyncReply.SlotDigestsAre m ->
                (long) OF_A_SLOT_DIGEST * m.digests().size();
            case SyncReply.SlotVersionsAre m ->
                m.keys().stream().mapToLong(WireBytes::of).sum();
            case SyncReply.LeafDigestsAre m ->
                (long) OF_A_SLOT_DIGEST * m.digests().size();
            case SyncReply.HeadsAre m ->
                m.heads().stream().mapToLong(WireBytes::of).sum();
            case SyncReply.RootsAre m ->
                (long) OF_A_PARTITION * (m.equal().size() + m.different().size());
            case SyncReply.Purged m -> (long) OF_A_PARTITION * m.partitions().size();
            case SyncReply.Taken ignored -> 0;
            case SyncReply.Refused ignored -> 0;
        };
    }
}
