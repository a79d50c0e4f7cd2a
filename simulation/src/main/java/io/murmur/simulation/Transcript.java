package io.murmur.simulation;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A readable record of a world: who sent what to whom and when, and what befell them.
 *
 * <pre>
 *    12.345 ms  a -> b         Join k3 = "client-1.17" v12.0@a  (lost)
 *    13.001 ms  a              crashes
 * </pre>
 *
 * Costs nothing when nobody reads it.
 */
public final class Transcript {

    /** Nobody reads it. */
    public static final Transcript NONE = new Transcript(null);

    private final @Nullable Consumer<String> lines;

    private Transcript(@Nullable Consumer<String> lines) {
        this.lines = lines;
    }

    /** Hands over each line when it is written. */
    public static Transcript to(Consumer<String> lines) {
        return new Transcript(lines);
    }

    void write(long nowNanos, String who, Supplier<String> what) {
        if (lines != null) {
            lines.accept(String.format(Locale.ROOT, "%10.3f ms  %-22s %s", nowNanos / 1e6, who, what.get()));
        }
    }
}
