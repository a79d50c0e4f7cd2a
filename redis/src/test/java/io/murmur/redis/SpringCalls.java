package io.murmur.redis;

import io.lettuce.core.cluster.RedisClusterClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisClusterNode;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ValueOperations;

/** The calls of Spring Data Redis. */
final class SpringCalls implements Client {

    private static final int BATCH = 100;

    private final LettuceConnectionFactory factory;
    private final StringRedisTemplate template;
    private final ValueOperations<String, String> values;

    /** @param factory a started one, which ends with this */
    SpringCalls(LettuceConnectionFactory factory) {
        this.factory = factory;
        this.template = new StringRedisTemplate(factory);
        this.values = template.opsForValue();
    }

    @Override
    public void set(String key, String value) {
        values.set(key, value);
    }

    @Override
    public @Nullable String get(String key) {
        return values.get(key);
    }

    @Override
    public boolean setIfAbsent(String key, String value) {
        return Boolean.TRUE.equals(values.setIfAbsent(key, value));
    }

    @Override
    public boolean setIfPresent(String key, String value) {
        return Boolean.TRUE.equals(values.setIfPresent(key, value));
    }

    @Override
    public @Nullable String getAndSet(String key, String value) {
        return values.getAndSet(key, value);
    }

    @Override
    public void set(String key, String value, Duration life) {
        values.set(key, value, life);
    }

    @Override
    public boolean expire(String key, Duration life) {
        return Boolean.TRUE.equals(template.expire(key, life));
    }

    @Override
    public boolean persist(String key) {
        return Boolean.TRUE.equals(template.persist(key));
    }

    @Override
    public long millisLeft(String key) {
        return template.getExpire(key, TimeUnit.MILLISECONDS);
    }

    @Override
    public long append(String key, String value) {
        return Objects.requireNonNull(values.append(key, value));
    }

    @Override
    public long increment(String key) {
        return Objects.requireNonNull(values.increment(key));
    }

    @Override
    public void setAll(Map<String, String> all) {
        values.multiSet(all);
    }

    @Override
    public List<@Nullable String> getAll(List<String> keys) {
        return new ArrayList<@Nullable String>(Objects.requireNonNull(values.multiGet(keys)));
    }

    @Override
    public long delete(String... keys) {
        return Objects.requireNonNull(template.delete(Arrays.asList(keys)));
    }

    @Override
    public Set<String> scan(String pattern) {
        Set<String> found = new HashSet<>();
        ScanOptions options =
                ScanOptions.scanOptions().match(pattern).count(BATCH).build();
        try (RedisClusterConnection connection = factory.getClusterConnection()) {
            for (RedisClusterNode node : connection.clusterGetNodes()) {
                if (node.isMaster()) {
                    try (Cursor<byte[]> cursor = connection.scan(node, options)) {
                        cursor.forEachRemaining(key -> found.add(new String(key, StandardCharsets.UTF_8)));
                    }
                }
            }
        }
        return found;
    }

    @Override
    public void command(String name, String key) {
        try (RedisClusterConnection connection = factory.getClusterConnection()) {
            connection.execute(name, key.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public String connection() {
        return ((RedisClusterClient) Objects.requireNonNull(factory.getNativeClient()))
                .connect()
                .sync()
                .clientInfo();
    }

    @Override
    public List<String> slotOwners() {
        return LettuceClusterTest.owners(
                ((RedisClusterClient) Objects.requireNonNull(factory.getNativeClient())).getPartitions());
    }

    @Override
    public void close() {
        factory.destroy();
    }
}
