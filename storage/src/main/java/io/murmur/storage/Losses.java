package io.murmur.storage;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows when a table turns out to be damaged while the store serves. What it may have held is refused at once; that it is lost is
 * made durable; then the table is set aside, and each shard is told. On a full disk all but the first waits until there is room: after a
 * crash before that, the table is found damaged again.
 *
 * <p>Called on background threads; blocks.
 */
final class Losses {

    private static final Logger LOG = LoggerFactory.getLogger(Losses.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final TableSet tables;
    private final SlotLedger ledger;
    private final StoreThreads threads;
    private final BackgroundJobs jobs;
    private final StoreCounters counters;
    private final List<ShardStore> shards;
    private final Set<Long> found = new HashSet<>();

    Losses(
            TableSet tables,
            SlotLedger ledger,
            StoreThreads threads,
            BackgroundJobs jobs,
            StoreCounters counters,
            List<ShardStore> shards) {
        this.tables = tables;
        this.ledger = ledger;
        this.threads = threads;
        this.jobs = jobs;
        this.counters = counters;
        this.shards = shards;
    }

    /** A table has been found damaged. Only the first time, and only while it counts, something follows. */
    void found(long number, String what) {
        for (Table table : tables.tables()) {
            if (table.number() == number && isFirst(number)) {
                counters.tableFaults.increment();
                LOG.error("{}", what);
                ledger.loseLeaving(table.facts().firstSlot(), table.facts().lastSlot(), what);
                setAside(table);
            }
        }
    }

    private synchronized boolean isFirst(long number) {
        return found.add(number);
    }

    private void setAside(Table table) {
        try {
            ledger.write();
            tables.setAside(table);
        } catch (IOException e) {
            LOG.warn("table {} could not be set aside, and will be: {}", table.number(), e.toString());
            threads.toShard(
                    0,
                    () -> threads.timers().after(PAUSE, () -> {
                        if (jobs.begin()) {
                            threads.background().execute(() -> setAsideLater(table));
                        }
                    }));
            return;
        }
        int firstSlot = table.facts().firstSlot();
        int lastSlot = table.facts().lastSlot();
        for (int index = 0; index < shards.size(); index++) {
            ShardStore shard = shards.get(index);
            threads.toShard(index, () -> shard.lost(firstSlot, lastSlot));
        }
    }

    private void setAsideLater(Table table) {
        try {
            setAside(table);
        } finally {
            jobs.end();
        }
    }
}
