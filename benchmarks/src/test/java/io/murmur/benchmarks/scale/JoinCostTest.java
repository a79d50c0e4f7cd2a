package io.murmur.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingSteps;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinCostTest {

    private static final int NODES = 9;
    private static final Ring BEFORE = PaperCluster.ring(NODES, 64, 3);
    private static final Member JOINER = PaperCluster.member(NODES);

    @Test
    void theStepsLeadFromOneRingAtRestToAnotherWithTheNewNode() throws RingSteps.Refused {
        List<JoinCost.Step> steps = JoinCost.steps(BEFORE, JOINER);

        assertThat(steps.getFirst().ring().transition()).isNotNull();
        assertThat(steps.getLast().ring().transition()).isNull();
        assertThat(steps.getLast().ring().members()).contains(JOINER).hasSize(NODES + 1);
        assertThat(steps.getFirst().proposer()).isEqualTo(JOINER.id());
        assertThat(steps)
                .extracting(step -> step.ring().epoch())
                .isSorted()
                .doesNotHaveDuplicates()
                .startsWith(BEFORE.epoch() + 1);
    }

    @Test
    void nothingMovesButWhatTheNewNodeIsToOwn() throws RingSteps.Refused {
        JoinCost cost = JoinCost.of(BEFORE, JOINER);

        assertThat(cost.due()).isBetween(1, 64);
        assertThat(cost.moved()).isEqualTo(cost.due());
    }

    @Test
    void ringsOfNodesThatGetNothingAreThoseOfAllButTheNewNode() throws RingSteps.Refused {
        JoinCost cost = JoinCost.of(BEFORE, JOINER);

        // The first ring and one of the others are the newcomer's own.
        assertThat(cost.emptyRings()).isEqualTo(cost.rings() - 2).isPositive();
    }

    @Test
    void everybodyButTheProposerIsToldOfEachRing() throws RingSteps.Refused {
        long bytes = JoinCost.steps(BEFORE, JOINER).stream()
                .mapToLong(step -> Frames.bytes(new RingMessage.Decided(1, step.ring())))
                .sum();

        assertThat(JoinCost.of(BEFORE, JOINER).tellBytes()).isEqualTo(NODES * bytes);
    }
}
