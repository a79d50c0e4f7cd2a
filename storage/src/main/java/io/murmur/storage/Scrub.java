package io.murmur.storage;

import io.murmur.kernel.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Compares the tables' files with their checksums, slowly: first those that opening had no time for, then all of them, once a day. A disk
 * that forgets quietly is found while the other owners still have the data.
 *
 * <p>One step at a time, each on a background thread after a pause.
 */
final class Scrub {

    private static final Duration ROUND = Duration.ofDays(1);
    /** With the step, about 20 MiB/s. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private static final int STEP_BYTES = 1 << 20;

    private final TableSet tables;
    private final StoreThreads threads;
    private final BackgroundJobs jobs;
    private final StoreCounters counters;
    private final Losses losses;
    private final Deque<Table> due = new ArrayDeque<>();
    private @Nullable UnderWay underWay;

    /** A table read in part. */
    private record UnderWay(Table table, Disk.Source source, CRC32C crc, long[] read) {}

    Scrub(TableSet tables, StoreThreads threads, BackgroundJobs jobs, StoreCounters counters, Losses losses) {
        this.tables = tables;
        this.threads = threads;
        this.jobs = jobs;
        this.counters = counters;
        this.losses = losses;
    }

    /** Begins with the tables that have not been verified. */
    void begin() {
        tables.tables().stream().filter(table -> !table.isVerified()).forEach(due::add);
        stepAfter(due.isEmpty() ? ROUND : PAUSE);
    }

    private void stepAfter(Duration pause) {
        threads.toShard(
                0,
                () -> threads.timers().after(pause, () -> {
                    if (jobs.begin()) {
                        threads.background().execute(this::step);
                    }
                }));
    }

    private void step() {
        try {
            if (underWay == null && due.isEmpty()) {
                due.addAll(tables.tables());
            }
            verifySome();
        } finally {
            jobs.end();
        }
        stepAfter(underWay == null && due.isEmpty() ? ROUND : PAUSE);
    }

    private void verifySome() {
        UnderWay current = underWay == null ? next() : underWay;
        if (current == null) {
            return;
        }
        Table table = current.table();
        try {
            ByteBuffer chunk = ByteBuffer.allocate(STEP_BYTES);
            int read = current.source().read(current.read()[0], chunk);
            current.crc().update(chunk.flip());
            current.read()[0] += read;
            if (read == STEP_BYTES) {
                return;
            }
            underWay = null;
            current.source().close();
            Table.FileSum sum =
                    new Table.FileSum(current.read()[0], (int) current.crc().getValue());
            if (!sum.matches(table.facts())) {
                throw new IOException("wrong checksum or length");
            }
            counters.tablesScrubbed.increment();
        } catch (IOException e) {
            underWay = null;
            losses.found(table.number(), "table " + table.number() + " is damaged: " + e.getMessage());
        }
    }

    /** The next table that still counts, or null. */
    private @Nullable UnderWay next() {
        List<Table> current = tables.tables();
        for (Table table = due.poll(); table != null; table = due.poll()) {
            try {
                underWay = new UnderWay(
                        table, tables.disk().open(Table.fileOf(table.number())), new CRC32C(), new long[1]);
                return underWay;
            } catch (IOException e) {
                if (current.contains(table) && !DamagedTableException.isOfTheMachine(e)) {
                    losses.found(table.number(), "table " + table.number() + " cannot be read: " + e);
                }
            }
        }
        return null;
    }
}
