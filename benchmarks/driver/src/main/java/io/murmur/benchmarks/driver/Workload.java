package io.murmur.benchmarks.driver;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which calls are made: keys of one length, values of one length, a share of reads, and how the keys are chosen. Everything follows from the
 * seed and a call's number, so that two runs ask for the same, whatever their timing.
 *
 * @param keys how many different keys there are, at least 1
 * @param keyBytes 8 or more
 * @param readShare 0 to 1
 */
public record Workload(int keys, int keyBytes, int valueBytes, double readShare, Distribution distribution, long seed) {

    /** Skewed choices are drawn before the run, because drawing one is dear; then they are walked round and round. */
    private static final int SKEWED_CHOICES = 1 << 20;

    /** Different values for about so many bytes, more than a compressor looks back: one value for all would be stored in no space. */
    private static final int BYTES_OF_VALUES = 1 << 20;

    private static final int LEAST_VALUES = 64;
    private static final int LEAST_KEY_BYTES = 8;
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    /** How the keys are chosen. */
    public enum Distribution {
        UNIFORM,
        /** By {@link Zipf}'s law. */
        ZIPF
    }

    /** One call. */
    public sealed interface Operation {
        /** Asks for a key. */
        record Read(byte[] key) implements Operation {}

        /** Puts a value in the place of what was there. */
        record Write(byte[] key, byte[] value) implements Operation {}
    }

    public Workload {
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
    public byte[] key(int number) {
        byte[] key = new byte[keyBytes];
        Arrays.fill(key, (byte) '0');
        int rest = number;
        for (int i = keyBytes - 1; rest > 0; i--) {
            key[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return key;
    }

    /** Bytes that no compression would shorten, different from one another. */
    private byte[][] values() {
        SplittableRandom random = new SplittableRandom(seed);
        byte[][] values = new byte[Math.max(LEAST_VALUES, BYTES_OF_VALUES / Math.max(1, valueBytes))][valueBytes];
        for (byte[] value : values) {
            random.nextBytes(value);
        }
        return values;
    }

    /** Writes each key once, in order; then null. May be asked by many threads. */
    public Supplier<@Nullable Operation> preload() {
        byte[][] values = values();
        AtomicLong next = new AtomicLong();
        return () -> {
            long number = next.getAndIncrement();
            return number >= keys
                    ? null
                    : new Operation.Write(key((int) number), values[(int) (number % values.length)]);
        };
    }

    /** Reads and writes without end, different for each client. May be asked by many threads. */
    public Supplier<@Nullable Operation> mix(int client) {
        long start = scramble(seed) + scramble(client + GOLDEN_GAMMA);
        byte[][] values = values();
        int[] skewed = switch (distribution) {
            case UNIFORM -> new int[0];
            case ZIPF -> new Zipf(keys).draw(SKEWED_CHOICES, start);
        };
        AtomicLong next = new AtomicLong();
        return () -> {
            long number = next.getAndIncrement();
            long random = scramble(start + number * GOLDEN_GAMMA);
            int chosen = switch (distribution) {
                case UNIFORM -> (int) (((random >>> 32) * keys) >>> 32);
                case ZIPF -> skewed[(int) number & (SKEWED_CHOICES - 1)];
            };
            long other = scramble(random);
            boolean isRead = (other >>> 11) * 0x1.0p-53 < readShare;
            return isRead
                    ? new Operation.Read(key(chosen))
                    : new Operation.Write(key(chosen), values[(int) (other & Integer.MAX_VALUE) % values.length]);
        };
    }

    /** The finalizer of SplitMix64: as good as a random number for each number. */
    private static long scramble(long number) {
        long mixed = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
