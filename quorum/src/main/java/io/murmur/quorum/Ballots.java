package io.murmur.quorum;

import io.murmur.kernel.Promises;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Storage.PromiseOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.HybridClock;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerReply.Link;
import io.murmur.kernel.message.PeerReply.Standing;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Slots;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a shard's replica has promised: of each key the greatest ballot, and which cells came after a greater one.
 *
 * <p>A cell is <i>settled</i> here when no greater ballot than its version had been promised as it was joined: whoever prepares a greater
 * one later finds it, or a greater cell. A cell that came below a promise is held like any other, for the owners are to become equal, but
 * whoever had prepared that ballot has not seen it, so it counts for nobody. The greatest such version is noted with the promise.
 *
 * <p>Promises of keys are in memory, and there are few: one goes when the key holds a cell as great as the ballot, which says as much.
 * What is forgotten, by a restart or for want of room, is made up for by the <i>floor</i> of each slot: a reading up to which everything
 * counts as promised, and nothing as settled. It is the greatest reading that may have been promised, which the storage keeps.
 */
final class Ballots implements Promises {

    static final int MOST_KEYS = 1 << 16;
    /** Of their keys. */
    static final int MOST_BYTES = 1 << 23;

    static final int MOST_LINEAGES = 1 << 9;

    /** What somebody may have to pass on who makes a cell of one that not all may know. */
    static final int FEW_LINKS = 4;

    private final HybridClock clock;
    private final Storage storage;
    private final long leastFloor;
    /** By slot; null while all are the least. */
    private long @Nullable [] floors;

    /**
     * By slot, the greatest reading of a ballot whose promise has gone because its key holds as great a cell; null while there is none. A
     * lesser cell that comes after it may be missed by that operation, and one that merely meets a greater cell is not.
     */
    private long @Nullable [] gone;

    private long greatest;
    /** Those promised longest ago first. */
    private final Map<Key, Promise> promises = new LinkedHashMap<>();
    /** Of their keys. */
    private long bytes;
    /** Of the keys changed last, by version, the latest first. */
    private final Map<Key, NavigableMap<Version, Known>> lineages = new LinkedHashMap<>();

    /** @param isLetThrough whether this replica itself has let the cell through */
    private record Known(Link link, boolean isLetThrough) {}

    /** Of one key. */
    private static final class Promise {
        private final Version ballot;
        /** Of the request that it was promised to. */
        private final long request;

        private final @Nullable Version unsettled;

        private Promise(Version ballot, long request, @Nullable Version unsettled) {
            this.ballot = ballot;
            this.request = request;
            this.unsettled = unsettled;
        }
    }

    /**
     * @param greatestPromise the greatest reading that this node's storage knows to have been promised
     */
    Ballots(HybridClock clock, Storage storage, long greatestPromise) {
        this.clock = clock;
        this.storage = storage;
        this.leastFloor = greatestPromise;
        this.greatest = greatestPromise;
    }

    /** The ballot promised that is greater than this version, or null when there is none. */
    @Nullable
    Version outbidding(Key key, Version version) {
        Promise promise = promises.isEmpty() ? null : promises.get(key);
        Version known = promise != null && promise.ballot.isAfter(version) ? promise.ballot : null;
        long floor = floor(key.slot());
        if (floor == 0 || Long.compareUnsigned(version.reading(), floor) > 0) {
            return known;
        }
        Version promised = new Version(floor, NodeId.GREATEST);
        return known != null && known.isAfter(promised) ? known : promised;
    }

    /** Whether a ballot greater than this version may have been promised, and its promise have gone since. */
    boolean mayHaveGone(Key key, Version version) {
        return gone != null && Long.compareUnsigned(version.reading(), gone[key.slot()]) <= 0;
    }

    private long floor(int slot) {
        return floors == null ? leastFloor : floors[slot];
    }

    /**
     * Promises a ballot, unless a greater one, or the same to another request, has been promised. To be made durable before it is answered.
     * Doubled requests are promised again, or the answer to the second could come before that to the first.
     *
     * @return the ballot that stands against it, or null when it is promised
     */
    @Nullable
    Version prepare(Key key, Version ballot, long request) {
        Version greater = outbidding(key, ballot);
        if (greater != null) {
            return greater;
        }
        Promise promise = promises.get(key);
        if (promise != null && promise.ballot.equals(ballot)) {
            return promise.request == request ? null : ballot;
        }
        put(key, new Promise(ballot, request, promise == null ? null : promise.unsettled));
        return null;
    }

    /**
     * Lets a cell be accepted, unless a greater ballot has been promised.
     *
     * @param next to be promised with it, and made durable before it is answered
     * @return the ballot that stands against it, or null when there is none
     */
    @Nullable
    Version accept(Key key, Version ballot, @Nullable Version next, long request) {
        Version greater = outbidding(key, ballot);
        Promise promise = promises.get(key);
        if (greater != null) {
            boolean isDoubled = promise != null && promise.request == request && promise.ballot.equals(next);
            return isDoubled && greater.equals(next) ? null : greater;
        }
        if (next != null) {
            put(key, new Promise(next, request, promise == null ? null : promise.unsettled));
        }
        return null;
    }

    private void put(Key key, Promise promise) {
        // At the end, even when the key is there already.
        remove(key);
        promises.put(key, promise);
        bytes += key.bytes().length;
        note(promise.ballot.reading());
        while (promises.size() > MOST_KEYS || bytes > MOST_BYTES) {
            Map.Entry<Key, Promise> oldest = promises.entrySet().iterator().next();
            int slot = oldest.getKey().slot();
            raise(slot, slot, oldest.getValue().ballot.reading());
            remove(oldest.getKey());
        }
    }

    private void remove(Key key) {
        if (promises.remove(key) != null) {
            bytes -= key.bytes().length;
        }
    }

    private void note(long reading) {
        if (Long.compareUnsigned(reading, greatest) > 0) {
            greatest = reading;
        }
    }

    private void raise(int firstSlot, int lastSlot, long reading) {
        long[] raised = floors;
        if (raised == null) {
            raised = new long[Slots.COUNT];
            Arrays.fill(raised, leastFloor);
            floors = raised;
        }
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            if (Long.compareUnsigned(reading, raised[slot]) > 0) {
                raised[slot] = reading;
            }
        }
    }

    @Override
    public void joining(Key key, Version version) {
        Promise promise = promises.isEmpty() ? null : promises.get(key);
        if (promise != null
                && promise.ballot.isAfter(version)
                && (promise.unsettled == null || version.isAfter(promise.unsettled))) {
            promises.replace(key, new Promise(promise.ballot, promise.request, version));
        }
    }

    /** The key durably holds a cell of this version: a promise of no greater ballot says nothing that it does not. */
    void held(Key key, Version version) {
        Promise promise = promises.isEmpty() ? null : promises.get(key);
        if (promise != null && !promise.ballot.isAfter(version)) {
            remove(key);
            noteGone(key.slot(), promise.ballot.reading());
        }
    }

    private void noteGone(int slot, long reading) {
        long[] bySlot = gone;
        if (bySlot == null) {
            bySlot = new long[Slots.COUNT];
            gone = bySlot;
        }
        if (Long.compareUnsigned(reading, bySlot[slot]) > 0) {
            bySlot[slot] = reading;
        }
    }

    /** Whether the cell that is held was joined when no greater ballot had been promised. Nothing is always settled. */
    Standing standing(Key key, @Nullable Cell held) {
        if (held == null) {
            return Standing.SETTLED;
        }
        Promise promise = promises.isEmpty() ? null : promises.get(key);
        Version unsettled = promise == null ? null : promise.unsettled;
        if (unsettled != null && !held.version().isAfter(unsettled)) {
            return Standing.UNSETTLED;
        }
        long floor = floor(key.slot());
        return floor == 0 || Long.compareUnsigned(held.version().reading(), floor) > 0
                ? Standing.SETTLED
                : Standing.FORGOTTEN;
    }

    /**
     * Notes which cells were made of which.
     *
     * @param letThrough the version of the cell that is let through with it; null for none
     */
    void link(Key key, List<Link> links, @Nullable Version letThrough) {
        NavigableMap<Version, Known> known = lineages.remove(key);
        if (known == null) {
            known = new TreeMap<>(Comparator.reverseOrder());
            if (lineages.size() == MOST_LINEAGES) {
                Iterator<Key> oldest = lineages.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
        lineages.put(key, known);
        for (Link link : links) {
            Known former = known.get(link.version());
            boolean isLetThrough = link.version().equals(letThrough) || (former != null && former.isLetThrough);
            known.put(link.version(), new Known(link, isLetThrough));
        }
        while (known.size() > PeerReply.MOST_LINKS) {
            known.pollLastEntry();
        }
    }

    /** Whether the cell of this version has been let through a while ago. */
    boolean wasLetThrough(Key key, Version version) {
        Map<Version, Known> lineage = lineages.get(key);
        Known known = lineage == null ? null : lineage.get(version);
        return known != null && known.isLetThrough;
    }

    /**
     * Which cells were made of which, as far as is known, the latest first.
     *
     * @param above of all versions above this; null for the last few
     */
    List<Link> links(Key key, @Nullable Version above) {
        NavigableMap<Version, Known> known = lineages.get(key);
        if (known == null) {
            return List.of();
        }
        return above == null
                ? known.values().stream().limit(FEW_LINKS).map(Known::link).toList()
                : known.headMap(above).values().stream().map(Known::link).toList();
    }

    /** Keys of which a promise is remembered. */
    int size() {
        return promises.size();
    }

    @Override
    public long reading() {
        return greatest;
    }

    @Override
    public void raiseFloor(int firstSlot, int lastSlot, long reading, Consumer<Boolean> then) {
        Version floor = new Version(reading, NodeId.GREATEST);
        if (Long.compareUnsigned(reading, leastFloor) <= 0) {
            then.accept(true);
            return;
        }
        if (clock.millisTooFarAhead(floor) <= 0) {
            clock.observe(floor);
        }
        raise(firstSlot, lastSlot, reading);
        note(reading);
        storage.promise(reading, outcome -> then.accept(outcome instanceof PromiseOutcome.Kept));
    }
}
