package io.murmur.node.resp;

import io.murmur.kernel.CacheSettings;
import io.murmur.node.security.User;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/** What a connection has said of itself, and goes by. All of it for the connection's loop. */
public final class Session {

    private final long id;
    private final EventLoop loop;
    private final CacheSettings cache;
    private int protocol = 2;
    private Levels levels = Levels.OF_CACHE;
    private @Nullable User user;

    /**
     * @param id unique in this life of the node
     * @param cache that of all its keys
     */
    public Session(long id, EventLoop loop, CacheSettings cache) {
        this.id = id;
        this.loop = loop;
        this.cache = cache;
    }

    public long id() {
        return id;
    }

    /** The connection's, on which commands run and are answered. */
    public EventLoop loop() {
        return loop;
    }

    public CacheSettings cache() {
        return cache;
    }

    /** 2 or 3. */
    public int protocol() {
        return protocol;
    }

    public void speak(int version) {
        protocol = version;
    }

    public Levels levels() {
        return levels;
    }

    public void goBy(Levels next) {
        levels = next;
    }

    /** Null where whoever comes may do anything, and as long as it has not said who it is. */
    public @Nullable User user() {
        return user;
    }

    public void is(@Nullable User known) {
        user = known;
    }
}
