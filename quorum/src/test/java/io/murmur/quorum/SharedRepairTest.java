package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.THIRD;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static io.murmur.quorum.Bench.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Failed;
import io.murmur.kernel.message.ClientReply.Value;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest.Join;
import io.murmur.kernel.message.PeerRequest.Prepare;
import io.murmur.kernel.message.PeerRequest.ReadDigest;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many reads of one key whose owners disagree; the own copy is the first of three, and holds what is newest. */
class SharedRepairTest {

    private static final Cell.Live OLDEST = live(WALL_MILLIS, "oldest");
    private static final Cell.Live OLDER = live(WALL_MILLIS + 1, "older");
    private static final Cell.Live NEWER = live(WALL_MILLIS + 2, "newer");

    private static final Duration PATIENCE =
            Duration.ofMillis(500).dividedBy(16).plusMillis(1);

    private final Bench bench = new Bench();

    /** A read that has yet to hear of the other owner. */
    private ReadDigest read(int number, Level level, Cell own) {
        return read(number, level, own, SECOND);
    }

    private ReadDigest read(int number, Level level, Cell own, NodeId other) {
        bench.storage.held.put(KEY, own);
        bench.call(new ClientRequest.Get(number, 1, bench.inFiveSeconds(), KEY, level));
        return bench.lastTo(other, ReadDigest.class);
    }

    private void readWhatIsHeldHereAlone(int number, Cell own) {
        bench.answer(SECOND, read(number, Level.QUORUM, own), OLDEST);
    }

    private ClientReply.@Nullable Result result(int number) {
        List<ClientReply> replies = bench.replies.stream()
                .filter(reply -> ((ClientReply.One) reply).id() == number)
                .toList();
        assertThat(replies).as("answers to %s", number).hasSizeLessThanOrEqualTo(1);
        return replies.isEmpty() ? null : ((ClientReply.One) replies.get(0)).result();
    }

    private static Value value(Cell.Live cell) {
        return new Value(cell, cell.version(), 2);
    }

    private long shared() {
        return bench.shard.statistics().repairsShared();
    }

    @AfterEach
    void nothingIsLeft() {
        bench.pass(Duration.ofSeconds(2));
        assertThat(bench.shard.pendingCalls()).isZero();
        assertThat(bench.shard.roundsAwaited()).isZero();
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void whoFindsTheSameWaitsForTheSameRepair() {
        readWhatIsHeldHereAlone(1, NEWER);
        readWhatIsHeldHereAlone(2, NEWER);
        readWhatIsHeldHereAlone(3, NEWER);

        assertThat(bench.replies).isEmpty();
        assertThat(bench.sentTo(SECOND, Join.class)).hasSize(1);
        bench.acknowledge(SECOND);
        assertThat(List.of(1, 2, 3)).allSatisfy(read -> assertThat(result(read)).isEqualTo(value(NEWER)));
        assertThat(shared()).isEqualTo(2);
        assertThat(bench.shard.statistics().repairs()).isEqualTo(1);
    }

    @Test
    void whoFoundALesserCellIsAnsweredWithTheGreater() {
        ReadDigest early = read(1, Level.QUORUM, OLDER);
        readWhatIsHeldHereAlone(2, NEWER);

        bench.answer(SECOND, early, OLDEST);

        assertThat(bench.replies).isEmpty();
        assertThat(bench.sentTo(SECOND, Join.class)).hasSize(1);
        bench.acknowledge(SECOND);
        assertThat(result(1)).isEqualTo(value(NEWER));
        assertThat(result(2)).isEqualTo(value(NEWER));
    }

    @Test
    void whoFoundAGreaterCellIsNotAnsweredWithTheLesser() {
        readWhatIsHeldHereAlone(1, OLDER);
        readWhatIsHeldHereAlone(2, NEWER);
        assertThat(bench.sentTo(SECOND, Join.class)).hasSize(1);

        bench.acknowledge(SECOND);

        assertThat(result(1)).isEqualTo(value(OLDER));
        assertThat(result(2)).isNull();
        assertThat(bench.lastTo(SECOND, Join.class).cell()).isEqualTo(NEWER);
        bench.acknowledge(SECOND);
        assertThat(result(2)).isEqualTo(value(NEWER));
        assertThat(shared()).isZero();
    }

    @Test
    void whoeverFoundAGreaterCellSharesTheNextRepair() {
        Cell.Live newest = live(WALL_MILLIS + 3, "newest");
        readWhatIsHeldHereAlone(1, OLDER);
        readWhatIsHeldHereAlone(2, NEWER);
        readWhatIsHeldHereAlone(3, newest);
        readWhatIsHeldHereAlone(4, newest);

        bench.acknowledge(SECOND);

        assertThat(bench.sentTo(SECOND, Join.class)).extracting(Join::cell).containsExactly(OLDER, newest);
        bench.acknowledge(SECOND);
        assertThat(List.of(2, 3, 4)).allSatisfy(read -> assertThat(result(read)).isEqualTo(value(newest)));
        assertThat(shared()).isEqualTo(2);
    }

    @Test
    void eachHasItsOwnDeadline() {
        long first = bench.nanos() + 10_000_000;
        bench.storage.held.put(KEY, NEWER);
        bench.call(new ClientRequest.Get(1, 1, first, KEY, Level.QUORUM));
        bench.answer(SECOND, OLDEST);
        bench.pass(Duration.ofMillis(5));
        readWhatIsHeldHereAlone(2, NEWER);

        bench.pass(Duration.ofMillis(5));

        assertThat(result(1)).isEqualTo(new Failed(new Failure.Timeout(1, 2, Effect.NONE)));
        assertThat(result(2)).isNull();
        assertThat(bench.lastTo(SECOND, Join.class).deadlineNanos())
                .as("not dropped while the other waits")
                .isGreaterThan(first + 400_000_000);
        bench.acknowledge(SECOND);
        assertThat(result(2)).isEqualTo(value(NEWER));
    }

    @Test
    void whoWaitsForTheNextHasADeadlineToo() {
        bench.answer(SECOND, read(1, Level.QUORUM, OLDER), OLDEST);
        bench.storage.held.put(KEY, NEWER);
        bench.call(new ClientRequest.Get(2, 1, bench.nanos() + 7_000_000, KEY, Level.QUORUM));
        bench.answer(SECOND, OLDEST);

        bench.pass(Duration.ofMillis(7));

        assertThat(result(2)).isInstanceOf(Failed.class);
        bench.acknowledge(SECOND);
        assertThat(result(1)).isEqualTo(value(OLDER));
        assertThat(bench.sentTo(SECOND, Join.class)).hasSize(1);
    }

    @Test
    void eachIsToldOfTheFailure() {
        readWhatIsHeldHereAlone(1, NEWER);
        readWhatIsHeldHereAlone(2, NEWER);

        bench.refuse(SECOND, bench.lastTo(SECOND, Join.class), new Failure.Overloaded("second"));
        assertThat(bench.replies).isEmpty();
        bench.refuse(THIRD, new Failure.Overloaded("third"));

        assertThat(List.of(1, 2))
                .allSatisfy(read -> assertThat(result(read)).isEqualTo(new Failed(new Failure.Overloaded("third"))));
    }

    @Test
    void whoFoundAGreaterCellIsRepairedAfterAFailureAsWell() {
        readWhatIsHeldHereAlone(1, OLDER);
        readWhatIsHeldHereAlone(2, NEWER);
        bench.refuse(SECOND, bench.lastTo(SECOND, Join.class), new Failure.Overloaded("second"));
        bench.refuse(THIRD, new Failure.Overloaded("third"));
        assertThat(result(1)).isInstanceOf(Failed.class);

        bench.acknowledge(SECOND);

        assertThat(result(2)).isEqualTo(value(NEWER));
    }

    /** The second may never answer, and the other read would not have waited for it. */
    @Test
    void theOwnersThatAReadHasHeardOfHoldItForAll() {
        readWhatIsHeldHereAlone(1, NEWER);
        bench.dead.add(SECOND);

        bench.answer(THIRD, read(2, Level.QUORUM, NEWER, THIRD), OLDEST);

        assertThat(bench.lastTo(THIRD, Join.class).cell()).isEqualTo(NEWER);
        bench.acknowledge(THIRD);
        assertThat(result(1)).isEqualTo(value(NEWER));
        assertThat(result(2)).isEqualTo(value(NEWER));
    }

    @Test
    void anOwnerThatOneTookForDeadAndAnotherHasHeardOfIsWaitedFor() {
        bench.dead.add(THIRD);
        readWhatIsHeldHereAlone(1, NEWER);
        bench.dead.remove(THIRD);
        bench.dead.add(SECOND);
        bench.answer(THIRD, read(2, Level.QUORUM, NEWER, THIRD), OLDEST);

        bench.refuse(SECOND, bench.lastTo(SECOND, Join.class), new Failure.Overloaded("second"));

        assertThat(bench.replies).isEmpty();
        bench.acknowledge(THIRD);
        assertThat(result(1)).isEqualTo(value(NEWER));
        assertThat(result(2)).isEqualTo(value(NEWER));
    }

    @Test
    void aRepairThatTakesLongIsNotJoinedAnyMore() {
        readWhatIsHeldHereAlone(1, NEWER);
        bench.pass(PATIENCE);

        readWhatIsHeldHereAlone(2, NEWER);

        assertThat(bench.sentTo(SECOND, Join.class)).hasSize(2);
        bench.acknowledge(SECOND);
        assertThat(result(2)).isEqualTo(value(NEWER));
        assertThat(result(1)).isNull();
    }

    @Test
    void norIsItsEndWaitedFor() {
        readWhatIsHeldHereAlone(1, OLDER);
        readWhatIsHeldHereAlone(2, NEWER);

        bench.pass(PATIENCE);

        assertThat(bench.sentTo(SECOND, Join.class)).hasSize(2);
        bench.acknowledge(SECOND);
        assertThat(result(2)).isEqualTo(value(NEWER));
        assertThat(result(1)).isNull();
    }

    @Test
    void atAnotherLevelItIsAnotherRepair() {
        readWhatIsHeldHereAlone(1, NEWER);
        bench.answer(SECOND, read(2, Level.TWO, NEWER), OLDEST);

        assertThat(bench.sentTo(SECOND, Join.class)).hasSize(2);
        bench.acknowledge(SECOND);
        assertThat(result(2)).isEqualTo(value(NEWER));
        assertThat(result(1)).isNull();
    }

    @Test
    void whenAnOperationMayMissItEachReadIsInOrder() {
        readWhatIsHeldHereAlone(1, NEWER);
        readWhatIsHeldHereAlone(2, NEWER);

        bench.pass(Duration.ofMillis(10));
        bench.shard.receive(
                SECOND,
                new PeerReply.Outbid(bench.lastTo(SECOND, Join.class).id(), 1, Bench.version(WALL_MILLIS + 9, THIRD)));
        assertThat(bench.replies).isEmpty();
        // The second has come while the first was being prepared.
        for (int round = 0; round < 2; round++) {
            bench.answer(SECOND, bench.lastTo(SECOND, Prepare.class), NEWER);
        }

        assertThat(bench.sentTo(SECOND, Prepare.class)).hasSize(2);
        assertThat(List.of(1, 2)).allSatisfy(read -> assertThat(result(read)).isEqualTo(value(NEWER)));
    }

    @Test
    void whenTheRingMovesOnAllOfThemReadAgain() {
        readWhatIsHeldHereAlone(1, OLDER);
        readWhatIsHeldHereAlone(2, OLDER);
        readWhatIsHeldHereAlone(3, NEWER);
        bench.sent.clear();

        bench.adopt(Layouts.atEpoch(2, bench.ring));

        List<ReadDigest> again = bench.sentTo(SECOND, ReadDigest.class);
        assertThat(again).hasSize(3).allSatisfy(read -> assertThat(read.epoch()).isEqualTo(2));
        assertThat(bench.sentTo(SECOND, Join.class)).isEmpty();
        again.forEach(read -> bench.answer(SECOND, read, NEWER));
        assertThat(List.of(1, 2, 3)).allSatisfy(read -> assertThat(result(read)).isEqualTo(value(NEWER)));
    }

    /** Between a ring's coming and the shard's hearing of it. */
    @Test
    void aReadByTheNextRingDoesNotJoinARepairByTheFormer() {
        readWhatIsHeldHereAlone(1, NEWER);
        bench.moveRing(bench.ring);

        readWhatIsHeldHereAlone(2, NEWER);

        assertThat(bench.sentTo(SECOND, Join.class)).extracting(Join::epoch).containsExactly(1L, 2L);
        bench.acknowledge(SECOND);
        assertThat(result(2)).isEqualTo(value(NEWER));
        assertThat(result(1)).isNull();
    }

    @Test
    void whatWaitsBehindARepairByAFormerRingReadsAgain() {
        readWhatIsHeldHereAlone(1, OLDER);
        readWhatIsHeldHereAlone(2, NEWER);
        Join former = bench.lastTo(SECOND, Join.class);
        bench.moveRing(bench.ring);

        bench.shard.receive(SECOND, new PeerReply.Joined(former.id(), 1, null));

        assertThat(result(1)).isEqualTo(value(OLDER));
        assertThat(bench.sentTo(SECOND, Join.class)).hasSize(1);
        bench.answer(SECOND, NEWER);
        assertThat(result(2)).isEqualTo(value(NEWER));
    }
}
