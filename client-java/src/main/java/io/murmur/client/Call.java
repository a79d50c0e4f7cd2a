package io.murmur.client;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure.Effect;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call on its way. Made by the caller's thread, and from then on in the hands of the client's loop. */
final class Call {

    /** Makes the request anew for each attempt. */
    @FunctionalInterface
    interface Shape {
        ClientRequest request(long id, long epoch, long deadlineNanos);
    }

    /** Where it is routed by; null for calls that any node can answer. */
    final @Nullable Key key;

    final Shape shape;
    final boolean isWrite;

    /** For the key's first owner while it can be had, since other keys of the call belong to that one too; else for any in turn. */
    final boolean prefersFirstOwner;

    final boolean retryUnknown;
    final long deadlineNanos;
    final CompletableFuture<ClientReply> reply = new CompletableFuture<>();

    /** For this attempt: the connection's id, the write it leaves in, when it stops waiting, where it was sent. */
    long id;

    long write;
    long attemptDeadlineNanos;
    int attempts;

    /** Not to be sent again before; backoff. */
    long notBeforeNanos;

    @Nullable
    String triedLast;

    /** Whether any attempt may have had an effect. Never for reads. */
    boolean mayHaveHappened;

    Call(
            @Nullable Key key,
            Shape shape,
            boolean isWrite,
            boolean prefersFirstOwner,
            boolean retryUnknown,
            long deadlineNanos) {
        this.key = key;
        this.shape = shape;
        this.isWrite = isWrite;
        this.prefersFirstOwner = prefersFirstOwner;
        this.retryUnknown = retryUnknown;
        this.deadlineNanos = deadlineNanos;
    }

    /** An attempt failed in a way that leaves open whether it had an effect. */
    void leftOpen() {
        mayHaveHappened |= isWrite;
    }

    Effect effect() {
        return mayHaveHappened ? Effect.UNKNOWN : Effect.NONE;
    }
}
