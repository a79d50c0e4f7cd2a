package io.murmur.benchmarks;

import io.murmur.node.demo.Trace;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which calls are made: keys of one length, values of one length, a share of reads, and how the keys are chosen. Everything is drawn from
 * a seed, so that two runs ask for the same.
 *
 * @param keys how many different keys there are, at least 1
 * @param keyBytes 8 or more
 * @param readShare 0 to 1
 */
record Workload(int keys, int keyBytes, int valueBytes, double readShare, Distribution distribution, long seed) {

    /** Choices are drawn before the run, so that drawing costs the client nothing; then they are walked round and round. */
    private static final int CHOICES = 1 << 20;

    private static final int LEAST_KEY_BYTES = 8;

    /** How the keys are chosen. */
    enum Distribution {
        UNIFORM,
        /** The key of rank r in proportion to 1/r. */
        ZIPF
    }

    /** One call. */
    sealed interface Operation {
        record Read(byte[] key) implements Operation {}

        record Write(byte[] key, byte[] value) implements Operation {}
    }

    Workload {
        if (keys < 1) {
            throw new IllegalArgumentException("there must be at least 1 key: " + keys);
        }
        if (keyBytes < LEAST_KEY_BYTES || String.valueOf(keys - 1).length() > keyBytes) {
            throw new IllegalArgumentException("keys have at least " + LEAST_KEY_BYTES
                    + " bytes, and as many as it takes to number them: " + keyBytes);
        }
        if (valueBytes < 0) {
            throw new IllegalArgumentException("values have at least 0 bytes: " + valueBytes);
        }
        if (!(readShare >= 0 && readShare <= 1)) {
            throw new IllegalArgumentException("the share of reads is from 0 to 1: " + readShare);
        }
    }

    /** The key of a number: the number in decimal, with zeros in front. */
    byte[] key(int number) {
        byte[] key = new byte[keyBytes];
        Arrays.fill(key, (byte) '0');
        int rest = number;
        for (int i = keyBytes - 1; rest > 0; i--) {
            key[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return key;
    }

    /** Bytes that no compression would shorten; the same for all keys. */
    byte[] value() {
        byte[] value = new byte[valueBytes];
        new Random(seed).nextBytes(value);
        return value;
    }

    /** Each key once, in order; then null. */
    Supplier<@Nullable Operation> preload() {
        byte[] value = value();
        return new Supplier<>() {
            private int next;

            @Override
            public @Nullable Operation get() {
                return next == keys ? null : new Operation.Write(key(next++), value);
            }
        };
    }

    /** Reads and writes without end, different for each client. */
    Supplier<@Nullable Operation> mix(int client) {
        byte[] value = value();
        int[] choices = choices(seed + client);
        SplittableRandom coin = new SplittableRandom(seed + client);
        return new Supplier<>() {
            private int next;

            @Override
            public Operation get() {
                byte[] key = key(choices[next++ & (CHOICES - 1)]);
                return coin.nextDouble() < readShare ? new Operation.Read(key) : new Operation.Write(key, value);
            }
        };
    }

    private int[] choices(long choiceSeed) {
        return switch (distribution) {
            case UNIFORM -> new Random(choiceSeed).ints(CHOICES, 0, keys).toArray();
            case ZIPF -> Trace.zipf(CHOICES, keys, choiceSeed).ids();
        };
    }
}
