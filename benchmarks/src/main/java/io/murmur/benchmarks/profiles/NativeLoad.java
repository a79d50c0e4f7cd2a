package io.murmur.benchmarks.profiles;

import io.murmur.benchmarks.driver.ClosedLoop;
import io.murmur.benchmarks.driver.LoadStatistics;
import io.murmur.benchmarks.driver.Target;
import io.murmur.benchmarks.driver.Workload;
import java.util.concurrent.CompletableFuture;

/**
 * Murmur's own client, in this process.
 *
 * @param target not closed here
 */
record NativeLoad(Target target, Workload workload, int inFlight) implements Load {

    @Override
    public Running start() {
        target.expect(workload.valueBytes());
        ClosedLoop loop = new ClosedLoop(target, workload.mix(0), inFlight);
        CompletableFuture<LoadStatistics> ended = new CompletableFuture<>();
        // On a thread of its own, which is kept for as long as all calls fail at once.
        Thread.ofPlatform().daemon().name("load").start(() -> loop.start().thenAccept(ended::complete));
        return new Calls(loop, ended);
    }

    private record Calls(ClosedLoop loop, CompletableFuture<LoadStatistics> ended) implements Running {

        @Override
        public ProcessHandle client() {
            return ProcessHandle.current();
        }

        @Override
        public void begin() {
            loop.measure(true);
        }

        @Override
        public void pause() {
            loop.measure(false);
        }

        @Override
        public Answered end() {
            loop.stop();
            LoadStatistics statistics = ended.join();
            return new Answered(statistics.operations(), statistics.errorCount(), statistics.misses());
        }

        @Override
        public void close() {
            loop.stop();
        }
    }
}
