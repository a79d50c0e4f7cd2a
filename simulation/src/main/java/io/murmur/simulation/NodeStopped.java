package io.murmur.simulation;

/** Thrown out of {@link io.murmur.kernel.Fatal#stop}, which does not return to the failed work; caught by the world alone. */
final class NodeStopped extends Error {

    private static final long serialVersionUID = 1L;

    private final String reason;

    NodeStopped(String reason, Throwable cause) {
        super(reason, cause);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
