package io.murmur.storage;

import io.murmur.kernel.Horizons;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.ring.Slots;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which dead cells a compaction may drop, and which tables are worth a compaction for it (invariant 5).
 *
 * <p>A cell past its slot's horizon is hidden, but as long as it lies somewhere it also hides what is older. So it may go only when nothing
 * older of its key can be left: in no table outside the merge; in no memory table; and in no log segment that a crash would replay. For the
 * last two see {@link PurgeRounds}, which lets a horizon count here only once every segment written before the horizon counted for joins is
 * gone, and so all of its joins are in tables. Safe from any thread.
 */
final class Purge {

    /** A table with this share of cells to drop is rewritten. */
    private static final double SHARE = 0.1;

    private static final int MOST_AT_ONCE = 16;

    private final AtomicLongArray horizons = new AtomicLongArray(Slots.COUNT);
    /** Tables that have not been rewritten since a horizon has come to count here: each is at most once. */
    private final Set<Long> untried = new HashSet<>();
    /** Tables to be merged because cells of one hide older ones in another. */
    private Set<Long> entangled = Set.of();

    /** From now on cells past this horizon may go. */
    void allow(int slot, long horizon) {
        horizons.set(slot, horizon);
    }

    /** All tables are worth another look. */
    synchronized void begin(List<Table> tables) {
        untried.clear();
        tables.forEach(table -> untried.add(table.number()));
    }

    /** Whether the cell may be dropped if no table outside the merge holds one of that key. */
    boolean isPast(Entry entry) {
        return Horizons.isPast(entry.cell(), horizons.get(entry.key().slot()));
    }

    /** The tables to be merged to let dead cells go; empty when there are not enough. They are due until they are {@link #merged}. */
    synchronized List<Table> choose(List<Table> tables) {
        List<Table> chosen = tables.stream()
                .filter(table -> entangled.contains(table.number()))
                .limit(MOST_AT_ONCE)
                .toList();
        if (chosen.size() > 1) {
            return chosen;
        }
        entangled = Set.of();
        return tables.stream()
                .filter(table -> untried.contains(table.number()) && isWorthIt(table))
                .limit(1)
                .toList();
    }

    private boolean isWorthIt(Table table) {
        long past = table.facts().deaths().past(horizons::get);
        return past > 0 && past >= SHARE * table.facts().entries();
    }

    /** Whether there is something to choose. */
    synchronized boolean isDue(List<Table> tables) {
        return !entangled.isEmpty()
                || tables.stream().anyMatch(table -> untried.contains(table.number()) && isWorthIt(table));
    }

    /** The merged table takes the place of these. */
    synchronized void merged(List<Table> tables) {
        for (Table table : tables) {
            untried.remove(table.number());
            if (entangled.contains(table.number())) {
                entangled = Set.of();
            }
        }
    }

    /**
     * Past cells had to stay since these other tables may hold older ones.
     *
     * @param kept how many there are
     */
    synchronized void keptFor(Table fresh, Set<Table> others, long kept) {
        long entries = fresh.facts().entries();
        List<Long> numbers = new ArrayList<>(List.of(fresh.number()));
        for (Table other : others) {
            entries += other.facts().entries();
            numbers.add(other.number());
        }
        if (kept > 0 && kept >= SHARE * entries) {
            entangled = Set.copyOf(numbers);
        }
    }
}
