package io.murmur.node.resp.command;

import io.murmur.kernel.data.Key;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The keys that cursors stand for that this node gave out, so that they need not be looked for. A cursor that is not here is as good, and
 * takes longer. From any thread.
 */
final class Bookmarks {

    private static final int MOST = 4096;
    private static final int MOST_KEY_BYTES = 1024;

    private final Map<Cursor, Key> keys = new ConcurrentHashMap<>();

    void put(Cursor cursor, Key key) {
        if (keys.size() >= MOST) {
            keys.clear();
        }
        if (key.bytes().length <= MOST_KEY_BYTES) {
            keys.put(cursor, key);
        }
    }

    /** The key that was put last for a cursor like this, if it is of this cache. */
    @Nullable
    Key find(Cursor cursor, String cache) {
        Key key = keys.get(cursor);
        return key != null && key.cache().equals(cache) ? key : null;
    }
}
