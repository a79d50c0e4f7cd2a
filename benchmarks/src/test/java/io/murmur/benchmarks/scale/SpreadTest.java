package io.murmur.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

    private static final List<Member> MEMBERS = PaperCluster.members(4);
    private static final NodeId A = MEMBERS.get(0).id();
    private static final NodeId B = MEMBERS.get(1).id();
    private static final NodeId C = MEMBERS.get(2).id();

    /** The fourth owns nothing. */
    private static final Ring RING =
            new Ring(1, 8, 2, MEMBERS, List.of(ab(), ab(), ab(), ab(), ac(), ac(), List.of(A), List.of(A)));

    private static List<NodeId> ab() {
        return List.of(A, B);
    }

    private static List<NodeId> ac() {
        return List.of(A, C);
    }

    @Test
    void partitionsAreCountedAtEachNode() {
        Spread spread = Spread.of(RING, 1);

        assertThat(spread.leastPartitions()).isZero();
        assertThat(spread.mostPartitions()).isEqualTo(8);
        assertThat(spread.meanPartitions()).isEqualTo(14 / 4.0);
        assertThat(spread.excess()).isCloseTo(8 / 3.5 - 1, within(1e-9));
    }

    @Test
    void whoOwnsThePartitionsOfAnotherIsOneOfItsCoOwnersAndNobodyIsItsOwn() {
        Spread spread = Spread.of(RING, 1);

        assertThat(spread.mostCoOwners()).isEqualTo(2);
        assertThat(spread.meanCoOwners()).isEqualTo((2 + 1 + 1 + 0) / 4.0);
    }

    @Test
    void aShardIsBusyWhenAnyOfItsPartitionsIsOwned() {
        Ring everywhere = PaperCluster.ring(3, 8, 3);

        assertThat(Spread.of(everywhere, 8).leastBusyShards()).isEqualTo(8);
        assertThat(Spread.of(everywhere, 16).leastBusyShards()).isEqualTo(8);
        assertThat(Spread.of(RING, 2).leastBusyShards()).isZero();
    }
}
