package io.murmur.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.ring.Ring;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallCostTest {

    @ParameterizedTest
    @ValueSource(ints = {3, 30, 300})
    void aPutAsksBothOtherOwnersWhateverTheSize(int nodes) {
        CallCost cost = CallCost.ofPut(PaperCluster.ring(nodes, 1024, 3));

        // The client's call and its answer, two joins and theirs.
        assertThat(cost.messages()).isEqualTo(6);
        assertThat(cost.bytes()).isGreaterThan(3 * 124);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 30, 300})
    void aGetAsksOneOtherOwnerWhateverTheSize(int nodes) {
        assertThat(CallCost.ofGet(PaperCluster.ring(nodes, 1024, 3)).messages()).isEqualTo(4);
    }

    @Test
    void moreReplicasAreMoreMessages() {
        Ring ring = PaperCluster.ring(9, 64, 5);

        // A cache of three replicas lives on the first three of five owners.
        assertThat(CallCost.ofPut(ring).messages()).isEqualTo(6);
        assertThat(CallCost.ofPut(PaperCluster.ring(9, 64, 1)).messages()).isEqualTo(2);
    }
}
