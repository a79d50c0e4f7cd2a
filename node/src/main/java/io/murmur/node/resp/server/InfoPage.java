package io.murmur.node.resp.server;

import com.sun.management.OperatingSystemMXBean;
import io.murmur.node.resp.Clients;
import io.murmur.node.resp.Statistics;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** INFO: the fields that tools read, under Redis' names, as far as there is such a thing here. */
final class InfoPage {

    /** Whose commands these are. */
    static final String REDIS_VERSION = "7.0.15";

    private static final List<String> USUAL = List.of(
            "server",
            "clients",
            "memory",
            "persistence",
            "stats",
            "replication",
            "cpu",
            "errorstats",
            "cluster",
            "keyspace");

    private static final List<String> MORE = List.of("commandstats");

    private final NodeFacts facts;
    private final Clients clients;
    private final Statistics statistics;
    private final long pendingCalls;

    InfoPage(NodeFacts facts, Clients clients, Statistics statistics, long pendingCalls) {
        this.facts = facts;
        this.clients = clients;
        this.statistics = statistics;
        this.pendingCalls = pendingCalls;
    }

    /** @param wanted sections in small letters; none for the usual ones */
    String text(List<String> wanted) {
        StringBuilder page = new StringBuilder();
        for (String section : sections(wanted)) {
            Map<String, Object> lines = section(section);
            if (page.length() > 0) {
                page.append("\r\n");
            }
            page.append("# ")
                    .append(section.substring(0, 1).toUpperCase(Locale.ROOT))
                    .append(section.substring(1))
                    .append("\r\n");
            lines.forEach(
                    (name, value) -> page.append(name).append(':').append(value).append("\r\n"));
        }
        return page.toString();
    }

    private static Set<String> sections(List<String> wanted) {
        Set<String> sections = new LinkedHashSet<>();
        if (wanted.isEmpty()) {
            sections.addAll(USUAL);
        }
        for (String section : wanted) {
            switch (section) {
                case "default" -> sections.addAll(USUAL);
                case "all", "everything" -> {
                    sections.addAll(USUAL);
                    sections.addAll(MORE);
                }
                default -> {
                    if (USUAL.contains(section) || MORE.contains(section)) {
                        sections.add(section);
                    }
                }
            }
        }
        return sections;
    }

    private Map<String, Object> section(String name) {
        Map<String, Object> lines = new LinkedHashMap<>();
        switch (name) {
            case "server" -> server(lines);
            case "clients" -> clients(lines);
            case "memory" -> memory(lines);
            case "persistence" -> persistence(lines);
            case "stats" -> stats(lines);
            case "replication" -> replication(lines);
            case "cpu" -> cpu(lines);
            case "cluster" -> lines.put("cluster_enabled", 1);
            case "errorstats" ->
                statistics.errors().forEach((code, count) -> lines.put("errorstat_" + code, "count=" + count));
            case "commandstats" -> commands(lines);
            default -> {
                // The keyspace: counting it is DBSIZE's.
            }
        }
        return lines;
    }

    private void server(Map<String, Object> lines) {
        long uptime = TimeUnit.MILLISECONDS.toSeconds(
                ManagementFactory.getRuntimeMXBean().getUptime());
        lines.put("redis_version", REDIS_VERSION);
        lines.put("redis_mode", "cluster");
        lines.put("murmur_version", facts.release());
        lines.put("murmur_cluster", facts.cluster());
        lines.put("murmur_node", facts.name());
        lines.put(
                "os",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        lines.put("arch_bits", 64);
        lines.put("process_id", ProcessHandle.current().pid());
        lines.put("run_id", Topology.id(facts.id()));
        lines.put("tcp_port", facts.respPort());
        lines.put("server_time_usec", facts.wallMillis() * 1000);
        lines.put("uptime_in_seconds", uptime);
        lines.put("uptime_in_days", TimeUnit.SECONDS.toDays(uptime));
        lines.put("executable", ProcessHandle.current().info().command().orElse(""));
        lines.put("config_file", "");
        lines.put("io_threads_active", facts.shards() > 1 ? 1 : 0);
    }

    private void clients(Map<String, Object> lines) {
        lines.put("connected_clients", clients.count());
        lines.put("cluster_connections", 0);
        lines.put("maxclients", clients.maxCount());
        lines.put("blocked_clients", 0);
        lines.put("tracking_clients", 0);
        lines.put("murmur_pending_calls", pendingCalls);
    }

    private void memory(Map<String, Object> lines) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        lines.put("used_memory", heap.getUsed());
        lines.put("used_memory_human", human(heap.getUsed()));
        lines.put("used_memory_rss", heap.getCommitted());
        lines.put("used_memory_rss_human", human(heap.getCommitted()));
        lines.put("used_memory_dataset", facts.storedBytes());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            lines.put("total_system_memory", system.getTotalMemorySize());
            lines.put("total_system_memory_human", human(system.getTotalMemorySize()));
        }
        lines.put("maxmemory", 0);
        lines.put("maxmemory_human", "0B");
        lines.put("maxmemory_policy", "noeviction");
        lines.put("mem_allocator", "jvm");
    }

    private static String human(long bytes) {
        String[] units = {"B", "K", "M", "G", "T"};
        double amount = bytes;
        int unit = 0;
        while (amount >= 1024 && unit < units.length - 1) {
            amount /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + "B" : String.format(Locale.ROOT, "%.2f%s", amount, units[unit]);
    }

    private void persistence(Map<String, Object> lines) {
        lines.put("loading", facts.isReady() ? 0 : 1);
        lines.put("async_loading", 0);
        lines.put("rdb_changes_since_last_save", 0);
        lines.put("rdb_bgsave_in_progress", 0);
        lines.put("rdb_last_bgsave_status", "ok");
        lines.put("aof_enabled", 1);
        lines.put("aof_rewrite_in_progress", 0);
        lines.put("aof_last_bgrewrite_status", "ok");
        lines.put("aof_last_write_status", "ok");
    }

    private void stats(Map<String, Object> lines) {
        lines.put("total_connections_received", statistics.connections());
        lines.put("total_commands_processed", statistics.calls());
        lines.put("total_net_input_bytes", statistics.bytesIn());
        lines.put("total_net_output_bytes", statistics.bytesOut());
        lines.put("rejected_connections", statistics.refusedConnections());
        lines.put("evicted_keys", 0);
        lines.put("murmur_memory_hits", facts.memoryHits());
        lines.put("murmur_memory_misses", facts.memoryMisses());
        lines.put("pubsub_channels", 0);
        lines.put("pubsub_patterns", 0);
        lines.put("total_error_replies", statistics.allErrors());
        lines.put("murmur_protocol_errors", statistics.allMalformed());
    }

    /** No node copies from another; each is a master to who asks. */
    private void replication(Map<String, Object> lines) {
        lines.put("role", "master");
        lines.put("connected_slaves", 0);
        lines.put("master_failover_state", "no-failover");
        lines.put("master_replid", Topology.id(facts.id()));
        lines.put("master_repl_offset", 0);
    }

    private void cpu(Map<String, Object> lines) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            // The JVM does not tell them apart.
            lines.put("used_cpu_sys", "0.000000");
            lines.put("used_cpu_user", String.format(Locale.ROOT, "%.6f", system.getProcessCpuTime() / 1e9));
        }
    }

    private void commands(Map<String, Object> lines) {
        statistics.commands().forEach((name, counts) -> {
            long micros = TimeUnit.NANOSECONDS.toMicros(counts.nanos());
            lines.put(
                    "cmdstat_" + name,
                    String.format(
                            Locale.ROOT,
                            "calls=%d,usec=%d,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d",
                            counts.calls(),
                            micros,
                            counts.calls() == 0 ? 0.0 : (double) micros / counts.calls(),
                            counts.rejected(),
                            counts.failed()));
        });
    }
}
