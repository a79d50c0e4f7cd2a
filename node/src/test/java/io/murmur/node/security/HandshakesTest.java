package io.murmur.node.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HandshakesTest {

    private final Handshakes handshakes = new Handshakes("test");
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final CountDownLatch occupied = new CountDownLatch(1);

    @AfterEach
    void close() {
        handshakes.close();
        channel.finishAndReleaseAll();
    }

    private void occupy() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        handshakes.of(channel).execute(() -> {
            begun.countDown();
            try {
                occupied.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        begun.await();
    }

    @Test
    void whoseConnectionHasEndedIsPassedBy() throws Exception {
        List<String> computed = new CopyOnWriteArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        EmbeddedChannel gone = new EmbeddedChannel();
        occupy();

        handshakes.of(gone).execute(() -> computed.add("gone"));
        handshakes.of(channel).execute(() -> {
            computed.add("there");
            done.countDown();
        });
        gone.close();
        occupied.countDown();

        done.await();
        assertThat(computed).containsExactly("there");
    }

    @Test
    void noMoreThanABoundedNumberWait() throws Exception {
        occupy();
        for (int i = 0; i < Handshakes.MOST_WAITING; i++) {
            handshakes.of(channel).execute(() -> {});
        }

        assertThatThrownBy(() -> handshakes.of(channel).execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("busy with the handshakes of others");
        occupied.countDown();
    }
}
