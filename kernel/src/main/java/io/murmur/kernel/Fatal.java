package io.murmur.kernel;

/**
 * Stops this node at once: what it believes of its own disk is no longer true (invariant 8). Never returns to the failed work; nothing
 * is acknowledged after it was called. Callable from any thread.
 */
@FunctionalInterface
public interface Fatal {

    /**
     * @param reason one line for the operator: what failed and what to do
     */
    void stop(String reason, Throwable cause);
}
