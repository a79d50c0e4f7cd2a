package io.murmur.node.architecture;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.mapdb.DB;

/** Code as it must not be; never run. Each method does one forbidden thing, and is called what it does. */
@SuppressWarnings("unused")
final class Careless {

    private Careless() {}

    static LongSupplier refersToAClock() {
        return System::nanoTime;
    }

    static long readsAClock() {
        return System.currentTimeMillis();
    }

    static Instant readsAnInstant() {
        return Instant.now();
    }

    static double takesAChance() {
        return Math.random();
    }

    static UUID makesAnId() {
        return UUID.randomUUID();
    }

    static Random drawsWithoutASeed() {
        return new Random();
    }

    static void shuffles(List<String> cards) {
        Collections.shuffle(cards);
    }

    static int drawsFromTheThread() {
        return ThreadLocalRandom.current().nextInt();
    }

    static CompletableFuture<Void> runsOnTheDefaultPool() {
        return CompletableFuture.runAsync(() -> {});
    }

    static long goesParallel(List<String> words) {
        return words.parallelStream().count();
    }

    static Thread startsAThread() {
        return Thread.ofPlatform().start(() -> {});
    }

    static ReentrantLock locks() {
        return new ReentrantLock();
    }

    static synchronized void isSynchronized() {}

    static void usesMapDb(DB db) {
        db.commit();
    }
}
