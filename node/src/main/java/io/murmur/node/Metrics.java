package io.murmur.node;

import io.murmur.antientropy.SyncStatistics;
import io.murmur.gossip.EndpointView;
import io.murmur.handoff.HintShard;
import io.murmur.handoff.HintStatistics;
import io.murmur.handoff.Loss;
import io.murmur.kernel.Rebuild;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.Slots;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.node.resp.RespServer;
import io.murmur.node.resp.Statistics;
import io.murmur.quorum.QuorumStatistics;
import io.murmur.storage.Durations;
import io.murmur.storage.StoreCounters;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the node has done, for Prometheus. What a loop knows it is asked for on that loop. */
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

    /** Completes when all loops have answered. */
    CompletableFuture<String> text() {
        return Shard.askEach(node.shards(), this::sample)
                .thenCombineAsync(node.control().look(Membership.View::endpoints), this::text, node.pageThread());
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

    private String text(List<Sample> samples, List<EndpointView> heard) {
        Exposition page = new Exposition();
        requests(page, samples);
        quorum(page, samples);
        hints(page, samples);
        sync(page, samples);
        cluster(page, heard);
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
        page.gauge(
                "murmur_http_connections",
                "Connections to the HTTP port.",
                node.http().connections());
        page.gauge(
                "murmur_http_streams",
                "Those of them whose answer goes on.",
                node.http().streams());
        if (node.resp() != null) {
            redisClients(page, node.resp().server(), node.resp().statistics());
        }
        ProcessMetrics.write(page);
        return page.toString();
    }

    private static void redisClients(Exposition page, RespServer server, Statistics statistics) {
        page.gauge("murmur_resp_connections", "Connections of Redis clients.", server.count());
        page.counter(
                "murmur_resp_refused_connections_total",
                "Connections of Redis clients that were one too many.",
                statistics.refusedConnections());
        page.counter("murmur_resp_received_bytes_total", "Bytes that Redis clients have sent.", statistics.bytesIn());
        page.counter("murmur_resp_sent_bytes_total", "Bytes of answers to Redis clients.", statistics.bytesOut());
        page.counter(
                "murmur_resp_protocol_errors_total",
                "Connections that were closed because what they sent was no RESP.",
                statistics.allMalformed());
        Exposition.Samples commands =
                page.metric("murmur_resp_command_seconds", "summary", "Redis' commands, from beginning to answer.");
        statistics
                .commands()
                .forEach((name, counts) ->
                        commands.summary(Map.of("command", name), counts.nanos() / 1e9, counts.calls()));
        Exposition.Samples errors =
                page.metric("murmur_resp_errors_total", "counter", "Errors answered to Redis clients, by code.");
        statistics.errors().forEach((code, count) -> errors.sample(Map.of("code", code), count));
    }

    private void cluster(Exposition page, List<EndpointView> heard) {
        page.metric("murmur_build_info", "gauge", "The release, always 1.")
                .sample(Map.of("release", Control.RELEASE, "protocol", Integer.toString(MessageCodec.PROTOCOL)), 1);
        page.gauge("murmur_ready", "Whether clients may come, 1 or 0.", node.isReady() ? 1 : 0);
        Exposition.Samples nodes =
                page.metric("murmur_nodes", "gauge", "Nodes heard of, this one included, by what is believed of them.");
        for (String state : ClusterJson.STATES) {
            nodes.sample(
                    Map.of("state", state),
                    heard.stream()
                            .filter(view -> ClusterJson.state(view).equals(state))
                            .count());
        }
        Ring ring = node.ringIfFormed();
        page.gauge("murmur_ring_epoch", "Epoch of the ring, 0 while there is none.", ring == null ? 0 : ring.epoch());
        page.gauge("murmur_ring_partitions", "Partitions of the ring.", ring == null ? 0 : ring.partitions());
        page.gauge(
                "murmur_ring_moving_partitions",
                "Partitions that are to have other owners.",
                count(ring, Ring::isMoving));
        page.gauge(
                "murmur_ring_owned_partitions",
                "Partitions that this node owns.",
                count(ring, (of, partition) -> of.owners(partition).contains(node.self())));
    }

    private static long count(@Nullable Ring ring, BiPredicate<Ring, Integer> such) {
        return ring == null
                ? 0
                : IntStream.range(0, ring.partitions())
                        .filter(partition -> such.test(ring, partition))
                        .count();
    }

    private static void requests(Exposition page, List<Sample> samples) {
        Latencies all = new Latencies();
        samples.forEach(sample -> all.add(sample.latencies()));
        Exposition.Samples durations = page.metric(
                "murmur_request_duration_seconds",
                "histogram",
                "How long calls took at their coordinator; of those answered at once one in 16 is timed.");
        all.histograms.forEach((operation, histogram) -> durations.histogram(
                Map.of("operation", operation.name().toLowerCase(Locale.ROOT)),
                Latencies.BOUNDS_MICROS,
                histogram.buckets,
                histogram.sumNanos));
        Exposition.Samples failures =
                page.metric("murmur_request_failures_total", "counter", "Calls that failed, by name.");
        all.failures.forEach((reason, count) -> failures.sample(Map.of("reason", reason), count));
    }

    private static void quorum(Exposition page, List<Sample> samples) {
        Series<QuorumStatistics> series = new Series<>(
                page, new Sums<>(samples.stream().map(Sample::quorum).toList()));
        series.counter("murmur_reads_total", "Keys read.", QuorumStatistics::reads);
        series.counter("murmur_writes_total", "Keys written.", QuorumStatistics::writes);
        series.counter("murmur_reads_failed_total", "Keys whose read failed.", QuorumStatistics::readsFailed);
        series.counter("murmur_writes_failed_total", "Keys whose write failed.", QuorumStatistics::writesFailed);
        series.counter(
                "murmur_digest_mismatches_total", "Reads whose owners disagreed.", QuorumStatistics::digestMismatches);
        series.counter(
                "murmur_slow_requests_total",
                "Keys read or written that took slow-request-threshold or longer.",
                QuorumStatistics::slowCalls);
        series.counter("murmur_read_repairs_total", "Joins sent to stale owners.", QuorumStatistics::repairs);
        series.counter(
                "murmur_shared_repairs_total",
                "Reads that waited for a repair which another had begun.",
                QuorumStatistics::repairsShared);
        series.counter("murmur_hedged_reads_total", "Extra owners asked.", QuorumStatistics::hedges);
        series.counter(
                "murmur_background_repairs_total",
                "Joins sent to stale owners after a read at ONE had been answered.",
                QuorumStatistics::backgroundRepairs);
        series.counter("murmur_hints_kept_total", "Hints kept for owners away.", QuorumStatistics::hintsKept);
        series.counter(
                "murmur_hints_refused_total",
                "Hints that were not kept: left to anti-entropy.",
                QuorumStatistics::hintsRefused);
        series.counter(
                "murmur_stand_ins_counted_total",
                "Hints that counted towards a write's level.",
                QuorumStatistics::standInsCounted);
        series.counter(
                "murmur_restamped_writes_total",
                "Writes that met a greater version and were stamped anew.",
                QuorumStatistics::restamps);
        series.counter("murmur_changes_total", "Atomic operations done.", QuorumStatistics::changes);
        series.counter(
                "murmur_changes_failed_total", "Atomic operations that failed.", QuorumStatistics::changesFailed);
        series.counter(
                "murmur_changes_unknown_total",
                "Operations of which it is unknown whether they took effect.",
                QuorumStatistics::changesUnknown);
        series.counter(
                "murmur_change_conflicts_total",
                "Proposals of atomic operations that another came before.",
                QuorumStatistics::changeConflicts);
        series.counter(
                "murmur_changes_combined_total",
                "Atomic operations done together with others on their key.",
                QuorumStatistics::changesCombined);
        series.counter(
                "murmur_changes_in_one_trip_total",
                "Proposals of atomic operations that needed one round trip.",
                QuorumStatistics::changesInOneTrip);
        series.counter(
                "murmur_outbid_ballots_total",
                "Ballots and cells of atomic operations refused by this node's replica.",
                QuorumStatistics::outbidHere);
        series.counter(
                "murmur_rerouted_calls_total",
                "Calls sent again because the ring had changed.",
                QuorumStatistics::reroutes);
        series.counter(
                "murmur_parked_requests_total",
                "Requests that waited for a newer ring.",
                QuorumStatistics::parkedRequests);
        series.counter(
                "murmur_replica_refusals_total",
                "Requests of coordinators refused by this node's replica.",
                QuorumStatistics::replicaRefusals);
        series.counter(
                "murmur_expired_requests_total",
                "Requests dropped because their deadline had passed.",
                QuorumStatistics::expiredRequests);
        series.counter("murmur_overloaded_total", "Calls refused as overloaded.", QuorumStatistics::overloaded);
        series.gauge("murmur_pending_calls", "Calls on their way.", QuorumStatistics::pending);
    }

    private static void hints(Exposition page, List<Sample> samples) {
        Sums<HintStatistics> sums = new Sums<>(
                samples.stream().map(Sample::hints).filter(Objects::nonNull).toList());
        Series<HintStatistics> series = new Series<>(page, sums);
        series.gauge("murmur_hints_held", "Hints held for nodes that were away.", HintStatistics::held);
        series.gauge("murmur_hints_held_bytes", "Bytes of the hints held.", HintStatistics::heldBytes);
        series.gauge("murmur_hints_disk_bytes", "Bytes of the files of hints.", HintStatistics::diskBytes);
        series.gauge("murmur_hints_in_flight", "Hints on their way to their nodes.", HintStatistics::inFlight);
        series.gauge(
                "murmur_hints_owed_partitions",
                "Partitions that anti-entropy owes a round, for hints that were dropped.",
                HintStatistics::owed);
        series.counter(
                "murmur_hints_handed_over_total", "Hints that their node holds now.", HintStatistics::handedOver);
        series.counter(
                "murmur_hints_redirected_total",
                "Hints given to a key's new owners instead.",
                HintStatistics::redirected);
        series.counter(
                "murmur_hints_superseded_total",
                "Hints that a newer one for the same key made needless.",
                HintStatistics::superseded);
        series.counter(
                "murmur_hints_handover_refusals_total",
                "Answers by which a node did not take a hint.",
                HintStatistics::refusals);
        series.counter("murmur_hints_handover_timeouts_total", "Hints not answered in time.", HintStatistics::timeouts);
        series.counter(
                "murmur_hints_damaged_files_total", "Files of hints found damaged.", HintStatistics::damagedFiles);
        Exposition.Samples dropped = page.metric(
                "murmur_hints_dropped_total",
                "counter",
                "Hints not kept, or no longer, though not handed over: left to anti-entropy.");
        for (Loss why : Loss.values()) {
            dropped.sample(Map.of("reason", UpkeepJson.word(why)), sums.of(one -> one.lost(why)));
        }
    }

    private static void sync(Exposition page, List<Sample> samples) {
        Series<SyncStatistics> series =
                new Series<>(page, new Sums<>(samples.stream().map(Sample::sync).toList()));
        series.counter("murmur_sync_received_bytes_total", "Taken from others.", SyncStatistics::bytesReceived);
        series.counter("murmur_sync_sent_bytes_total", "Given to others.", SyncStatistics::bytesSent);
        series.counter("murmur_sync_received_entries_total", "Cells taken.", SyncStatistics::entriesReceived);
        series.counter("murmur_sync_sent_entries_total", "Cells given.", SyncStatistics::entriesSent);
        series.counter("murmur_sync_mended_keys_total", "Cells that were news.", SyncStatistics::keysMended);
        series.gauge("murmur_sync_partitions", "Partitions being caught up with.", SyncStatistics::catchUps);
        series.gauge("murmur_sync_rounds", "Rounds of anti-entropy under way.", SyncStatistics::rounds);
        series.gauge("murmur_sync_rebuilds", "Damaged partitions being rebuilt.", SyncStatistics::rebuilds);
        series.gauge("murmur_sync_known_slots", "Slots whose digest is kept in memory.", SyncStatistics::knownSlots);
        series.counter(
                "murmur_sync_completed_partitions_total",
                "Partitions compared among all their owners, led by this node.",
                SyncStatistics::partitionsCompleted);
        series.counter(
                "murmur_sync_incomplete_partitions_total",
                "Partitions of which an owner was not compared, led by this node.",
                SyncStatistics::partitionsIncomplete);
        series.counter(
                "murmur_sync_differing_partitions_total",
                "Partitions of which owners differed, led by this node.",
                SyncStatistics::partitionsDiffering);
        series.counter(
                "murmur_sync_round_mended_keys_total",
                "Cells that an owner lacked and has now, by rounds led by this node.",
                SyncStatistics::keysMendedByRounds);
        series.counter(
                "murmur_sync_pushed_entries_total",
                "Cells that other owners lacked and have taken.",
                SyncStatistics::entriesPushed);
        series.counter("murmur_sync_pushed_bytes_total", "Bytes of those.", SyncStatistics::bytesPushed);
        series.counter(
                "murmur_sync_taken_entries_total",
                "Cells that other owners have pushed.",
                SyncStatistics::entriesTaken);
        series.counter(
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

    /** One number of each part, added up. */
    private record Series<T>(Exposition page, Sums<T> sums) {

        void counter(String name, String help, ToLongFunction<T> value) {
            page.counter(name, help, sums.of(value));
        }

        void gauge(String name, String help, ToLongFunction<T> value) {
            page.gauge(name, help, sums.of(value));
        }
    }

    private static void store(Exposition page, StoreCounters store) {
        page.counter("murmur_store_joins_total", "Cells joined.", store.joins.sum());
        page.counter("murmur_store_refused_joins_total", "Cells refused.", store.refusedJoins.sum());
        page.counter("murmur_log_groups_total", "Writes to the commit log.", store.logGroups.sum());
        page.counter("murmur_log_bytes_total", "Bytes written to the commit log.", store.logBytes.sum());
        page.metric("murmur_log_sync_duration_seconds", "histogram", "How long fsyncs of the commit log took.")
                .histogram(Map.of(), Durations.boundsMicros(), store.logSyncs.buckets(), store.logSyncs.sumNanos());
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
}
