package io.murmur.quorum;

import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.THIRD;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static io.murmur.quorum.Bench.live;
import static io.murmur.quorum.Layouts.node;
import static io.murmur.quorum.Layouts.nodes;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply.Value;
import io.murmur.kernel.message.ClientReply.Written;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.PeerRequest.Join;
import io.murmur.kernel.message.PeerRequest.Read;
import io.murmur.kernel.message.PeerRequest.ReadDigest;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls in a joint ring, and calls under whose feet the ring changes, as their coordinator, node 1, sees them. */
class RingChangeTest {

    private static final NodeId FOURTH = node(4);
    private static final NodeId FIFTH = node(5);
    private static final List<Member> MEMBERS = Layouts.members(6);
    private static final Cell.Live OLDER = live(WALL_MILLIS, "older");
    private static final Cell.Live NEWER = live(WALL_MILLIS + 1, "newer");

    /** Of {1, 2, 3} the third goes and the fourth comes. */
    private static final Ring BEFORE = Layouts.owning(1, MEMBERS, nodes(1, 2, 3));

    private static final Ring JOINT = Layouts.moving(2, MEMBERS, nodes(1, 2, 3), nodes(1, 2, 4));
    private static final Ring AFTER = Layouts.owning(3, MEMBERS, nodes(1, 2, 4));

    private final Bench bench = new Bench(JOINT);

    @Test
    void aQuorumReadInAJointRingAsksOnlyKeptOwners() {
        bench.get(Level.QUORUM);

        assertThat(bench.sent).extracting(Bench.Sent::to).containsExactly(SECOND);
        assertThat(bench.lastTo(SECOND, ReadDigest.class).epoch()).isEqualTo(2);
        bench.answer(SECOND, null);
        assertThat(bench.result()).isEqualTo(new Value(null, null, 2));
    }

    @Test
    void aReadAtOneInAJointRingIsAnsweredByOneKeptOwner() {
        bench.get(Level.ONE);

        assertThat(bench.result()).isEqualTo(new Value(null, null, 1));
        assertThat(bench.sent).isEmpty();
    }

    /** This node is the one that goes: its own copy would be nearer, but with it a second owner had to be asked. */
    @Test
    void aReadAtOneByAnOwnerThatGoesAsksAKeptOne() {
        Bench going = new Bench(Layouts.moving(2, MEMBERS, nodes(1, 2, 3), nodes(2, 3, 4)));

        going.get(Level.ONE);

        assertThat(going.sent).hasSize(1).extracting(Bench.Sent::to).isSubsetOf(SECOND, THIRD);
        assertThat(going.storage.reads).isZero();
    }

    @Test
    void aReadAtOneOfDisjointListsAsksBoth() {
        Bench apart = new Bench(Layouts.moving(2, MEMBERS, nodes(2, 3), nodes(4, 5)));

        apart.get(Level.ONE);

        assertThat(apart.sent).hasSize(2);
        NodeId current = apart.sent.stream()
                .map(Bench.Sent::to)
                .filter(nodes(2, 3)::contains)
                .findFirst()
                .orElseThrow();
        NodeId next = apart.sent.stream()
                .map(Bench.Sent::to)
                .filter(nodes(4, 5)::contains)
                .findFirst()
                .orElseThrow();
        apart.answer(next, null);
        assertThat(apart.replies).as("the next owners alone").isEmpty();
        apart.answer(current, null);
        assertThat(apart.result(Value.class).answered()).isEqualTo(2);
    }

    @Test
    void aReadWhoseKeptOwnerRefusesTakesOneMoreOfEachList() {
        bench.get(Level.QUORUM);

        bench.refuse(SECOND, new Failure.Overloaded("there"));

        assertThat(bench.sent).extracting(Bench.Sent::to).containsExactly(SECOND, THIRD, FOURTH);
        bench.answer(FOURTH, null);
        assertThat(bench.replies).isEmpty();
        bench.answer(THIRD, null);
        assertThat(bench.result(Value.class).answered()).isEqualTo(3);
    }

    @Test
    void aReadWhoseKeptOwnerIsSlowIsHedgedInBothLists() {
        for (int i = 0; i < 40; i++) {
            bench.get(Level.ONE);
        }
        bench.replies.clear();
        bench.get(Level.QUORUM);

        bench.pass(Duration.ofMillis(51));

        assertThat(bench.sent).extracting(Bench.Sent::to).containsExactly(SECOND, THIRD, FOURTH);
        bench.answer(THIRD, null);
        bench.answer(FOURTH, null);
        assertThat(bench.result(Value.class).answered()).isEqualTo(3);
        assertThat(bench.shard.statistics().hedges()).isEqualTo(2);
    }

    @Test
    void aReadIsUnavailableWhereEitherListIs() {
        Bench apart = new Bench(Layouts.moving(2, MEMBERS, nodes(1, 2, 3), nodes(1, 4, 5)));
        apart.dead.addAll(nodes(4, 5));

        apart.get(Level.QUORUM);

        assertThat(apart.failure(Failure.Unavailable.class)).isEqualTo(new Failure.Unavailable(1, 2));
    }

    @Test
    void aWriteIsDoneOnlyWhenBothListsHaveIt() {
        Bench apart = new Bench(Layouts.moving(2, MEMBERS, nodes(1, 2, 3), nodes(4, 5, 6)));
        apart.put("value", Level.QUORUM);
        assertThat(apart.sent).as("all but the own copy").hasSize(5);

        apart.acknowledge(SECOND);
        apart.acknowledge(THIRD);
        apart.acknowledge(FOURTH);
        assertThat(apart.replies).as("one of the next owners").isEmpty();
        apart.acknowledge(FIFTH);

        Written written = apart.result(Written.class);
        assertThat(written.acknowledged()).isGreaterThanOrEqualTo(written.required());
        assertThat(written.required()).isEqualTo(2);
    }

    @Test
    void theNextOwnersAloneDoNotMakeAWriteDone() {
        Bench apart = new Bench(Layouts.moving(2, MEMBERS, nodes(1, 2, 3), nodes(4, 5, 6)));
        apart.storage.isSlow = true;
        apart.put("value", Level.ONE);

        nodes(4, 5, 6).forEach(apart::acknowledge);

        assertThat(apart.replies).isEmpty();
        apart.storage.catchUp();
        assertThat(apart.result()).isInstanceOf(Written.class);
    }

    @Test
    void aTimeoutSpeaksOfTheListThatLacksMost() {
        Bench apart = new Bench(Layouts.moving(2, MEMBERS, nodes(1, 2, 3), nodes(4, 5, 6)));
        apart.put("value", Level.QUORUM);
        apart.acknowledge(SECOND);
        apart.acknowledge(THIRD);

        apart.pass(Duration.ofSeconds(1));

        assertThat(apart.failure(Failure.Timeout.class)).isEqualTo(new Failure.Timeout(0, 2, Effect.UNKNOWN));
    }

    /** Whoever reads next may read by any of three rings, and must meet an owner that holds what was answered. */
    @Test
    void aReadRepairInAJointRingReachesBothLists() {
        for (List<NodeId> order : List.of(nodes(2, 3, 4), nodes(4, 3, 2))) {
            Bench apart = new Bench(Layouts.moving(2, MEMBERS, nodes(1, 2), nodes(3, 4)));
            apart.storage.held.put(Bench.KEY, NEWER);
            apart.get(Level.QUORUM);
            order.forEach(owner -> apart.answer(owner, OLDER));

            for (NodeId owner : order) {
                assertThat(apart.replies).as("before " + owner).isEmpty();
                assertThat(apart.lastTo(owner, Join.class).cell()).isEqualTo(NEWER);
                apart.acknowledge(owner);
            }

            assertThat(apart.result()).isEqualTo(new Value(NEWER, NEWER.version(), 4));
        }
    }

    @Test
    void aRepairThatAKeptOwnerRefusesTakesOneMoreOfEachList() {
        bench.storage.held.put(Bench.KEY, NEWER);
        bench.get(Level.QUORUM);
        bench.answer(SECOND, OLDER);

        bench.refuse(SECOND, new Failure.StorageFailed("disk full", Effect.UNKNOWN));

        bench.acknowledge(THIRD);
        assertThat(bench.replies).isEmpty();
        bench.acknowledge(FOURTH);
        assertThat(bench.value()).isEqualTo("newer");
    }

    /** The third of three owners in the own region is replaced by the seventh; the other region stays. */
    @Test
    void aLocalQuorumIsOneOfEachListInTheOwnRegion() {
        List<Member> two = Layouts.members(4, 3);
        Bench wide = new Bench(Layouts.moving(2, two, nodes(1, 2, 5, 6, 7), nodes(3, 4, 5, 6, 7)));
        wide.put("value", Level.LOCAL_QUORUM);

        nodes(5, 6, 7).forEach(wide::acknowledge);
        wide.acknowledge(SECOND);
        wide.acknowledge(THIRD);
        assertThat(wide.replies).as("both owners, and one of two next owners").isEmpty();
        wide.acknowledge(FOURTH);

        assertThat(wide.result(Written.class).required()).isEqualTo(2);
    }

    @Test
    void anEachQuorumIsOneOfEachListInEveryRegion() {
        List<Member> two = Layouts.members(2, 4);
        Bench wide = new Bench(Layouts.moving(2, two, nodes(1, 2, 3, 4), nodes(1, 2, 5, 6)));
        wide.put("value", Level.EACH_QUORUM);

        wide.acknowledge(SECOND);
        wide.acknowledge(FIFTH);
        wide.acknowledge(node(6));
        wide.acknowledge(THIRD);
        assertThat(wide.replies).as("one of two owners in the other region").isEmpty();
        wide.acknowledge(FOURTH);

        assertThat(wide.result(Written.class).required()).isEqualTo(4);
    }

    @Test
    void aWriteRefusedByANewerRingIsRoutedAgainWithoutAnError() {
        Bench moving = new Bench(BEFORE);
        moving.put("value", Level.QUORUM);
        Cell written = moving.lastTo(SECOND, Join.class).cell();

        moving.refuseByRing(SECOND, 2);
        moving.refuseByRing(THIRD, 2);
        assertThat(moving.replies).as("the ring is on its way").isEmpty();
        assertThat(moving.askedForRing).containsExactlyInAnyOrder(SECOND, THIRD);
        moving.adopt(JOINT);

        Join again = moving.lastTo(FOURTH, Join.class);
        assertThat(again.epoch()).isEqualTo(2);
        assertThat(again.cell()).isEqualTo(written);
        moving.acknowledge(SECOND);
        assertThat(moving.result(Written.class).version()).isEqualTo(written.version());
        assertThat(moving.shard.statistics().reroutes()).isEqualTo(1);
        assertThat(moving.shard.statistics().restamps()).isZero();
        assertThatNothingIsLeft(moving);
    }

    @Test
    void aReadRefusedByANewerRingIsRoutedAgainWithoutAnError() {
        Bench moving = new Bench(BEFORE);
        moving.get(Level.QUORUM);

        moving.refuseByRing(SECOND, 2);
        moving.refuseByRing(THIRD, 2);
        assertThat(moving.replies).isEmpty();
        moving.adopt(JOINT);

        assertThat(moving.lastTo(SECOND, ReadDigest.class).epoch()).isEqualTo(2);
        moving.answer(SECOND, OLDER);
        moving.answer(SECOND, moving.lastTo(SECOND, Read.class), OLDER);
        assertThat(moving.value()).isEqualTo("older");
        assertThatNothingIsLeft(moving);
    }

    @Test
    void aRepairRefusedByANewerRingLetsTheReadStartAgain() {
        Bench moving = new Bench(BEFORE);
        moving.storage.held.put(Bench.KEY, NEWER);
        moving.get(Level.QUORUM);
        moving.answer(SECOND, OLDER);
        moving.refuseByRing(SECOND, 2);
        moving.refuseByRing(THIRD, 2);
        assertThat(moving.replies).isEmpty();

        moving.adopt(JOINT);

        assertThat(moving.lastTo(SECOND, PeerRequest.class)).isInstanceOf(ReadDigest.class);
        moving.answer(SECOND, NEWER);
        assertThat(moving.value()).isEqualTo("newer");
        assertThatNothingIsLeft(moving);
    }

    @Test
    void aRepairForWhichTheRingDoesNotComeFailsAsStaleAtTheReadsDeadline() {
        Bench moving = new Bench(BEFORE);
        moving.storage.held.put(Bench.KEY, NEWER);
        moving.get(Level.QUORUM);
        moving.answer(SECOND, OLDER);
        moving.refuseByRing(SECOND, 7);
        moving.refuseByRing(THIRD, 7);

        moving.pass(Duration.ofMillis(500));

        assertThat(moving.failure(Failure.StaleRing.class)).isEqualTo(new Failure.StaleRing(7, Effect.NONE));
        assertThatNothingIsLeft(moving);
    }

    /** Before any owner has refused. */
    @Test
    void whenTheOwnRingMovesOnCallsAreRoutedAgainAtOnceInTheirOrder() {
        Bench moving = new Bench(BEFORE);
        moving.storage.isSlow = true;
        for (int i = 0; i < 50; i++) {
            moving.put("value " + i, Level.QUORUM);
        }
        moving.get(Level.QUORUM);
        moving.sent.clear();

        moving.adopt(JOINT);

        assertThat(moving.sentTo(FOURTH, Join.class))
                .hasSize(50)
                .extracting(Join::id)
                .isSorted();
        assertThat(moving.lastTo(SECOND, ReadDigest.class).epoch()).isEqualTo(2);
        assertThat(moving.replies).isEmpty();
    }

    /** A late acknowledgement by an owner of the former ring says nothing of the next owners. */
    @Test
    void answersOfARoundBeforeTheRingChangedDoNotCountAfterIt() {
        Bench moving = new Bench(BEFORE);
        moving.storage.isSlow = true;
        moving.put("value", Level.QUORUM);
        moving.get(Level.QUORUM);
        Join formerJoin = moving.lastTo(SECOND, Join.class);
        ReadDigest formerRead = moving.lastTo(SECOND, ReadDigest.class);
        moving.adopt(JOINT);

        for (NodeId owner : List.of(SECOND, THIRD, FOURTH)) {
            moving.shard.receive(owner, new PeerReply.Joined(formerJoin.id(), 1, null));
            moving.answer(owner, formerRead, null);
        }
        moving.storage.catchUp();

        assertThat(moving.replies).isEmpty();
        moving.acknowledge(SECOND);
        assertThat(moving.replies).hasSize(1);
    }

    /** Nor may acknowledgements of the former round be added to those of the next. */
    @Test
    void acknowledgementsBeforeAndAfterTheRingChangedAreNotAddedUp() {
        Bench moving = new Bench(BEFORE);
        moving.put("value", Level.ALL);
        moving.acknowledge(SECOND);
        moving.adopt(JOINT);

        moving.acknowledge(THIRD);
        moving.acknowledge(FOURTH);

        assertThat(moving.replies)
                .as("the second has acknowledged the former round alone")
                .isEmpty();
        moving.acknowledge(SECOND);
        assertThat(moving.result(Written.class).acknowledged()).isEqualTo(3);
    }

    @Test
    void aRingThatLeavesThePartitionAsItIsLeavesItsCallsAlone() {
        bench.put("value", Level.ALL);
        bench.get(Level.QUORUM);
        int sent = bench.sent.size();

        bench.adopt(later(5, JOINT));

        assertThat(bench.sent).hasSize(sent);
        bench.acknowledge(SECOND);
        bench.acknowledge(THIRD);
        bench.acknowledge(FOURTH);
        bench.answer(SECOND, bench.lastTo(SECOND, ReadDigest.class), null);
        assertThat(bench.replies).hasSize(1);
    }

    /** It refused by a newer ring in which the partition is the same: it does not own the key, and no ring will change that. */
    @Test
    void whoRefusesThoughTheNewerRingChangesNothingIsLost() {
        bench.put("value", Level.ALL);
        bench.refuseByRing(SECOND, 5);
        assertThat(bench.replies).isEmpty();

        bench.adopt(later(5, JOINT));

        assertThat(bench.failure(Failure.StaleRing.class)).isEqualTo(new Failure.StaleRing(5, Effect.UNKNOWN));
        assertThatNothingIsLeft(bench);
    }

    @Test
    void whoRefusesByNoNewerRingIsLostAtOnce() {
        bench.get(Level.ALL);

        bench.refuseByRing(SECOND, 2);

        assertThat(bench.failure(Failure.StaleRing.class).epoch()).isEqualTo(2);
        assertThat(bench.askedForRing).isEmpty();
    }

    @Test
    void anyAnswerThatTellsOfANewerRingIsAReasonToAskForIt() {
        bench.shard.receive(FIFTH, new PeerReply.CellIs(12345, 2, null));
        assertThat(bench.askedForRing).isEmpty();

        bench.shard.receive(FIFTH, new PeerReply.CellIs(12345, 3, null));

        assertThat(bench.askedForRing).containsExactly(FIFTH);
    }

    /** The ring is there, the shard has not been told, and another answer says that the level cannot be met any more. */
    @Test
    void aCallDoesNotFailBetweenTheRingsComingAndTheShardsHearingOfIt() {
        Bench moving = new Bench(BEFORE);
        moving.put("value", Level.ALL);
        moving.get(Level.ALL);
        Join join = moving.lastTo(SECOND, Join.class);
        ReadDigest read = moving.lastTo(SECOND, ReadDigest.class);
        for (PeerRequest request : List.of(join, read)) {
            moving.refuse(SECOND, request, new Failure.StaleRing(2, Effect.NONE));
        }

        moving.ring = JOINT;
        moving.refuse(THIRD, join, new Failure.Overloaded("there"));
        moving.refuse(THIRD, read, new Failure.Overloaded("there"));

        assertThat(moving.replies).isEmpty();
        assertThat(moving.lastTo(FOURTH, Join.class).epoch()).isEqualTo(2);
        assertThat(moving.lastTo(FOURTH, ReadDigest.class).epoch()).isEqualTo(2);
        moving.shard.ringChanged();
        assertThat(moving.sentTo(FOURTH, PeerRequest.class)).as("no third time").hasSize(2);
    }

    @Test
    void aRepairDoesNotFailBetweenTheRingsComingAndTheShardsHearingOfIt() {
        Bench moving = new Bench(BEFORE);
        moving.storage.held.put(Bench.KEY, NEWER);
        moving.get(Level.QUORUM);
        moving.answer(SECOND, OLDER);
        moving.refuseByRing(SECOND, 2);

        moving.ring = JOINT;
        moving.refuse(THIRD, new Failure.Overloaded("there"));

        assertThat(moving.replies).isEmpty();
        assertThat(moving.lastTo(SECOND, ReadDigest.class).epoch()).isEqualTo(2);
    }

    /** Else a write under contention could fail for no other reason than that the ring has changed several times. */
    @Test
    void roundsByFormerRingsDoNotCountAgainstTheBoundOnStampingAnew() {
        Bench moving = new Bench(BEFORE);
        moving.put("value", Level.ALL);
        for (int epoch = 2; epoch < 30; epoch++) {
            moving.adopt(Layouts.atEpoch(epoch, BEFORE));
        }

        moving.supersede(SECOND, Bench.version(WALL_MILLIS + 300, SECOND));

        assertThat(moving.replies).isEmpty();
        moving.acknowledge(SECOND);
        moving.acknowledge(THIRD);
        assertThat(moving.result()).isInstanceOf(Written.class);
    }

    /** Its clients have yet to notice, and the default level is a local one. */
    @Test
    void aNodeThatHasLeftStillKnowsWhichOwnersAreLocal() {
        List<Member> stay = MEMBERS.subList(1, 6);
        Bench leaving = new Bench(BEFORE);
        leaving.shard.ringChanged();
        leaving.adopt(Layouts.owning(3, stay, nodes(2, 3, 4)));

        leaving.put("value", Level.LOCAL_QUORUM);
        leaving.acknowledge(SECOND);
        leaving.acknowledge(THIRD);

        assertThat(leaving.result(Written.class).acknowledged()).isEqualTo(2);
    }

    @Test
    void aCallThatIsRoutedAgainKeepsItsDeadline() {
        Bench moving = new Bench(BEFORE);
        moving.get(Level.QUORUM);
        moving.put("value", Level.QUORUM);
        moving.pass(Duration.ofMillis(400));
        moving.adopt(JOINT);

        moving.pass(Duration.ofMillis(100));
        assertThat(moving.replies).as("the read").hasSize(1);
        moving.pass(Duration.ofMillis(500));

        assertThat(moving.replies).hasSize(2);
        assertThatNothingIsLeft(moving);
    }

    @Test
    void aSupersededWriteIsStampedAboveWhatItMetWhenItIsRoutedAgain() {
        Bench moving = new Bench(BEFORE);
        moving.put("value", Level.QUORUM);
        Version greater = Bench.version(WALL_MILLIS + 300, SECOND);
        moving.supersede(SECOND, greater);

        moving.adopt(JOINT);

        assertThat(moving.lastTo(FOURTH, Join.class).cell().version().isAfter(greater))
                .isTrue();
    }

    @Test
    void aCallOutlivesAWholeChangeOfTheRing() {
        Bench moving = new Bench(BEFORE);
        moving.put("value", Level.QUORUM);
        moving.adopt(JOINT);
        moving.adopt(later(3, JOINT));
        moving.adopt(Layouts.atEpoch(4, AFTER));
        moving.sent.clear();

        moving.shard.receive(THIRD, new PeerReply.Joined(1, 4, null));
        moving.adopt(Layouts.atEpoch(5, AFTER));
        moving.acknowledge(FOURTH);

        assertThat(moving.sentTo(THIRD, Join.class)).as("no owner any more").isEmpty();
        assertThat(moving.lastTo(FOURTH, Join.class).epoch()).isEqualTo(5);
        assertThat(moving.result()).isInstanceOf(Written.class);
        assertThatNothingIsLeft(moving);
    }

    /** The shard hears of the ring a little after the ring source does. */
    @Test
    void theOwnCopyRefusesWhatWasRoutedBeforeTheRingMovedOn() {
        Bench moving = new Bench(BEFORE);
        moving.dead.add(THIRD);
        moving.get(Level.QUORUM);
        moving.answer(SECOND, moving.lastTo(SECOND, ReadDigest.class), NEWER);
        moving.ring = AFTER;
        moving.answer(SECOND, moving.lastTo(SECOND, Read.class), NEWER);

        assertThat(moving.storage.held).as("no repair by the former ring").isEmpty();
        assertThat(moving.lastTo(SECOND, ReadDigest.class).epoch()).isEqualTo(3);
    }

    /** The same but for its number. */
    private static Ring later(long epoch, Ring ring) {
        return new Ring(
                epoch,
                ring.partitions(),
                ring.replicas(),
                ring.members(),
                Collections.nCopies(ring.partitions(), ring.owners(0)),
                ring.voters(),
                Collections.nCopies(ring.partitions(), ring.since(0)),
                ring.transition());
    }

    private static void assertThatNothingIsLeft(Bench bench) {
        assertThat(bench.shard.pendingCalls()).isZero();
        // Owners slower than the level needed are waited for until then.
        bench.pass(Duration.ofSeconds(1));
        assertThat(bench.shard.roundsAwaited()).isZero();
        assertThat(bench.timersWaiting()).isZero();
    }
}
