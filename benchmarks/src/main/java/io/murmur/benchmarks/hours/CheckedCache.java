package io.murmur.benchmarks.hours;

import io.murmur.benchmarks.driver.Target;
import io.murmur.client.Cache;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.client.MurmurException;
import io.murmur.kernel.Level;
import io.murmur.kernel.message.Failure.Effect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Murmur at QUORUM; each value begins with the number of its write, and each read is held against the ledger. */
final class CheckedCache implements Target {

    static final int LEAST_VALUE_BYTES = Integer.BYTES;

    private static final CallOptions QUORUM = CallOptions.at(Level.QUORUM);

    private final Ledger ledger = new Ledger();
    private final MurmurClient client;
    private final Cache<byte[], byte[]> cache;

    CheckedCache(List<String> seeds, int mostOnTheWay, Duration callTimeout) {
        MurmurClient.Builder builder = MurmurClient.builder()
                .clientName("bench-hours")
                .maxInFlight(mostOnTheWay)
                .callTimeout(callTimeout);
        seeds.forEach(builder::seed);
        client = builder.build();
        cache = client.cache("default", Codec.bytes(), Codec.bytes());
    }

    Ledger ledger() {
        return ledger;
    }

    /** The key of a number is its decimal digits. */
    static int number(byte[] key) {
        return Integer.parseInt(new String(key, StandardCharsets.US_ASCII));
    }

    /** Whether it found what was acknowledged before it began, or newer. */
    @Override
    public CompletionStage<Boolean> get(byte[] key) {
        int number = number(key);
        int oldest = ledger.oldest(number);
        return cache.get(key, QUORUM).thenApply(value -> ledger.mayFind(number, writeOf(value), oldest));
    }

    private static int writeOf(Optional<byte[]> value) {
        return value.map(bytes -> ByteBuffer.wrap(bytes).getInt()).orElse(0);
    }

    @Override
    public CompletionStage<?> put(byte[] key, byte[] value) {
        Ledger.Write write = ledger.begin(number(key));
        byte[] numbered = value.clone();
        ByteBuffer.wrap(numbered).putInt(write.number());
        // Never sent again when its outcome is unknown: it might then happen once more after a later one.
        return cache.put(key, numbered, QUORUM).whenComplete((receipt, failure) -> {
            if (failure == null) {
                ledger.acknowledged(write);
            } else {
                ledger.failed(write, mayHaveHappened(failure));
            }
        });
    }

    private static boolean mayHaveHappened(Throwable failure) {
        return !(cause(failure) instanceof MurmurException named) || named.effect() != Effect.NONE;
    }

    @Override
    public long retries() {
        return client.retries();
    }

    @Override
    public String kind(Throwable failure) {
        return switch (cause(failure)) {
            case MurmurException.Timeout timeout
            when timeout.required() == 0 -> "Timeout, no answer from the node, effect " + timeout.effect();
            case MurmurException.Timeout timeout -> "Timeout, too few owners in time, effect " + timeout.effect();
            case MurmurException named -> named.getClass().getSimpleName() + ", effect " + named.effect();
            case Throwable other -> other.toString();
        };
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    @Override
    public void close() {
        client.close();
    }
}
