package io.murmur.antientropy;

import io.murmur.kernel.CellObserver;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The {@link HashTree}, kept up to date with each join, and whatever is not known of it counted when it is asked for: after a start, and
 * where cells were overwritten that are not in memory. To ask the tables for each of those would cost every such write a look-up; to count
 * a slot that is compared costs a read of some dozens of entries, once a round.
 *
 * <p>Counting goes on while cells change. It goes through the keys in their order, and each page is exact when it comes: so a change to a key
 * that has been passed is added to the count, and one to a key that has not is left to the page to come.
 */
final class KeptSummaries implements SlotSummaries, CellObserver {

    private final SteppedScan scan;
    private final CacheReplicas replicas;
    private final HashTree tree;
    private final List<Count> counting = new ArrayList<>();

    KeptSummaries(SteppedScan scan, CacheReplicas replicas) {
        this.scan = scan;
        this.replicas = replicas;
        this.tree = new HashTree(replicas.counts());
    }

    /** How many slots have a digest that is kept. */
    int knownSlots() {
        return tree.knownSlots();
    }

    // ---- what changes

    @Override
    public void changed(Key key, @Nullable Cell former, Cell now) {
        int slot = key.slot();
        boolean isKnown = tree.isKnown(slot);
        if (!isKnown && counting.isEmpty()) {
            return;
        }
        int place = replicas.placeOf(key.cache());
        long keyHash = EntryHash.of(key);
        long sum = EntryHash.of(keyHash, Digest.of(now));
        long entries = 1;
        long bytes = WireBytes.of(key, now);
        if (former != null) {
            sum -= EntryHash.of(keyHash, Digest.of(former));
            entries = 0;
            bytes -= WireBytes.of(key, former);
        }
        if (isKnown) {
            tree.add(slot, place, sum, entries, bytes);
        }
        for (Count count : counting) {
            if (count.hasPassed(key)) {
                count.add(slot, place, new SlotDigest(sum, entries, bytes));
            }
        }
    }

    @Override
    public void overwritten(Key key) {
        tree.forget(key.slot(), key.slot());
        for (Count count : counting) {
            if (count.hasPassed(key)) {
                count.spoil(key.slot(), key.slot());
            }
        }
    }

    @Override
    public void changed(int firstSlot, int lastSlot) {
        tree.forget(firstSlot, lastSlot);
        counting.forEach(count -> count.spoil(firstSlot, lastSlot));
    }

    // ---- what is asked

    @Override
    public void of(int firstSlot, int lastSlot, int leastReplicas, BooleanSupplier isWanted, Consumer<Summary> then) {
        new Question(firstSlot, lastSlot, leastReplicas, isWanted, then).goOn(firstSlot);
    }

    /** An answer in the making: slot by slot, each as of when it was its turn. */
    private final class Question {
        private final int firstSlot;
        private final int lastSlot;
        private final int leastReplicas;
        private final BooleanSupplier isWanted;
        private final Consumer<Summary> then;
        private final SlotDigest[] digests;

        Question(int firstSlot, int lastSlot, int leastReplicas, BooleanSupplier isWanted, Consumer<Summary> then) {
            this.firstSlot = firstSlot;
            this.lastSlot = lastSlot;
            this.leastReplicas = leastReplicas;
            this.isWanted = isWanted;
            this.then = then;
            this.digests = new SlotDigest[lastSlot - firstSlot + 1];
        }

        void goOn(int from) {
            int slot = from;
            for (; slot <= lastSlot && tree.isKnown(slot); slot++) {
                digests[slot - firstSlot] = tree.digest(slot, leastReplicas);
            }
            if (slot > lastSlot) {
                then.accept(new Summary.Are(List.of(digests)));
                return;
            }
            int known = tree.nextKnown(slot);
            count(slot, known < 0 || known > lastSlot ? lastSlot : known - 1);
        }

        private void count(int from, int to) {
            Count count = new Count(from, to);
            counting.add(count);
            scan.run(from, to, null, isWanted, count::take, end -> {
                counting.remove(count);
                switch (end) {
                    case SteppedScan.End.Whole ignored -> {
                        for (int slot = from; slot <= to; slot++) {
                            if (!count.isSpoilt(slot)) {
                                tree.know(slot, count.of(slot));
                            }
                            digests[slot - firstSlot] = count.of(slot, leastReplicas);
                        }
                        goOn(to + 1);
                    }
                    case SteppedScan.End.Cut ignored -> throw new IllegalStateException("all were taken");
                    case SteppedScan.End.Unwanted ignored -> then.accept(new Summary.Unwanted());
                    case SteppedScan.End.Refused refused ->
                        then.accept(new Summary.Refused(refused.fault(), refused.detail()));
                }
            });
        }
    }

    /** Slots being counted. */
    private final class Count {
        private final int firstSlot;
        private final int lastSlot;
        private final SlotDigest[][] digests;
        private final BitSet spoilt = new BitSet();
        private @Nullable Key passed;

        Count(int firstSlot, int lastSlot) {
            this.firstSlot = firstSlot;
            this.lastSlot = lastSlot;
            this.digests =
                    new SlotDigest[lastSlot - firstSlot + 1][replicas.counts().size()];
            for (SlotDigest[] each : digests) {
                Arrays.fill(each, SlotDigest.EMPTY);
            }
        }

        boolean take(Entry entry) {
            passed = entry.key();
            add(entry.key().slot(), replicas.placeOf(entry.key().cache()), Digests.of(entry));
            return true;
        }

        boolean hasPassed(Key key) {
            return key.slot() >= firstSlot && passed != null && key.compareTo(passed) <= 0;
        }

        void add(int slot, int place, SlotDigest more) {
            SlotDigest[] digest = digests[slot - firstSlot];
            digest[place] = Digests.plus(digest[place], more);
        }

        /** What was counted is not what is there: good enough for an answer, which may leave out what changes meanwhile, but not to be kept. */
        void spoil(int first, int last) {
            int from = Math.max(first, firstSlot);
            int to = Math.min(last, lastSlot);
            if (from <= to) {
                spoilt.set(from - firstSlot, to - firstSlot + 1);
            }
        }

        boolean isSpoilt(int slot) {
            return spoilt.get(slot - firstSlot);
        }

        SlotDigest[] of(int slot) {
            return digests[slot - firstSlot];
        }

        SlotDigest of(int slot, int leastReplicas) {
            SlotDigest sum = SlotDigest.EMPTY;
            for (int place = 0; place < replicas.counts().size(); place++) {
                if (replicas.counts().get(place) >= leastReplicas) {
                    sum = Digests.plus(sum, digests[slot - firstSlot][place]);
                }
            }
            return sum;
        }
    }
}
