package io.murmur.benchmarks.hits;

import io.murmur.benchmarks.RedisProcesses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.exceptions.JedisDataException;

/** One Redis with a bound on its memory, one call after the other. */
final class RedisCache implements BoundedCache, AutoCloseable {

    private static final byte[] EVERYTHING = "*".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern USED = Pattern.compile("used_memory:(\\d+)");

    /** Calls at once where order does not matter: few, because their bytes count against the bound while they wait. */
    private static final int PIPELINE = 16;

    private final Requests requests;
    private final RedisProcesses server;
    private final Jedis redis;
    private final long emptyBytes;
    private int refused;

    RedisCache(Requests requests, Path folder, int port, String policy) throws IOException, InterruptedException {
        this.requests = requests;
        this.server = RedisProcesses.one(folder, port, RedisProcesses.Appending.NO);
        this.redis = new Jedis("127.0.0.1", port);
        redis.configSet("maxmemory-policy", policy);
        // A connection that has been used holds buffers, which count.
        fill(requests.distinct());
        redis.flushAll();
        this.emptyBytes = usedBytes();
    }

    /** What Redis counts against its bound. */
    private long usedBytes() {
        Matcher used = USED.matcher(redis.info("memory"));
        if (!used.find()) {
            throw new IllegalStateException("Redis does not tell used_memory");
        }
        return Long.parseLong(used.group(1));
    }

    /** Forgets everything; from now on as much memory as this beyond that of an empty server. */
    void restart(long bytesBeyondEmpty) {
        redis.flushAll();
        redis.configSet("maxmemory", String.valueOf(emptyBytes + bytesBeyondEmpty));
    }

    /** Puts each of these, without getting any. */
    void fill(int[] ids) {
        for (int first = 0; first < ids.length; first += PIPELINE) {
            Pipeline pipeline = redis.pipelined();
            for (int i = first; i < Math.min(ids.length, first + PIPELINE); i++) {
                pipeline.set(Requests.key(ids[i]), new byte[requests.sizes().of(ids[i])]);
            }
            pipeline.sync();
        }
    }

    @Override
    public boolean request(int id) {
        byte[] key = Requests.key(id);
        if (redis.get(key) != null) {
            return true;
        }
        try {
            redis.set(key, new byte[requests.sizes().of(id)]);
        } catch (JedisDataException e) {
            if (!String.valueOf(e.getMessage()).startsWith("OOM")) {
                throw e;
            }
            // With the least bounds its own buffers leave no room at times: the application goes on without.
            refused++;
        }
        return false;
    }

    /** Puts that it had no room for. */
    int refused() {
        return refused;
    }

    @Override
    public long heldBytes() {
        return redis.keys(EVERYTHING).stream()
                .mapToLong(key -> requests.bytes(Requests.idOf(key)))
                .sum();
    }

    @Override
    public void close() {
        redis.close();
        server.close();
    }
}
