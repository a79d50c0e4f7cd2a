package io.murmur.antientropy;

import io.murmur.kernel.Horizons;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncReply.KeyDigest;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one other owner and this node differ in, found and mended (Dynamo section 4.7). In one of two manners: whoever <i>catches up</i> takes
 * everything the source held when it was asked; <i>owners</i> give and take, so that both are equal after. What the source is told later it is
 * not asked for: by then this node is told, too.
 *
 * <p>The slots' digests say which slots differ ({@link SessionPlan}), the leaves' which leaves, and of these the fingerprints are compared,
 * key by key; or all is copied, page by page, where next to nothing is held here. Nothing is kept of how far it got: a session that broke off
 * begins anew, and the digests tell what it has left to do.
 *
 * <p><b>What the owners have forgotten.</b> A node that catches up may hold cells from when it was an owner before, or from before a file
 * was damaged. Since then they may have been deleted, and the deletion forgotten by all owners (invariant 5). So what it holds, and the
 * source does not, and is older than the source's purge horizon, is buried, if the source is an owner of its cache; and that is looked for
 * wherever such old cells are held at all. After that, the source's horizon holds here too. If the source's horizon has risen by the end,
 * all is looked at once more.
 */
final class Session {

    /** Keys in one request, in bytes. A key may have 64 KiB. */
    private static final long KEY_BYTES = 256 << 10;

    private final SyncParts parts;
    private final Part part;
    private final Manner manner;
    private final NodeId source;
    private final int patience;
    private final SyncCounters counters;
    private final Consumer<End> then;
    private final Deque<SessionPlan.Step> plan = new ArrayDeque<>();

    private @Nullable Call call;
    private boolean ended;
    private int timesBusy;
    private long horizonMillis;

    /**
     * What it is about.
     *
     * @param since the epoch in which the partition became as it is
     * @param leastReplicas of caches with at least so many replicas
     */
    record Part(int partition, long since, int firstSlot, int lastSlot, int leastReplicas) {}

    enum Manner {
        CATCH_UP,
        BECOME_EQUAL
    }

    sealed interface End {
        /**
         * What the source has is held here, durably; and the other way around, if that was wanted.
         *
         * @param horizonMillis the source's purge horizon, by which this node's cells may be judged as well
         */
        record Whole(long horizonMillis) implements End {}

        record SourceFailed(String why) implements End {}

        /** This node's storage cannot go on. */
        record SelfFailed(String detail) implements End {}
    }

    /**
     * @param patience how often the source has failed before
     * @param then called once, unless cancelled
     */
    Session(
            SyncParts parts,
            Part part,
            Manner manner,
            NodeId source,
            int patience,
            SyncCounters counters,
            Consumer<End> then) {
        this.parts = parts;
        this.part = part;
        this.manner = manner;
        this.source = source;
        this.patience = patience;
        this.counters = counters;
        this.then = then;
    }

    void begin() {
        OwnReplica replica = parts.seams().replica();
        boolean isDamaged = manner == Manner.CATCH_UP && replica.isDamaged(part.firstSlot(), part.lastSlot());
        SlotSummaries own = isDamaged ? parts.scannedSummaries() : parts.summaries();
        own.of(part.firstSlot(), part.lastSlot(), part.leastReplicas(), this::isWanted, summary -> {
            if (isWanted()) {
                switch (summary) {
                    case SlotSummaries.Summary.Are are -> askForDigests(are.digests());
                    case SlotSummaries.Summary.Unwanted ignored -> throw new IllegalStateException("it is wanted");
                    case SlotSummaries.Summary.Refused refused ->
                        ownRefused(refused.fault(), refused.detail(), this::begin);
                }
            }
        });
    }

    void cancel() {
        ended = true;
        if (call != null) {
            call.cancel();
        }
    }

    private boolean isWanted() {
        return !ended;
    }

    // ---- what to do

    private void askForDigests(List<SlotDigest> own) {
        digestsOfSource(theirs -> {
            if (theirs.digests().size() != own.size()) {
                misanswered(theirs.digests().size() + " slots of " + own.size());
                return;
            }
            horizonMillis = theirs.horizonMillis();
            takeOnPromises(theirs.reading(), () -> compare(own, theirs));
        });
    }

    private void compare(List<SlotDigest> own, SyncReply.SlotDigestsAre theirs) {
        switch (manner) {
            case CATCH_UP ->
                lookForOld(own, suspect -> {
                    plan.addAll(SessionPlan.toCatchUp(part.firstSlot(), own, theirs.digests(), suspect));
                    if (plan.isEmpty()) {
                        end(new End.Whole(horizonMillis));
                    } else {
                        step();
                    }
                });
            case BECOME_EQUAL -> {
                plan.addAll(SessionPlan.toBeEqual(part.firstSlot(), own, theirs.digests()));
                step();
            }
        }
    }

    /**
     * The source refuses by now whoever goes by a ring in which this node was no owner. So whatever it has promised to them, this node goes by as
     * well before it counts as one that has caught up. And by whatever it has promised itself: of a key that held as much, and has
     * lost it, it does not remember.
     */
    private void takeOnPromises(long theirs, Runnable then) {
        long own = parts.seams().replica().promises().reading();
        long reading = Long.compareUnsigned(own, theirs) > 0 ? own : theirs;
        if (manner == Manner.BECOME_EQUAL || reading == 0) {
            then.run();
            return;
        }
        parts.seams().replica().promises().raiseFloor(part.firstSlot(), part.lastSlot(), reading, isDurable -> {
            if (isWanted()) {
                if (isDurable) {
                    then.run();
                } else {
                    ownRefused(StorageFault.OVERLOADED, "no promise is taken", () -> takeOnPromises(theirs, then));
                }
            }
        });
    }

    private void digestsOfSource(Consumer<SyncReply.SlotDigestsAre> use) {
        ask(
                (long) WireBytes.OF_A_SLOT_DIGEST * (part.lastSlot() - part.firstSlot() + 1),
                (id, deadlineNanos) -> new SyncRequest.SlotDigests(
                        id, part.since(), deadlineNanos, part.partition(), part.leastReplicas()),
                SyncReply.SlotDigestsAre.class,
                use);
    }

    /** In which slots cells are held that the source would have forgotten if they were dead. */
    private void lookForOld(List<SlotDigest> own, Consumer<BitSet> use) {
        BitSet suspect = new BitSet();
        if (horizonMillis <= Horizons.NONE || own.stream().allMatch(SlotDigest.EMPTY::equals)) {
            use.accept(suspect);
            return;
        }
        scanOwn(
                part.firstSlot(),
                part.lastSlot(),
                null,
                entry -> {
                    if (Horizons.isOlder(entry.cell(), horizonMillis)) {
                        suspect.set(entry.key().slot());
                    }
                    return true;
                },
                () -> use.accept(suspect),
                () -> lookForOld(own, use));
    }

    private void step() {
        switch (plan.pollFirst()) {
            case null -> finish();
            case SessionPlan.Step.Copy run -> copy(run, null);
            case SessionPlan.Step.Compare one -> compareLeaves(one);
        }
    }

    private void finish() {
        if (manner == Manner.BECOME_EQUAL) {
            end(new End.Whole(horizonMillis));
            return;
        }
        digestsOfSource(theirs -> {
            if (theirs.horizonMillis() > horizonMillis) {
                begin();
            } else {
                end(new End.Whole(horizonMillis));
            }
        });
    }

    // ---- whole slots

    private void copy(SessionPlan.Step.Copy run, @Nullable Key after) {
        int pageBytes = parts.settings().pageBytes();
        ask(
                pageBytes,
                (id, deadlineNanos) -> new SyncRequest.Page(
                        id,
                        part.since(),
                        deadlineNanos,
                        part.partition(),
                        part.leastReplicas(),
                        run.firstSlot(),
                        run.lastSlot(),
                        after,
                        pageBytes),
                SyncReply.Entries.class,
                page -> {
                    List<Entry> entries = page.entries();
                    Stream<Key> keys = entries.stream().map(Entry::key);
                    if (!isInOrder(keys, run.firstSlot(), run.lastSlot(), after, page.more() && entries.isEmpty())) {
                        return;
                    }
                    take(entries, () -> {
                        if (page.more()) {
                            copy(run, entries.get(entries.size() - 1).key());
                        } else {
                            step();
                        }
                    });
                });
    }

    // ---- single cells

    /** Which leaves of a slot to look into. */
    private record Leaf(int slot, int bits, BitSet wanted) {
        boolean has(Key key) {
            return bits == 0 || wanted.get(Leaves.of(key, bits));
        }
    }

    private void compareLeaves(SessionPlan.Step.Compare one) {
        if (one.leafBits() == 0) {
            compare(new Leaf(one.slot(), 0, new BitSet()), null);
            return;
        }
        int leaves = 1 << one.leafBits();
        ask(
                (long) WireBytes.OF_A_SLOT_DIGEST * leaves,
                (id, deadlineNanos) -> new SyncRequest.LeafDigests(
                        id,
                        part.since(),
                        deadlineNanos,
                        part.partition(),
                        part.leastReplicas(),
                        one.slot(),
                        one.leafBits()),
                SyncReply.LeafDigestsAre.class,
                theirs -> {
                    if (theirs.digests().size() == leaves) {
                        compareLeaves(one, theirs.digests());
                    } else {
                        misanswered(theirs.digests().size() + " leaves of " + leaves);
                    }
                });
    }

    private void compareLeaves(SessionPlan.Step.Compare one, List<SlotDigest> theirs) {
        LeafSums ours = new LeafSums(one.leafBits());
        scanOwn(
                one.slot(),
                one.slot(),
                null,
                entry -> {
                    ours.add(entry);
                    return true;
                },
                () -> {
                    BitSet different = ours.differentFrom(theirs);
                    if (different.isEmpty()) {
                        step();
                    } else {
                        compare(new Leaf(one.slot(), one.leafBits(), different), null);
                    }
                },
                () -> compareLeaves(one, theirs));
    }

    private void compare(Leaf leaf, @Nullable Key after) {
        ask(
                parts.settings().pageBytes(),
                (id, deadlineNanos) -> new SyncRequest.SlotVersions(
                        id,
                        part.since(),
                        deadlineNanos,
                        part.partition(),
                        part.leastReplicas(),
                        leaf.slot(),
                        leaf.bits(),
                        leaf.wanted().stream().boxed().toList(),
                        after),
                SyncReply.SlotVersionsAre.class,
                page -> {
                    List<KeyDigest> theirs = page.keys();
                    Stream<Key> keys = theirs.stream().map(KeyDigest::key);
                    if (isInOrder(keys, leaf.slot(), leaf.slot(), after, page.more() && theirs.isEmpty())) {
                        Key upTo = page.more() ? theirs.get(theirs.size() - 1).key() : null;
                        compare(leaf, after, upTo, theirs);
                    }
                });
    }

    /** Goes through the same keys here: those behind one, up to another, or to the slot's end. */
    private void compare(Leaf leaf, @Nullable Key after, @Nullable Key upTo, List<KeyDigest> theirs) {
        TreeMap<Key, Digest> ours = new TreeMap<>();
        scanOwn(
                leaf.slot(),
                leaf.slot(),
                after,
                entry -> {
                    boolean isWithin = upTo == null || entry.key().compareTo(upTo) <= 0;
                    if (isWithin && leaf.has(entry.key())) {
                        ours.put(entry.key(), Digest.of(entry.cell()));
                    }
                    return isWithin;
                },
                () -> mend(leaf, upTo, theirs, ours),
                () -> compare(leaf, after, upTo, theirs));
    }

    private void mend(Leaf leaf, @Nullable Key upTo, List<KeyDigest> theirs, TreeMap<Key, Digest> ours) {
        Difference difference = Difference.of(theirs, ours);
        Runnable next = () -> {
            if (upTo == null) {
                step();
            } else {
                compare(leaf, upTo);
            }
        };
        cells(difference.lesserHere(), 0, () -> {
            switch (manner) {
                case CATCH_UP -> bury(difference.onlyHere(), ours, next);
                case BECOME_EQUAL -> push(difference.lesserThere(), 0, next);
            }
        });
    }

    /** What is held only here, and would have been there when all owners had everything that was written before the horizon, is dead. */
    private void bury(List<Key> onlyHere, TreeMap<Key, Digest> ours, Runnable done) {
        List<Entry> dead = onlyHere.stream()
                .filter(key -> Objects.requireNonNull(ours.get(key)).version().wallMillis() < horizonMillis)
                .map(key -> new Entry(key, Horizons.tombstone(horizonMillis)))
                .toList();
        if (dead.isEmpty()) {
            done.run();
        } else {
            counters.buried(dead.size());
            take(dead, done);
        }
    }

    /** Pushes the cells of these keys, from one on. */
    private void push(List<Key> keys, int from, Runnable done) {
        if (from == keys.size()) {
            done.run();
            return;
        }
        PageInTheMaking<Entry> page = new PageInTheMaking<>(parts.settings().pageBytes());
        List<Key> some = keys.subList(from, Math.min(keys.size(), from + SyncRequest.MOST_PUSHED));
        new CellReads(
                        parts.seams().storage(),
                        parts.seams().timers(),
                        parts.scan(),
                        some,
                        this::isWanted,
                        entry -> page.take(entry, WireBytes.of(entry)),
                        how -> {
                            switch (how) {
                                case SteppedScan.End.Whole ignored ->
                                    push(keys, page.taken(), from + some.size(), done);
                                case SteppedScan.End.Cut ignored -> {
                                    Key last = page.taken()
                                            .get(page.taken().size() - 1)
                                            .key();
                                    push(keys, page.taken(), Collections.binarySearch(keys, last) + 1, done);
                                }
                                case SteppedScan.End.Unwanted ignored -> {}
                                case SteppedScan.End.Refused refused ->
                                    ownRefused(refused.fault(), refused.detail(), () -> push(keys, from, done));
                            }
                        })
                .run();
    }

    private void push(List<Key> keys, List<Entry> entries, int next, Runnable done) {
        if (!isWanted()) {
            return;
        }
        if (entries.isEmpty()) {
            // What was there has been forgotten meanwhile.
            push(keys, next, done);
            return;
        }
        ask(
                entries.stream().mapToLong(WireBytes::of).sum(),
                0,
                (id, deadlineNanos) -> new SyncRequest.Push(id, part.since(), deadlineNanos, part.partition(), entries),
                SyncReply.Taken.class,
                taken -> {
                    counters.pushed(entries);
                    push(keys, next, done);
                });
    }

    /** Goes through what is held here, of the caches that are wanted. */
    private void scanOwn(
            int firstSlot, int lastSlot, @Nullable Key after, Predicate<Entry> taker, Runnable done, Runnable again) {
        parts.scan()
                .run(
                        firstSlot,
                        lastSlot,
                        after,
                        this::isWanted,
                        entry -> parts.replicas().of(entry.key().cache()) < part.leastReplicas() || taker.test(entry),
                        end -> {
                            switch (end) {
                                case SteppedScan.End.Whole ignored -> ifWanted(done);
                                case SteppedScan.End.Cut ignored -> ifWanted(done);
                                case SteppedScan.End.Unwanted ignored -> {}
                                case SteppedScan.End.Refused refused ->
                                    ownRefused(refused.fault(), refused.detail(), again);
                            }
                        });
    }

    private void ifWanted(Runnable task) {
        if (isWanted()) {
            task.run();
        }
    }

    /** Pulls the cells of these keys, from one on. */
    private void cells(List<Key> keys, int from, Runnable done) {
        if (from == keys.size()) {
            done.run();
            return;
        }
        PageInTheMaking<Key> batch = new PageInTheMaking<>(KEY_BYTES);
        int to = from;
        while (to < keys.size()
                && to - from < ClientRequest.MAX_BATCH
                && batch.take(keys.get(to), WireBytes.of(keys.get(to)))) {
            to++;
        }
        int end = to;
        List<Key> asked = batch.taken();
        ask(
                parts.settings().pageBytes(),
                (id, deadlineNanos) -> new SyncRequest.Cells(id, part.since(), deadlineNanos, part.partition(), asked),
                SyncReply.Entries.class,
                page -> {
                    List<Key> got = page.entries().stream().map(Entry::key).toList();
                    int firstSlot = asked.get(0).slot();
                    int lastSlot = asked.get(asked.size() - 1).slot();
                    boolean isStuck = page.more() && got.isEmpty();
                    if (!isInOrder(got.stream(), firstSlot, lastSlot, null, isStuck)) {
                        return;
                    }
                    if (got.stream().anyMatch(key -> Collections.binarySearch(asked, key) < 0)) {
                        misanswered("cells of other keys");
                        return;
                    }
                    int next = page.more() ? 1 + Collections.binarySearch(keys, got.get(got.size() - 1)) : end;
                    take(page.entries(), () -> cells(keys, next, done));
                });
    }

    // ---- questions, and what came of them

    private <R extends SyncReply> void ask(long bytes, Call.Question question, Class<R> kind, Consumer<R> use) {
        ask(0, bytes, question, kind, use);
    }

    private <R extends SyncReply> void ask(
            long sentBytes, long bytes, Call.Question question, Class<R> kind, Consumer<R> use) {
        call = new Call(parts.calls(), source, patience, sentBytes, bytes, question, counters, answer -> {
            switch (answer) {
                case Call.Answer.GaveUp gaveUp -> end(new End.SourceFailed(gaveUp.why()));
                case Call.Answer.Replied replied -> {
                    if (kind.isInstance(replied.reply())) {
                        use.accept(kind.cast(replied.reply()));
                    } else {
                        misanswered("something else");
                    }
                }
            }
        });
        call.begin();
    }

    private Intake intake() {
        return switch (manner) {
            case CATCH_UP -> parts.catchUpIntake();
            case BECOME_EQUAL -> parts.intake();
        };
    }

    private void take(List<Entry> entries, Runnable done) {
        intake().take(entries, counters, this::isWanted, taken -> {
            switch (taken) {
                case Intake.Taken.Whole ignored -> done.run();
                case Intake.Taken.Refused refused -> end(new End.SelfFailed(refused.detail()));
            }
        });
    }

    /**
     * Ends the session unless an answer leads on: cells of other slots must not get into this shard's storage, and what does not go forward
     * would go on for ever.
     */
    private boolean isInOrder(Stream<Key> keys, int firstSlot, int lastSlot, @Nullable Key after, boolean isStuck) {
        Key last = after;
        for (Key key : (Iterable<Key>) keys::iterator) {
            if (key.slot() < firstSlot || key.slot() > lastSlot || (last != null && key.compareTo(last) <= 0)) {
                misanswered("keys out of order or of other slots");
                return false;
            }
            last = key;
        }
        if (isStuck) {
            misanswered("nothing, and that there is more");
        }
        return !isStuck;
    }

    private void misanswered(String with) {
        end(new End.SourceFailed("answered with " + with));
    }

    private void ownRefused(StorageFault fault, String detail, Runnable again) {
        switch (fault) {
            case OVERLOADED ->
                parts.seams().timers().after(parts.backoff().after(timesBusy++), () -> {
                    if (isWanted()) {
                        again.run();
                    }
                });
            case DISK_FULL, DAMAGED, STOPPED -> end(new End.SelfFailed(fault + ": " + detail));
        }
    }

    private void end(End how) {
        if (!ended) {
            ended = true;
            then.accept(how);
        }
    }
}
