package io.murmur.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Done, not done, unknown: what a caller is told, and what is sent again on the way. n1 owns all keys, n2 is there to fall back to. */
@Timeout(60)
class OutcomesTest {

    private static final CallOptions AT_LEAST_ONCE = CallOptions.DEFAULT.withRetryUnknown(true);

    private final FakeCluster cluster = FakeCluster.of(2);
    private final FakeNode owner = cluster.node(1);
    private final FakeNode other = cluster.node(2);
    private final MurmurClient client;
    private final BlockingCache<String, String> cache;

    OutcomesTest() {
        cluster.own(1, owner);
        client = cluster.client();
        cache = FakeCluster.texts(client).blocking();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private static MurmurException failureOf(Runnable call) {
        return catchThrowableOfType(MurmurException.class, call::run);
    }

    // Connections that break.

    @Test
    void aReadWhoseConnectionBreaksIsAnsweredByAnotherNode() {
        owner.when(ClientRequest.Get.class, FakeNode.reset());
        cache.put("k", "v");
        other.cells().putAll(owner.cells());

        assertThat(cache.get("k")).contains("v");
        assertThat(other.received(ClientRequest.Get.class)).hasSize(1);
    }

    @Test
    void aWriteWhoseConnectionBreaksIsUnknownAndNotSentAgain() {
        owner.when(ClientRequest.Put.class, FakeNode.reset());

        MurmurException failure = failureOf(() -> cache.put("k", "v"));

        assertThat(failure).isInstanceOf(MurmurException.ConnectionLost.class);
        assertThat(failure.effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(failure).hasMessageContaining(owner.address());
        assertThat(other.received(ClientRequest.Put.class)).isEmpty();
    }

    @Test
    void aDeleteWhoseConnectionBreaksIsUnknownAndNotSentAgain() {
        owner.when(ClientRequest.Delete.class, FakeNode.reset());

        assertThat(failureOf(() -> cache.delete("k")).effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(other.received(ClientRequest.Delete.class)).isEmpty();
    }

    @Test
    void aWriteThatMayHappenTwiceIsSentAgainWhenItsConnectionBreaks() {
        owner.when(ClientRequest.Put.class, FakeNode.reset());

        cache.put("k", "v", AT_LEAST_ONCE);

        assertThat(other.received(ClientRequest.Put.class)).hasSize(1);
    }

    @Test
    void writesThatNeverReachedTheSocketAreDoneElsewhere() {
        String mebibyte = "v".repeat(1 << 20);
        Queue<FakeNode.Peer> deaf = new ConcurrentLinkedQueue<>();
        owner.when(ClientRequest.Delete.class, 1, (request, peer) -> {
            peer.stopReading();
            deaf.add(peer);
        });
        Cache<String, String> texts = FakeCluster.texts(client);
        CompletableFuture<Receipt> deafening = texts.delete("k");
        FakeCluster.await(() -> !deaf.isEmpty());

        // More than the sockets of both sides hold.
        List<CompletableFuture<Receipt>> puts = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            puts.add(texts.put("k" + i, mebibyte));
        }
        // The read is behind them, so when it has been answered, by the other node, all of them were sent.
        texts.get("k", CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(3))).join();
        deaf.remove().resetOnItsLoop();

        List<Throwable> failures = new ArrayList<>();
        for (CompletableFuture<Receipt> put : puts) {
            put.handle((done, failure) -> failure == null || failures.add(failure))
                    .join();
        }
        assertThat(deafening).isCompletedExceptionally();
        assertThat(puts.get(0)).isCompletedExceptionally();
        assertThat(puts.get(14)).isCompletedWithValueMatching(receipt -> receipt.acknowledged() == 2);
        assertThat(failures)
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(
                                MurmurException.ConnectionLost.class,
                                lost -> assertThat(lost.effect()).isEqualTo(Effect.UNKNOWN)));
        assertThat(other.received(ClientRequest.Put.class)).hasSize(15 - failures.size());
    }

    @Test
    void garbageFromANodeCostsOnlyItsOwnConnection() {
        cache.put("k", "v");
        other.cells().putAll(owner.cells());
        owner.when(ClientRequest.Get.class, 1, (request, peer) -> peer.sendGarbage());

        assertThat(cache.get("k")).contains("v");
        assertThat(other.received(ClientRequest.Get.class)).hasSize(1);
    }

    // Nodes that do not answer.

    @Test
    void aReadThatIsNotAnsweredIsAnsweredByAnotherNodeInTime() {
        owner.when(ClientRequest.Get.class, FakeNode.silence());

        assertThat(cache.get("k", CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(3))))
                .isEmpty();
        assertThat(other.received(ClientRequest.Get.class)).hasSize(1);
    }

    @Test
    void aNodeThatDidNotAnswerIsAvoidedForAWhile() {
        owner.when(ClientRequest.Get.class, FakeNode.silence());
        cache.get("k", CallOptions.DEFAULT.withTimeout(Duration.ofMillis(600)));
        owner.forgetReceived();

        cache.get("k");

        assertThat(owner.received(ClientRequest.Get.class)).isEmpty();
    }

    @Test
    void aWriteThatIsNotAnsweredTimesOutAsUnknown() {
        owner.when(ClientRequest.Put.class, FakeNode.silence());
        long start = System.nanoTime();

        MurmurException failure =
                failureOf(() -> cache.put("k", "v", CallOptions.DEFAULT.withTimeout(Duration.ofMillis(300))));

        assertThat(failure).isInstanceOf(MurmurException.Timeout.class);
        assertThat(failure.effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(300L, 5000L);
        assertThat(other.received(ClientRequest.Put.class)).isEmpty();
    }

    @Test
    void aReadThatNobodyAnswersTimesOutWithoutEffect() {
        cluster.nodes().forEach(node -> node.when(ClientRequest.Get.class, FakeNode.silence()));

        MurmurException failure =
                failureOf(() -> cache.get("k", CallOptions.DEFAULT.withTimeout(Duration.ofMillis(300))));

        assertThat(failure).isInstanceOf(MurmurException.Timeout.class);
        assertThat(failure.effect()).isEqualTo(Effect.NONE);
    }

    @Test
    void anAnswerThatComesTooLateIsIgnored() {
        owner.when(ClientRequest.Put.class, 1, owner.hold());
        MurmurException failure =
                failureOf(() -> cache.put("k", "late", CallOptions.DEFAULT.withTimeout(Duration.ofMillis(100))));
        owner.serveHeld();

        Receipt receipt = cache.put("k", "on time");

        assertThat(failure).isInstanceOf(MurmurException.Timeout.class);
        assertThat(cache.read("k").version()).contains(receipt.version());
        assertThat(client.connectedNodes()).isEqualTo(2);
    }

    @Test
    void theDeadlineTravelsWithTheCallAndLeavesTimeForTheAnswer() {
        cache.put("k", "v", CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(30)));
        cache.put("k", "v", CallOptions.DEFAULT.withTimeout(Duration.ofMillis(200)));

        assertThat(owner.received(ClientRequest.Put.class))
                .extracting(put -> TimeUnit.NANOSECONDS.toMillis(put.deadlineNanos()))
                .satisfiesExactly(
                        millis -> assertThat(millis).isBetween(25_000L, 29_975L),
                        millis -> assertThat(millis).isBetween(1L, 180L));
    }

    // Nodes that answer with a failure.

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new Failure.Unavailable(1, 2), MurmurException.Unavailable.class),
                Arguments.of(new Failure.Timeout(1, 2, Effect.UNKNOWN), MurmurException.Timeout.class),
                Arguments.of(new Failure.Timeout(0, 2, Effect.NONE), MurmurException.Timeout.class),
                Arguments.of(new Failure.Overloaded("the shard"), MurmurException.Overloaded.class),
                Arguments.of(new Failure.ClockDrift(700, Effect.UNKNOWN), MurmurException.ClockDrift.class),
                Arguments.of(new Failure.ClockDrift(700, Effect.NONE), MurmurException.ClockDrift.class),
                Arguments.of(new Failure.StaleRing(3, Effect.UNKNOWN), MurmurException.StaleRing.class),
                Arguments.of(new Failure.StaleRing(3, Effect.NONE), MurmurException.StaleRing.class),
                Arguments.of(new Failure.StorageFailed("disk", Effect.UNKNOWN), MurmurException.StorageFailed.class),
                Arguments.of(new Failure.StorageFailed("disk", Effect.NONE), MurmurException.StorageFailed.class),
                Arguments.of(new Failure.BadRequest("no such cache"), MurmurException.BadRequest.class));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureThatAllNodesGiveHasItsNameItsMessageAndItsEffect(
            Failure failure, Class<? extends MurmurException> named) {
        cluster.nodes().forEach(node -> node.when(ClientRequest.Put.class, node.failure(failure)));

        MurmurException seen = failureOf(() -> cache.put("k", "v"));

        assertThat(seen).isInstanceOf(named).hasMessage(failure.message());
        assertThat(seen.effect()).isEqualTo(failure.effect());
    }

    @Test
    void aNodesTimeoutSaysHowManyOwnersAnswered() {
        owner.when(ClientRequest.Put.class, owner.failure(new Failure.Timeout(1, 2, Effect.UNKNOWN)));

        assertThat(failureOf(() -> cache.put("k", "v")))
                .isInstanceOfSatisfying(MurmurException.Timeout.class, timeout -> {
                    assertThat(timeout.acknowledged()).isEqualTo(1);
                    assertThat(timeout.required()).isEqualTo(2);
                });
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aWriteIsSentAgainOnlyWhenNothingHappened(Failure failure, Class<? extends MurmurException> named) {
        owner.when(ClientRequest.Put.class, owner.failure(failure));
        boolean mayBeSentAgain = failure.effect() == Effect.NONE && !named.equals(MurmurException.BadRequest.class);

        MurmurException seen = failureOf(() -> cache.put("k", "v"));

        assertThat(seen == null).isEqualTo(mayBeSentAgain);
        assertThat(other.received(ClientRequest.Put.class)).hasSize(mayBeSentAgain ? 1 : 0);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aReadIsSentAgainUnlessItIsWrong(Failure failure, Class<? extends MurmurException> named) {
        owner.when(ClientRequest.Get.class, owner.failure(failure));
        boolean mayBeSentAgain = !named.equals(MurmurException.BadRequest.class);

        MurmurException seen = failureOf(() -> cache.get("k"));

        assertThat(seen == null).isEqualTo(mayBeSentAgain);
        assertThat(other.received(ClientRequest.Get.class)).hasSize(mayBeSentAgain ? 1 : 0);
    }

    @Test
    void aLaterRefusalDoesNotTakeBackThatAnEarlierAttemptMayHaveHappened() {
        owner.when(ClientRequest.Put.class, FakeNode.reset());
        other.when(ClientRequest.Put.class, other.failure(new Failure.BadRequest("no such cache")));

        MurmurException failure = failureOf(() -> cache.put("k", "v", AT_LEAST_ONCE));

        assertThat(failure).isInstanceOf(MurmurException.BadRequest.class);
        assertThat(failure.effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(failure).hasMessageContaining("an earlier attempt of this call may have taken effect");
    }

    @Test
    void ofSeveralPutsALaterRefusalDoesNotTakeBackThatAnEarlierAttemptMayHaveHappened() {
        owner.when(ClientRequest.PutAll.class, FakeNode.reset());
        other.when(
                ClientRequest.PutAll.class,
                (request, peer) -> peer.reply(new ClientReply.Many(
                        request.id(), 1, List.of(new ClientReply.Failed(new Failure.Unavailable(1, 2))))));

        Batch<String, Receipt> put = cache.putAll(Map.of("k", "v"), AT_LEAST_ONCE);

        assertThat(put.failed())
                .hasEntrySatisfying("k", failure -> assertThat(failure.effect()).isEqualTo(Effect.UNKNOWN));
    }

    @Test
    void aCallIsSentAtMostFiveTimes() {
        cluster.nodes()
                .forEach(node -> node.when(
                        ClientRequest.Get.class, node.failure(new Failure.StorageFailed("disk", Effect.NONE))));

        failureOf(() -> cache.get("k"));

        assertThat(owner.received(ClientRequest.Get.class).size()
                        + other.received(ClientRequest.Get.class).size())
                .isEqualTo(5);
    }

    @Test
    void aNodeThatIsOverloadedIsGivenTime() {
        Failure overloaded = new Failure.Overloaded("the shard");
        cluster.nodes().forEach(node -> node.when(ClientRequest.Get.class, 1, node.failure(overloaded)));
        long start = System.nanoTime();

        assertThat(cache.get("k")).isEmpty();

        // Two refusals: 20 ms, then 40 ms.
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThanOrEqualTo(60);
    }

    @Test
    void aRefusalWhoseBackoffEndsAfterTheDeadlineIsToldAtOnce() {
        cluster.nodes()
                .forEach(node -> node.when(ClientRequest.Get.class, node.failure(new Failure.Overloaded("the shard"))));

        MurmurException failure =
                failureOf(() -> cache.get("k", CallOptions.DEFAULT.withTimeout(Duration.ofMillis(100))));

        assertThat(failure).isInstanceOf(MurmurException.Overloaded.class);
    }

    @Test
    void retriesAreATenthOfTheCallsOnceTheSavingsAreSpent() {
        cluster.nodes()
                .forEach(node -> node.when(
                        ClientRequest.Get.class, node.failure(new Failure.StorageFailed("disk", Effect.NONE))));
        int calls = 1000;

        for (int i = 0; i < calls; i++) {
            failureOf(() -> cache.get("k"));
        }

        assertThat(client.retries()).isBetween(200L + calls / 10 - 5, 200L + calls / 10 + 5);
    }

    @Test
    void aReadThatMayNotBeSentAgainHasAllItsTimeForTheOneAttempt() {
        owner.when(ClientRequest.Put.class, owner.failure(new Failure.StorageFailed("disk", Effect.NONE)));
        other.when(ClientRequest.Put.class, other.failure(new Failure.StorageFailed("disk", Effect.NONE)));
        while (true) {
            long before = client.retries();
            failureOf(() -> cache.put("k", "v"));
            if (client.retries() == before) {
                break;
            }
        }
        owner.when(ClientRequest.Get.class, owner.serveAfter(700));

        assertThat(cache.get("k", CallOptions.DEFAULT.withTimeout(Duration.ofMillis(1500))))
                .isEmpty();
        assertThat(other.received(ClientRequest.Get.class)).isEmpty();
    }

    // The client's own bounds.

    @Test
    void aCallOverTheBoundIsRefusedAtOnceWithoutEffect() {
        MurmurClient small = cluster.client(builder -> builder.maxInFlight(1));
        Cache<String, String> texts = FakeCluster.texts(small);
        owner.when(ClientRequest.Put.class, 1, owner.hold());

        CompletableFuture<Receipt> first = texts.put("a", "1");
        CompletableFuture<Receipt> second = texts.put("b", "2");

        assertThat(second).isCompletedExceptionally();
        assertThat(second.exceptionNow())
                .isInstanceOfSatisfying(
                        MurmurException.Overloaded.class,
                        overloaded -> assertThat(overloaded.effect()).isEqualTo(Effect.NONE));
        FakeCluster.await(() -> owner.held() == 1);
        owner.serveHeld();
        first.join();
        texts.put("c", "3").join();
        assertThat(owner.cells()).containsOnlyKeys(Key.of("texts", "a"), Key.of("texts", "c"));
    }
}
