package io.murmur.gossip;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whom to talk to next: everyone who counts as alive, once each in random order, and then again in another order (SWIM section 4.3). As
 * random as drawing anew each time, but nobody waits longer than two rounds through all: that bounds how long a cut goes unnoticed.
 */
final class Rotation {

    private final RandomGenerator random;
    private final List<Endpoint> order = new ArrayList<>();

    Rotation(RandomGenerator random) {
        this.random = random;
    }

    /** Answers null when nobody counts as alive. */
    @Nullable
    Endpoint next(List<Endpoint> live) {
        Endpoint next = nextInOrder();
        if (next == null) {
            order.addAll(live);
            Collections.shuffle(order, random);
            next = nextInOrder();
        }
        return next;
    }

    private @Nullable Endpoint nextInOrder() {
        while (!order.isEmpty()) {
            Endpoint next = order.removeLast();
            if (next.alive && !next.forgotten) {
                return next;
            }
        }
        return null;
    }
}
