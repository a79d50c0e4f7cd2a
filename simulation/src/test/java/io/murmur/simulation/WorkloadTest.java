package io.murmur.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.simulation.Operation.Get;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WorkloadTest {

    private static List<Call> calls(double looseShare) {
        Random random = new Random(7);
        LevelMix levels = LevelMix.draw(random, 1);
        while (levels.looseShare() < looseShare) {
            levels = levels.withLoose(looseShare, random);
        }
        Workload workload = Workload.draw(
                random,
                () -> List.of(Topology.idOf("a", 1)),
                levels,
                ClusterScenario.CACHE.name(),
                ClusterScenario.SMALL.name());
        Script script = workload.script("client", random);
        List<Call> calls = new ArrayList<>();
        for (Call call = script.next(); call != null; call = script.next()) {
            calls.add(call);
        }
        return calls;
    }

    private static boolean isLoose(Call call) {
        return call.sloppy() || call.level().equals(Level.ANY);
    }

    private static boolean isRead(Call call) {
        return call.targets().get(0).action() instanceof Get;
    }

    @Test
    void nothingIsLooseUnlessTheScenarioSaysSo() {
        assertThat(calls(0)).isNotEmpty().noneMatch(WorkloadTest::isLoose);
    }

    @Test
    void looseWritesAreAtAnyOrSloppyAndReadsAreNever() {
        List<Call> calls = calls(1);

        assertThat(calls).filteredOn(call -> !isRead(call)).isNotEmpty().allMatch(WorkloadTest::isLoose);
        assertThat(calls).filteredOn(WorkloadTest::isRead).isNotEmpty().noneMatch(WorkloadTest::isLoose);
        assertThat(calls).anyMatch(Call::sloppy).anyMatch(call -> call.level().equals(Level.ANY));
    }
}
