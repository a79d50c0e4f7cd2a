package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.gossip.Standing;
import io.murmur.handoff.HintedNode;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingSteps;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What the picture is told, and when nothing is told again. */
class PictureFeedTest {

    private final MadeUpCluster cluster = new MadeUpCluster(16);
    private final Member a = cluster.add("a", "east");
    private final Member b = cluster.add("b", "west");
    private final PictureFeed feed = cluster.feed();

    private static JsonNode line(ObjectNode state, Member of) {
        return StreamSupport.stream(state.path("nodes").spliterator(), false)
                .filter(node -> node.path("id").asText().equals(of.id().toString()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void ownersAreToldAsPlacesAmongTheMembers() {
        Ring ring = cluster.ring();

        ObjectNode told = feed.ring(ring);

        for (int partition = 0; partition < 16; partition++) {
            List<String> owners = StreamSupport.stream(
                            told.path("owners").path(partition).spliterator(), false)
                    .map(place ->
                            told.path("members").path(place.asInt()).path("id").asText())
                    .toList();
            assertThat(owners)
                    .isEqualTo(ring.owners(partition).stream()
                            .map(NodeId::toString)
                            .toList());
        }
        assertThat(told.path("slotsPerPartition").asInt()).isEqualTo(1024);
        assertThat(told.path("nextOwners")).isEmpty();
    }

    @Test
    void nextOwnersAreToldOfThePartitionsThatMove() throws Exception {
        Member c = new Member(new NodeId(0, 9), "c", "host", 7000, "region", "north", 1);
        Ring joint = RingSteps.begin(cluster.ring(), new RingChange.Join(c));

        ObjectNode told = feed.ring(joint);

        assertThat(told.path("nextOwners"))
                .hasSize((int) IntStream.range(0, 16).filter(joint::isMoving).count());
        assertThat(told.path("nextOwners").path("0").path(0).isInt()).isTrue();
        assertThat(told.path("members").path(2).path("name").asText()).isEqualTo("c");
    }

    /** So much is sent once for each ring, to each page. */
    @Test
    void aRingOfAThousandPartitionsIsSmall() {
        MadeUpCluster large = new MadeUpCluster(1024);
        IntStream.range(0, 12).forEach(node -> large.add("node-" + node, "zone-" + node % 3));

        assertThat(large.feed().ring(large.ring()).toString().length()).isLessThan(12_000);
    }

    @Test
    void ofItselfANodeTellsWhatItHasMeasuredAndOfOthersWhatTheyHaveTold() {
        cluster.tells(a, new EndpointLoad(1, 1, 1, 1, 0));
        cluster.tells(b, new EndpointLoad(500, 20, 3_000, 4, 0));

        ObjectNode state = feed.state(cluster.moment(new EndpointLoad(700, 10, 2_000, 0, 0)));

        assertThat(line(state, a).path("requestsPerSecond").asInt()).isEqualTo(10);
        assertThat(line(state, a).path("p99Seconds").asDouble()).isEqualTo(.002);
        assertThat(line(state, a).path("loadBytes").asInt()).isEqualTo(700);
        assertThat(line(state, b).path("requestsPerSecond").asInt()).isEqualTo(20);
        assertThat(line(state, b).path("p99Seconds").asDouble()).isEqualTo(.003);
        assertThat(line(state, b).path("hintsHeld").asInt()).isEqualTo(4);
        assertThat(line(feed.state(cluster.moment(null)), a)
                        .path("requestsPerSecond")
                        .asInt())
                .as("not measured yet")
                .isEqualTo(1);
    }

    /** What it has told before it knew of the change is of another one. */
    @Test
    void howFarANodeHasCaughtUpIsToldOnceItKnowsOfTheChange() throws Exception {
        Ring before = cluster.ring();
        Member c = cluster.add("c", "north");
        Ring joint = RingSteps.begin(before, new RingChange.Join(c));
        cluster.tells(c, new EndpointLoad(0, 0, 0, 0, 7));

        JsonNode earlier = line(feed.state(cluster.moment(joint, null)), c).path("catchUp");
        assertThat(earlier.path("inAll").asInt()).isEqualTo(16);
        assertThat(earlier.has("done")).isFalse();

        cluster.goesBy(c, joint.epoch());
        assertThat(line(feed.state(cluster.moment(joint, null)), c)
                        .path("catchUp")
                        .path("done")
                        .asInt())
                .isEqualTo(7);
    }

    @Test
    void hintsAreToldWithTheNodeTheyWaitFor() {
        ObjectNode state = feed.state(cluster.moment(null, new HintedNode(b.id(), false, 12, 1200, 0, null, false, 0)));

        assertThat(line(state, b).path("hintsHere").asInt()).isEqualTo(12);
        assertThat(line(state, a).path("hintsHere").asInt()).isZero();
    }

    @Test
    void whatIsAsItWasIsNotToldAgain() {
        ObjectNode before = feed.state(cluster.moment(null));
        cluster.age();

        ObjectNode news = feed.news(before, feed.state(cluster.moment(null)));

        assertThat(news.path("nodes")).isEmpty();
        assertThat(news.path("gone")).isEmpty();
        assertThat(news.path("epoch").asInt()).isEqualTo(1);
    }

    @Test
    void whatHasChangedIsToldAndWhoIsGoneToo() {
        Member c = cluster.add("c", "north");
        ObjectNode before = feed.state(cluster.moment(null));
        cluster.stands(b, Standing.SUSPECT);
        cluster.remove(c);

        ObjectNode news = feed.news(before, feed.state(cluster.moment(null)));

        assertThat(line(news, b).path("state").asText()).isEqualTo("suspect");
        assertThat(news.path("nodes").findValuesAsText("name")).contains("b").doesNotContain("c");
        assertThat(news.path("gone").path(0).asText()).isEqualTo(c.id().toString());
    }
}
