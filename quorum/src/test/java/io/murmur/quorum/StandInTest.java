package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.SELF;
import static io.murmur.quorum.Bench.THIRD;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static io.murmur.quorum.Bench.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerReply.Kept;
import io.murmur.kernel.message.PeerReply.Refused;
import io.murmur.kernel.message.PeerRequest.Hint;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import org.junit.jupiter.api.Test;

/** What a node that is no owner answers to a coordinator that asks it to stand in for one. */
class StandInTest {

    private static final Cell CELL = live(WALL_MILLIS, "value");

    /** Nodes 2, 3 and 4 own every key. */
    private static final Ring RING = Layouts.owning(1, Layouts.members(4), Layouts.nodes(2, 3, 4));

    private final Bench bench = new Bench(RING);

    @Test
    void aHintIsAnsweredOnceItIsDurableAndTheCopyOfNobodyIsTouched() {
        bench.hints.isSlow = true;

        ask(THIRD, CELL, 1);

        assertThat(bench.hints.asked).extracting(Bench.Hinted::owner).containsExactly(THIRD);
        assertThat(bench.hints.asked.get(0).key()).isEqualTo(KEY);
        assertThat(bench.hints.asked.get(0).cell()).isEqualTo(CELL);
        assertThat(bench.sent).isEmpty();
        bench.hints.catchUp();
        assertThat(reply()).isEqualTo(new Kept(256, 1));
        assertThat(bench.storage.joins).isZero();
        assertThat(bench.shard.statistics().hintsKept()).isEqualTo(1);
    }

    @Test
    void aHintThatIsNotKeptIsRefusedAsTooMuch() {
        bench.hints.isFull = true;

        ask(THIRD, CELL, 1);

        assertThat(((Refused) reply()).failure()).isInstanceOf(Failure.Overloaded.class);
        assertThat(bench.shard.statistics().hintsRefused()).isEqualTo(1);
    }

    @Test
    void anOwnerStandsInForNobodyNotEvenForItself() {
        bench.adopt(Layouts.owning(2, Layouts.members(4), Layouts.nodes(1, 2, 3)));

        ask(SELF, CELL, 2);
        ask(THIRD, CELL, 2);

        assertThat(bench.sent)
                .extracting(Bench.Sent::message)
                .containsOnly(new Refused(256, 2, new Failure.StaleRing(2, Effect.NONE)));
        assertThat(bench.hints.asked).isEmpty();
    }

    @Test
    void nobodyStandsInForWhoIsNoOwner() {
        ask(SELF, CELL, 1);

        assertThat(reply()).isEqualTo(new Refused(256, 1, new Failure.StaleRing(1, Effect.NONE)));
        assertThat(bench.hints.asked).isEmpty();
    }

    @Test
    void aHintByAnOlderRingIsRefusedAndOneByANewerWaitsForIt() {
        bench.adopt(Layouts.owning(2, Layouts.members(4), Layouts.nodes(2, 3, 4)));
        ask(THIRD, CELL, 1);
        assertThat(reply()).isEqualTo(new Refused(256, 2, new Failure.StaleRing(2, Effect.NONE)));
        bench.sent.clear();

        ask(THIRD, CELL, 3);

        assertThat(bench.sent).isEmpty();
        assertThat(bench.askedForRing).containsExactly(SECOND);
        bench.adopt(Layouts.owning(3, Layouts.members(4), Layouts.nodes(2, 3, 4)));
        assertThat(reply()).isEqualTo(new Kept(256, 3));
    }

    @Test
    void aVersionTooFarAheadIsNotKeptEither() {
        ask(THIRD, live(WALL_MILLIS + 501, "too far ahead"), 1);

        assertThat(reply()).isEqualTo(new Refused(256, 1, new Failure.ClockDrift(1, Effect.NONE)));
        assertThat(bench.hints.asked).isEmpty();
    }

    @Test
    void aHintPastItsDeadlineIsDropped() {
        bench.shard.receive(SECOND, new Hint(256, 1, bench.nanos(), THIRD, KEY, CELL));

        assertThat(bench.sent).isEmpty();
        assertThat(bench.hints.asked).isEmpty();
        assertThat(bench.shard.statistics().expiredRequests()).isEqualTo(1);
    }

    private void ask(NodeId target, Cell cell, long epoch) {
        bench.shard.receive(SECOND, new Hint(256, epoch, bench.inFiveSeconds(), target, KEY, cell));
    }

    private PeerReply reply() {
        assertThat(bench.sent).hasSize(1);
        return (PeerReply) bench.sent.get(0).message();
    }
}
