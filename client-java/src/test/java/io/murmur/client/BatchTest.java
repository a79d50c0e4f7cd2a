package io.murmur.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchTest {

    private final FakeCluster cluster = FakeCluster.of(2);

    @AfterEach
    void close() {
        cluster.close();
    }

    private BlockingCache<String, String> cache() {
        return FakeCluster.texts(cluster.client()).blocking();
    }

    private static Map<String, String> entries(int count) {
        Map<String, String> entries = new LinkedHashMap<>();
        IntStream.range(0, count).forEach(i -> entries.put("key" + i, "value" + i));
        return entries;
    }

    /** Both nodes hold the same values from now on, as owners do. */
    private void share() {
        for (FakeNode node : cluster.nodes()) {
            FakeNode other = node == cluster.node(1) ? cluster.node(2) : cluster.node(1);
            node.when(ClientRequest.PutAll.class, (request, peer) -> {
                node.serve(request, peer);
                other.cells().putAll(node.cells());
            });
        }
    }

    @Test
    void whatWasPutTogetherIsFoundTogether() {
        share();
        BlockingCache<String, String> cache = cache();

        Batch<String, Receipt> put = cache.putAll(entries(100));
        Batch<String, String> got = cache.getAll(entries(101).keySet());

        assertThat(put.done()).hasSize(100);
        assertThat(put.failed()).isEmpty();
        assertThat(got.done()).isEqualTo(entries(100));
        assertThat(got.failed()).isEmpty();
    }

    @Test
    void nothingAskedForIsAnsweredWithNothing() {
        BlockingCache<String, String> cache = cache();

        assertThat(cache.getAll(List.of())).isEqualTo(new Batch<>(Map.of(), Map.of()));
        assertThat(cache.putAll(Map.of())).isEqualTo(new Batch<>(Map.of(), Map.of()));
    }

    @Test
    void noRequestCarriesMoreKeysThanAllowed() {
        share();

        Batch<String, Receipt> put = cache().putAll(entries(2500));

        assertThat(put.done()).hasSize(2500);
        assertThat(putAlls())
                .extracting(request -> request.entries().size())
                .containsExactlyInAnyOrder(1024, 1024, 452);
    }

    @Test
    void noRequestCarriesManyMoreBytesThanAMebibyte() {
        Map<String, String> large = new LinkedHashMap<>();
        IntStream.range(0, 10).forEach(i -> large.put("key" + i, "v".repeat(400_000)));

        cache().putAll(large);

        assertThat(putAlls())
                .hasSize(5)
                .allSatisfy(request -> assertThat(request.entries()).hasSize(2));
    }

    @Test
    void keysTravelToTheNodeThatOwnsThemFirst() {
        NodeId one = cluster.node(1).id();
        NodeId two = cluster.node(2).id();
        Ring ring = new Ring(
                1, 2, 2, cluster.ring(1, cluster.node(1)).members(), List.of(List.of(one, two), List.of(two, one)));
        cluster.nodes().forEach(node -> node.know(ring));

        cache().getAll(entries(100).keySet());

        for (FakeNode node : cluster.nodes()) {
            List<ClientRequest.GetAll> received = node.received(ClientRequest.GetAll.class);
            assertThat(received).hasSize(1);
            assertThat(received.get(0).keys())
                    .isNotEmpty()
                    .allSatisfy(key -> assertThat(
                                    ring.owners(ring.partitionOf(key.slot())).get(0))
                            .isEqualTo(node.id()));
        }
    }

    @Test
    void eachKeyFailsOnItsOwnAndByName() {
        for (FakeNode node : cluster.nodes()) {
            node.when(
                    ClientRequest.PutAll.class,
                    (request, peer) -> peer.reply(new ClientReply.Many(
                            request.id(),
                            1,
                            List.of(
                                    new ClientReply.Written(new Version(7, node.id()), 2, 2, 0),
                                    new ClientReply.Failed(new Failure.Timeout(1, 2, Effect.UNKNOWN)),
                                    new ClientReply.Failed(new Failure.Unavailable(1, 2))))));
        }

        Batch<String, Receipt> put = cache().putAll(entries(3));

        assertThat(put.done()).containsOnlyKeys("key0");
        assertThat(put.failed()).containsOnlyKeys("key1", "key2");
        assertThat(put.failed().get("key1")).isInstanceOfSatisfying(MurmurException.Timeout.class, timeout -> {
            assertThat(timeout.effect()).isEqualTo(Effect.UNKNOWN);
            assertThat(timeout.acknowledged()).isEqualTo(1);
            assertThat(timeout.required()).isEqualTo(2);
        });
        assertThat(put.failed().get("key2"))
                .isInstanceOfSatisfying(
                        MurmurException.Unavailable.class,
                        unavailable -> assertThat(unavailable.effect()).isEqualTo(Effect.NONE));
    }

    @Test
    void aRequestThatFailsAsAWholeFailsEachOfItsKeys() {
        cluster.nodes().forEach(node -> node.when(ClientRequest.PutAll.class, FakeNode.reset()));

        Batch<String, Receipt> put = cache().putAll(entries(3));

        assertThat(put.done()).isEmpty();
        assertThat(put.failed()).containsOnlyKeys("key0", "key1", "key2");
        assertThat(put.failed().values()).allSatisfy(failure -> {
            assertThat(failure).isInstanceOf(MurmurException.ConnectionLost.class);
            assertThat(failure.effect()).isEqualTo(Effect.UNKNOWN);
        });
    }

    @Test
    void anAnswerWithTooFewResultsFailsTheKeysThatHaveNone() {
        for (FakeNode node : cluster.nodes()) {
            node.when(
                    ClientRequest.GetAll.class,
                    (request, peer) -> peer.reply(
                            new ClientReply.Many(request.id(), 1, List.of(new ClientReply.Value(null, null, 2)))));
        }

        Batch<String, String> got = cache().getAll(List.of("a", "b"));

        assertThat(got.failed()).containsOnlyKeys("b");
    }

    @Test
    void aKeyThatIsWrongFailsAloneAndIsNotSent() {
        String tooLong = "k".repeat(1 << 17);

        Batch<String, String> got = cache().getAll(List.of("a", tooLong, "b"));

        assertThat(got.failed()).containsOnlyKeys(tooLong);
        assertThat(got.failed().get(tooLong)).isInstanceOf(MurmurException.BadRequest.class);
        List<ClientRequest.GetAll> sent = new ArrayList<>();
        cluster.nodes().forEach(node -> sent.addAll(node.received(ClientRequest.GetAll.class)));
        assertThat(sent)
                .singleElement()
                .satisfies(request -> assertThat(request.keys()).hasSize(2));
    }

    @Test
    void ofManyRequestsThoseOverTheBoundAreRefusedAndTheOthersDone() {
        MurmurClient client = cluster.client(builder -> builder.maxInFlight(2).callTimeout(Duration.ofSeconds(30)));
        cluster.nodes().forEach(node -> node.when(ClientRequest.PutAll.class, node.hold()));

        CompletableFuture<Batch<String, Receipt>> putting =
                FakeCluster.texts(client).putAll(entries(5 * ClientRequest.MAX_BATCH));
        FakeCluster.await(() -> cluster.node(1).held() + cluster.node(2).held() == 2);
        cluster.nodes().forEach(FakeNode::serveHeld);
        Batch<String, Receipt> put = putting.join();

        assertThat(put.done()).hasSize(2 * ClientRequest.MAX_BATCH);
        assertThat(put.failed()).hasSize(3 * ClientRequest.MAX_BATCH);
        assertThat(put.failed().values()).allSatisfy(failure -> {
            assertThat(failure).isInstanceOf(MurmurException.Overloaded.class);
            assertThat(failure.effect()).isEqualTo(Effect.NONE);
        });
    }

    private List<ClientRequest.PutAll> putAlls() {
        List<ClientRequest.PutAll> all = new ArrayList<>();
        cluster.nodes().forEach(node -> all.addAll(node.received(ClientRequest.PutAll.class)));
        return all;
    }
}
