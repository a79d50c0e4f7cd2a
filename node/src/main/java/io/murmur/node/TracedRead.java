package io.murmur.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.ring.Ring;
import io.murmur.node.http.Refusal;
import io.murmur.node.http.Request;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A read that an operator makes to see how it goes, {@code ?trace=1} on a key's page: through this node as the coordinator, as a client's, with
 * all that belongs to one, repairs too. What it finds is not shown.
 */
record TracedRead(Key key, Level level) {

    /** The one that a request asks for, at {@code &level=...}, QUORUM by default; null when it asks for none. */
    static @Nullable TracedRead askedFor(Request request, Key key) throws Refusal {
        String trace = request.parameters().getOrDefault("trace", "0");
        if (trace.equals("0")) {
            return null;
        }
        if (!trace.equals("1")) {
            throw Refusal.wrong("trace is '" + trace + "': 1 is for a trace, 0 for none");
        }
        Level level;
        try {
            level = Level.parse(request.parameters().getOrDefault("level", "QUORUM"));
        } catch (IllegalArgumentException e) {
            throw Refusal.wrong(String.valueOf(e.getMessage()));
        }
        if (level.equals(Level.ANY)) {
            throw Refusal.wrong("level ANY is for writes; trace a read at ONE or above");
        }
        return new TracedRead(key, level);
    }

    /** On the key's shard; completes there. */
    CompletableFuture<ClientReply> make(Shard shard, long deadlineNanos) {
        CompletableFuture<ClientReply> reply = new CompletableFuture<>();
        shard.coordinate(
                new ClientRequest.Get(0, 0, deadlineNanos, key, level, true), System.nanoTime(), reply::complete);
        return reply;
    }

    /** How it went, onto a page. */
    static void write(ObjectNode page, ClientReply reply, @Nullable Ring ring) {
        if (reply instanceof ClientReply.One one && one.trace() != null) {
            TraceJson.write(page.putObject("trace"), one.trace(), ring);
        } else if (reply instanceof ClientReply.One one && one.result() instanceof ClientReply.Failed failed) {
            page.putObject("trace")
                    .put("outcome", failed.failure().name())
                    .put("why", failed.failure().message());
        }
    }
}
