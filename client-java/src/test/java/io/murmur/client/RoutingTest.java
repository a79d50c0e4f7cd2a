package io.murmur.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RoutingTest {

    private final FakeCluster cluster = FakeCluster.of(3);
    private final FakeNode n1 = cluster.node(1);
    private final FakeNode n2 = cluster.node(2);
    private final FakeNode n3 = cluster.node(3);

    @AfterEach
    void close() {
        cluster.close();
    }

    private static void get(BlockingCache<String, String> cache, int times) {
        for (int i = 0; i < times; i++) {
            cache.get("key" + i);
        }
    }

    private static int gets(FakeNode node) {
        return node.received(ClientRequest.Get.class).size();
    }

    @Test
    void ownersAreAskedInTurn() {
        cluster.own(1, n1, n2);

        get(FakeCluster.texts(cluster.client()).blocking(), 100);

        assertThat(gets(n1)).isBetween(45, 55);
        assertThat(gets(n2)).isEqualTo(100 - gets(n1));
        assertThat(gets(n3)).isZero();
    }

    @Test
    void eachKeyGoesToItsOwnOwner() {
        List<NodeId> owners = List.of(n1.id(), n2.id(), n3.id(), n1.id());
        Ring ring = new Ring(
                1,
                4,
                1,
                cluster.ring(1, n1).members(),
                owners.stream().map(List::of).toList());
        cluster.nodes().forEach(node -> node.know(ring));

        get(FakeCluster.texts(cluster.client()).blocking(), 100);

        for (FakeNode node : cluster.nodes()) {
            assertThat(node.received(ClientRequest.Get.class))
                    .isNotEmpty()
                    .allSatisfy(get -> assertThat(
                                    owners.get(ring.partitionOf(get.key().slot())))
                            .isEqualTo(node.id()));
        }
    }

    @Test
    void aNodeThatHasStoppedGetsNoCallsUntilItAnswersAQuestion() {
        cluster.own(1, n1, n2);
        BlockingCache<String, String> cache = FakeCluster.texts(
                        cluster.client(builder -> builder.callTimeout(Duration.ofSeconds(3))))
                .blocking();
        n1.when(ClientRequest.class, (request, peer) -> {});
        int questionsBefore = questions(n1);

        while (questions(n1) < questionsBefore + 2) {
            get(cache, 1);
        }
        assertThat(gets(n1)).isEqualTo(1);

        n1.behave();
        while (gets(n1) < 10) {
            get(cache, 1);
        }
    }

    private static int questions(FakeNode node) {
        return node.received(ClientRequest.GetRing.class).size();
    }

    @Test
    void anOwnerInTheOwnZoneIsAskedFirst() {
        BlockingCache<String, String> cache =
                FakeCluster.texts(cluster.client(builder -> builder.zone("z2"))).blocking();

        get(cache, 20);

        assertThat(gets(n2)).isEqualTo(20);
    }

    @Test
    void anOwnerInAnotherZoneIsAskedBeforeANodeOfTheOwnZoneThatIsNone() {
        cluster.own(1, n1);
        BlockingCache<String, String> cache =
                FakeCluster.texts(cluster.client(builder -> builder.zone("z2"))).blocking();

        get(cache, 20);

        assertThat(gets(n1)).isEqualTo(20);
    }

    @Test
    void anyNodeIsAskedWhenNoOwnerIsConnected() {
        cluster.own(1, n1);
        MurmurClient client = cluster.client();
        n1.close();
        FakeCluster.await(() -> client.connectedNodes() == 2);

        get(FakeCluster.texts(client).blocking(), 20);

        assertThat(gets(n2) + gets(n3)).isEqualTo(20);
        assertThat(gets(n2)).isBetween(5, 15);
    }

    @Test
    void aNewerRingSeenInAReplyIsFetchedFromTheNodeThatShowedItAndFollowed() {
        cluster.own(1, n1);
        MurmurClient client = cluster.client();
        BlockingCache<String, String> cache = FakeCluster.texts(client).blocking();
        cluster.nodes().forEach(FakeNode::forgetReceived);

        n1.know(cluster.ring(2, n3));
        cache.get("k");
        FakeCluster.await(() -> client.ring().epoch() == 2);
        get(cache, 20);

        assertThat(gets(n3)).isEqualTo(20);
        assertThat(n1.received(ClientRequest.GetRing.class)).hasSize(1);
        assertThat(n2.received(ClientRequest.GetRing.class)).isEmpty();
        assertThat(n3.received(ClientRequest.GetRing.class)).isEmpty();
    }

    @Test
    void anOlderRingIsNotFollowed() {
        cluster.own(7, n1);
        MurmurClient client = cluster.client();
        BlockingCache<String, String> cache = FakeCluster.texts(client).blocking();

        n1.know(cluster.ring(6, n2));
        get(cache, 20);

        assertThat(client.ring().epoch()).isEqualTo(7);
        assertThat(gets(n1)).isEqualTo(20);
    }

    @Test
    void callsCarryTheEpochTheyAreRoutedBy() {
        cluster.own(5, n1);
        get(FakeCluster.texts(cluster.client()).blocking(), 1);

        assertThat(n1.received(ClientRequest.Get.class))
                .singleElement()
                .extracting(ClientRequest.Get::epoch)
                .isEqualTo(5L);
    }

    @Test
    void aNodeThatFindsTheRingStaleHasItsRingFetchedAndTheCallSentAgain() {
        cluster.own(1, n1);
        MurmurClient client = cluster.client();
        n1.know(cluster.ring(2, n2));
        n1.when(ClientRequest.Put.class, n1.failure(new Failure.StaleRing(2, Effect.NONE)));

        Receipt receipt = FakeCluster.texts(client).blocking().put("k", "v");

        assertThat(receipt.version().node()).isEqualTo(n2.id());
        assertThat(client.ring().epoch()).isEqualTo(2);
    }

    @Test
    void membersThatAreNoSeedsAreConnectedTo() {
        MurmurClient client = MurmurClient.builder().seed(n1.address()).build();
        try (client) {
            FakeCluster.await(() -> client.connectedNodes() == 3);
            cluster.own(1, n1, n2, n3);
            get(FakeCluster.texts(client).blocking(), 30);

            assertThat(gets(n1)).isBetween(8, 12);
            assertThat(gets(n2)).isBetween(8, 12);
            assertThat(gets(n3)).isBetween(8, 12);
        }
    }

    @Test
    void aNodeThatHasLeftTheRingAnswersWhatItWasAskedAndIsLetGo() {
        try (MurmurClient client = MurmurClient.builder().seed(n1.address()).build()) {
            FakeCluster.await(() -> client.connectedNodes() == 3);
            Cache<String, String> cache = FakeCluster.texts(client);
            cluster.own(1, n3);
            cluster.own(2, n3);
            cache.get("k").join();
            FakeCluster.await(() -> client.ring().epoch() == 2);
            n3.when(ClientRequest.Put.class, n3.hold());
            var put = cache.put("k", "v");
            FakeCluster.await(() -> n3.held() == 1);

            Ring without = new Ring(3, 1, 1, List.of(n1.member(), n2.member()), List.of(List.of(n1.id())));
            cluster.nodes().forEach(node -> node.know(without));
            cache.get("k").join();
            FakeCluster.await(() -> client.ring().epoch() == 3);
            assertThat(n3.connections()).isEqualTo(1);
            n3.serveHeld();

            assertThat(put.join().version().node()).isEqualTo(n3.id());
            FakeCluster.await(() -> n3.connections() == 0);
            assertThat(n3.accepted()).isEqualTo(1);
            assertThat(client.connectedNodes()).isEqualTo(2);
        }
    }
}
