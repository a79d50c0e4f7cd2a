package io.murmur.gossip.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What takes long. */
@Tag("slow")
class LargeCrowdTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    /** A day of 100 nodes, as four quarters of different seeds on as many threads as there are. */
    @Test
    void nobodyIsConvictedWronglyInADayOfOnePercentLossAndPausesOfTwoSeconds() throws Exception {
        List<Callable<Long>> quarters = LongStream.rangeClosed(1, 4)
                .mapToObj(seed -> (Callable<Long>) () -> falseConvictionsInSixHours(seed))
                .toList();
        try (ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<Long>> counts = threads.invokeAll(quarters);
            for (int i = 0; i < counts.size(); i++) {
                assertThat(counts.get(i).get())
                        .as("false convictions under seed %d", i + 1)
                        .isZero();
            }
        }
    }

    private static long falseConvictionsInSixHours(long seed) {
        Crowd crowd = new Crowd(seed, CrowdConditions.calm(100).withLoss(0.01).withPauses(2000, 60));
        crowd.startAll();
        crowd.secondsUntil(crowd::allAreAliveToAll, LONG);
        crowd.run(Duration.ofMinutes(1));
        long before = crowd.falseConvictions();
        crowd.run(Duration.ofHours(6));
        return crowd.falseConvictions() - before;
    }

    @Test
    void anEpochReachesAThousandNodesInFifteenSecondsAndACrashIsKnownToAllInAMinute() {
        Crowd crowd = new Crowd(1, CrowdConditions.calm(1000).withLoss(0.01));
        crowd.startAll();
        assertThat(crowd.secondsUntil(crowd::allAreAliveToAll, LONG)).isLessThan(60);
        crowd.run(Duration.ofSeconds(30));

        crowd.gossiper(500).ringEpoch(2);
        assertThat(crowd.secondsUntil(() -> crowd.allHaveRing(2), LONG)).isLessThan(15);

        crowd.crash(700);
        assertThat(crowd.secondsUntil(() -> crowd.allBelieve(700, false), LONG)).isLessThan(60);
    }
}
