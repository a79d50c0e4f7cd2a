package io.murmur.antientropy;

import java.util.ArrayList;
import java.util.List;

/** A page that takes what comes until it is full; the first always fits, however large, so that every page gets somewhere. */
final class PageInTheMaking<T> {

    private final long maxBytes;
    private final List<T> taken = new ArrayList<>();
    private long bytes;

    PageInTheMaking(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Whether it was taken; once one was not, none of the later ones must be offered. */
    boolean take(T item, long itemBytes) {
        if (!taken.isEmpty() && bytes + itemBytes > maxBytes) {
            return false;
        }
        taken.add(item);
        bytes += itemBytes;
        return true;
    }

    int size() {
        return taken.size();
    }

    List<T> taken() {
        return List.copyOf(taken);
    }
}
