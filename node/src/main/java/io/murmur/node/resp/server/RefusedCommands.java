package io.murmur.node.resp.server;

import io.murmur.node.resp.Call;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Commands of Redis that there are not, so that whoever tries one is told why. Their errors begin as that of any unknown command does,
 * since that is what clients look for; all others that there are not are unknown.
 */
public final class RefusedCommands implements CommandGroup {

    private static final String NO_FUNCTIONS = "there are no scripts and functions";
    private static final Map<String, List<String>> WHY = why();

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
                NO_FUNCTIONS,
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

    @Override
    public List<Command> commands() {
        List<Command> all = new ArrayList<>();
        WHY.forEach((why, names) -> names.forEach(name -> all.add(refused(name, why))));
        all.add(Command.plain(
                "function",
                -2,
                "",
                "Refused: " + NO_FUNCTIONS + "; FUNCTION FLUSH leaves none.",
                RefusedCommands::function));
        return all;
    }

    /** Tools flush functions before they begin, whether they use any or not. */
    private static void function(Call call) {
        if (call.request().is(1, "flush")) {
            call.answer(Reply.OK);
        } else {
            call.refuse("ERR unknown command 'function': " + NO_FUNCTIONS);
        }
    }

    private static Command refused(String name, String why) {
        return Command.plain(
                name,
                -1,
                "",
                "Refused: " + why + ".",
                call -> call.refuse("ERR unknown command '" + name + "': " + why));
    }
}
