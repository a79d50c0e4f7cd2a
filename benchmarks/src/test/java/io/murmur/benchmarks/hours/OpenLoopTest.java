package io.murmur.benchmarks.hours;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.benchmarks.driver.Target;
import io.murmur.benchmarks.driver.Workload.Operation;
import io.murmur.benchmarks.hours.Timeline.Interval;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpenLoopTest {

    private static final Operation.Read READ = new Operation.Read(new byte[0]);

    private final Queue<CompletableFuture<Boolean>> unanswered = new ConcurrentLinkedQueue<>();
    private volatile boolean silent = true;
    private final CountDownLatch drawn = new CountDownLatch(100);

    private Operation draw() {
        drawn.countDown();
        return READ;
    }

    /** Answers what the supplier says. */
    private static Target target(Supplier<CompletionStage<Boolean>> answers) {
        return new Target() {
            @Override
            public CompletionStage<Boolean> get(byte[] key) {
                return answers.get();
            }

            @Override
            public CompletionStage<?> put(byte[] key, byte[] value) {
                throw new AssertionError("nothing is to be written");
            }

            @Override
            public void close() {}
        };
    }

    private static Interval whole(Timeline timeline) {
        return timeline.between(0, 120);
    }

    @Test
    void aCallThatWasKeptFromBeingSentIsTimedFromWhenItWasDue() throws InterruptedException {
        // The loop begins a second after its first call was due, as after a stall.
        Timeline timeline = new Timeline(System.nanoTime() - TimeUnit.SECONDS.toNanos(1));
        OpenLoop loop = new OpenLoop(
                target(() -> CompletableFuture.completedStage(true)), this::draw, call -> false, timeline, 10, 100);

        loop.start();
        drawn.await();
        loop.stop();

        Interval whole = whole(timeline);
        assertThat(whole.errors()).isEmpty();
        assertThat(whole.answered()).isGreaterThanOrEqualTo(100);
        assertThat(Figures.millis(whole.micros(), 100)).isGreaterThan(990);
        assertThat(Figures.millis(loop.lateMicros(), 100)).isGreaterThan(990);
    }

    @Test
    void aCallThatIsDueWhileTooManyAreOnTheirWayIsDroppedAndCounted() throws InterruptedException {
        Timeline timeline = new Timeline(System.nanoTime());
        Target target = target(() -> {
            CompletableFuture<Boolean> answer = new CompletableFuture<>();
            unanswered.add(answer);
            if (!silent) {
                answer.complete(true);
            }
            return answer;
        });
        OpenLoop loop = new OpenLoop(target, this::draw, call -> false, timeline, 7, 10_000);

        loop.start();
        drawn.await();
        assertThat(unanswered).hasSize(7);
        silent = false;
        unanswered.forEach(answer -> answer.complete(true));
        loop.stop();

        Interval whole = whole(timeline);
        assertThat(whole.errorCount()).isGreaterThanOrEqualTo(92);
        assertThat(whole.errors()).containsOnlyKeys("dropped: too many calls on their way");
        assertThat(whole.answered()).isGreaterThanOrEqualTo(7);
    }

    @Test
    void failuresAndStaleReadsAreToldApart() throws InterruptedException {
        Timeline timeline = new Timeline(System.nanoTime());
        Queue<CompletionStage<Boolean>> answers = new ConcurrentLinkedQueue<>();
        answers.add(CompletableFuture.completedStage(false));
        answers.add(CompletableFuture.failedStage(new IllegalStateException("lost")));
        OpenLoop loop = new OpenLoop(
                target(() -> answers.isEmpty() ? CompletableFuture.completedStage(true) : answers.remove()),
                this::draw,
                call -> true,
                timeline,
                10,
                10_000);

        loop.start();
        drawn.await();
        loop.stop();

        Interval whole = whole(timeline);
        assertThat(whole.stale()).isEqualTo(1);
        assertThat(whole.errors()).containsOnlyKeys("read: java.lang.IllegalStateException: lost");
        assertThat(whole.apartMicros().getTotalCount()).isGreaterThanOrEqualTo(98);
        assertThat(whole.micros().getTotalCount()).isZero();
    }
}
