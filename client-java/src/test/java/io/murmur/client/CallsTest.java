package io.murmur.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.Trace;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallsTest {

    private final FakeCluster cluster = FakeCluster.of(1);
    private final FakeNode node = cluster.node(1);
    private final MurmurClient client = cluster.client();
    private final BlockingCache<String, String> cache =
            FakeCluster.texts(client).blocking();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void whatWasPutIsFound() {
        cache.put("greeting", "hello");

        assertThat(cache.get("greeting")).contains("hello");
    }

    @Test
    void whatWasNeverPutIsNotFound() {
        assertThat(cache.get("nothing")).isEmpty();
        assertThat(cache.read("nothing"))
                .isEqualTo(new Read<>(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
    }

    @Test
    void whatWasDeletedIsNotFound() {
        cache.put("greeting", "hello");
        cache.delete("greeting");

        assertThat(cache.get("greeting")).isEmpty();
    }

    @Test
    void aReceiptSaysWhoAcknowledgedAndWithWhichVersion() {
        Receipt receipt = cache.put("greeting", "hello");

        assertThat(receipt.acknowledged()).isEqualTo(2);
        assertThat(receipt.required()).isEqualTo(2);
        assertThat(cache.read("greeting").version()).contains(receipt.version());
    }

    @Test
    void aReadSaysWhenTheValueExpires() {
        Instant before = Instant.now();
        cache.put("greeting", "hello", CallOptions.DEFAULT.withTimeToLive(Duration.ofMinutes(1)));

        assertThat(cache.read("greeting").expiresAt())
                .hasValueSatisfying(at -> assertThat(at)
                        .isBetween(
                                before.plus(Duration.ofSeconds(59)),
                                Instant.now().plus(Duration.ofSeconds(61))));
    }

    @Test
    void levelAndTimeToLiveTravelWithTheCall() {
        CallOptions options = CallOptions.at(Level.QUORUM).withTimeToLive(Duration.ofSeconds(3));

        cache.put("k", "v", options);
        cache.put("k", "v", options.withoutExpiry());
        cache.put("k", "v");
        cache.get("k", CallOptions.at(new Level.Count(2)));
        cache.delete("k", CallOptions.at(Level.ALL));

        assertThat(node.received(ClientRequest.Put.class))
                .extracting(ClientRequest.Put::level)
                .containsExactly(Level.QUORUM, Level.QUORUM, null);
        assertThat(node.received(ClientRequest.Put.class))
                .extracting(ClientRequest.Put::timeToLiveMillis)
                .containsExactly(3000L, ClientRequest.TTL_NONE, ClientRequest.TTL_OF_CACHE);
        assertThat(node.received(ClientRequest.Get.class))
                .extracting(ClientRequest.Get::level)
                .containsExactly(new Level.Count(2));
        assertThat(node.received(ClientRequest.Delete.class))
                .extracting(ClientRequest.Delete::level)
                .containsExactly(Level.ALL);
    }

    @Test
    void aSloppyCallSaysSoAndItsReceiptSaysHowManyStandInsCounted() {
        CallOptions options = CallOptions.at(Level.QUORUM).withSloppyQuorum().withTimeToLive(Duration.ofSeconds(3));

        Receipt sloppy = cache.put("k", "v", options);
        Receipt strict = cache.put("k", "v");
        cache.delete("k", options);

        assertThat(sloppy.standIns()).isEqualTo(1);
        assertThat(strict.standIns()).isZero();
        assertThat(node.received(ClientRequest.Put.class))
                .extracting(ClientRequest.Put::sloppy)
                .containsExactly(true, false);
        assertThat(node.received(ClientRequest.Delete.class))
                .extracting(ClientRequest.Delete::sloppy)
                .containsExactly(true);
    }

    @Test
    void whoeverAsksForATraceGetsItWithTheAnswer() {
        CallOptions traced = CallOptions.at(Level.QUORUM)
                .withTrace(true)
                .withSloppyQuorum()
                .withRetryUnknown(false)
                .withTimeout(Duration.ofSeconds(5))
                .withTimeToLive(Duration.ofSeconds(3));

        assertThat(cache.put("k", "v", traced).trace()).map(Trace::kind).contains(Trace.Kind.PUT);
        assertThat(cache.read("k", traced).trace()).map(Trace::kind).contains(Trace.Kind.GET);
        assertThat(cache.delete("k", traced).trace()).map(Trace::kind).contains(Trace.Kind.DELETE);
        assertThat(cache.put("k", "v", traced.withTrace(false)).trace()).isEmpty();
        assertThat(cache.read("k").trace()).isEmpty();
        assertThat(cache.delete("k").trace()).isEmpty();
    }

    @Test
    void aTracedCallThatFailsSaysHowItCameToThat() {
        node.when(ClientRequest.Put.class, node.failure(new Failure.BadRequest("no")));
        CallOptions traced = CallOptions.DEFAULT.withTrace(true);

        MurmurException failure = catchThrowableOfType(MurmurException.class, () -> cache.put("k", "v", traced));
        MurmurException untraced = catchThrowableOfType(MurmurException.class, () -> cache.put("k", "v"));

        assertThat(failure.trace()).map(Trace::key).contains(Key.of("texts", "k"));
        assertThat(untraced.trace()).isEmpty();
    }

    @Test
    void keysAndValuesAreWhatTheCodecsMakeOfThem() {
        record Bird(String name, int wings) {}
        Cache<byte[], Bird> birds = client.cache("birds", Codec.bytes(), Codec.json(Bird.class));
        byte[] key = {0, -1, 7};

        birds.blocking().put(key, new Bird("starling", 2));

        assertThat(birds.blocking().get(key.clone())).contains(new Bird("starling", 2));
        assertThat(node.text(new Key("birds", key))).isEqualTo("{\"name\":\"starling\",\"wings\":2}");
    }

    @Test
    void textIsStoredInUtf8() {
        cache.put("klíč", "ptáček 🐦");

        assertThat(node.text(Key.of("texts", "klíč"))).isEqualTo("ptáček 🐦");
        assertThat(cache.get("klíč")).contains("ptáček 🐦");
    }

    @Test
    void aKeyThatIsTooLongFailsTheFutureAndNothingIsSent() {
        CompletableFuture<Receipt> put = FakeCluster.texts(client).put("k".repeat((64 << 10) + 1), "v");

        assertBadRequest(put, "a key has at most 65536 bytes");
        assertThat(node.received(ClientRequest.Put.class)).isEmpty();
    }

    @Test
    void aValueThatIsTooLongFailsTheFutureAndNothingIsSent() {
        CompletableFuture<Receipt> put = FakeCluster.texts(client).put("k", "v".repeat((8 << 20) + 1));

        assertBadRequest(put, "a value has at most 8388608 bytes");
        assertThat(node.received(ClientRequest.Put.class)).isEmpty();
    }

    @Test
    void aValueAsLongAsAllowedIsStored() {
        String longest = "v".repeat(8 << 20);

        cache.put("k", longest);

        assertThat(cache.get("k")).contains(longest);
    }

    @Test
    void aValueThatItsCodecCannotExpressFailsTheFuture() {
        Cache<String, Object> objects = client.cache("objects", Codec.string(), Codec.json(Object.class));

        CompletableFuture<Receipt> put = objects.put("k", new Object());

        assertBadRequest(put, "not a value: not expressible in JSON");
        assertThat(put.exceptionNow()).hasRootCauseInstanceOf(JsonProcessingException.class);
    }

    @Test
    void aValueThatItsCodecCannotReadFailsTheFuture() {
        cache.put("k", "{not json");
        CompletableFuture<Optional<Integer>> get =
                client.cache("texts", Codec.string(), Codec.json(Integer.class)).get("k");

        assertBadRequest(get, "the value there is not one of this cache's codec");
    }

    @Test
    void aFutureFailsWithTheMurmurExceptionItself() {
        cache.put("k", "{not json");
        Cache<String, Integer> numbers = client.cache("texts", Codec.string(), Codec.json(Integer.class));

        assertThat(failureSeenBy(numbers.get("k"))).isInstanceOf(MurmurException.BadRequest.class);
        assertThat(failureSeenBy(numbers.get("k".repeat(1 << 17)))).isInstanceOf(MurmurException.BadRequest.class);
    }

    private static Throwable failureSeenBy(CompletableFuture<?> call) {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        call.whenComplete((value, failure) -> seen.complete(failure));
        return seen.join();
    }

    @Test
    void aBlockingCallThatFailsSaysWhoCalled() {
        MurmurException failure = catchThrowableOfType(MurmurException.class, () -> cache.get("k".repeat(1 << 17)));

        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(failure.getSuppressed()[0].getStackTrace())
                .anyMatch(frame -> frame.getMethodName().contains("aBlockingCallThatFailsSaysWhoCalled"));
    }

    @Test
    void aBlockingCallOnTheClientsOwnThreadIsRefusedAtOnce() {
        node.when(ClientRequest.Get.class, node.hold());
        CompletableFuture<Receipt> chained = FakeCluster.texts(client).get("k").thenApply(value -> cache.put("k", "v"));
        FakeCluster.await(() -> node.held() == 1);
        node.serveHeld();

        assertThatThrownBy(chained::join)
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("would wait for itself");
        assertThat(node.received(ClientRequest.Put.class)).isEmpty();
    }

    @Test
    void chainedCallsFollowOneAnother() {
        Cache<String, String> texts = FakeCluster.texts(client);

        Optional<String> found = texts.put("a", "1")
                .thenCompose(done -> texts.get("a"))
                .thenCompose(value -> texts.put("b", value.orElseThrow() + "2"))
                .thenCompose(done -> texts.get("b"))
                .join();

        assertThat(found).contains("12");
    }

    @Test
    void aCachesNameIsChecked() {
        assertThatThrownBy(() -> client.cache("no spaces", Codec.string(), Codec.string()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'no spaces'");
    }

    private static void assertBadRequest(CompletableFuture<?> call, String detail) {
        assertThatThrownBy(call::join)
                .cause()
                .isInstanceOfSatisfying(
                        MurmurException.BadRequest.class,
                        bad -> assertThat(bad.effect()).isEqualTo(Effect.NONE))
                .hasMessageContaining(detail);
    }
}
