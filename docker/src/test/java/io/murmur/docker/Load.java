package io.murmur.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.client.Batch;
import io.murmur.client.Cache;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.kernel.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls at a steady rate, whether those before are answered or not: a new key is written at QUORUM, and one that was acknowledged before is
 * read at QUORUM and has to be found. Every acknowledged write is kept and looked for again by {@link #assertNothingLost}.
 */
final class Load implements AutoCloseable {

    private static final int PAIRS_PER_SECOND = 100;
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
    private static final CallOptions QUORUM = CallOptions.at(Level.QUORUM).withTimeout(CALL_TIMEOUT);
    private static final int BATCH = 200;

    /** A call that has ended. */
    record Done(long begunNanos, long endedNanos, boolean isWrite, String failure) {
        boolean failed() {
            return !failure.isEmpty();
        }

        Duration took() {
            return Duration.ofNanos(endedNanos - begunNanos);
        }
    }

    private final String name;
    private final MurmurClient client;
    private final Cache<String, String> cache;
    private final List<String> acknowledged = Collections.synchronizedList(new ArrayList<>());
    private final ConcurrentLinkedQueue<Done> done = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> wrongReads = new ConcurrentLinkedQueue<>();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();

    /**
     * Begins at once.
     *
     * @param name is in the keys, so that loads do not share any
     */
    Load(String name, MurmurClient client) {
        this.name = name;
        this.client = client;
        this.cache = client.cache("default", Codec.string(), Codec.string());
        ticks.scheduleAtFixedRate(this::pair, 0, 1_000_000_000L / PAIRS_PER_SECOND, TimeUnit.NANOSECONDS);
    }

    private void pair() {
        String key = name + "-" + begun.get();
        note(true, cache.put(key, valueOf(key), QUORUM).thenRun(() -> acknowledged.add(key)));
        if (!acknowledged.isEmpty()) {
            String known = acknowledged.get(ThreadLocalRandom.current().nextInt(acknowledged.size()));
            note(false, cache.get(known, QUORUM).thenAccept(found -> check(known, found)));
        }
    }

    private void check(String key, Optional<String> found) {
        if (!found.equals(Optional.of(valueOf(key)))) {
            wrongReads.add(key + " is " + found);
        }
    }

    private void note(boolean isWrite, CompletableFuture<Void> call) {
        begun.incrementAndGet();
        long from = System.nanoTime();
        call.whenComplete((ignored, failure) -> {
            done.add(new Done(from, System.nanoTime(), isWrite, failure == null ? "" : said(failure)));
            ended.incrementAndGet();
        });
    }

    private static String said(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    private static String valueOf(String key) {
        return "value of " + key;
    }

    /** Acknowledged writes until now. */
    int acknowledged() {
        return acknowledged.size();
    }

    /** A key whose write was acknowledged, and its value. */
    Map.Entry<String, String> anAcknowledged() {
        String key = acknowledged.getFirst();
        return Map.entry(key, valueOf(key));
    }

    /** Waits until so many more writes have been acknowledged. */
    void awaitWrites(int more) {
        int wanted = acknowledged.size() + more;
        Await.until(more + " more writes are acknowledged", ZoneCluster.PATIENCE, () -> acknowledged.size() >= wanted);
    }

    /** Calls begun since then ({@link System#nanoTime}) that have ended. */
    List<Done> since(long nanos) {
        return done.stream().filter(call -> call.begunNanos() - nanos >= 0).toList();
    }

    List<String> failures() {
        return failures(List.copyOf(done));
    }

    static List<String> failures(List<Done> calls) {
        return calls.stream().filter(Done::failed).map(Done::failure).toList();
    }

    /** The time within which half of these writes were acknowledged. */
    static Duration medianWrite(List<Done> calls) {
        List<Duration> times = calls.stream()
                .filter(call -> call.isWrite() && !call.failed())
                .map(Done::took)
                .sorted()
                .toList();
        return times.get(times.size() / 2);
    }

    /** Begins no more calls, and waits for those on their way. */
    void stop() {
        ticks.shutdown();
        try {
            if (!ticks.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new AssertionError("the load does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        Await.until("all calls have ended", CALL_TIMEOUT.plusSeconds(5), () -> ended.get() == begun.get());
    }

    /** Finds every acknowledged write at QUORUM, with its value. After {@link #stop}. */
    void assertNothingLost() {
        assertThat(wrongReads)
                .as("reads at QUORUM of what had been acknowledged")
                .isEmpty();
        Map<String, String> found = new HashMap<>();
        List<String> keys = new ArrayList<>(acknowledged);
        for (int from = 0; from < keys.size(); from += BATCH) {
            List<String> some = keys.subList(from, Math.min(keys.size(), from + BATCH));
            Batch<String, String> batch = cache.blocking().getAll(some, QUORUM);
            assertThat(batch.failed()).isEmpty();
            found.putAll(batch.done());
        }
        assertThat(found).hasSize(keys.size());
        keys.forEach(key -> assertThat(found).containsEntry(key, valueOf(key)));
    }

    @Override
    public void close() {
        ticks.shutdownNow();
        client.close();
    }
}
