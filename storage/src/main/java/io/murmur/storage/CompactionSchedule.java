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
    private final Losses losses;
    private final Purge purge;
    private final StoreCounters counters;
    private final AtomicBoolean running = new AtomicBoolean();

    CompactionSchedule(
            TableSet tables,
            Executor background,
            BackgroundJobs jobs,
            Losses losses,
            Purge purge,
            StoreCounters counters) {
        this.tables = tables;
        this.background = background;
        this.jobs = jobs;
        this.losses = losses;
        this.purge = purge;
        this.counters = counters;
    }

    /** Begins a compaction unless one is under way. From any thread. */
    void beginIfDue() {
        List<Table> now = tables.tables();
        if (Compaction.choose(now).isEmpty() && !purge.isDue(now)) {
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
        List<Table> now = tables.tables();
        List<Table> bySize = Compaction.choose(now);
        List<Table> chosen = bySize.isEmpty() ? purge.choose(now) : bySize;
        if (chosen.isEmpty()) {
            end();
            return;
        }
        try {
            Compaction compaction = Compaction.begin(tables, chosen, purge, counters);
            if (compaction == null) {
                end();
            } else {
                step(compaction);
            }
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
        if (e.getCause() instanceof DamagedTableException damaged) {
            losses.found(damaged.number(), "a table could not be merged: " + damaged.getMessage());
        } else {
            LOG.warn("a compaction failed; the next flush tries again: {}", e.toString());
        }
        end();
    }

    private void end() {
        running.set(false);
        jobs.end();
    }
}
