package io.murmur.node.resp.command;

import static io.murmur.node.resp.command.StringChanges.bytes;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.Command.Flag;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.KeyPlaces;
import io.murmur.node.resp.Keyspace;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.node.resp.command.StringChanges.Condition;
import io.murmur.node.security.Right;
import io.murmur.node.security.User;
import io.murmur.quorum.Change;
import io.murmur.quorum.Change.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * GET, SET, and all that is about a string as a whole, as a number, or by ranges of bytes.
 *
 * <p>What only reads is a read, at the connection's level. SET, SETEX, PSETEX and MSET are writes, at the connection's level, unless they
 * look before they write (NX, XX, GET, KEEPTTL) or say to the millisecond when to expire (EXAT, PXAT). All others are atomic.
 */
public final class StringCommands implements CommandGroup {

    /** What a write may say that is not atomic: {@link ClientRequest.Put}. 100 years. */
    private static final long MOST_MILLIS_TO_LIVE = 36_500L * 24 * 60 * 60 * 1000;

    private static final List<Expiry> EXPIRIES = List.of(Expiry.EX, Expiry.PX, Expiry.EXAT, Expiry.PXAT);

    private final Keyspace keyspace;
    private final int mostBytes;

    /**
     * @param mostBytes of a value
     */
    public StringCommands(Keyspace keyspace, int mostBytes) {
        this.keyspace = keyspace;
        this.mostBytes = mostBytes;
    }

    @Override
    public List<Command> commands() {
        KeyPlaces one = KeyPlaces.ONE;
        return List.of(
                Command.reading("get", 2, one, "1.0.0", "Returns the string value of a key.", this::get)
                        .with(Flag.FAST),
                Command.writing("set", -3, one, "1.0.0", "Sets the string value of a key.", this::set)
                        .with(Flag.DENYOOM),
                Command.writing("setnx", 3, one, "1.0.0", "Sets a key that does not exist.", this::setIfAbsent)
                        .with(Flag.DENYOOM, Flag.FAST),
                Command.writing("setex", 4, one, "2.0.0", "Sets a key, to expire in seconds.", setFor(Expiry.EX))
                        .with(Flag.DENYOOM),
                Command.writing("psetex", 4, one, "2.6.0", "Sets a key, to expire in milliseconds.", setFor(Expiry.PX))
                        .with(Flag.DENYOOM),
                Command.changing("getset", 3, one, "1.0.0", "Sets a key and returns what it held.", this::getAndSet)
                        .with(Flag.DENYOOM, Flag.FAST),
                Command.changing(
                                "getdel",
                                2,
                                one,
                                "6.2.0",
                                "Deletes a key and returns what it held.",
                                call -> change(call, StringChanges.getAndDelete()))
                        .with(Flag.FAST),
                Command.changing(
                                "getex",
                                -2,
                                one,
                                "6.2.0",
                                "Returns a key's value, and sets its expiry.",
                                this::getAndExpire)
                        .with(Flag.FAST),
                Command.reading("mget", -2, KeyPlaces.ALL, "1.0.0", "Returns the values of keys.", this::getAll)
                        .with(Flag.FAST),
                Command.writing("mset", -3, KeyPlaces.PAIRS, "1.0.1", "Sets keys, each on its own.", this::setAll)
                        .with(Flag.DENYOOM),
                Command.writing(
                                "msetnx",
                                -3,
                                KeyPlaces.PAIRS,
                                "1.0.1",
                                "Sets keys unless one of them exists.",
                                this::setAllIfAbsent)
                        .with(Flag.DENYOOM),
                Command.writing("append", 3, one, "2.0.0", "Appends to a key's value.", this::append)
                        .with(Flag.DENYOOM, Flag.FAST),
                Command.reading(
                                "strlen",
                                2,
                                one,
                                "2.2.0",
                                "Returns the length of a key's value.",
                                reading(found -> Reply.number(bytes(found).length)))
                        .with(Flag.FAST),
                Command.reading("getrange", 4, one, "2.4.0", "Returns a part of a key's value.", this::range),
                Command.reading("substr", 4, one, "1.0.0", "Returns a part of a key's value.", this::range),
                Command.writing("setrange", 4, one, "2.2.0", "Overwrites a part of a key's value.", this::setRange)
                        .with(Flag.DENYOOM),
                Command.changing("incr", 2, one, "1.0.0", "Adds one to a key's number.", by(request -> 1))
                        .with(Flag.DENYOOM, Flag.FAST),
                Command.changing("decr", 2, one, "1.0.0", "Takes one from a key's number.", by(request -> -1))
                        .with(Flag.DENYOOM, Flag.FAST),
                Command.changing("incrby", 3, one, "1.0.0", "Adds to a key's number.", by(StringCommands::added))
                        .with(Flag.DENYOOM, Flag.FAST),
                Command.changing("decrby", 3, one, "1.0.0", "Takes from a key's number.", by(StringCommands::taken))
                        .with(Flag.DENYOOM, Flag.FAST),
                Command.changing(
                                "incrbyfloat",
                                3,
                                one,
                                "2.6.0",
                                "Adds to a key's floating-point number.",
                                this::incrementByFloat)
                        .with(Flag.DENYOOM, Flag.FAST),
                Command.reading(
                        "lcs",
                        -3,
                        KeyPlaces.TWO,
                        "7.0.0",
                        "Returns the longest common subsequence of two keys' values.",
                        this::commonSubsequence));
    }

    private void change(Call call, Change<Reply> change) {
        keyspace.change(call, call.request().word(1), change, call::answer);
    }

    private Command.Handler reading(Function<Cell.@Nullable Live, Reply> answer) {
        return call -> read(call, answer);
    }

    private void read(Call call, Function<Cell.@Nullable Live, Reply> answer) {
        keyspace.get(call, call.request().word(1), found -> call.answer(answer.apply(found)));
    }

    private static Lifetime fresh(Call call) {
        return Lifetime.of(call.session().cache());
    }

    private byte[] value(byte[] word) {
        if (word.length > mostBytes) {
            throw new Refusal(StringChanges.TOO_LONG);
        }
        return word;
    }

    // ---- as a whole

    private void get(Call call) {
        read(call, StringChanges::bulk);
    }

    /** What SET's and GETEX's words behind their keys and values say. */
    private static final class Options {
        Condition condition = Condition.ALWAYS;
        boolean tellsFormer;
        boolean keepsExpiry;
        boolean persists;

        @Nullable
        Expiry expiry;

        /** Of the number that says when. */
        private int place;

        /** Takes what is said at this place if it is an expiry, and says where its number is. */
        int takeExpiry(Request request, int at) {
            Expiry named = EXPIRIES.stream()
                    .filter(one -> request.is(at, one.name()))
                    .findFirst()
                    .orElse(null);
            boolean isAlone = !keepsExpiry && !persists && (expiry == null || expiry.equals(named));
            if (named == null || !isAlone || at + 1 == request.size()) {
                throw Refusal.syntax();
            }
            expiry = named;
            place = at + 1;
            return place;
        }

        /** When what is written expires; null when nothing is said of it. */
        @Nullable
        Lifetime lifetime(Request request, long nowMillis) {
            return expiry == null ? null : expiry.toWrite(request, place, nowMillis);
        }
    }

    private static Options setOptions(Request request) {
        Options options = new Options();
        for (int place = 3; place < request.size(); place++) {
            if (request.is(place, "NX") && options.condition != Condition.IF_PRESENT) {
                options.condition = Condition.IF_ABSENT;
            } else if (request.is(place, "XX") && options.condition != Condition.IF_ABSENT) {
                options.condition = Condition.IF_PRESENT;
            } else if (request.is(place, "GET")) {
                options.tellsFormer = true;
            } else if (request.is(place, "KEEPTTL") && options.expiry == null) {
                options.keepsExpiry = true;
            } else {
                place = options.takeExpiry(request, place);
            }
        }
        return options;
    }

    private static Options getOptions(Request request) {
        Options options = new Options();
        for (int place = 2; place < request.size(); place++) {
            if (request.is(place, "PERSIST") && options.expiry == null) {
                options.persists = true;
            } else {
                place = options.takeExpiry(request, place);
            }
        }
        return options;
    }

    private void set(Call call) {
        Request request = call.request();
        Options options = setOptions(request);
        byte[] value = value(request.word(2));
        if (options.tellsFormer) {
            requireRead(call);
        }
        Lifetime said = options.lifetime(request, keyspace.wallMillis());
        Lifetime lifetime = said == null ? fresh(call) : said;
        if (options.keepsExpiry) {
            change(call, set(value, new Lifetime.Kept(lifetime), options));
        } else if (options.condition != Condition.ALWAYS || options.tellsFormer) {
            change(call, set(value, lifetime, options));
        } else {
            write(call, value, said);
        }
    }

    private static Change<Reply> set(byte[] value, Lifetime lifetime, Options options) {
        return options.tellsFormer
                ? StringChanges.getAndSet(value, lifetime, options.condition)
                : StringChanges.set(value, lifetime, options.condition, Reply.OK, Reply.NIL);
    }

    private static void requireRead(Call call) {
        User user = call.session().user();
        if (user != null && !user.may(Right.READ, call.session().cache().name())) {
            throw new Refusal("NOPERM this user has no permissions to access one of the keys used as arguments");
        }
    }

    /** A plain write, if it can say what is asked of it. */
    private void write(Call call, byte[] value, @Nullable Lifetime lifetime) {
        long timeToLive = lifetime == null
                ? ClientRequest.TTL_OF_CACHE
                : lifetime instanceof Lifetime.In in && in.millis() <= MOST_MILLIS_TO_LIVE
                        ? in.millis()
                        : ClientRequest.TTL_NONE;
        if (lifetime != null && timeToLive == ClientRequest.TTL_NONE) {
            change(call, StringChanges.set(value, lifetime, Condition.ALWAYS, Reply.OK, Reply.NIL));
        } else {
            keyspace.put(call, call.request().word(1), value, timeToLive, () -> call.answer(Reply.OK));
        }
    }

    private void setIfAbsent(Call call) {
        byte[] value = value(call.request().word(2));
        change(call, StringChanges.set(value, fresh(call), Condition.IF_ABSENT, Reply.ONE, Reply.ZERO));
    }

    private Command.Handler setFor(Expiry expiry) {
        return call -> {
            Lifetime lifetime = expiry.toWrite(call.request(), 2, keyspace.wallMillis());
            write(call, value(call.request().word(3)), lifetime);
        };
    }

    private void getAndSet(Call call) {
        change(call, StringChanges.getAndSet(value(call.request().word(2)), fresh(call), Condition.ALWAYS));
    }

    private void getAndExpire(Call call) {
        Options options = getOptions(call.request());
        Lifetime said = options.persists
                ? new Lifetime.At(Cell.NEVER)
                : options.lifetime(call.request(), keyspace.wallMillis());
        if (said != null) {
            change(call, StringChanges.getAndExpire(said));
        } else {
            get(call);
        }
    }

    // ---- many

    private void getAll(Call call) {
        keyspace.getAll(
                call,
                call.request().words(1),
                found -> call.answer(
                        new Reply.Items(found.stream().map(StringChanges::bulk).toList())));
    }

    /** A key and the value it is to hold. */
    private record Pair(byte[] key, byte[] value) {}

    /** In the order of keys; of a key that is there twice with the last value. */
    private List<Pair> pairs(Request request) {
        if (request.size() % 2 == 0) {
            throw new Refusal("ERR wrong number of arguments for '" + request.name() + "' command");
        }
        Map<byte[], Pair> pairs = new TreeMap<>(Arrays::compareUnsigned);
        for (int place = 1; place < request.size(); place += 2) {
            byte[] key = request.word(place);
            pairs.put(key, new Pair(key, value(request.word(place + 1))));
        }
        return List.copyOf(pairs.values());
    }

    private void setAll(Call call) {
        List<byte[]> words = new ArrayList<>();
        for (Pair pair : pairs(call.request())) {
            words.add(pair.key());
            words.add(pair.value());
        }
        keyspace.putAll(call, words, ClientRequest.TTL_OF_CACHE, () -> call.answer(Reply.OK));
    }

    /**
     * Looks that none of the keys is there, then sets one after another where there is nothing still, and takes back what it has set when
     * there was something after all. In the order of keys: of two that want the same keys, one finds out with the first.
     */
    private void setAllIfAbsent(Call call) {
        List<Pair> pairs = pairs(call.request());
        List<byte[]> keys = pairs.stream().map(Pair::key).toList();
        keyspace.changeAll(call, keys, StringChanges.reading(found -> found != null), found -> {
            if (found.contains(true)) {
                call.answer(Reply.ZERO);
            } else {
                setIfAbsent(call, pairs, 0);
            }
        });
    }

    private void setIfAbsent(Call call, List<Pair> pairs, int next) {
        if (next == pairs.size()) {
            call.answer(Reply.ONE);
            return;
        }
        Pair pair = pairs.get(next);
        Change<Reply> change = StringChanges.set(pair.value(), fresh(call), Condition.IF_ABSENT, Reply.ONE, Reply.ZERO);
        keyspace.change(call, pair.key(), change, done -> {
            if (done.equals(Reply.ONE)) {
                setIfAbsent(call, pairs, next + 1);
            } else {
                takeBack(call, pairs, next - 1);
            }
        });
    }

    private void takeBack(Call call, List<Pair> pairs, int last) {
        if (last < 0) {
            call.answer(Reply.ZERO);
            return;
        }
        Pair pair = pairs.get(last);
        keyspace.change(call, pair.key(), removeIfStill(pair.value()), done -> takeBack(call, pairs, last - 1));
    }

    private static Change<Boolean> removeIfStill(byte[] value) {
        return (current, now) -> current != null && Arrays.equals(current.value(), value)
                ? new Step.Remove<>(true)
                : new Step.Keep<>(false);
    }

    // ---- ranges

    private void append(Call call) {
        change(call, StringChanges.append(call.request().word(2), fresh(call), mostBytes));
    }

    private void range(Call call) {
        long start = call.request().integer(2);
        long end = call.request().integer(3);
        read(call, found -> new Reply.Bulk(StringChanges.range(bytes(found), start, end)));
    }

    private void setRange(Call call) {
        long offset = call.request().integer(2);
        if (offset < 0) {
            throw new Refusal("ERR offset is out of range");
        }
        change(call, StringChanges.setRange(offset, call.request().word(3), fresh(call), mostBytes));
    }

    // ---- numbers

    private interface By {
        long of(Request request);
    }

    private Command.Handler by(By by) {
        return call -> change(call, StringChanges.increment(by.of(call.request()), fresh(call)));
    }

    private static long added(Request request) {
        return request.integer(2);
    }

    private static long taken(Request request) {
        long by = request.integer(2);
        if (by == Long.MIN_VALUE) {
            throw new Refusal("ERR decrement would overflow");
        }
        return -by;
    }

    private void incrementByFloat(Call call) {
        LongDouble by = LongDouble.parse(call.request().word(2));
        if (by == null) {
            throw new Refusal(Refusal.NO_FLOAT);
        }
        change(call, StringChanges.increment(by, fresh(call)));
    }

    // ---- two

    private void commonSubsequence(Call call) {
        Request request = call.request();
        boolean wantsLength = false;
        boolean wantsMatches = false;
        boolean withLengths = false;
        long leastLength = 0;
        for (int place = 3; place < request.size(); place++) {
            if (request.is(place, "LEN")) {
                wantsLength = true;
            } else if (request.is(place, "IDX")) {
                wantsMatches = true;
            } else if (request.is(place, "WITHMATCHLEN")) {
                withLengths = true;
            } else if (request.is(place, "MINMATCHLEN") && place + 1 < request.size()) {
                leastLength = request.integer(++place);
            } else {
                throw Refusal.syntax();
            }
        }
        if (wantsLength && wantsMatches) {
            throw new Refusal("ERR If you want both the length and indexes, please just use IDX.");
        }
        boolean lengthOnly = wantsLength;
        Matches matches = wantsMatches ? new Matches(leastLength, withLengths) : null;
        keyspace.getAll(call, request.words(1).subList(0, 2), found -> {
            byte[] first = bytes(found.get(0));
            byte[] second = bytes(found.get(1));
            if (CommonSubsequence.isTooMuch(first, second)) {
                call.refuse(CommonSubsequence.TOO_LONG);
                return;
            }
            CommonSubsequence common = CommonSubsequence.of(first, second);
            call.answer(
                    matches != null
                            ? matches.of(common)
                            : lengthOnly ? Reply.number(common.length()) : new Reply.Bulk(common.bytes()));
        });
    }

    /** Which matches are answered, and how. */
    private record Matches(long leastLength, boolean withLengths) {

        Reply of(CommonSubsequence common) {
            List<Reply> matches = common.matches().stream()
                    .filter(match -> match.length() >= leastLength)
                    .map(this::of)
                    .toList();
            return new Reply.Pairs(List.of(
                    Map.entry(Reply.bulk("matches"), new Reply.Items(matches)),
                    Map.entry(Reply.bulk("len"), Reply.number(common.length()))));
        }

        private Reply of(CommonSubsequence.Match match) {
            List<Reply> items = new ArrayList<>();
            items.add(ends(match.firstStart(), match.firstEnd()));
            items.add(ends(match.secondStart(), match.secondEnd()));
            if (withLengths) {
                items.add(Reply.number(match.length()));
            }
            return new Reply.Items(items);
        }

        private static Reply ends(int start, int end) {
            return new Reply.Items(List.of(Reply.number(start), Reply.number(end)));
        }
    }
}
