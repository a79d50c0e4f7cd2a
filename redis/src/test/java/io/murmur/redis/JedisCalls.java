package io.murmur.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.ScanIteration;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.params.SetParams;

/** The calls that Jedis's clients have in common. */
class JedisCalls implements Client {

    private static final int BATCH = 100;

    private final UnifiedJedis jedis;

    JedisCalls(UnifiedJedis jedis) {
        this.jedis = jedis;
    }

    @Override
    public void set(String key, String value) {
        jedis.set(key, value);
    }

    @Override
    public @Nullable String get(String key) {
        return jedis.get(key);
    }

    @Override
    public boolean setIfAbsent(String key, String value) {
        return jedis.set(key, value, SetParams.setParams().nx()) != null;
    }

    @Override
    public boolean setIfPresent(String key, String value) {
        return jedis.set(key, value, SetParams.setParams().xx()) != null;
    }

    @Override
    public @Nullable String getAndSet(String key, String value) {
        return jedis.setGet(key, value);
    }

    @Override
    public void set(String key, String value, Duration life) {
        jedis.set(key, value, SetParams.setParams().px(life.toMillis()));
    }

    @Override
    public boolean expire(String key, Duration life) {
        return jedis.pexpire(key, life.toMillis()) == 1;
    }

    @Override
    public boolean persist(String key) {
        return jedis.persist(key) == 1;
    }

    @Override
    public long millisLeft(String key) {
        return jedis.pttl(key);
    }

    @Override
    public long append(String key, String value) {
        return jedis.append(key, value);
    }

    @Override
    public long increment(String key) {
        return jedis.incr(key);
    }

    @Override
    public void setAll(Map<String, String> values) {
        jedis.mset(values.entrySet().stream()
                .flatMap(entry -> List.of(entry.getKey(), entry.getValue()).stream())
                .toArray(String[]::new));
    }

    @Override
    public List<@Nullable String> getAll(List<String> keys) {
        return new ArrayList<@Nullable String>(jedis.mget(keys.toArray(new String[0])));
    }

    @Override
    public long delete(String... keys) {
        return jedis.del(keys);
    }

    @Override
    public Set<String> scan(String pattern) {
        Set<String> found = new HashSet<>();
        ScanIteration scan = jedis.scanIteration(BATCH, pattern);
        while (!scan.isIterationCompleted()) {
            found.addAll(scan.nextBatch().getResult());
        }
        return found;
    }

    @Override
    public void command(String name, String key) {
        ProtocolCommand command = () -> name.getBytes(StandardCharsets.UTF_8);
        jedis.executeCommand(new CommandArguments(command).key(key));
    }

    @Override
    public String connection() {
        Object answer = jedis.executeCommand(new CommandArguments(Protocol.Command.CLIENT).add("INFO"));
        return new String((byte[]) answer, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        jedis.close();
    }
}
