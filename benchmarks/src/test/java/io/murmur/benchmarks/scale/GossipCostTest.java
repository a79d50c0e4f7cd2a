package io.murmur.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.gossip.GossipSettings;
import org.junit.jupiter.api.Test;

class GossipCostTest {

    private static final int MESSAGE_BYTES = GossipSettings.DEFAULT.messageBytes();

    /** Of a frame beyond its lists. */
    private static final int FRAME = 64;

    @Test
    void aRoundNamesEverybodyAsLongAsAMessageHasRoom() throws Exception {
        GossipCost cost = GossipCost.of(50);

        assertThat(cost.named()).isEqualTo(50);
        assertThat(cost.synBytes()).isBetween(50 * 20, MESSAGE_BYTES);
        assertThat(cost.ackBytes()).isBetween(cost.synBytes() / 4, cost.synBytes());
    }

    @Test
    void beyondThatAMessageGrowsNoMore() throws Exception {
        GossipCost cost = GossipCost.of(1_000);

        assertThat(cost.named()).isLessThan(400);
        assertThat(cost.synBytes()).isBetween(MESSAGE_BYTES - FRAME, MESSAGE_BYTES + FRAME);
        assertThat(cost.ackBytes()).isBetween(MESSAGE_BYTES - FRAME, MESSAGE_BYTES + FRAME);
    }

    @Test
    void loadsAreToldLessOftenWhereThereAreMany() throws Exception {
        double ofHundred = GossipCost.of(100).statesPerSecond();
        double ofThousand = GossipCost.of(1_000).statesPerSecond();

        assertThat(ofThousand).isBetween(ofHundred / 2, 2 * ofHundred);
    }
}
