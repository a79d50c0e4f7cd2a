package io.murmur.storage;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the ledger in the background: what is asked for while it is being written goes with the next time. On a full disk it tries again,
 * until there is room. From any thread.
 */
final class LedgerWriter {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerWriter.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final SlotLedger ledger;
    private final StoreThreads threads;
    private final BackgroundJobs jobs;
    private final AtomicBoolean due = new AtomicBoolean();

    LedgerWriter(SlotLedger ledger, StoreThreads threads, BackgroundJobs jobs) {
        this.ledger = ledger;
        this.threads = threads;
        this.jobs = jobs;
    }

    void writeSoon() {
        if (due.compareAndSet(false, true)) {
            begin();
        }
    }

    private void begin() {
        if (jobs.begin()) {
            threads.background().execute(this::write);
        }
    }

    private void write() {
        due.set(false);
        try {
            ledger.write();
        } catch (IOException e) {
            LOG.warn("the ledger of the slots could not be written, and will be again: {}", e.toString());
            if (due.compareAndSet(false, true)) {
                threads.toShard(0, () -> threads.timers().after(PAUSE, this::begin));
            }
        } finally {
            jobs.end();
        }
    }
}
