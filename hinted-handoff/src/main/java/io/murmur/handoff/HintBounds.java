package io.murmur.handoff;

/**
 * How much one shard keeps (invariant 10). What is past a bound is not kept, and owed to anti-entropy.
 *
 * @param bytesPerTarget of files, for one node
 * @param bytesInAll of files; hints that a ring change sends from one node to others may come to more, for as long as they take
 * @param indexBytes of memory, about, for where the hints are
 * @param pendingBytes that wait to be written; one hint may be larger
 * @param freeDiskFloor the share of the disk that stays free of hints, 0 to 1: they give way before what the node itself owns does
 */
public record HintBounds(
        long bytesPerTarget, long bytesInAll, long indexBytes, long pendingBytes, double freeDiskFloor) {

    public HintBounds {
        if (bytesPerTarget < 1 || bytesInAll < 1 || indexBytes < 1 || pendingBytes < 1) {
            throw new IllegalArgumentException("bounds must be at least 1: " + bytesPerTarget + ", " + bytesInAll + ", "
                    + indexBytes + ", " + pendingBytes);
        }
        if (!(freeDiskFloor >= 0 && freeDiskFloor < 1)) {
            throw new IllegalArgumentException(
                    "the share of the disk that stays free must be 0 to 1: " + freeDiskFloor);
        }
    }
}
