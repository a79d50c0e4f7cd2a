package io.murmur.antientropy;

/** Runs something once all of several have been done, and one more: whoever begins them, so that it never runs before all have begun. */
final class Countdown {

    private final Runnable then;
    private int left;

    Countdown(int parts, Runnable then) {
        this.left = parts + 1;
        this.then = then;
    }

    void one() {
        if (--left == 0) {
            then.run();
        }
    }
}
