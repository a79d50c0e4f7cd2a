package io.murmur.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SocketsTest {

    @Test
    void eachLoopAndTheControlLoopAreConnectedToEachOtherNode() {
        Sockets sockets = Sockets.of(3, 2);

        assertThat(sockets.opened()).isEqualTo(3 * 2);
        assertThat(sockets.betweenNodes()).isEqualTo(12);
        assertThat(sockets.ofClient()).isEqualTo(3);
    }

    @Test
    void connectionsOpenedAndAcceptedAreThoseOfAllNodesAlike() {
        Sockets sockets = Sockets.of(1_000, 8);

        assertThat(sockets.opened()).isEqualTo(sockets.accepted()).isEqualTo(9 * 999);
    }
}
