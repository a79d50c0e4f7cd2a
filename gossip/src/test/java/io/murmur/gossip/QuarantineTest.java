package io.murmur.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.ring.NodeId;
import org.junit.jupiter.api.Test;

class QuarantineTest {

    private static final NodeId REMOVED = new NodeId(1, 1);

    private final Quarantine quarantine = new Quarantine(60);

    @Test
    void holdsTheRemovedLifeAndThoseBeforeUntilItsTimeIsOver() {
        quarantine.remove(REMOVED, 7, 1000);

        assertThat(quarantine.holds(REMOVED, 7, 1059)).isTrue();
        assertThat(quarantine.holds(REMOVED, 6, 1059)).isTrue();
        assertThat(quarantine.holds(REMOVED, 7, 1060)).isFalse();
    }

    @Test
    void letsANewLifeAndOthersPass() {
        quarantine.remove(REMOVED, 7, 1000);

        assertThat(quarantine.holds(REMOVED, 8, 1001)).isFalse();
        assertThat(quarantine.holds(new NodeId(1, 2), 7, 1001)).isFalse();
    }

    @Test
    void expiringLetsGoOfNobodyEarly() {
        quarantine.remove(REMOVED, 7, 1000);

        quarantine.expire(1059);
        assertThat(quarantine.holds(REMOVED, 7, 1059)).isTrue();
        quarantine.expire(1060);
        assertThat(quarantine.holds(REMOVED, 7, 1059)).isFalse();
    }

    @Test
    void removedAgainStaysForTheWholeTimeAgain() {
        quarantine.remove(REMOVED, 7, 1000);
        quarantine.remove(REMOVED, 9, 1050);

        assertThat(quarantine.holds(REMOVED, 9, 1109)).isTrue();
    }
}
