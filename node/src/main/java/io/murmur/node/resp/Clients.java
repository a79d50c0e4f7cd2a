package io.murmur.node.resp;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;

/** Who is connected. From any thread. */
public interface Clients {

    int count();

    int maxCount();

    /** How each stands, by id; completes on any loop. */
    CompletableFuture<Collection<ClientLine>> seen();

    /** Closes one; false when there is no such one. */
    boolean kill(long id);
}
