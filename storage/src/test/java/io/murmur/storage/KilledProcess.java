package io.murmur.storage;

import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.ReadOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A process with a store, to be killed. It tells what it holds, then writes as fast as it can and tells what was acknowledged: records of
 * {@code kind 1 | key 4 | reading 8} on its standard output.
 */
final class KilledProcess {

    static final int KEYS = 400;
    static final int HELD = 1;
    static final int READY = 2;
    static final int ACKNOWLEDGED = 3;

    private static final int SHARDS = 2;
    private static final int IN_FLIGHT_EACH = 32;
    private static final NodeId NODE = new NodeId(1, 2);

    private final MachineThreads threads = new MachineThreads(SHARDS);
    private final DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 12));
    private final ReplicaStore store;
    private final long firstReading;

    private KilledProcess(Path folder, long firstReading) throws IOException {
        this.firstReading = firstReading;
        StoreSettings settings = new StoreSettings(
                SHARDS, slot -> slot % SHARDS, 256 << 10, 16 << 10, 64 << 10, 4, Duration.ofMillis(20), 1 << 20, 0.0);
        this.store = ReplicaStore.open(
                settings, FileDisk.open(folder), threads, threads.threads(), (reason, cause) -> fail(reason));
    }

    private static void fail(String what) {
        System.err.println(what);
        Runtime.getRuntime().halt(3);
    }

    /** @param arguments folder and first reading */
    public static void main(String[] arguments) throws Exception {
        KilledProcess process = new KilledProcess(Path.of(arguments[0]), Long.parseLong(arguments[1]));
        process.tellWhatIsHeld();
        for (int shard = 0; shard < SHARDS; shard++) {
            process.write(shard);
        }
        // Should nobody come to kill it, it does not write for ever.
        if (!new CountDownLatch(1).await(60, TimeUnit.SECONDS)) {
            fail("nobody has killed this process");
        }
    }

    private void tellWhatIsHeld() throws Exception {
        if (!store.damage().isEmpty()) {
            fail(store.damage().toString());
        }
        CountDownLatch told = new CountDownLatch(KEYS);
        for (int number = 0; number < KEYS; number++) {
            int current = number;
            Key key = key(number);
            threads.shard(shardOf(key))
                    .execute(() -> store.shard(shardOf(key)).read(key, outcome -> {
                        tellHeld(current, outcome);
                        told.countDown();
                    }));
        }
        if (!told.await(30, TimeUnit.SECONDS)) {
            fail("the reads are not answered");
        }
        tell(READY, 0, 0);
    }

    private void tellHeld(int number, ReadOutcome outcome) {
        switch (outcome) {
            case ReadOutcome.Refused refused -> fail("a read was refused: " + refused);
            case ReadOutcome.Found found -> {
                if (found.cell() instanceof Cell.Live live) {
                    long reading = live.version().reading();
                    if (!Arrays.equals(live.value(), value(number, reading))) {
                        fail("the value of key " + number + " is not what was written");
                    }
                    tell(HELD, number, reading);
                }
            }
        }
    }

    private void write(int shard) {
        Random random = new Random(firstReading + shard);
        long[] reading = {firstReading + shard};
        for (int i = 0; i < IN_FLIGHT_EACH; i++) {
            threads.shard(shard).execute(() -> writeNext(shard, random, reading));
        }
    }

    private void writeNext(int shard, Random random, long[] reading) {
        int number = random.nextInt(KEYS);
        while (shardOf(key(number)) != shard) {
            number = random.nextInt(KEYS);
        }
        int chosen = number;
        long mine = reading[0] += SHARDS;
        Durability durability = number % 2 == 0 ? Durability.FSYNC : Durability.INTERVAL;
        Cell cell = new Cell.Live(new Version(mine, NODE), Cell.NEVER, value(number, mine));
        store.shard(shard).join(key(number), cell, durability, outcome -> {
            if (outcome instanceof JoinOutcome.Held) {
                tell(ACKNOWLEDGED, chosen, mine);
            }
            threads.shard(shard).execute(() -> writeNext(shard, random, reading));
        });
    }

    private synchronized void tell(int kind, int number, long reading) {
        try {
            out.writeByte(kind);
            out.writeInt(number);
            out.writeLong(reading);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Key key(int number) {
        return Key.of("default", "key-" + number);
    }

    private static int shardOf(Key key) {
        return key.slot() % SHARDS;
    }

    private static byte[] value(int number, long reading) {
        Random random = new Random(31 * reading + number);
        byte[] value = new byte[random.nextInt(20) == 0 ? 20_000 : random.nextInt(200)];
        random.nextBytes(value);
        return value;
    }
}
