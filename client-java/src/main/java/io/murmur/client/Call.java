package io.murmur.client;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
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
    final boolean retryUnknown;
    final long deadlineNanos;
    final CompletableFuture<ClientReply> reply = new CompletableFuture<>();

    /** For this attempt: the connection's id, when it stops waiting, where it was sent. */
    long id;

    long attemptDeadlineNanos;
    int attempts;

    @Nullable
    String triedLast;

    /** Whether any attempt may have had an effect. */
    boolean mayHaveHappened;

    Call(@Nullable Key key, Shape shape, boolean isWrite, boolean retryUnknown, long deadlineNanos) {
        this.key = key;
        this.shape = shape;
        this.isWrite = isWrite;
        this.retryUnknown = retryUnknown;
        this.deadlineNanos = deadlineNanos;
    }
}
