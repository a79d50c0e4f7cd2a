package io.murmur.benchmarks.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.benchmarks.driver.Workload.Distribution;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {

    private final FakeTarget target = new FakeTarget();
    private final Workload writes = new Workload(1000, 24, 10, 0, Distribution.UNIFORM, 1);
    private final Workload reads = new Workload(1000, 24, 10, 1, Distribution.UNIFORM, 1);

    @Test
    void asManyCallsAreOpenAsAskedForAndNeverMore() {
        target.answersAtOnce = false;
        CompletableFuture<LoadStatistics> ended = new ClosedLoop(target, writes.preload(), 7).start();

        assertThat(target.open).isEqualTo(7);
        while (!target.unanswered.isEmpty()) {
            target.unanswered.remove().run();
        }

        assertThat(ended).isCompleted();
        assertThat(target.mostOpen).isEqualTo(7);
        assertThat(target.calls).isEqualTo(1000);
        assertThat(target.valueBytes).hasSize(1000);
    }

    @Test
    void callsAnsweredBeforeTheyReturnNeedNoDeepStack() {
        Workload many = new Workload(200_000, 24, 10, 0, Distribution.UNIFORM, 1);

        LoadStatistics statistics =
                new ClosedLoop(target, many.preload(), 2).start().join();

        assertThat(statistics.errorCount()).isZero();
        assertThat(target.calls).isEqualTo(200_000);
    }

    @Test
    void onlyWhatIsAnsweredInTheWindowIsCounted() {
        target.answersAtOnce = false;
        ClosedLoop loop = new ClosedLoop(target, writes.mix(0), 1);
        CompletableFuture<LoadStatistics> ended = loop.start();

        target.unanswered.remove().run();
        loop.measure(true);
        target.unanswered.remove().run();
        target.unanswered.remove().run();
        loop.measure(false);
        target.unanswered.remove().run();
        loop.stop();
        assertThat(ended).isNotDone();
        target.unanswered.remove().run();

        assertThat(ended).isCompleted();
        assertThat(ended.join().operations()).isEqualTo(2);
        assertThat(ended.join().writeMicros().getTotalCount()).isEqualTo(2);
        assertThat(ended.join().readMicros().getTotalCount()).isZero();
        assertThat(target.unanswered).isEmpty();
    }

    @Test
    void readsThatFindNothingAreMisses() {
        target.expect(10);
        new ClosedLoop(target, writes.preload(), 4).start().join();
        target.valueBytes.replaceAll((key, bytes) -> key.endsWith("7") ? 11 : bytes);

        LoadStatistics statistics = run(target, 10_000);

        assertThat(statistics.operations()).isEqualTo(10_000);
        assertThat(statistics.misses()).isBetween(900L, 1100L);
    }

    private LoadStatistics run(Target of, int calls) {
        AtomicInteger left = new AtomicInteger(calls);
        var mix = reads.mix(0);
        ClosedLoop loop = new ClosedLoop(of, () -> left.getAndDecrement() > 0 ? mix.get() : null, 4);
        loop.measure(true);
        return loop.start().join();
    }

    @Test
    void failuresAreCountedByKindAndNotTimed() {
        LoadStatistics statistics = run(
                new Failing() {
                    @Override
                    public CompletionStage<Boolean> get(byte[] key) {
                        int digit = key[23] - '0';
                        if (digit == 0) {
                            throw new IllegalStateException("full");
                        }
                        return digit == 1
                                ? CompletableFuture.failedFuture(new RuntimeException("away"))
                                : CompletableFuture.completedFuture(true);
                    }
                },
                1000);

        assertThat(statistics.errors())
                .containsOnlyKeys(
                        "read: java.lang.IllegalStateException: full", "read: java.lang.RuntimeException: away");
        assertThat(statistics.errorCount()).isBetween(100L, 300L);
        assertThat(statistics.operations() + statistics.errorCount()).isEqualTo(1000);
    }

    @Test
    void failuresBeforeTheWindowAreToldToo() {
        LoadStatistics statistics =
                new ClosedLoop(new Failing(), writes.preload(), 4).start().join();

        assertThat(statistics.errorCount()).isEqualTo(1000);
        assertThat(statistics.operations()).isZero();
    }

    @Test
    void kindsWithoutEndAreLumpedTogether() {
        AtomicInteger number = new AtomicInteger();
        LoadStatistics statistics = run(
                new Failing() {
                    @Override
                    public CompletionStage<Boolean> get(byte[] key) {
                        return CompletableFuture.failedFuture(new RuntimeException("call " + number.incrementAndGet()));
                    }
                },
                1000);

        assertThat(statistics.errors()).hasSizeLessThan(40).containsKey("others");
        assertThat(statistics.errorCount()).isEqualTo(1000);
    }

    /** Answers come from several threads at once, and none of them is lost. */
    @Test
    void manyThreadsMayAnswer() {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            LoadStatistics statistics = run(
                    new Failing() {
                        @Override
                        public CompletionStage<Boolean> get(byte[] key) {
                            return ThreadLocalRandom.current().nextBoolean()
                                    ? CompletableFuture.supplyAsync(() -> true, threads)
                                    : CompletableFuture.completedFuture(true);
                        }
                    },
                    100_000);

            assertThat(statistics.operations()).isEqualTo(100_000);
            assertThat(statistics.misses()).isZero();
        }
    }

    /** Fails each call. */
    private static class Failing implements Target {

        @Override
        public CompletionStage<Boolean> get(byte[] key) {
            return CompletableFuture.failedFuture(new RuntimeException("away"));
        }

        @Override
        public CompletionStage<?> put(byte[] key, byte[] value) {
            return CompletableFuture.failedFuture(new RuntimeException("away"));
        }

        @Override
        public void close() {}
    }
}
