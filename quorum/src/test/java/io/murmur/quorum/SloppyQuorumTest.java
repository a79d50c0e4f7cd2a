package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.SELF;
import static io.murmur.quorum.Bench.THIRD;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply.Written;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest.Hint;
import io.murmur.kernel.message.PeerRequest.Join;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Writes whose caller lets stand-ins count (Dynamo section 4.6). */
class SloppyQuorumTest {

    private static final NodeId FOURTH = Layouts.node(4);
    private static final NodeId FIFTH = Layouts.node(5);
    private static final Failure FULL = new Failure.Overloaded("full");

    /** Nodes 1, 2 and 3 own every key; 4 and 5 stand in, in this order. */
    private final Bench bench = new Bench(Layouts.owning(1, Layouts.members(5), Layouts.nodes(1, 2, 3)));

    @Test
    void aStandInThatKeepsTheCellCountsInTheDeadOwnersPlace() {
        bench.dead.add(SECOND);
        bench.dead.add(THIRD);

        bench.putSloppily("value", Level.QUORUM);

        Hint hint = bench.lastTo(FOURTH, Hint.class);
        assertThat(hint.target()).isEqualTo(SECOND);
        assertThat(hint.key()).isEqualTo(KEY);
        assertThat(hint.cell()).isEqualTo(bench.storage.held.get(KEY));
        assertThat(bench.lastTo(FIFTH, Hint.class).target())
                .as("one for each owner")
                .isEqualTo(THIRD);
        assertThat(bench.replies).as("asked, and not kept yet").isEmpty();
        bench.keep(FIFTH);
        Written written = bench.result(Written.class);
        assertThat(written.acknowledged()).isEqualTo(2);
        assertThat(written.required()).isEqualTo(2);
        assertThat(written.standIns()).isEqualTo(1);
        assertThat(bench.shard.statistics().standInsCounted()).isEqualTo(1);
    }

    @Test
    void whatAStandInKeepsThisNodeDoesNotKeepAsWell() {
        bench.dead.add(SECOND);
        bench.dead.add(THIRD);
        bench.putSloppily("value", Level.QUORUM);
        bench.keep(FIFTH);
        assertThat(bench.hints.asked).as("the other may come to keep it").isEmpty();

        bench.keep(FOURTH);
        bench.pass(Duration.ofSeconds(2));

        assertThat(bench.hints.asked).isEmpty();
        assertThat(bench.shard.roundsAwaited()).isZero();
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void whatAStandInHasNotKeptByTheDeadlineThisNodeKeeps() {
        bench.dead.add(SECOND);
        bench.dead.add(THIRD);
        bench.putSloppily("value", Level.QUORUM);
        bench.keep(FIFTH);

        bench.pass(Duration.ofSeconds(2));

        assertThat(bench.hints.owners()).containsExactly(SECOND);
    }

    @Test
    void whatAStandInRefusesAfterTheAnswerThisNodeKeeps() {
        bench.dead.add(SECOND);
        bench.dead.add(THIRD);
        bench.putSloppily("value", Level.QUORUM);
        bench.keep(FIFTH);

        bench.refuse(FOURTH, FULL);

        assertThat(bench.hints.owners()).containsExactly(SECOND);
    }

    @Test
    void aStrictWriteAsksNoStandIn() {
        bench.dead.add(THIRD);

        bench.put("value", Level.QUORUM);
        bench.acknowledge(SECOND);

        assertThat(bench.sentTo(FOURTH, Hint.class)).isEmpty();
        assertThat(bench.result(Written.class).standIns()).isZero();
    }

    @Test
    void withAllOwnersThereASloppyWriteIsLikeAnyOther() {
        bench.putSloppily("value", Level.QUORUM);
        bench.acknowledge(SECOND);
        bench.acknowledge(THIRD);
        bench.pass(Duration.ofSeconds(2));

        assertThat(bench.result(Written.class).standIns()).isZero();
        assertThat(bench.sentTo(FOURTH, Hint.class)).isEmpty();
        assertThat(bench.hints.asked).isEmpty();
    }

    @Test
    void aStandInCountsOnceHoweverOftenItAnswers() {
        bench.storage.isSlow = true;
        bench.dead.add(SECOND);
        bench.dead.add(THIRD);
        bench.putSloppily("value", Level.QUORUM);

        bench.keep(FOURTH);
        bench.keep(FOURTH);

        assertThat(bench.replies).isEmpty();
    }

    @Test
    void aStandInThatRefusesIsReplacedByTheNext() {
        bench.dead.add(THIRD);
        bench.storage.isSlow = true;
        bench.putSloppily("value", Level.QUORUM);
        assertThat(bench.sentTo(FIFTH, Hint.class)).isEmpty();

        bench.refuse(FOURTH, FULL);

        assertThat(bench.lastTo(FIFTH, Hint.class).target()).isEqualTo(THIRD);
        bench.acknowledge(SECOND);
        bench.keep(FIFTH);
        assertThat(bench.result(Written.class).standIns()).isEqualTo(1);
    }

    @Test
    void anOwnerThatRefusesIsStoodInFor() {
        bench.putSloppily("value", Level.ALL);
        bench.acknowledge(SECOND);

        bench.refuse(THIRD, FULL);

        assertThat(bench.lastTo(FOURTH, Hint.class).target()).isEqualTo(THIRD);
        bench.keep(FOURTH);
        Written written = bench.result(Written.class);
        assertThat(written.acknowledged()).isEqualTo(3);
        assertThat(written.standIns()).isEqualTo(1);
    }

    @Test
    void anOwnerThatIsSilentForHalfOfTheTimeIsStoodInForAndCountsOnce() {
        bench.storage.isSlow = true;
        bench.putSloppily("value", Level.ALL);
        bench.acknowledge(SECOND);
        bench.storage.catchUp();
        bench.pass(Duration.ofMillis(499));
        assertThat(bench.sentTo(FOURTH, Hint.class)).isEmpty();

        bench.pass(Duration.ofMillis(1));

        assertThat(bench.lastTo(FOURTH, Hint.class).target()).isEqualTo(THIRD);
        bench.acknowledge(THIRD);
        assertThat(bench.result(Written.class).standIns())
                .as("the owner itself has it")
                .isZero();
    }

    @Test
    void whenNobodyIsLeftToStandInTheWriteFails() {
        bench.dead.add(SECOND);
        bench.dead.add(THIRD);
        bench.dead.add(FIFTH);
        bench.putSloppily("value", Level.ALL);

        assertThat(bench.failure(Failure.Unavailable.class)).isEqualTo(new Failure.Unavailable(2, 3));
        assertThat(bench.sent).isEmpty();
        assertThat(bench.hints.asked).isEmpty();
    }

    @Test
    void whenTheLastStandInRefusesTheWriteFailsAtOnceAndMayStillTakeEffect() {
        bench.dead.add(THIRD);
        bench.dead.add(FIFTH);
        bench.putSloppily("value", Level.ALL);
        bench.acknowledge(SECOND);

        bench.refuse(FOURTH, FULL);

        assertThat(bench.failure(Failure.StorageFailed.class).effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(bench.hints.owners()).containsExactly(THIRD);
    }

    @Test
    void aCoordinatorThatIsNoOwnerStandsInItself() {
        Bench outside = new Bench(Layouts.owning(1, Layouts.members(4), Layouts.nodes(2, 3, 4)));
        outside.dead.add(FOURTH);
        outside.hints.isSlow = true;
        outside.putSloppily("value", Level.ALL);
        outside.acknowledge(SECOND);
        outside.acknowledge(THIRD);
        assertThat(outside.replies).as("not durable yet").isEmpty();

        outside.hints.catchUp();

        assertThat(outside.result(Written.class).standIns()).isEqualTo(1);
        outside.pass(Duration.ofSeconds(2));
        assertThat(outside.hints.owners()).as("once").containsExactly(FOURTH);
    }

    @Test
    void aCoordinatorThatIsAnOwnerIsNoStandInBesides() {
        Bench all = new Bench(Layouts.ring(3));
        all.dead.add(THIRD);

        all.putSloppily("value", Level.ALL);

        assertThat(all.failure(Failure.Unavailable.class)).isEqualTo(new Failure.Unavailable(2, 3));
    }

    @Test
    void whatAStandInKeptOfASupersededRoundDoesNotCount() {
        bench.storage.isSlow = true;
        bench.dead.add(THIRD);
        bench.putSloppily("value", Level.QUORUM);
        Hint first = bench.lastTo(FOURTH, Hint.class);
        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 300, SECOND));
        bench.pass(Duration.ofMillis(40));
        Hint second = bench.lastTo(FOURTH, Hint.class);
        assertThat(second.cell().version().isAfter(first.cell().version())).isTrue();
        bench.acknowledge(SECOND);

        bench.shard.receive(FOURTH, new PeerReply.Kept(first.id(), 1));

        assertThat(bench.replies).isEmpty();
        bench.keep(FOURTH);
        assertThat(bench.result(Written.class).version())
                .isEqualTo(second.cell().version());
    }

    @Test
    void whatTheCoordinatorKeptItselfOfASupersededRoundDoesNotCountEither() {
        Bench outside = new Bench(Layouts.owning(1, Layouts.members(4), Layouts.nodes(2, 3, 4)));
        outside.dead.add(FOURTH);
        outside.hints.isSlow = true;
        outside.putSloppily("value", Level.QUORUM);
        outside.supersede(SECOND, Bench.version(WALL_MILLIS + 300, SECOND));
        outside.pass(Duration.ofMillis(40));
        outside.acknowledge(THIRD);
        assertThat(outside.hints.asked).as("one for each round").hasSize(2);

        outside.hints.asked.get(0).then().accept(true);

        assertThat(outside.replies).isEmpty();
        outside.hints.asked.get(1).then().accept(true);
        assertThat(outside.result(Written.class).version())
                .isEqualTo(outside.hints.asked.get(1).cell().version());
    }

    @Test
    void whoHasNotBeenAskedDoesNotCount() {
        bench.storage.isSlow = true;
        bench.dead.add(THIRD);
        bench.putSloppily("value", Level.ONE);
        long id = bench.lastTo(SECOND, Join.class).id();

        bench.shard.receive(FIFTH, new PeerReply.Kept(id, 1));
        bench.shard.receive(SECOND, new PeerReply.Kept(id, 1));
        bench.shard.receive(SELF, new PeerReply.Kept(id, 1));

        assertThat(bench.replies).isEmpty();
    }

    @Test
    void aStandInThatKnowsANewerRingMakesTheWriteRouteAgain() {
        bench.dead.add(THIRD);
        bench.putSloppily("value", Level.ALL);
        bench.acknowledge(SECOND);
        bench.dead.add(FIFTH);
        bench.refuseByRing(FOURTH, 2);
        assertThat(bench.replies).isEmpty();
        assertThat(bench.askedForRing).contains(FOURTH);

        bench.dead.clear();
        bench.adopt(Layouts.owning(2, Layouts.members(5), Layouts.nodes(1, 2, 4)));

        bench.acknowledge(SECOND);
        bench.acknowledge(FOURTH);
        assertThat(bench.result(Written.class).standIns()).isZero();
    }

    /** Two regions of four; the first three of each own every key. */
    private static Bench twoRegions() {
        return new Bench(Layouts.owning(1, Layouts.members(4, 4), Layouts.nodes(1, 2, 3, 5, 6, 7)));
    }

    @Test
    void atALevelThatCountsRegionsOnlyTheOwnersRegionStandsIn() {
        Bench wide = twoRegions();
        wide.dead.addAll(Layouts.nodes(2, 3, 4));

        wide.putSloppily("value", Level.LOCAL_QUORUM);

        wide.failure(Failure.Unavailable.class);
        assertThat(wide.sent).isEmpty();
    }

    @Test
    void ofARegionThatDoesNotCountOwnersAreLeftToThisNodesHints() {
        Bench wide = twoRegions();
        wide.dead.addAll(Layouts.nodes(2, 3, 6));

        wide.putSloppily("value", Level.LOCAL_QUORUM);

        assertThat(wide.lastTo(FOURTH, Hint.class).target()).isEqualTo(SECOND);
        assertThat(wide.sentTo(Layouts.node(8), Hint.class)).isEmpty();
        wide.keep(FOURTH);
        assertThat(wide.result(Written.class).standIns()).isEqualTo(1);
        assertThat(wide.hints.owners()).containsExactly(THIRD, Layouts.node(6));
    }

    @Test
    void atEachQuorumEveryRegionHasStandInsOfItsOwn() {
        Bench wide = twoRegions();
        wide.dead.addAll(Layouts.nodes(2, 6, 7));
        wide.putSloppily("value", Level.EACH_QUORUM);
        wide.acknowledge(THIRD);
        wide.acknowledge(FIFTH);
        wide.keep(FOURTH);
        assertThat(wide.replies).isEmpty();

        wide.keep(Layouts.node(8));

        assertThat(wide.result(Written.class).required()).isEqualTo(4);
    }

    @Test
    void aStandInOfTheOwnersRegionAndOfAZoneOfItsOwnIsPreferred() {
        List<Member> members = List.of(
                new Member(Layouts.node(1), "n1", "host", 7000, "here", "zone-1", 1),
                new Member(Layouts.node(2), "n2", "host", 7000, "here", "zone-2", 1),
                new Member(Layouts.node(3), "n3", "host", 7000, "there", "zone-1", 1),
                new Member(Layouts.node(4), "n4", "host", 7000, "here", "zone-1", 1),
                new Member(Layouts.node(5), "n5", "host", 7000, "here", "zone-2", 1));
        Bench zones = new Bench(Layouts.owning(1, members, Layouts.nodes(1, 2)));
        zones.dead.add(SECOND);

        zones.putSloppily("value", Level.TWO);
        assertThat(zones.lastTo(FIFTH, Hint.class).target()).isEqualTo(SECOND);
        zones.refuse(FIFTH, FULL);
        assertThat(zones.lastTo(FOURTH, Hint.class).target()).isEqualTo(SECOND);
        zones.refuse(FOURTH, FULL);
        assertThat(zones.lastTo(THIRD, Hint.class).target()).isEqualTo(SECOND);
    }

    @Test
    void aBatchIsSloppyInEveryEntry() {
        bench.dead.add(SECOND);
        bench.dead.add(THIRD);
        bench.call(new ClientRequest.PutAll(
                1,
                1,
                bench.inFiveSeconds(),
                List.of(
                        new ClientRequest.Entry(KEY, new byte[1]),
                        new ClientRequest.Entry(Key.of("cache", "other"), new byte[1])),
                0,
                Level.QUORUM,
                true));

        assertThat(bench.sentTo(FOURTH, Hint.class)).hasSize(2);
    }
}
