package io.murmur.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Spring Data Redis on a cluster, and its cache manager. */
class SpringDataRedisTest extends ClientContract {

    private static final Duration LIFE = Duration.ofMillis(800);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    SpringDataRedisTest(Servers servers) {
        super(servers);
    }

    private static LettuceConnectionFactory factory(Endpoint server) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory(
                new RedisClusterConfiguration(List.of(server.toString())),
                LettuceClientConfiguration.builder()
                        .clientOptions(LettuceClusterTest.options())
                        .build());
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }

    @Override
    Client connect(Endpoint server) {
        return new SpringCalls(factory(server));
    }

    private RedisCacheManager caches(LettuceConnectionFactory factory) {
        // What has been put is there for the next call; by default the cache manager does not wait for that.
        RedisCacheWriter writer =
                RedisCacheWriter.create(factory, RedisCacheWriter.RedisCacheWriterConfigurer::immediateWrites);
        RedisCacheManager caches = RedisCacheManager.builder(writer)
                .cacheDefaults(RedisCacheConfiguration.defaultCacheConfig())
                .withCacheConfiguration(
                        prefix + "mortal",
                        RedisCacheConfiguration.defaultCacheConfig().entryTtl(LIFE))
                .build();
        caches.afterPropertiesSet();
        return caches;
    }

    private Cache cache(RedisCacheManager caches, String name) {
        return Objects.requireNonNull(caches.getCache(prefix + name));
    }

    @Test
    void aCacheLoadsOnceAndForgetsWhenTold() {
        LettuceConnectionFactory factory = factory(endpoints().get(0));
        try {
            Cache books = cache(caches(factory), "books");
            AtomicInteger loads = new AtomicInteger();
            for (int i = 0; i < 3; i++) {
                assertThat(books.get("dune", () -> "book " + loads.incrementAndGet()))
                        .isEqualTo("book 1");
            }
            assertThat(books.putIfAbsent("dune", "another"))
                    .extracting(Cache.ValueWrapper::get)
                    .isEqualTo("book 1");
            assertThat(books.putIfAbsent("emma", "new")).isNull();
            books.put("nothing", null);
            assertThat(books.get("nothing"))
                    .isNotNull()
                    .extracting(Cache.ValueWrapper::get)
                    .isNull();
            assertThat(books.evictIfPresent("dune")).isTrue();
            assertThat(books.evictIfPresent("dune")).isFalse();
            assertThat(books.get("dune")).isNull();
        } finally {
            factory.destroy();
        }
    }

    @Test
    void aCacheIsClearedAndItsNeighbourIsNot() {
        LettuceConnectionFactory factory = factory(endpoints().get(0));
        try {
            RedisCacheManager caches = caches(factory);
            Cache cleared = cache(caches, "cleared");
            Cache neighbour = cache(caches, "neighbour");
            List<Integer> keys = new ArrayList<>();
            for (int key = 0; key < 100; key++) {
                cleared.put(key, new ArrayList<>(List.of("object", key)));
                neighbour.put(key, key);
                keys.add(key);
            }
            assertThat((Object) cleared.get(42, List.class)).isEqualTo(List.of("object", 42));
            cleared.clear();
            assertThat(keys).allMatch(key -> cleared.get(key) == null);
            assertThat(keys).allMatch(key -> Objects.equals(neighbour.get(key, Integer.class), key));
        } finally {
            factory.destroy();
        }
    }

    @Test
    void anEntryExpires() {
        LettuceConnectionFactory factory = factory(endpoints().get(0));
        try {
            Cache mortal = cache(caches(factory), "mortal");
            mortal.put("key", "value");
            assertThat(mortal.get("key", String.class)).isEqualTo("value");
            Await.until("it has expired", PATIENCE, () -> mortal.get("key") == null);
        } finally {
            factory.destroy();
        }
    }
}
