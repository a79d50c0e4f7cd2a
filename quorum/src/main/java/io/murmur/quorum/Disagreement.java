package io.murmur.quorum;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What a read has found when the owners it needs do not hold the same.
 *
 * @param cell the greatest one
 * @param holders owners that hold it, so that it counts: too few for the level
 * @param stale owners that hold a lesser one: with the others enough
 * @param lost owners that cannot be counted on
 * @param refusal what one of them said
 */
record Disagreement(
        ReadCall call,
        Cell cell,
        int holders,
        int stale,
        int lost,
        @Nullable Failure refusal) {}
