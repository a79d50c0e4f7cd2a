package io.murmur.handoff;

import java.time.Duration;

/**
 * What a shard's hints go by.
 *
 * @param shard the index of this shard, 0 to 255: request ids carry it in their low 8 bits, so that replies find their way back
 * @param shards how many there are: this one takes over the files of every index that is its own modulo this number
 * @param window a hint's age, by its cell's version, from which on it is not handed over; purge horizons rely on it (invariant 5)
 * @param segmentBytes about how large a file gets
 * @param hintsPerSecondToTheLiving so many hints a second are kept for a node that is alive and yet missed a write: one that is merely slow
 *     must not be given all it missed once more
 * @param bytesPerSecondToTheLiving likewise, in bytes
 */
public record HintSettings(
        int shard,
        int shards,
        Duration window,
        int segmentBytes,
        int hintsPerSecondToTheLiving,
        long bytesPerSecondToTheLiving,
        HintBounds bounds,
        HandoverSettings handover) {

    private static final Duration WINDOW = Duration.ofHours(3);

    public HintSettings {
        if (shard < 0 || shard > 255 || shards <= shard) {
            throw new IllegalArgumentException(
                    "shard must be 0 to 255 and below their number: " + shard + ", " + shards);
        }
        if (window.compareTo(handover.requestTimeout()) <= 0) {
            throw new IllegalArgumentException("the window must be longer than a request may take: " + window);
        }
        if (segmentBytes < 1 || hintsPerSecondToTheLiving < 0 || bytesPerSecondToTheLiving < 0) {
            throw new IllegalArgumentException("must not be negative: " + segmentBytes + ", "
                    + hintsPerSecondToTheLiving + ", " + bytesPerSecondToTheLiving);
        }
    }

    /** The same with another window. */
    public HintSettings withWindow(Duration other) {
        return new HintSettings(
                shard,
                shards,
                other,
                segmentBytes,
                hintsPerSecondToTheLiving,
                bytesPerSecondToTheLiving,
                bounds,
                handover);
    }

    /** The architecture's defaults; what a node may do, shared among its shards. */
    public static HintSettings of(int shard, int shards) {
        return new HintSettings(
                shard,
                shards,
                WINDOW,
                4 << 20,
                Math.max(1, 1_000 / shards),
                Math.max(1, (1L << 20) / shards),
                new HintBounds(
                        (1L << 30) / shards, (4L << 30) / shards, (256L << 20) / shards, (32L << 20) / shards, 0.10),
                new HandoverSettings(
                        Math.max(1, (1L << 20) / shards),
                        Math.max(1, (64L << 10) / shards),
                        Math.max(1, (16L << 20) / shards),
                        64,
                        256 << 10,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(2),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(30),
                        5));
    }
}
