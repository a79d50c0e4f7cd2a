package io.murmur.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one compaction at a time in the background, step by step, as long as there are tables to merge. */
final class CompactionSchedule {

    private static final Logger LOG = LoggerFactory.getLogger(CompactionSchedule.class);

    private final TableSet tables;
    private final Executor background;
    private final BackgroundJobs jobs;
    private final Damage damage;
    private final StoreCounters counters;
    private final AtomicBoolean running = new AtomicBoolean();

    CompactionSchedule(
            TableSet tables, Executor background, BackgroundJobs jobs, Damage damage, StoreCounters counters) {
        this.tables = tables;
        this.background = background;
        this.jobs = jobs;
        this.damage = damage;
        this.counters = counters;
    }

    /** Begins a compaction unless one is under way. From any thread. */
    void beginIfDue() {
        if (damage.first() != null || Compaction.choose(tables.tables()).isEmpty()) {
            return;
        }
        if (running.compareAndSet(false, true)) {
            if (jobs.begin()) {
                background.execute(this::begin);
            } else {
                running.set(false);
            }
        }
    }

    private void begin() {
        List<Table> chosen = Compaction.choose(tables.tables());
        if (chosen.isEmpty()) {
            end();
            return;
        }
        try {
            step(new Compaction(tables, chosen));
        } catch (IOException e) {
            LOG.warn("a compaction could not begin; the next flush tries again: {}", e.toString());
            end();
        } catch (UncheckedIOException e) {
            broken(e);
        }
    }

    private void step(Compaction compaction) {
        try {
            if (jobs.areClosing()) {
                compaction.abandon();
                end();
            } else if (compaction.step()) {
                background.execute(() -> step(compaction));
            } else {
                counters.compactions.increment();
                end();
                beginIfDue();
            }
        } catch (IOException e) {
            LOG.warn("a compaction failed; the next flush tries again: {}", e.toString());
            compaction.abandon();
            end();
        } catch (UncheckedIOException e) {
            compaction.abandon();
            broken(e);
        }
    }

    private void broken(UncheckedIOException e) {
        counters.tableFaults.increment();
        damage.found("a table could not be merged: " + e.getMessage());
        end();
    }

    private void end() {
        running.set(false);
        jobs.end();
    }
}
