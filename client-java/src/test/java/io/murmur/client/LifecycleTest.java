package io.murmur.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.wire.MessageCodec;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LifecycleTest {

    private final FakeCluster cluster = FakeCluster.of(1);
    private final FakeNode node = cluster.node(1);

    @AfterEach
    void close() {
        cluster.close();
    }

    private MurmurException failureToBuild(Duration startTimeout) {
        return catchThrowableOfType(
                MurmurException.class,
                () -> MurmurClient.builder()
                        .seed(node.address())
                        .startTimeout(startTimeout)
                        .build()
                        .close());
    }

    // Connecting.

    @Test
    void aSeedThatIsDownIsNamed() {
        node.close();

        MurmurException failure = failureToBuild(Duration.ofMillis(300));

        assertThat(failure).isInstanceOf(MurmurException.ConnectionLost.class);
        assertThat(failure)
                .hasMessageContaining("no node answered within 300 ms")
                .hasMessageContaining(node.address())
                .hasMessageContaining("refused");
    }

    @Test
    void aSeedThatRejectsIsQuoted() {
        node.greetWith(new Handshake.Rejected("protocol version 1 is too old"));

        assertThat(failureToBuild(Duration.ofMillis(300)))
                .hasMessageContaining(node.address() + ": protocol version 1 is too old");
    }

    @Test
    void whoeverIsRefusedByOneNodeWhileAnotherMayComeBackIsNotCalledUnauthenticated() throws IOException {
        node.greetWith(new Handshake.Rejected("who are you", Handshake.Cause.NOT_AUTHENTICATED));
        assertThat(failureToBuild(Duration.ofSeconds(10))).isInstanceOf(MurmurException.NotAuthenticated.class);
        int nobody;
        try (ServerSocket closed = new ServerSocket(0)) {
            nobody = closed.getLocalPort();
        }

        assertThatThrownBy(() -> MurmurClient.builder()
                        .seed(node.address())
                        .seed("127.0.0.1:" + nobody)
                        .startTimeout(Duration.ofMillis(500))
                        .build())
                .isInstanceOf(MurmurException.ConnectionLost.class)
                .hasMessageContaining("who are you");
    }

    @Test
    void aSeedOfAnotherProtocolVersionIsNotSpokenTo() {
        node.greetWith(new Handshake.Welcome(MessageCodec.PROTOCOL + 1, "test", node.id(), "n1", 1));

        assertThat(failureToBuild(Duration.ofMillis(300)))
                .hasMessageContaining(
                        "it speaks protocol version %d, not %d", MessageCodec.PROTOCOL + 1, MessageCodec.PROTOCOL);
        assertThat(node.received(ClientRequest.GetRing.class)).isEmpty();
    }

    @Test
    void aSeedThatGreetsLikeAClientIsNoNode() {
        node.greetWith(new Handshake.Hello(1, "", null, "echo"));

        assertThat(failureToBuild(Duration.ofMillis(300))).hasMessageContaining("not a node's port");
    }

    @Test
    void aSeedThatSaysNothingIsGivenUpAndTriedAgain() {
        node.greetNobody();

        assertThat(failureToBuild(Duration.ofMillis(3500)))
                .hasMessageContaining("it did not answer the greeting within 2000 ms");
        assertThat(node.accepted()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aSeedWhoseNameIsUnknownIsNamed() {
        MurmurException failure = catchThrowableOfType(
                MurmurException.class,
                () -> MurmurClient.builder()
                        .seed("no-such-host.invalid:7101")
                        .startTimeout(Duration.ofSeconds(8))
                        .build()
                        .close());

        assertThat(failure).hasMessageContaining("unknown host no-such-host.invalid");
    }

    @Test
    void aSeedMayBeAName() {
        try (MurmurClient client =
                MurmurClient.builder().seed("localhost:" + node.port()).build()) {
            assertThat(client.ring().members()).hasSize(1);
        }
    }

    @Test
    void oneSeedOfSeveralIsEnough() {
        try (FakeCluster gone = FakeCluster.of(1)) {
            gone.node(1).close();
            try (MurmurClient client = MurmurClient.builder()
                    .seed(gone.node(1).address())
                    .seed(node.address())
                    .build()) {
                assertThat(FakeCluster.texts(client).blocking().get("k")).isEmpty();
            }
        }
    }

    @Test
    void aNodeThatHasNoRingYetIsAskedAgain() {
        node.when(ClientRequest.GetRing.class, 3, node.failure(new Failure.BadRequest("no ring yet")));

        MurmurClient client = cluster.client();

        assertThat(client.ring().epoch()).isEqualTo(1);
        assertThat(node.received(ClientRequest.GetRing.class)).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", ":7101", "localhost:", "localhost:x", "localhost:0", "localhost:65536"})
    void aSeedThatIsNoAddressIsRefused(String address) {
        assertThatThrownBy(() -> MurmurClient.builder().seed(address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a seed is host:port");
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        MurmurClient.Builder builder = MurmurClient.builder();

        assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.maxInFlight(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.connectTimeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.callTimeout(Duration.ofHours(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.startTimeout(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.clientName("n".repeat(256))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CallOptions.DEFAULT.withTimeout(Duration.ofHours(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CallOptions.DEFAULT.withTimeToLive(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLongestTimeoutTravelsToTheNode() {
        BlockingCache<String, String> cache =
                FakeCluster.texts(cluster.client()).blocking();

        cache.put("k", "v", CallOptions.DEFAULT.withTimeout(CallOptions.MAX_TIMEOUT));

        assertThat(cache.get("k")).contains("v");
        assertThat(node.accepted()).isEqualTo(1);
    }

    // Coming back.

    @Test
    void aBrokenConnectionComesBack() {
        MurmurClient client = cluster.client();
        BlockingCache<String, String> cache = FakeCluster.texts(client).blocking();
        cache.put("k", "v");

        node.resetAll();

        FakeCluster.await(() -> node.accepted() == 2 && client.connectedNodes() == 1);
        assertThat(cache.get("k")).contains("v");
    }

    @Test
    void callsWaitForANodeThatReturnsWithinTheirTime() {
        MurmurClient client = cluster.client();
        node.close();
        FakeCluster.await(() -> client.connectedNodes() == 0);

        CompletableFuture<Receipt> waiting = FakeCluster.texts(client).put("k", "v");

        try (FakeNode again = new FakeNode(1, "z1", node.port())) {
            again.know(cluster.ring(1, node));
            assertThat(waiting.join().version().node()).isEqualTo(again.id());
        }
    }

    @Test
    void aCallThatFindsNoNodeInItsTimeFailsWithoutEffectAndSaysWhy() {
        MurmurClient client = cluster.client();
        node.close();
        FakeCluster.await(() -> client.connectedNodes() == 0);

        MurmurException failure = catchThrowableOfType(
                MurmurException.class,
                () -> FakeCluster.texts(client)
                        .blocking()
                        .put("k", "v", CallOptions.DEFAULT.withTimeout(Duration.ofMillis(200))));

        assertThat(failure).isInstanceOf(MurmurException.ConnectionLost.class);
        assertThat(failure.effect()).isEqualTo(Effect.NONE);
        assertThat(failure).hasMessageContaining("no node could be reached in time: " + node.address());
    }

    // A node that stops.

    @Test
    void aNodeThatSaysFarewellIsHungUpOnOnceItHasAnsweredAndGetsNothingElse() {
        MurmurClient client = cluster.client();
        Cache<String, String> cache = FakeCluster.texts(client);
        node.when(ClientRequest.Put.class, 1, node.hold());
        CompletableFuture<Receipt> before = cache.put("before", "v");
        FakeCluster.await(() -> node.held() == 1);
        int accepted = node.accepted();

        node.sayFarewell();
        FakeCluster.await(() -> client.connectedNodes() == 0);
        CompletableFuture<Receipt> after = cache.put("after", "v");
        assertThat(node.connections()).isEqualTo(1);
        assertThat(before).isNotDone();

        node.serveHeld();

        assertThat(before.join().version().node()).isEqualTo(node.id());
        assertThat(after.join().version().node()).isEqualTo(node.id());
        assertThat(node.accepted()).isEqualTo(accepted + 1);
        assertThat(client.retries()).isZero();
    }

    @Test
    void aNodeThatSaysFarewellIsHungUpOnThoughItNeverAnswers() {
        MurmurClient client = cluster.client();
        node.when(ClientRequest.Put.class, 1, node.hold());
        CompletableFuture<Receipt> unanswered =
                FakeCluster.texts(client).put("k", "v", CallOptions.DEFAULT.withTimeout(Duration.ofMillis(200)));
        FakeCluster.await(() -> node.held() == 1);
        int accepted = node.accepted();

        node.sayFarewell();

        assertThatThrownBy(unanswered::join).hasCauseInstanceOf(MurmurException.Timeout.class);
        FakeCluster.await(() -> node.accepted() == accepted + 1);
    }

    // Closing.

    @Test
    void closingFailsTheCallsOnTheirWay() {
        MurmurClient client = cluster.client();
        Cache<String, String> cache = FakeCluster.texts(client);
        node.when(ClientRequest.Put.class, node.hold());
        node.when(ClientRequest.Get.class, node.hold());
        CompletableFuture<Receipt> put = cache.put("k", "v");
        CompletableFuture<?> get = cache.get("k");
        FakeCluster.await(() -> node.held() == 2);

        client.close();

        assertThat(failureOf(put).effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(failureOf(get).effect()).isEqualTo(Effect.NONE);
    }

    @Test
    void closingFailsTheCallsThatWaitOutABackoff() {
        MurmurClient client = cluster.client();
        node.when(ClientRequest.Put.class, node.failure(new Failure.Overloaded("the shard")));
        List<CompletableFuture<Receipt>> puts = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            puts.add(FakeCluster.texts(client).put("k" + i, "v"));
        }
        FakeCluster.await(() -> node.received(ClientRequest.Put.class).size() >= 50);

        client.close();

        assertThat(puts)
                .allSatisfy(put -> assertThat(failureOf(put)).isInstanceOf(MurmurException.ConnectionLost.class));
    }

    @Test
    void closingFailsTheCallsThatWaitForANode() {
        MurmurClient client = cluster.client();
        node.close();
        FakeCluster.await(() -> client.connectedNodes() == 0);
        CompletableFuture<Receipt> put = FakeCluster.texts(client).put("k", "v");

        client.close();

        assertThat(failureOf(put)).hasMessage("the client was closed");
    }

    @Test
    void callsOfAClosedClientFailAtOnce() {
        MurmurClient client = cluster.client();
        client.close();

        for (int i = 0; i < 3; i++) {
            MurmurException failure = failureOf(FakeCluster.texts(client).put("k", "v"));
            assertThat(failure)
                    .isInstanceOf(MurmurException.ConnectionLost.class)
                    .hasMessage("the client was closed");
            assertThat(failure.effect()).isEqualTo(Effect.NONE);
        }
    }

    @Test
    void closingAgainHasNoEffect() {
        MurmurClient client = cluster.client();

        client.close();
        client.close();

        FakeCluster.await(() -> node.connections() == 0);
    }

    @Test
    void aClientMayBeClosedOnItsOwnThread() {
        MurmurClient client = cluster.client();

        CompletableFuture<Void> closed = FakeCluster.texts(client).get("k").thenAccept(value -> client.close());

        assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
        FakeCluster.await(() -> node.connections() == 0);
    }

    @Test
    void everyCallThatRacesWithCloseEnds() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            MurmurClient client = cluster.client();
            Cache<String, String> cache = FakeCluster.texts(client);
            List<CompletableFuture<?>> calls = new ArrayList<>();
            Thread caller = new Thread(() -> {
                for (int i = 0; i < 2000; i++) {
                    calls.add(cache.get("k"));
                }
            });
            caller.start();
            client.close();
            caller.join();

            assertThat(CompletableFuture.allOf(calls.toArray(new CompletableFuture<?>[0]))
                            .handle((done, failure) -> true))
                    .succeedsWithin(10, TimeUnit.SECONDS);
        }
    }

    private static MurmurException failureOf(CompletableFuture<?> call) {
        assertThat(call).isCompletedExceptionally();
        return (MurmurException) call.exceptionNow();
    }
}
