package io.murmur.simulation;

import io.murmur.simulation.Operation.Result;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client does, one call after the other. */
interface Script {

    /** The next call, or null when there is none. */
    @Nullable
    Call next();

    /** How long to wait before it. */
    long pauseNanos();

    /** What came of a call, in the order of its targets. */
    void ended(Call call, List<Result> results);
}
