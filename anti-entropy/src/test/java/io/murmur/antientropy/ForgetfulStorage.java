package io.murmur.antientropy;

import io.murmur.kernel.CellObserver;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Horizons;
import io.murmur.kernel.Rebuild;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A storage with purge horizons, an observer and slots that can be damaged, over one that has none of these. Horizons and damage do not
 * outlive the process.
 */
final class ForgetfulStorage implements Storage, Horizons {

    private final Storage storage;
    private final long[] horizons = new long[Slots.COUNT];
    private final BitSet damaged = new BitSet();
    private final BitSet damagedAgain = new BitSet();
    private final TreeMap<Key, Cell> known = new TreeMap<>();
    private final TreeMap<Key, Cell> lost = new TreeMap<>();
    private @Nullable CellObserver observer;
    private Runnable whenDue = () -> {};

    ForgetfulStorage(Storage storage) {
        this.storage = storage;
        storage.scan(0, Slots.COUNT - 1, null, Integer.MAX_VALUE, outcome -> {
            if (outcome instanceof ScanOutcome.Page page) {
                page.entries().forEach(entry -> known.put(entry.key(), entry.cell()));
            }
        });
    }

    void observe(CellObserver of) {
        observer = of;
    }

    private static BitSet range(int firstSlot, int lastSlot) {
        BitSet range = new BitSet();
        range.set(firstSlot, lastSlot + 1);
        return range;
    }

    private @Nullable Cell seen(Key key, @Nullable Cell cell) {
        boolean isLost = cell != null && lost.containsKey(key) && Cell.compare(cell, lost.get(key)) <= 0;
        return cell == null || isLost || Horizons.isPast(cell, of(key.slot())) ? null : cell;
    }

    /** What is held now of these slots is lost to a damaged file. */
    void damage(int firstSlot, int lastSlot, boolean loses) {
        damagedAgain.or(damaged.get(firstSlot, lastSlot + 1).isEmpty() ? new BitSet() : range(firstSlot, lastSlot));
        damaged.set(firstSlot, lastSlot + 1);
        for (int slot = firstSlot; slot <= lastSlot; slot++) {
            horizons[slot] = NONE;
        }
        if (loses) {
            known.forEach((key, cell) -> {
                if (damaged.get(key.slot())) {
                    lost.put(key, cell);
                }
            });
        }
        if (observer != null) {
            observer.changed(firstSlot, lastSlot);
        }
        whenDue.run();
    }

    // ---- storage

    @Override
    public void read(Key key, Consumer<ReadOutcome> then) {
        if (damaged.get(key.slot())) {
            then.accept(new ReadOutcome.Refused(StorageFault.DAMAGED, "damaged"));
            return;
        }
        storage.read(key, outcome -> {
            switch (outcome) {
                case ReadOutcome.Found found -> then.accept(new ReadOutcome.Found(seen(key, found.cell())));
                case ReadOutcome.Refused refused -> then.accept(refused);
            }
        });
    }

    @Override
    public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
        if (damaged.get(key.slot())) {
            then.accept(new JoinOutcome.Refused(StorageFault.DAMAGED, "damaged"));
        } else if (isTooLate(key, cell)) {
            then.accept(new JoinOutcome.Held(Horizons.tombstone(of(key.slot()))));
        } else {
            join(key, cell, then);
        }
    }

    private boolean isTooLate(Key key, Cell cell) {
        return seen(key, known.get(key)) == null && Horizons.isOlder(cell, of(key.slot()));
    }

    private void join(Key key, Cell cell, Consumer<JoinOutcome> then) {
        storage.join(key, cell, Durability.FSYNC, outcome -> {
            if (outcome instanceof JoinOutcome.Held held) {
                if (lost.containsKey(key) && Cell.compare(cell, lost.get(key)) <= 0) {
                    // It is back.
                    lost.remove(key);
                }
                Cell before = seen(key, known.get(key));
                known.merge(key, held.cell(), Cell::joinPresent);
                Cell now = seen(key, known.get(key));
                if (observer != null && now != null && !now.equals(before)) {
                    observer.changed(key, before, now);
                }
            }
            then.accept(outcome);
        });
    }

    @Override
    public void promise(long reading, Consumer<PromiseOutcome> then) {
        storage.promise(reading, then);
    }

    @Override
    public void settled(Runnable then) {
        storage.settled(then);
    }

    @Override
    public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
        int next = damaged.nextSetBit(firstSlot);
        if (next >= 0 && next <= lastSlot) {
            then.accept(new ScanOutcome.Refused(StorageFault.DAMAGED, "damaged"));
        } else {
            page(firstSlot, lastSlot, after, limit, then);
        }
    }

    private void page(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
        storage.scan(firstSlot, lastSlot, after, Integer.MAX_VALUE, outcome -> {
            switch (outcome) {
                case ScanOutcome.Refused refused -> then.accept(refused);
                case ScanOutcome.Page page -> {
                    List<Entry> seen = new ArrayList<>();
                    page.entries().stream()
                            .filter(entry -> seen(entry.key(), entry.cell()) != null)
                            .limit(limit)
                            .forEach(seen::add);
                    then.accept(new ScanOutcome.Page(seen, seen.size() == limit));
                }
            }
        });
    }

    // ---- horizons

    @Override
    public long of(int slot) {
        return horizons[slot];
    }

    @Override
    public void raise(int firstSlot, int lastSlot, long wallMillis, Runnable then) {
        storage.settled(() -> {
            for (int slot = firstSlot; slot <= lastSlot; slot++) {
                if (!damaged.get(slot)) {
                    horizons[slot] = Math.max(horizons[slot], wallMillis);
                }
            }
            if (observer != null) {
                observer.changed(firstSlot, lastSlot);
            }
            then.run();
        });
    }

    // ---- damage

    Rebuild rebuild() {
        return rebuild(this);
    }

    /**
     * @param seenAs what joins go through that need not be rebuilding ones
     */
    Rebuild rebuild(Storage seenAs) {
        return new Rebuild() {
            @Override
            public boolean isDue(int slot) {
                return damaged.get(slot);
            }

            @Override
            public void whenDue(Runnable then) {
                whenDue = then;
                if (!damaged.isEmpty()) {
                    then.run();
                }
            }

            @Override
            public void join(Key key, Cell cell, Consumer<JoinOutcome> then) {
                if (damaged.get(key.slot()) || isTooLate(key, cell)) {
                    ForgetfulStorage.this.join(key, cell, then);
                } else {
                    seenAs.join(key, cell, Durability.FSYNC, then);
                }
            }

            @Override
            public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
                page(firstSlot, lastSlot, after, limit, then);
            }

            @Override
            public void done(int firstSlot, int lastSlot, Runnable then) {
                BitSet whole = range(firstSlot, lastSlot);
                whole.andNot(damagedAgain);
                damaged.andNot(whole);
                damagedAgain.clear(firstSlot, lastSlot + 1);
                if (!damaged.isEmpty()) {
                    whenDue.run();
                }
                then.run();
            }
        };
    }
}
