package io.murmur.node.resp;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.node.security.User;
import io.netty.channel.EventLoop;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a connection has said of itself, and goes by. All of it for the connection's loop. */
public final class Session {

    /** Which of its answers a client wants. */
    public enum Answers {
        ALL,
        NONE
    }

    /** Its connection. */
    public interface Line {

        /** Closes it once all that came before has been answered, and this call as well. */
        void closeBehindAnswers();

        /** Its user has shown who it is; null where nobody has to. */
        void known(@Nullable User user);

        /** Whether it is still there. */
        boolean isOpen();

        /** How it stands. */
        ClientLine seen();

        /** The other side's, without its port. */
        String host();

        /** The other side's: host and port. */
        String address();

        /** This side's: host and port. */
        String localAddress();
    }

    private final long id;
    private final EventLoop loop;
    private final CacheSettings ownCache;
    private final Line line;
    private final Writes writes = new Writes();
    private CacheSettings cache;
    private int protocol = 2;
    private Levels levels = Levels.OF_CACHE;
    private @Nullable User user;
    private String name = "";
    private String clientLibrary = "";
    private String clientLibraryVersion = "";
    private Answers answers = Answers.ALL;
    private boolean isNextSilent;
    private boolean isReadOnly;
    private boolean isKept;
    private boolean isUntouching;
    private List<Key> expected = List.of();
    private int nextExpected;

    /**
     * @param id unique in this life of the node
     * @param cache that of all its keys, until another is chosen
     */
    public Session(long id, EventLoop loop, CacheSettings cache, Line line) {
        this.id = id;
        this.loop = loop;
        this.ownCache = cache;
        this.cache = cache;
        this.line = line;
    }

    public long id() {
        return id;
    }

    /** The connection's, on which commands run and are answered. */
    public EventLoop loop() {
        return loop;
    }

    public Line line() {
        return line;
    }

    /** That of its keys. */
    public CacheSettings cache() {
        return cache;
    }

    public void use(CacheSettings other) {
        cache = other;
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

    /** As it calls itself; empty when it has not. */
    public String name() {
        return name;
    }

    public void call(String itself) {
        name = itself;
    }

    public String clientLibrary() {
        return clientLibrary;
    }

    public String clientLibraryVersion() {
        return clientLibraryVersion;
    }

    public void clientLibrary(String itsName) {
        clientLibrary = itsName;
    }

    public void clientLibraryVersion(String version) {
        clientLibraryVersion = version;
    }

    /** CLIENT REPLY ON and OFF. */
    public void want(Answers wanted) {
        answers = wanted;
        isNextSilent = false;
    }

    /** CLIENT REPLY SKIP: of the next command no answer is wanted. */
    public void skipNext() {
        isNextSilent = answers == Answers.ALL;
    }

    /** Whether the command that is about to run is to be answered. */
    boolean takesNextAnswer() {
        boolean takes = answers == Answers.ALL && !isNextSilent;
        isNextSilent = false;
        return takes;
    }

    boolean wantsAnswers() {
        return answers == Answers.ALL && !isNextSilent;
    }

    /** READONLY; every node serves all keys in any case. */
    public void readOnly(boolean is) {
        isReadOnly = is;
    }

    public boolean isReadOnly() {
        return isReadOnly;
    }

    /** CLIENT NO-EVICT. */
    public void keep(boolean kept) {
        isKept = kept;
    }

    public boolean isKept() {
        return isKept;
    }

    /** CLIENT NO-TOUCH. */
    public void untouching(boolean is) {
        isUntouching = is;
    }

    public boolean isUntouching() {
        return isUntouching;
    }

    /** It is about to read these, in this order. */
    public void expect(List<Key> keys) {
        expected = keys;
        nextExpected = 0;
    }

    /** The key of these bytes: that which was expected, where it was. */
    public Key key(byte[] bytes) {
        for (int place = nextExpected; place < expected.size(); place++) {
            Key key = expected.get(place);
            if (Arrays.equals(key.bytes(), bytes) && key.cache().equals(cache.name())) {
                nextExpected = place + 1;
                if (nextExpected == expected.size()) {
                    // A connection that is idle keeps none of them.
                    expect(List.of());
                }
                return key;
            }
        }
        return new Key(cache.name(), bytes);
    }

    /** A write of this connection is done. */
    public void wrote(Key key, Version version, int acknowledged) {
        writes.note(key, version, acknowledged);
    }

    /** What it has written and WAIT asks about. */
    public Writes writes() {
        return writes;
    }

    /** As it was in the beginning, but for who the user is. */
    public void reset() {
        protocol = 2;
        levels = Levels.OF_CACHE;
        cache = ownCache;
        name = "";
        answers = Answers.ALL;
        isNextSilent = false;
        isReadOnly = false;
        isKept = false;
        isUntouching = false;
    }

    /** What a connection has written, as far as WAIT asks about it: of each key the last write, which stands for those before. */
    public static final class Writes {

        /** Older ones are known to be held by those alone that acknowledged in time. */
        static final int MOST = 128;

        /**
         * One of them.
         *
         * @param acknowledged owners that are known to hold it
         */
        public record Write(Key key, Version version, int acknowledged) {}

        private final LinkedHashMap<Key, Write> latest = new LinkedHashMap<>();
        private int least = Integer.MAX_VALUE;

        private void note(Key key, Version version, int acknowledged) {
            Write former = latest.remove(key);
            if (former != null && former.version().compareTo(version) > 0) {
                latest.put(key, former);
                return;
            }
            if (latest.size() == MOST) {
                Write eldest = latest.values().iterator().next();
                latest.remove(eldest.key());
                least = Math.min(least, eldest.acknowledged());
            }
            latest.put(key, new Write(key, version, acknowledged));
        }

        /** The last writes. */
        public List<Write> latest() {
            return List.copyOf(latest.values());
        }

        /** The fewest owners that are known to hold any write before those; the greatest int when there was none. */
        public int leastOfOlder() {
            return least;
        }

        /** So many owners have been found to hold it: it need not be asked about again to know as much. */
        public void found(Write write, int holders) {
            if (holders > write.acknowledged()) {
                latest.computeIfPresent(
                        write.key(),
                        (key, last) -> last.version().equals(write.version())
                                ? new Write(key, last.version(), Math.max(holders, last.acknowledged()))
                                : last);
            }
        }

        /** It has been told of those older than the latest: what is known of them never changes, and would be the answer for good. */
        public void forgetOlder() {
            least = Integer.MAX_VALUE;
        }
    }
}
