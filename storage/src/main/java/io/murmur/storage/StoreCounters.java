package io.murmur.storage;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What a store has done since it was opened, for metrics. Safe from any thread. */
public final class StoreCounters {

    public final LongAdder joins = new LongAdder();
    public final LongAdder logGroups = new LongAdder();
    public final LongAdder logBytes = new LongAdder();
    /** Fsyncs of the commit log. */
    public final Durations logSyncs = new Durations();

    public final LongAdder hotHits = new LongAdder();
    public final LongAdder memoryTableHits = new LongAdder();
    public final LongAdder tableReads = new LongAdder();
    public final LongAdder bloomSkips = new LongAdder();
    public final LongAdder flushes = new LongAdder();
    public final LongAdder compactions = new LongAdder();
    /** Dead cells that a compaction has dropped. */
    public final LongAdder purged = new LongAdder();

    public final LongAdder refusedJoins = new LongAdder();
    public final LongAdder tablesScrubbed = new LongAdder();
    public final LongAdder tableFaults = new LongAdder();
    public final AtomicLong memoryTableBytes = new AtomicLong();
    public final AtomicLong tables = new AtomicLong();
    public final AtomicLong tableBytes = new AtomicLong();
    public final AtomicLong logSegments = new AtomicLong();

    StoreCounters() {}
}
