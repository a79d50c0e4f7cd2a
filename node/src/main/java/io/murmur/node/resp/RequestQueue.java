package io.murmur.node.resp;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection's requests in their order. Where reads of one key come in a row, as they do in a pipeline, some are decoded before their turn,
 * and their keys are told all at once: finding a key among many is waiting for memory most of all, and the processor waits for many at the
 * same time where it is asked for them in one short loop.
 *
 * <p>That changes nothing but the time it takes. A read changes nothing that the decoding of what follows goes by, so the first request that is
 * something else is the last decoded ahead; what is malformed is said in its turn. Not thread-safe.
 */
final class RequestQueue {

    /** Keys told at a time, at most. */
    static final int MOST_KEYS = 16;

    /** What is decoded ahead is bounded by this, but for its last request, which is as long as any may be. */
    static final int LONGEST_KEY = 1024;

    private final RequestDecoder decoder;
    private final Consumer<List<byte[]>> expected;
    private final Deque<Request> ahead = new ArrayDeque<>();

    /** Comes behind those. */
    private @Nullable ProtocolException malformed;

    /** @param expected told the keys that the next requests read, when they are several */
    RequestQueue(RequestDecoder decoder, Consumer<List<byte[]>> expected) {
        this.decoder = decoder;
        this.expected = expected;
    }

    /** The next request, or null when more bytes have to come first. */
    @Nullable
    Request next(@Nullable ByteBuf in) throws ProtocolException {
        Request first = ahead.poll();
        if (first != null) {
            return first;
        }
        if (malformed != null) {
            throw malformed;
        }
        if (in == null) {
            return null;
        }
        Request request = decoder.next(in);
        if (request != null && in.isReadable() && isReadOfOne(request)) {
            lookAhead(in, request);
        }
        return request;
    }

    private void lookAhead(ByteBuf in, Request first) {
        List<byte[]> keys = new ArrayList<>(MOST_KEYS);
        keys.add(first.word(1));
        try {
            while (keys.size() < MOST_KEYS) {
                Request request = decoder.next(in);
                if (request == null) {
                    break;
                }
                ahead.add(request);
                if (!isReadOfOne(request)) {
                    break;
                }
                keys.add(request.word(1));
            }
        } catch (ProtocolException e) {
            malformed = e;
        }
        if (keys.size() > 1) {
            expected.accept(keys);
        }
    }

    private static boolean isReadOfOne(Request request) {
        return request.size() == 2 && request.is(0, "get") && request.word(1).length <= LONGEST_KEY;
    }

    /** Whether there is more to come of what has been decoded. */
    boolean areAhead() {
        return !ahead.isEmpty() || malformed != null;
    }

    /** Forgets what has been decoded. */
    void clear() {
        ahead.clear();
        malformed = null;
    }
}
