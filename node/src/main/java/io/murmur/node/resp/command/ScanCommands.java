package io.murmur.node.resp.command;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.Command.Flag;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.KeyPlaces;
import io.murmur.node.resp.Keyspace;
import io.murmur.node.resp.Levels;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * SCAN, KEYS, DBSIZE, RANDOMKEY, FLUSHALL: all keys of the cluster, whatever node is asked, as reads at the connection's level see them.
 *
 * <p>A SCAN goes through the slots in order, and through the keys of a slot in order, so a key that is there all the time is met; a key may
 * be met twice. The other commands go through all slots at once ({@link Walk}), and hold no more than a few pages.
 */
public final class ScanCommands implements CommandGroup {

    private static final int USUAL_COUNT = 10;
    /** More are not answered at once, whatever COUNT says. */
    private static final int MOST_COUNT = 10_000;

    private static final int MOST_KEY_BYTES = 1 << 20;
    /** As many parts of the ring are looked at before an answer, be it without keys. */
    private static final int MOST_PARTS = 256;

    private static final int MOST_SIDE_BY_SIDE = 16;
    /** At least so many are asked for at a time: small slots are answered as a whole. */
    private static final int LEAST_PAGE = 64;

    private static final int PAGE = 256;
    /** Of each stretch of a walk: so few that all of them are done long before a write's time is over. */
    private static final int DELETED_AT_ONCE = 32;

    private static final long MOST_BYTES_OF_KEYS = 16 << 20;

    private final Keyspace keyspace;
    private final RandomGenerator random;
    private final Bookmarks bookmarks = new Bookmarks();

    /**
     * @param random for any thread
     */
    public ScanCommands(Keyspace keyspace, RandomGenerator random) {
        this.keyspace = keyspace;
        this.random = random;
    }

    @Override
    public List<Command> commands() {
        KeyPlaces none = KeyPlaces.NONE;
        return List.of(
                Command.reading("scan", -2, none, "2.8.0", "Goes through all keys.", this::scan),
                Command.reading("keys", 2, none, "1.0.0", "Returns all keys that match a pattern.", this::keys),
                Command.reading("dbsize", 1, none, "1.0.0", "Counts all keys.", this::count)
                        .with(Flag.FAST),
                Command.reading("randomkey", 1, none, "1.0.0", "Returns some key.", this::randomKey),
                Command.writing("flushall", -1, none, "1.0.0", "Deletes all keys.", this::flush),
                Command.writing("flushdb", -1, none, "1.0.0", "Deletes all keys.", this::flush));
    }

    // ---- SCAN

    private void scan(Call call) {
        Request request = call.request();
        Cursor cursor = Cursor.parse(request.word(1));
        Scan scan = new Scan(call);
        for (int place = 2; place < request.size(); place += 2) {
            if (place + 1 == request.size()) {
                throw Refusal.syntax();
            } else if (request.is(place, "COUNT")) {
                long count = request.integer(place + 1);
                if (count < 1) {
                    throw Refusal.syntax();
                }
                scan.count = (int) Math.min(count, MOST_COUNT);
            } else if (request.is(place, "MATCH")) {
                scan.glob = new Glob(request.word(place + 1));
            } else if (request.is(place, "TYPE")) {
                scan.hasType = request.is(place + 1, "string");
            } else {
                throw Refusal.syntax();
            }
        }
        Key bookmark = bookmarks.find(cursor, call.session().cache().name());
        if (cursor.hash() == 0 || bookmark != null) {
            scan.go(cursor.slot(), bookmark);
        } else {
            find(call, cursor, null, scan);
        }
    }

    /** Looks for the key of a cursor that another node gave out. If it is there no more, the slot is begun anew. */
    private void find(Call call, Cursor cursor, @Nullable Key after, Scan scan) {
        int slot = cursor.slot();
        keyspace.list(call, slot, slot, after, MOST_COUNT, page -> {
            for (Key key : page.keys()) {
                if (cursor.isBehind(key)) {
                    scan.go(slot, key);
                    return;
                }
            }
            if (page.last() == null) {
                scan.go(slot, null);
            } else {
                find(call, cursor, page.last(), scan);
            }
        });
    }

    /** One call of a SCAN. */
    private final class Scan {
        private final List<Reply> found = new ArrayList<>();
        private int count = USUAL_COUNT;
        private boolean hasType = true;
        private @Nullable Glob glob;
        private int seen;
        private long bytes;
        private int parts;
        private final Walk.Once answer;

        Scan(Call call) {
            this.answer = new Walk.Once(call);
        }

        /** What one part of the ring has brought. */
        private static final class Part {
            final int lastSlot;
            Keyspace.@Nullable Listed listed;

            Part(int lastSlot) {
                this.lastSlot = lastSlot;
            }
        }

        void go(int slot, @Nullable Key after) {
            go(slot, after, 1);
        }

        /**
         * Looks at some parts side by side, one at first and more as long as there is little in them, and takes what they brought in order.
         */
        private void go(int slot, @Nullable Key after, int sideBySide) {
            List<Part> wave = new ArrayList<>();
            for (int first = slot; first < Slots.COUNT && wave.size() < sideBySide; ) {
                Part part = new Part(keyspace.lastListedWith(first));
                wave.add(part);
                first = part.lastSlot + 1;
            }
            parts += wave.size();
            int[] missing = {wave.size()};
            int first = slot;
            Key behind = after;
            for (Part part : wave) {
                keyspace.list(answer.part(), first, part.lastSlot, behind, Math.max(count, LEAST_PAGE), listed -> {
                    part.listed = listed;
                    if (--missing[0] == 0 && !answer.isGiven()) {
                        take(wave);
                    }
                });
                first = part.lastSlot + 1;
                behind = null;
            }
        }

        private void take(List<Part> wave) {
            for (Part part : wave) {
                Keyspace.Listed listed = part.listed;
                if (listed == null) {
                    throw new IllegalStateException("not all have answered");
                }
                for (Key key : listed.keys()) {
                    take(key);
                }
                Key last = listed.last();
                if (last != null) {
                    goOnOrAnswer(listed.keys(), last);
                    return;
                }
                if (isEnough()) {
                    answer(Cursor.at(part.lastSlot + 1));
                    return;
                }
            }
            int next = wave.get(wave.size() - 1).lastSlot + 1;
            if (next == Slots.COUNT || isEnough()) {
                answer(Cursor.at(next));
            } else {
                go(next, null, Math.min(MOST_SIDE_BY_SIDE, wave.size() * 2));
            }
        }

        /** A cursor is for a key that is there, if there is one: another node finds that again. */
        private void goOnOrAnswer(List<Key> keys, Key last) {
            if (isEnough()) {
                Key key = keys.isEmpty() ? last : keys.get(keys.size() - 1);
                Cursor cursor = Cursor.behind(key);
                bookmarks.put(cursor, key);
                answer(cursor);
            } else {
                go(last.slot(), last, 1);
            }
        }

        private void take(Key key) {
            seen++;
            bytes += key.bytes().length;
            if (hasType && (glob == null || glob.matches(key.bytes()))) {
                found.add(new Reply.Bulk(key.bytes()));
            }
        }

        private boolean isEnough() {
            return seen >= count || bytes >= MOST_KEY_BYTES || parts >= MOST_PARTS;
        }

        private void answer(Cursor cursor) {
            answer.give(new Reply.Items(
                    List.of(Reply.bulk(Long.toString(cursor.number())), new Reply.Items(List.copyOf(found)))));
        }
    }

    // ---- all at once

    private void keys(Call call) {
        Glob glob = new Glob(call.request().word(1));
        List<Reply> found = new ArrayList<>();
        long[] bytes = {0};
        Walk[] walk = new Walk[1];
        walk[0] = new Walk(
                keyspace,
                call,
                PAGE,
                (keys, next) -> {
                    for (Key key : keys) {
                        if (glob.matches(key.bytes())) {
                            found.add(new Reply.Bulk(key.bytes()));
                            bytes[0] += key.bytes().length;
                        }
                    }
                    if (bytes[0] > MOST_BYTES_OF_KEYS) {
                        walk[0].answer()
                                .give(Reply.error("ERR KEYS finds more than " + MOST_BYTES_OF_KEYS
                                        + " bytes of keys; use SCAN, or a pattern that fewer match"));
                    }
                    next.run();
                },
                () -> walk[0].answer().give(new Reply.Items(found)));
        walk[0].begin();
    }

    private void count(Call call) {
        long[] count = {0};
        new Walk(
                        keyspace,
                        call,
                        PAGE,
                        (keys, next) -> {
                            count[0] += keys.size();
                            next.run();
                        },
                        () -> call.answer(Reply.number(count[0])))
                .begin();
    }

    /** Deletes what it finds: at QUORUM it finds all that was acknowledged there, whatever the connection reads at. */
    private void flush(Call call) {
        Request request = call.request();
        if (request.size() > 2 || (request.size() == 2 && !request.is(1, "ASYNC") && !request.is(1, "SYNC"))) {
            throw Refusal.syntax();
        }
        Call thorough = new Call(
                request, call.session(), new Levels(Level.QUORUM, call.levels().write()), call::answer);
        Walk[] walk = new Walk[1];
        walk[0] = new Walk(
                keyspace,
                thorough,
                DELETED_AT_ONCE,
                (keys, next) -> {
                    int[] missing = {keys.size()};
                    if (keys.isEmpty()) {
                        next.run();
                    }
                    for (Key key : keys) {
                        keyspace.delete(walk[0].answer().part(), key.bytes(), () -> {
                            if (--missing[0] == 0) {
                                next.run();
                            }
                        });
                    }
                },
                () -> walk[0].answer().give(Reply.OK));
        walk[0].begin();
    }

    // ---- RANDOMKEY

    /** From a slot by chance on, round once: one of the first keys that are met. Keys behind a long gap are met more often. */
    private void randomKey(Call call) {
        randomKey(call, random.nextInt(Slots.COUNT), 0, 1);
    }

    private void randomKey(Call call, int slot, int passed, int sideBySide) {
        if (passed > Slots.COUNT) {
            call.answer(Reply.NIL);
            return;
        }
        List<Key> found = new ArrayList<>();
        int[] missing = {sideBySide};
        Walk.Once answer = new Walk.Once(call);
        List<int[]> parts = new ArrayList<>();
        int first = slot;
        int looked = 0;
        for (int i = 0; i < sideBySide; i++) {
            int last = keyspace.lastListedWith(first);
            parts.add(new int[] {first, last});
            looked += last - first + 1;
            first = (last + 1) % Slots.COUNT;
        }
        int next = first;
        int soFar = passed + looked;
        for (int[] part : parts) {
            some(answer.part(), part[0], part[1], null, keys -> {
                found.addAll(keys);
                if (--missing[0] > 0 || answer.isGiven()) {
                    return;
                }
                if (found.isEmpty()) {
                    randomKey(call, next, soFar, Math.min(MOST_SIDE_BY_SIDE, sideBySide * 2));
                } else {
                    call.answer(new Reply.Bulk(
                            found.get(random.nextInt(found.size())).bytes()));
                }
            });
        }
    }

    /** Lists until there are keys, or are none. */
    private void some(Call call, int first, int last, @Nullable Key after, Consumer<List<Key>> then) {
        keyspace.list(call, first, last, after, MOST_COUNT, listed -> {
            Key behind = listed.last();
            if (listed.keys().isEmpty() && behind != null) {
                some(call, behind.slot(), last, behind, then);
            } else {
                then.accept(listed.keys());
            }
        });
    }
}
