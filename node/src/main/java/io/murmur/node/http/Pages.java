package io.murmur.node.http;

/** Pages that belong together. */
public interface Pages {

    /** Registers all of them. */
    void addTo(Routes routes);
}
