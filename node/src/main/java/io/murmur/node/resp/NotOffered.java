package io.murmur.node.resp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Commands of Redis that there are not, and why, so that whoever tries one is told. All others that there are not are unknown. */
final class NotOffered {

    private static final Map<String, String> WHY_BY_NAME = new HashMap<>();

    static {
        why().forEach((why, names) -> names.forEach(name -> WHY_BY_NAME.put(name, why)));
    }

    private NotOffered() {}

    /**
     * @param name in small letters
     * @return null when nothing is known of such a command
     */
    static @Nullable String why(String name) {
        return WHY_BY_NAME.get(name);
    }

    private static Map<String, List<String>> why() {
        Map<String, List<String>> why = new TreeMap<>();
        why.put(
                "there are no transactions: each command is atomic for each of its keys",
                List.of("multi", "exec", "discard", "watch", "unwatch"));
        why.put(
                "there is no publish and subscribe",
                List.of(
                        "subscribe",
                        "unsubscribe",
                        "psubscribe",
                        "punsubscribe",
                        "ssubscribe",
                        "sunsubscribe",
                        "publish",
                        "spublish",
                        "pubsub"));
        why.put(
                "there are no scripts and functions",
                List.of("eval", "eval_ro", "evalsha", "evalsha_ro", "script", "fcall", "fcall_ro"));
        why.put("keys hold strings, and no streams", List.of("xadd", "xread", "xreadgroup", "xrange", "xlen"));
        why.put(
                "keys hold strings, and no lists",
                List.of("lpush", "rpush", "lpop", "rpop", "lrange", "llen", "blpop", "brpop", "lmove", "blmove"));
        why.put(
                "keys hold strings, and no hashes",
                List.of("hset", "hget", "hmset", "hmget", "hgetall", "hdel", "hincrby", "hexists", "hlen", "hscan"));
        why.put(
                "keys hold strings, and no sets",
                List.of("sadd", "srem", "smembers", "sismember", "scard", "spop", "sinter", "sunion", "sscan"));
        why.put(
                "keys hold strings, and no sorted sets",
                List.of("zadd", "zrange", "zrem", "zscore", "zcard", "zincrby", "zrangebyscore", "zscan"));
        why.put(
                "every write is durable, and there is no file to be written",
                List.of("save", "bgsave", "bgrewriteaof", "lastsave"));
        why.put(
                "owners are alike, and agree on the ring by themselves",
                List.of("replicaof", "slaveof", "failover", "psync", "sync", "replconf", "migrate", "waitaof"));
        why.put("users are in the file of the setting 'users'", List.of("acl"));
        why.put("a node is stopped by its process", List.of("shutdown"));
        why.put("nobody is told what others do; see the HTTP page /requests/slow", List.of("monitor", "slowlog"));
        why.put("there is one database", List.of("swapdb"));
        return why;
    }
}
