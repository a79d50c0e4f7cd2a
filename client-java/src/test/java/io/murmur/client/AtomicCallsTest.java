package io.murmur.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.AtomicOperation;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.ring.NodeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Atomic operations. n1 owns all keys, n2 is there to fall back to. */
@Timeout(60)
class AtomicCallsTest {

    private static final CallOptions BRIEF = CallOptions.DEFAULT.withTimeToLive(Duration.ofSeconds(3));

    private final FakeCluster cluster = FakeCluster.of(2);
    private final FakeNode owner = cluster.node(1);
    private final FakeNode other = cluster.node(2);
    private final MurmurClient client;
    private final BlockingCache<String, String> cache;

    AtomicCallsTest() {
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

    private List<ClientRequest.Change> changes(FakeNode node) {
        return node.received(ClientRequest.Change.class);
    }

    // What they do.

    @Test
    void whatIsAbsentIsPutOnce() {
        Change<String> first = cache.putIfAbsent("k", "one");
        Change<String> second = cache.putIfAbsent("k", "two");

        assertThat(first.applied()).isTrue();
        assertThat(first.found()).isEmpty();
        assertThat(first.version()).isPresent();
        assertThat(second).isEqualTo(new Change<>(false, Optional.of("one"), first.version(), Optional.empty()));
    }

    @Test
    void whatIsThereIsReplaced() {
        assertThat(cache.replace("k", "one"))
                .isEqualTo(new Change<>(false, Optional.empty(), Optional.empty(), Optional.empty()));
        cache.put("k", "two");

        assertThat(cache.replace("k", "three").applied()).isTrue();
        assertThat(cache.get("k")).contains("three");
    }

    @Test
    void aValueIsSetOrRemovedInPlaceOfTheExpectedOne() {
        cache.put("k", "one");

        assertThat(cache.compareAndSet("k", "other", "two").found()).contains("one");
        assertThat(cache.compareAndSet("k", "one", "two").applied()).isTrue();
        assertThat(cache.remove("k", "one").found()).contains("two");
        assertThat(cache.remove("k", "two").applied()).isTrue();
        assertThat(cache.get("k")).isEmpty();
    }

    @Test
    void whatWasThereIsAnsweredByWhoPutsOrRemoves() {
        assertThat(cache.getAndPut("k", "one")).isEmpty();
        assertThat(cache.getAndPut("k", "two")).contains("one");
        assertThat(cache.getAndRemove("k")).contains("two");
        assertThat(cache.getAndRemove("k")).isEmpty();
    }

    @Test
    void aCounterIsDecimalTextWhateverTheCodec() {
        Cache<String, Integer> json = client.cache("texts", Codec.string(), Codec.json(Integer.class));
        Cache<String, Long> decimal = client.cache("texts", Codec.string(), Codec.decimal());

        assertThat(cache.increment("k", 5)).isEqualTo(5);
        assertThat(json.increment("k", -47).join()).isEqualTo(-42);

        assertThat(cache.get("k")).contains("-42");
        assertThat(json.get("k").join()).contains(-42);
        assertThat(decimal.get("k").join()).contains(-42L);
        assertThat(decimal.compareAndSet("k", -42L, 1L).join().applied()).isTrue();
    }

    @Test
    void aTimeToLiveTravelsWithWhateverStores() {
        cache.putIfAbsent("k", "v", BRIEF);
        cache.replace("k", "v", BRIEF);
        cache.compareAndSet("k", "v", "1", BRIEF);
        cache.getAndPut("k", "2", BRIEF.withoutExpiry());
        cache.increment("k", 1, BRIEF);
        cache.increment("k", 1);

        assertThat(changes(owner))
                .extracting(ClientRequest.Change::operation)
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        new AtomicOperation.PutIfAbsent(bytes("v"), 3000),
                        new AtomicOperation.Replace(bytes("v"), 3000),
                        new AtomicOperation.CompareAndSet(bytes("v"), bytes("1"), 3000),
                        new AtomicOperation.GetAndPut(bytes("2"), ClientRequest.TTL_NONE),
                        new AtomicOperation.Increment(1, 3000),
                        new AtomicOperation.Increment(1, ClientRequest.TTL_OF_CACHE));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aTraceComesWithWhatWasAskedForOne() {
        CallOptions traced = CallOptions.DEFAULT.withTrace(true);

        assertThat(cache.putIfAbsent("k", "v", traced).trace())
                .hasValueSatisfying(trace -> assertThat(trace.kind()).isEqualTo(Trace.Kind.CHANGE));
        assertThat(cache.putIfAbsent("k", "v").trace()).isEmpty();
    }

    @Test
    void whatAnAtomicOperationCannotHaveIsABadRequest() {
        for (CallOptions options : List.of(
                CallOptions.at(Level.ALL),
                CallOptions.DEFAULT.withSloppyQuorum(),
                CallOptions.DEFAULT.withRetryUnknown(true))) {
            assertThat(failureOf(() -> cache.increment("k", 1, options)))
                    .isInstanceOf(MurmurException.BadRequest.class);
        }
        assertThat(changes(owner)).isEmpty();
        assertThat(cache.increment("k", 1, CallOptions.at(Level.SERIAL))).isEqualTo(1);
    }

    @Test
    void twoValuesThatHaveNoRoomInOneCallAreABadRequest() {
        Cache<String, byte[]> large = client.cache("texts", Codec.string(), Codec.bytes());

        MurmurException failure = failureOf(() ->
                large.blocking().compareAndSet("k", new byte[Cache.PAIR_BYTES - (7 << 20)], new byte[(7 << 20) + 1]));

        assertThat(failure).isInstanceOf(MurmurException.BadRequest.class).hasMessageContaining("two values");
        assertThat(large.blocking()
                        .compareAndSet("k", new byte[Cache.PAIR_BYTES - (7 << 20)], new byte[7 << 20])
                        .applied())
                .isFalse();
    }

    // What becomes of them when something fails.

    /** All of them, since none may be sent twice. */
    static Stream<Consumer<BlockingCache<String, String>>> operations() {
        return Stream.of(
                cache -> cache.putIfAbsent("k", "v"),
                cache -> cache.replace("k", "v"),
                cache -> cache.compareAndSet("k", "old", "v"),
                cache -> cache.remove("k", "old"),
                cache -> cache.getAndPut("k", "v"),
                cache -> cache.getAndRemove("k"),
                cache -> cache.increment("k", 1));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void oneWhoseConnectionBreaksIsUnknownAndNeverSentAgain(Consumer<BlockingCache<String, String>> operation) {
        owner.when(ClientRequest.Change.class, FakeNode.reset());

        MurmurException failure = failureOf(() -> operation.accept(cache));

        assertThat(failure).isInstanceOf(MurmurException.ConnectionLost.class);
        assertThat(failure.effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(changes(owner)).hasSize(1);
        assertThat(changes(other)).isEmpty();
    }

    @Test
    void oneThatIsNotAnsweredIsUnknownAndNeverSentAgain() {
        owner.when(ClientRequest.Change.class, FakeNode.silence());

        MurmurException failure =
                failureOf(() -> cache.increment("k", 1, CallOptions.DEFAULT.withTimeout(Duration.ofMillis(300))));

        assertThat(failure).isInstanceOf(MurmurException.Timeout.class);
        assertThat(failure.effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(changes(owner)).hasSize(1);
        assertThat(changes(other)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.murmur.client.OutcomesTest#failures")
    void oneThatFailsIsSentAgainOnlyWhenNothingHappened(Failure failure, Class<? extends MurmurException> named) {
        owner.when(ClientRequest.Change.class, owner.failure(failure));
        boolean mayBeSentAgain = failure.effect() == Effect.NONE && !named.equals(MurmurException.BadRequest.class);

        MurmurException seen = failureOf(() -> cache.increment("k", 1));

        if (mayBeSentAgain) {
            assertThat(seen).isNull();
            assertThat(other.text(Key.of("texts", "k"))).isEqualTo("1");
        } else {
            assertThat(seen).isInstanceOf(named);
            assertThat(seen.effect()).isEqualTo(failure.effect());
            assertThat(changes(other)).isEmpty();
        }
    }

    @Test
    void oneWhoseOwnerIsGoneIsDoneOnceByAnotherNode() {
        owner.close();
        FakeCluster.await(() -> client.connectedNodes() == 1);

        assertThat(cache.increment("k", 3)).isEqualTo(3);
        assertThat(changes(other)).hasSize(1);
    }

    @Test
    void anAnswerOfAnotherKindIsAnUnknownOutcome() {
        owner.when(
                ClientRequest.Change.class,
                (request, peer) -> peer.reply(new ClientReply.One(
                        request.id(), 1, new ClientReply.Written(new Version(1, new NodeId(0, 1)), 2, 2, 0))));

        assertThat(failureOf(() -> cache.increment("k", 1)).effect()).isEqualTo(Effect.UNKNOWN);
    }
}
