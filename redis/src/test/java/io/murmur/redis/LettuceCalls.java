package io.murmur.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The calls that Lettuce's clients have in common. */
class LettuceCalls implements Client {

    private static final int BATCH = 100;

    private final RedisClusterCommands<String, String> lettuce;
    private final Runnable close;

    /** @param close ends the client with its threads */
    LettuceCalls(RedisClusterCommands<String, String> lettuce, Runnable close) {
        this.lettuce = lettuce;
        this.close = close;
    }

    @Override
    public void set(String key, String value) {
        lettuce.set(key, value);
    }

    @Override
    public @Nullable String get(String key) {
        return lettuce.get(key);
    }

    @Override
    public boolean setIfAbsent(String key, String value) {
        return lettuce.set(key, value, SetArgs.Builder.nx()) != null;
    }

    @Override
    public boolean setIfPresent(String key, String value) {
        return lettuce.set(key, value, SetArgs.Builder.xx()) != null;
    }

    @Override
    public @Nullable String getAndSet(String key, String value) {
        return lettuce.setGet(key, value);
    }

    @Override
    public void set(String key, String value, Duration life) {
        lettuce.set(key, value, SetArgs.Builder.px(life.toMillis()));
    }

    @Override
    public boolean expire(String key, Duration life) {
        return lettuce.pexpire(key, life);
    }

    @Override
    public boolean persist(String key) {
        return lettuce.persist(key);
    }

    @Override
    public long millisLeft(String key) {
        return lettuce.pttl(key);
    }

    @Override
    public long append(String key, String value) {
        return lettuce.append(key, value);
    }

    @Override
    public long increment(String key) {
        return lettuce.incr(key);
    }

    @Override
    public void setAll(Map<String, String> values) {
        lettuce.mset(values);
    }

    @Override
    public List<@Nullable String> getAll(List<String> keys) {
        List<@Nullable String> values = new ArrayList<>();
        for (KeyValue<String, String> found : lettuce.mget(keys.toArray(new String[0]))) {
            values.add(found.hasValue() ? found.getValue() : null);
        }
        return values;
    }

    @Override
    public long delete(String... keys) {
        return lettuce.del(keys);
    }

    @Override
    public Set<String> scan(String pattern) {
        Set<String> found = new HashSet<>();
        ScanIterator.scan(lettuce, ScanArgs.Builder.matches(pattern).limit(BATCH))
                .forEachRemaining(found::add);
        return found;
    }

    @Override
    public void command(String name, String key) {
        ProtocolKeyword keyword = new ProtocolKeyword() {
            @Override
            public byte[] getBytes() {
                return name.getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public String toString() {
                return name;
            }
        };
        lettuce.dispatch(
                keyword, new StatusOutput<>(StringCodec.UTF8), new CommandArgs<>(StringCodec.UTF8).addKey(key));
    }

    @Override
    public String connection() {
        return lettuce.clientInfo();
    }

    @Override
    public void close() {
        close.run();
    }
}
