package io.murmur.node.resp.server;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Durability;
import io.murmur.node.resp.Clients;
import java.util.SortedMap;
import java.util.TreeMap;

/** CONFIG: what tools ask for under Redis' names, as it is here. None of it can be changed while the node runs. */
final class ConfigTable {

    private ConfigTable() {}

    static SortedMap<String, String> of(NodeFacts facts, Clients clients, CacheSettings cache) {
        SortedMap<String, String> table = new TreeMap<>();
        table.put("appendfsync", cache.durability() == Durability.FSYNC ? "always" : "everysec");
        table.put("appendonly", "yes");
        table.put("bind", facts.host());
        table.put("cluster-enabled", "yes");
        table.put("cluster-require-full-coverage", "no");
        table.put("databases", "1");
        table.put("dir", facts.data().toAbsolutePath().normalize().toString());
        table.put("io-threads", Integer.toString(facts.shards()));
        table.put("latency-tracking", "no");
        table.put("maxclients", Integer.toString(clients.maxCount()));
        table.put("maxmemory", "0");
        table.put("maxmemory-policy", "noeviction");
        table.put("min-replicas-to-write", "0");
        table.put("notify-keyspace-events", "");
        table.put("port", Integer.toString(facts.respPort()));
        table.put("proto-max-bulk-len", Integer.toString(facts.maxValueBytes()));
        table.put("replica-read-only", "no");
        table.put("requirepass", "");
        table.put("save", "");
        table.put("slowlog-log-slower-than", Long.toString(facts.slowMicros()));
        table.put("slowlog-max-len", "100");
        table.put("tcp-backlog", "1024");
        table.put("timeout", "0");
        return table;
    }
}
