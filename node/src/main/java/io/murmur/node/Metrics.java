package io.murmur.node;

import io.murmur.antientropy.SyncStatistics;
import io.murmur.handoff.HintShard;
import io.murmur.handoff.HintStatistics;
import io.murmur.handoff.Loss;
import io.murmur.kernel.Rebuild;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.Slots;
import io.murmur.quorum.QuorumStatistics;
import io.murmur.storage.StoreCounters;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What the node has done, as Prometheus text (exposition format 0.0.4). Each shard is asked on its own loop. */
final class Metrics {

    private final Node node;

    Metrics(Node node) {
        this.node = node;
    }

    /** @param hints null until they have been read back */
    private record Sample(
            QuorumStatistics quorum,
            Latencies latencies,
            SyncStatistics sync,
            @Nullable HintStatistics hints,
            int damagedSlots) {}

    /** Completes when all shards have answered, on the loop of the last. */
    CompletableFuture<String> text() {
        return Shard.askEach(node.shards(), this::sample).thenApply(this::text);
    }

    /** On the shard's loop. */
    private Sample sample(Shard shard) {
        HintShard hints = shard.hints().opened();
        return new Sample(
                shard.quorum().statistics(),
                shard.latencies.snapshot(),
                shard.sync().statistics(),
                hints == null ? null : hints.statistics(),
                damagedSlots(shard));
    }

    private int damagedSlots(Shard shard) {
        Rebuild rebuild = node.store().rebuild(shard.index);
        int damaged = 0;
        for (int slot = 0; slot < Slots.COUNT; slot++) {
            if (node.shardOfSlot(slot) == shard.index && rebuild.isDue(slot)) {
                damaged++;
            }
        }
        return damaged;
    }

    private String text(List<Sample> samples) {
        Page page = new Page();
        requests(page, samples);
        quorum(page, samples);
        hints(page, samples);
        sync(page, samples);
        Ring ring = node.ringIfFormed();
        page.gauge("murmur_ring_epoch", "Epoch of the ring, 0 while there is none.", ring == null ? 0 : ring.epoch());
        store(page, node.store().counters());
        page.gauge(
                "murmur_store_damaged_slots",
                "Slots that have lost cells to a damaged file and are not yet rebuilt, of 16384.",
                samples.stream().mapToInt(Sample::damagedSlots).sum());
        page.gauge(
                "murmur_connections",
                "Accepted connections of clients and nodes.",
                node.server().connections());
        page.counter(
                "murmur_malformed_frames_total",
                "Frames that cost their sender the connection.",
                node.server().malformed());
        page.counter(
                "murmur_dropped_messages_total",
                "Messages to nodes that were not connected or congested.",
                node.droppedMessages());
        jvm(page);
        return page.toString();
    }

    private static void requests(Page page, List<Sample> samples) {
        Latencies all = new Latencies();
        samples.forEach(sample -> all.add(sample.latencies()));
        String name = "murmur_request_duration_seconds";
        page.head(name, "histogram", "How long calls took at their coordinator.");
        all.histograms.forEach((operation, histogram) -> {
            String label = "operation=\"" + operation.name().toLowerCase(Locale.ROOT) + "\"";
            long cumulative = 0;
            for (int i = 0; i < histogram.buckets.length; i++) {
                cumulative += histogram.buckets[i];
                String bound =
                        i < Latencies.BOUNDS_MICROS.length ? Double.toString(Latencies.BOUNDS_MICROS[i] / 1e6) : "+Inf";
                page.line(name + "_bucket{" + label + ",le=\"" + bound + "\"}", cumulative);
            }
            page.line(name + "_sum{" + label + "}", histogram.sumNanos / 1e9);
            page.line(name + "_count{" + label + "}", histogram.count);
        });
        page.head("murmur_request_failures_total", "counter", "Calls that failed, by name.");
        all.failures.forEach(
                (reason, count) -> page.line("murmur_request_failures_total{reason=\"" + reason + "\"}", count));
    }

    private static void quorum(Page page, List<Sample> samples) {
        sum(page, samples, "murmur_reads_total", "Keys read.", QuorumStatistics::reads);
        sum(page, samples, "murmur_writes_total", "Keys written.", QuorumStatistics::writes);
        sum(page, samples, "murmur_reads_failed_total", "Keys whose read failed.", QuorumStatistics::readsFailed);
        sum(page, samples, "murmur_writes_failed_total", "Keys whose write failed.", QuorumStatistics::writesFailed);
        sum(
                page,
                samples,
                "murmur_digest_mismatches_total",
                "Reads whose owners disagreed.",
                QuorumStatistics::digestMismatches);
        sum(page, samples, "murmur_read_repairs_total", "Joins sent to stale owners.", QuorumStatistics::repairs);
        sum(page, samples, "murmur_hedged_reads_total", "Extra owners asked.", QuorumStatistics::hedges);
        sum(
                page,
                samples,
                "murmur_background_repairs_total",
                "Joins sent to stale owners after a read at ONE had been answered.",
                QuorumStatistics::backgroundRepairs);
        sum(page, samples, "murmur_hints_kept_total", "Hints kept for owners away.", QuorumStatistics::hintsKept);
        sum(
                page,
                samples,
                "murmur_hints_refused_total",
                "Hints that were not kept: left to anti-entropy.",
                QuorumStatistics::hintsRefused);
        sum(
                page,
                samples,
                "murmur_stand_ins_counted_total",
                "Hints that counted towards a write's level.",
                QuorumStatistics::standInsCounted);
        sum(
                page,
                samples,
                "murmur_restamped_writes_total",
                "Writes that met a greater version and were stamped anew.",
                QuorumStatistics::restamps);
        sum(
                page,
                samples,
                "murmur_rerouted_calls_total",
                "Calls sent again because the ring had changed.",
                QuorumStatistics::reroutes);
        sum(
                page,
                samples,
                "murmur_parked_requests_total",
                "Requests that waited for a newer ring.",
                QuorumStatistics::parkedRequests);
        sum(
                page,
                samples,
                "murmur_replica_refusals_total",
                "Requests of coordinators refused by this node's replica.",
                QuorumStatistics::replicaRefusals);
        sum(
                page,
                samples,
                "murmur_expired_requests_total",
                "Requests dropped because their deadline had passed.",
                QuorumStatistics::expiredRequests);
        sum(page, samples, "murmur_overloaded_total", "Calls refused as overloaded.", QuorumStatistics::overloaded);
        page.gauge(
                "murmur_pending_calls",
                "Calls on their way.",
                samples.stream().mapToLong(sample -> sample.quorum().pending()).sum());
    }

    private static void sum(
            Page page, List<Sample> samples, String name, String help, ToLongFunction<QuorumStatistics> value) {
        page.counter(
                name,
                help,
                samples.stream()
                        .mapToLong(sample -> value.applyAsLong(sample.quorum()))
                        .sum());
    }

    private static void hints(Page page, List<Sample> samples) {
        List<HintStatistics> hints =
                samples.stream().map(Sample::hints).filter(Objects::nonNull).toList();
        Sums<HintStatistics> sums = new Sums<>(page, hints);
        sums.gauge("murmur_hints_held", "Hints held for nodes that were away.", HintStatistics::held);
        sums.gauge("murmur_hints_held_bytes", "Bytes of the hints held.", HintStatistics::heldBytes);
        sums.gauge("murmur_hints_disk_bytes", "Bytes of the files of hints.", HintStatistics::diskBytes);
        sums.gauge("murmur_hints_in_flight", "Hints on their way to their nodes.", HintStatistics::inFlight);
        sums.gauge(
                "murmur_hints_owed_partitions",
                "Partitions that anti-entropy owes a round, for hints that were dropped.",
                HintStatistics::owed);
        sums.counter("murmur_hints_handed_over_total", "Hints that their node holds now.", HintStatistics::handedOver);
        sums.counter(
                "murmur_hints_redirected_total",
                "Hints given to a key's new owners instead.",
                HintStatistics::redirected);
        sums.counter(
                "murmur_hints_superseded_total",
                "Hints that a newer one for the same key made needless.",
                HintStatistics::superseded);
        sums.counter(
                "murmur_hints_handover_refusals_total",
                "Answers by which a node did not take a hint.",
                HintStatistics::refusals);
        sums.counter("murmur_hints_handover_timeouts_total", "Hints not answered in time.", HintStatistics::timeouts);
        sums.counter("murmur_hints_damaged_files_total", "Files of hints found damaged.", HintStatistics::damagedFiles);
        page.head(
                "murmur_hints_dropped_total",
                "counter",
                "Hints not kept, or no longer, though not handed over: left to anti-entropy.");
        for (Loss why : Loss.values()) {
            page.line(
                    "murmur_hints_dropped_total{reason=\"" + UpkeepJson.word(why) + "\"}",
                    hints.stream().mapToLong(one -> one.lost(why)).sum());
        }
    }

    private static void sync(Page page, List<Sample> samples) {
        Sums<SyncStatistics> sums =
                new Sums<>(page, samples.stream().map(Sample::sync).toList());
        sums.counter("murmur_sync_received_bytes_total", "Taken from others.", SyncStatistics::bytesReceived);
        sums.counter("murmur_sync_sent_bytes_total", "Given to others.", SyncStatistics::bytesSent);
        sums.counter("murmur_sync_received_entries_total", "Cells taken.", SyncStatistics::entriesReceived);
        sums.counter("murmur_sync_sent_entries_total", "Cells given.", SyncStatistics::entriesSent);
        sums.counter("murmur_sync_mended_keys_total", "Cells that were news.", SyncStatistics::keysMended);
        sums.gauge("murmur_sync_partitions", "Partitions being caught up with.", SyncStatistics::catchUps);
        sums.gauge("murmur_sync_rounds", "Rounds of anti-entropy under way.", SyncStatistics::rounds);
        sums.gauge("murmur_sync_rebuilds", "Damaged partitions being rebuilt.", SyncStatistics::rebuilds);
        sums.gauge("murmur_sync_known_slots", "Slots whose digest is kept in memory.", SyncStatistics::knownSlots);
        sums.counter(
                "murmur_sync_completed_partitions_total",
                "Partitions compared among all their owners, led by this node.",
                SyncStatistics::partitionsCompleted);
        sums.counter(
                "murmur_sync_incomplete_partitions_total",
                "Partitions of which an owner was not compared, led by this node.",
                SyncStatistics::partitionsIncomplete);
        sums.counter(
                "murmur_sync_differing_partitions_total",
                "Partitions of which owners differed, led by this node.",
                SyncStatistics::partitionsDiffering);
        sums.counter(
                "murmur_sync_round_mended_keys_total",
                "Cells that an owner lacked and has now, by rounds led by this node.",
                SyncStatistics::keysMendedByRounds);
        sums.counter(
                "murmur_sync_pushed_entries_total",
                "Cells that other owners lacked and have taken.",
                SyncStatistics::entriesPushed);
        sums.counter("murmur_sync_pushed_bytes_total", "Bytes of those.", SyncStatistics::bytesPushed);
        sums.counter(
                "murmur_sync_taken_entries_total",
                "Cells that other owners have pushed.",
                SyncStatistics::entriesTaken);
        sums.counter(
                "murmur_sync_buried_keys_total",
                "Cells held since before all owners had forgotten them.",
                SyncStatistics::keysBuried);
        page.gauge(
                "murmur_sync_oldest_unsynced_seconds",
                "How long the partition that has waited longest for a completed round has waited.",
                samples.stream()
                                .mapToLong(sample -> sample.sync().longestUnsyncedMillis())
                                .max()
                                .orElse(0)
                        / 1e3);
    }

    /** Of all shards. */
    private record Sums<T>(Page page, List<T> parts) {

        void counter(String name, String help, ToLongFunction<T> value) {
            page.counter(name, help, parts.stream().mapToLong(value).sum());
        }

        void gauge(String name, String help, ToLongFunction<T> value) {
            page.gauge(name, help, parts.stream().mapToLong(value).sum());
        }
    }

    private static void store(Page page, StoreCounters store) {
        page.counter("murmur_store_joins_total", "Cells joined.", store.joins.sum());
        page.counter("murmur_store_refused_joins_total", "Cells refused.", store.refusedJoins.sum());
        page.counter("murmur_log_groups_total", "Writes to the commit log.", store.logGroups.sum());
        page.counter("murmur_log_bytes_total", "Bytes written to the commit log.", store.logBytes.sum());
        page.counter("murmur_log_syncs_total", "Fsyncs of the commit log.", store.logSyncs.sum());
        page.counter("murmur_log_sync_seconds_total", "Time spent in them.", store.logSyncNanos.sum() / 1e9);
        page.gauge("murmur_log_segments", "Segments of the commit log.", store.logSegments.get());
        page.counter("murmur_hot_hits_total", "Reads answered by hot cells.", store.hotHits.sum());
        page.counter("murmur_memory_table_hits_total", "Reads answered by memory tables.", store.memoryTableHits.sum());
        page.counter("murmur_table_reads_total", "Reads that went to tables.", store.tableReads.sum());
        page.counter("murmur_bloom_skips_total", "Tables skipped by their Bloom filter.", store.bloomSkips.sum());
        page.counter("murmur_flushes_total", "Memory tables written as tables.", store.flushes.sum());
        page.counter("murmur_compactions_total", "Merges of tables.", store.compactions.sum());
        page.counter(
                "murmur_store_purged_cells_total",
                "Deleted and expired cells that merges have dropped for good.",
                store.purged.sum());
        page.counter("murmur_table_faults_total", "Damaged tables and failed reads of them.", store.tableFaults.sum());
        page.gauge("murmur_memory_table_bytes", "Bytes in memory tables.", store.memoryTableBytes.get());
        page.gauge("murmur_tables", "Tables.", store.tables.get());
        page.gauge("murmur_table_bytes", "Bytes in tables.", store.tableBytes.get());
    }

    private static void jvm(Page page) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        page.gauge("jvm_memory_heap_used_bytes", "Heap in use.", heap.getUsed());
        page.gauge("jvm_memory_heap_max_bytes", "Heap at most.", heap.getMax());
        page.head("jvm_gc_collection_seconds_total", "counter", "Time spent collecting garbage.");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            page.line(
                    "jvm_gc_collection_seconds_total{gc=\"" + collector.getName() + "\"}",
                    collector.getCollectionTime() / 1e3);
        }
    }

    /** Lines of the exposition format. */
    private static final class Page {
        private final StringBuilder text = new StringBuilder();

        void head(String name, String type, String help) {
            text.append("# HELP ").append(name).append(' ').append(help).append('\n');
            text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        }

        void line(String series, Number value) {
            text.append(series).append(' ').append(value).append('\n');
        }

        void counter(String name, String help, Number value) {
            head(name, "counter", help);
            line(name, value);
        }

        void gauge(String name, String help, Number value) {
            head(name, "gauge", help);
            line(name, value);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
