package io.murmur.benchmarks;

import io.murmur.benchmarks.driver.Target;
import io.murmur.client.Cache;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.client.MurmurException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Murmur by its own client. */
public final class MurmurTarget implements Target {

    private final MurmurClient client;
    private final Cache<byte[], byte[]> cache;
    private final CallOptions reads;
    private final CallOptions writes;
    private volatile int valueBytes;

    /** Closes the client when it is closed. */
    public MurmurTarget(MurmurClient client, CallOptions reads, CallOptions writes) {
        this.client = client;
        this.cache = client.cache("default", Codec.bytes(), Codec.bytes());
        this.reads = reads;
        this.writes = writes;
    }

    @Override
    public void expect(int bytes) {
        valueBytes = bytes;
    }

    @Override
    public CompletionStage<Boolean> get(byte[] key) {
        return cache.get(key, reads).thenApply(value -> value.isPresent() && value.get().length == valueBytes);
    }

    @Override
    public CompletionStage<?> put(byte[] key, byte[] value) {
        return cache.put(key, value, writes);
    }

    @Override
    public long retries() {
        return client.retries();
    }

    @Override
    public String kind(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof MurmurException named
                ? named.getClass().getSimpleName() + ", effect " + named.effect()
                : cause.toString();
    }

    @Override
    public void close() {
        client.close();
    }
}
