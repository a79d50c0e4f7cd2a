package io.murmur.antientropy;

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
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one source held of a partition when it was asked and this node does not, joined here. What the source is told later it is
 * not asked for: by then this node is told, too.
 *
 * <p>Own summaries first: where nothing is held here, all is copied without asking for more. Otherwise the source's summaries say which
 * slots differ ({@link PullPlan}), and of these some are copied, page by page, and some compared, key by key. Nothing is kept of how far it
 * got: a pull that broke off begins anew, and the summaries tell what it has left to do.
 *
 * <p>What is needed for pushing as well, so that both sides become equal, is found here and not used: {@link Difference#lesserThere}.
 */
final class Pull {

    /** Keys in one request, in bytes. A key may have 64 KiB. */
    private static final long KEY_BYTES = 256 << 10;

    private final SyncParts parts;
    private final Part part;
    private final NodeId source;
    private final int patience;
    private final SyncCounters counters;
    private final Consumer<End> then;
    private final Deque<PullPlan.Step> plan = new ArrayDeque<>();

    private @Nullable Call call;
    private boolean ended;
    private int timesBusy;

    /**
     * What is pulled.
     *
     * @param since the epoch in which the partition became as it is
     */
    record Part(int partition, long since, int firstSlot, int lastSlot) {}

    sealed interface End {
        /** All of it is held here, durably. */
        record Whole() implements End {}

        record SourceFailed(String why) implements End {}

        /** This node's storage cannot go on. */
        record SelfFailed(String detail) implements End {}
    }

    /**
     * @param patience how often the source has failed before
     * @param then called once, unless cancelled
     */
    Pull(SyncParts parts, Part part, NodeId source, int patience, SyncCounters counters, Consumer<End> then) {
        this.parts = parts;
        this.part = part;
        this.source = source;
        this.patience = patience;
        this.counters = counters;
        this.then = then;
    }

    void begin() {
        parts.summaries().of(part.firstSlot(), part.lastSlot(), this::isWanted, summary -> {
            if (isWanted()) {
                switch (summary) {
                    case SlotSummaries.Summary.Are own -> plan(own.digests());
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

    private void plan(List<SlotDigest> own) {
        if (own.stream().allMatch(SlotDigest.EMPTY::equals)) {
            plan.add(new PullPlan.Step.Copy(part.firstSlot(), part.lastSlot()));
            step();
            return;
        }
        ask(
                (long) WireBytes.OF_A_SLOT_DIGEST * own.size(),
                (id, deadlineNanos) -> new SyncRequest.SlotDigests(id, part.since(), deadlineNanos, part.partition()),
                SyncReply.SlotDigestsAre.class,
                theirs -> {
                    if (theirs.digests().size() != own.size()) {
                        misanswered(theirs.digests().size() + " slots of " + own.size());
                        return;
                    }
                    plan.addAll(PullPlan.of(part.firstSlot(), own, theirs.digests()));
                    step();
                });
    }

    private void step() {
        switch (plan.pollFirst()) {
            case null -> end(new End.Whole());
            case PullPlan.Step.Copy run -> copy(run, null);
            case PullPlan.Step.Compare one -> compare(one.slot(), null);
        }
    }

    // ---- whole slots

    private void copy(PullPlan.Step.Copy run, @Nullable Key after) {
        int pageBytes = parts.settings().pageBytes();
        ask(
                pageBytes,
                (id, deadlineNanos) -> new SyncRequest.Page(
                        id,
                        part.since(),
                        deadlineNanos,
                        part.partition(),
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

    private void compare(int slot, @Nullable Key after) {
        ask(
                parts.settings().pageBytes(),
                (id, deadlineNanos) ->
                        new SyncRequest.SlotVersions(id, part.since(), deadlineNanos, part.partition(), slot, after),
                SyncReply.SlotVersionsAre.class,
                page -> {
                    List<KeyDigest> theirs = page.keys();
                    Stream<Key> keys = theirs.stream().map(KeyDigest::key);
                    if (isInOrder(keys, slot, slot, after, page.more() && theirs.isEmpty())) {
                        Key upTo = page.more() ? theirs.get(theirs.size() - 1).key() : null;
                        compare(slot, after, upTo, theirs);
                    }
                });
    }

    /** Goes through the same keys here: those behind one, up to another, or to the slot's end. */
    private void compare(int slot, @Nullable Key after, @Nullable Key upTo, List<KeyDigest> theirs) {
        TreeMap<Key, Digest> ours = new TreeMap<>();
        parts.scan()
                .run(
                        slot,
                        slot,
                        after,
                        this::isWanted,
                        entry -> {
                            boolean isWithin = upTo == null || entry.key().compareTo(upTo) <= 0;
                            if (isWithin) {
                                ours.put(entry.key(), Digest.of(entry.cell()));
                            }
                            return isWithin;
                        },
                        end -> {
                            switch (end) {
                                case SteppedScan.End.Whole ignored -> mend(slot, upTo, theirs, ours);
                                case SteppedScan.End.Cut ignored -> mend(slot, upTo, theirs, ours);
                                case SteppedScan.End.Unwanted ignored -> {}
                                case SteppedScan.End.Refused refused ->
                                    ownRefused(
                                            refused.fault(),
                                            refused.detail(),
                                            () -> compare(slot, after, upTo, theirs));
                            }
                        });
    }

    private void mend(int slot, @Nullable Key upTo, List<KeyDigest> theirs, TreeMap<Key, Digest> ours) {
        if (!isWanted()) {
            return;
        }
        Difference difference = Difference.of(theirs, ours);
        cells(difference.lesserHere(), 0, () -> {
            if (upTo == null) {
                step();
            } else {
                compare(slot, upTo);
            }
        });
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
        call = new Call(parts.calls(), source, patience, bytes, question, counters, answer -> {
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

    private void take(List<Entry> entries, Runnable done) {
        parts.intake().take(entries, counters, this::isWanted, taken -> {
            switch (taken) {
                case Intake.Taken.Whole ignored -> done.run();
                case Intake.Taken.Refused refused -> end(new End.SelfFailed(refused.detail()));
            }
        });
    }

    /**
     * Ends the pull unless an answer leads on: cells of other slots must not get into this shard's storage, and what does not go forward
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
