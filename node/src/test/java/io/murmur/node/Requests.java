package io.murmur.node;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** What a client asks, one call at a time, over a raw connection: so the coordinator is the node that was chosen. */
final class Requests {

    private Requests() {}

    static long inFiveSeconds() {
        return System.nanoTime() + Duration.ofSeconds(5).toNanos();
    }

    static ClientRequest.Get get(long id, String key, Level level) {
        return new ClientRequest.Get(id, 1, inFiveSeconds(), Key.of("default", key), level);
    }

    static ClientRequest.Put put(long id, String key, byte[] value, Level level) {
        return new ClientRequest.Put(
                id, 1, inFiveSeconds(), Key.of("default", key), value, ClientRequest.TTL_OF_CACHE, level);
    }

    /** The value at QUORUM, empty when there is none. */
    static String get(RawConnection connection, String key) throws IOException {
        return get(connection, key, Level.QUORUM);
    }

    static String get(RawConnection connection, String key, Level level) throws IOException {
        connection.send(get(7, key, level));
        Message reply = connection.receive();
        if (reply instanceof ClientReply.One one) {
            return text(one.result());
        }
        throw new AssertionError("not the reply to a get: " + reply);
    }

    static List<String> getAll(RawConnection connection, List<String> keys) throws IOException {
        List<Key> asked = keys.stream().map(key -> Key.of("default", key)).toList();
        connection.send(new ClientRequest.GetAll(8, 1, inFiveSeconds(), asked, Level.QUORUM));
        Message reply = connection.receive();
        if (reply instanceof ClientReply.Many many) {
            return many.results().stream().map(Requests::text).toList();
        }
        throw new AssertionError("not the reply to a get of many: " + reply);
    }

    static String text(Result result) {
        return switch (result) {
            case ClientReply.Value value ->
                value.cell() == null ? "" : new String(value.cell().value(), StandardCharsets.UTF_8);
            case ClientReply.Written written -> "written at " + written.acknowledged();
            case ClientReply.Changed changed -> changed.applied() ? "changed" : "unchanged";
            case ClientReply.Failed failed -> failed.failure().name();
        };
    }
}
