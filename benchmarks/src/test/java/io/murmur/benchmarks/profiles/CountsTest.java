package io.murmur.benchmarks.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.benchmarks.profiles.ProcessUse.Used;
import io.murmur.benchmarks.profiles.Profile.Share;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class CountsTest {

    @Test
    void countersAreAddedUpOverNodesAndLabels() {
        String page = """
                # HELP murmur_log_sync_duration_seconds How long fsyncs of the commit log took.
                murmur_log_sync_duration_seconds_bucket{le="0.001"} 3
                murmur_log_sync_duration_seconds_sum 0.5
                murmur_log_sync_duration_seconds_count 7
                murmur_resp_command_seconds_count{command="get"} 100
                murmur_resp_command_seconds_count{command="getdel"} 1
                murmur_resp_errors_total{code="ERR"} 2
                murmur_resp_errors_total{code="WRONGPASS"} 1
                """;

        NodeCounters both = new NodeCounters(List.of(page, page));

        assertThat(both.logSyncs()).isEqualTo(14);
        assertThat(both.redisGets()).isEqualTo(200);
        assertThat(both.redisErrors()).isEqualTo(6);
    }

    @Test
    void aCounterThatHasNotBegunIsZero() {
        assertThat(new NodeCounters(List.of("murmur_resp_connections 0\n")).redisGets())
                .isZero();
    }

    @Test
    void perfsCountIsDividedByTheTimeItCountedFor() {
        assertThat(SystemCalls.parse("614012,,raw_syscalls:sys_enter,86775282,100.00,,\n", 2))
                .isEqualTo(OptionalDouble.of(307006));
        assertThat(SystemCalls.parse("<not counted>,,raw_syscalls:sys_enter,0,100.00,,\n", 2))
                .isEmpty();
        assertThat(SystemCalls.parse("Access to performance monitoring is limited.\n", 2))
                .isEmpty();
    }

    @Test
    void theJvmsOwnThreadsAreMeasuredAndTheRestIsDividedBySamples() {
        Used used = new Used(
                1000,
                400,
                0,
                0,
                0,
                Map.of(ThreadRole.APPLICATION, 790L, ThreadRole.COLLECTOR, 150L, ThreadRole.COMPILER, 50L));

        List<Share> shares = Profile.shares(used, Map.of(Work.STORAGE, 3L, Work.NETTY, 1L));

        assertThat(shares)
                .containsExactly(
                        new Share(ThreadRole.COLLECTOR.words(), 150),
                        new Share(ThreadRole.COMPILER.words(), 50),
                        new Share(Work.NETTY.words(), 200),
                        new Share(Work.STORAGE.words(), 600));
    }
}
