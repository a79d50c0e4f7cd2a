package io.murmur.handoff;

/** So many hints and bytes a second, and no more than a second's worth at once, but that one hint may be larger. Pure. */
final class Allowance {

    private final double hintsPerSecond;
    private final double bytesPerSecond;
    private double hints;
    private double bytes;
    private long atNanos;

    Allowance(int hintsPerSecond, long bytesPerSecond, long nowNanos) {
        this.hintsPerSecond = hintsPerSecond;
        this.bytesPerSecond = bytesPerSecond;
        this.hints = hintsPerSecond;
        this.bytes = bytesPerSecond;
        this.atNanos = nowNanos;
    }

    /** Takes one hint of so many bytes out, if it is in. */
    boolean take(long hintBytes, long nowNanos) {
        double seconds = (nowNanos - atNanos) / 1e9;
        atNanos = nowNanos;
        hints = Math.min(hintsPerSecond, hints + seconds * hintsPerSecond);
        bytes = Math.min(bytesPerSecond, bytes + seconds * bytesPerSecond);
        if (hints < 1 || bytes <= 0) {
            return false;
        }
        hints--;
        bytes -= hintBytes;
        return true;
    }
}
