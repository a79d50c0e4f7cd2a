package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.THIRD;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static io.murmur.quorum.Bench.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.message.ClientReply.Value;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.PeerRequest.Join;
import io.murmur.kernel.message.PeerRequest.Read;
import io.murmur.kernel.message.PeerRequest.ReadDigest;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A read of owners that hold different cells: nothing is answered that the next read could miss (invariant 3). */
class DisagreementTest {

    private static final Cell.Live OLDER = live(WALL_MILLIS, "older");
    private static final Cell.Live NEWER = live(WALL_MILLIS + 1, "newer");

    private final Bench bench = new Bench();

    @Test
    void aDigestOfAnUnknownGreaterCellMakesThatCellBeRead() {
        bench.storage.held.put(KEY, OLDER);
        bench.get(Level.QUORUM);

        bench.answer(SECOND, NEWER);

        assertThat(bench.replies).isEmpty();
        assertThat(bench.sentTo(SECOND, Read.class)).hasSize(1);
        assertThat(bench.shard.statistics().digestMismatches()).isEqualTo(1);
    }

    @Test
    void theOwnStaleCopyIsDurablyRepairedBeforeTheAnswer() {
        bench.storage.held.put(KEY, OLDER);
        bench.get(Level.QUORUM);
        bench.storage.isSlow = true;
        bench.answer(SECOND, NEWER);
        bench.answer(SECOND, NEWER);
        assertThat(bench.storage.joins).isEqualTo(1);
        assertThat(bench.replies).isEmpty();

        bench.storage.catchUp();

        assertThat(bench.storage.held.get(KEY)).isEqualTo(NEWER);
        assertThat(bench.result()).isEqualTo(new Value(NEWER, NEWER.version(), 2));
        assertThat(bench.shard.statistics().repairs()).isEqualTo(1);
    }

    @Test
    void aStaleOwnerIsDurablyRepairedBeforeTheAnswer() {
        bench.storage.held.put(KEY, NEWER);
        bench.get(Level.QUORUM);

        bench.answer(SECOND, OLDER);

        assertThat(bench.lastTo(SECOND, Join.class).cell()).isEqualTo(NEWER);
        assertThat(bench.replies).isEmpty();
        bench.acknowledge(SECOND);
        assertThat(bench.result()).isEqualTo(new Value(NEWER, NEWER.version(), 2));
    }

    /** Versions are a total order, so the digest's alone says that the cell behind it is the lesser one. */
    @Test
    void anOwnerWhoseDigestIsOlderIsRepairedWithoutReadingItsCell() {
        bench.storage.held.put(KEY, NEWER);
        bench.get(Level.ALL);

        bench.answer(SECOND, OLDER);
        bench.answer(THIRD, null);

        assertThat(bench.sentTo(SECOND, Read.class)).isEmpty();
        bench.acknowledge(SECOND);
        assertThat(bench.replies).isEmpty();
        bench.acknowledge(THIRD);
        assertThat(bench.result(Value.class).answered()).isEqualTo(3);
        assertThat(bench.shard.statistics().digestMismatches()).isEqualTo(1);
    }

    /** Two cells of one version are told apart by the digest's checksum, and ordered only by their bytes. */
    @Test
    void twoCellsOfOneVersionAreBothReadBeforeOneIsChosen() {
        Cell.Live greater = new Cell.Live(OLDER.version(), Cell.NEVER, Bench.bytes("zzz"));
        bench.storage.held.put(KEY, OLDER);
        bench.get(Level.QUORUM);
        bench.answer(SECOND, greater);

        bench.answer(SECOND, bench.lastTo(SECOND, Read.class), greater);

        assertThat(bench.storage.held.get(KEY)).isEqualTo(greater);
        assertThat(bench.value()).isEqualTo("zzz");
    }

    @Test
    void aRepairOfADeletionHidesTheValueAndStaysHidden() {
        Cell.Tombstone tombstone = new Cell.Tombstone(Bench.version(WALL_MILLIS + 5, THIRD));
        bench.storage.held.put(KEY, tombstone);
        bench.get(Level.QUORUM);
        bench.answer(SECOND, OLDER);

        assertThat(bench.lastTo(SECOND, Join.class).cell()).isEqualTo(tombstone);
        bench.acknowledge(SECOND);

        assertThat(bench.result()).isEqualTo(new Value(null, tombstone.version(), 2));
    }

    @Test
    void anOwnerThatHasAGreaterCellByTheTimeOfTheRepairIsAsGood() {
        bench.storage.held.put(KEY, NEWER);
        bench.get(Level.TWO);
        bench.answer(SECOND, OLDER);

        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 9, THIRD));

        assertThat(bench.value()).isEqualTo("newer");
    }

    /** No ballot had been promised there, or it would have said so ({@link ChangesTest}). */
    @Test
    void orAtAMajority() {
        bench.storage.held.put(KEY, NEWER);
        bench.get(Level.QUORUM);
        bench.answer(SECOND, OLDER);

        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 9, THIRD));

        assertThat(bench.result()).isEqualTo(new Value(NEWER, NEWER.version(), 2));
    }

    @Test
    void aRepairsAcknowledgementThatComesTwiceCountsOnce() {
        bench.storage.held.put(KEY, NEWER);
        bench.get(Level.ALL);
        bench.answer(SECOND, OLDER);
        bench.answer(THIRD, OLDER);

        bench.acknowledge(SECOND);
        bench.acknowledge(SECOND);

        assertThat(bench.replies).isEmpty();
    }

    @Test
    void aRepairThatIsNotAcknowledgedInTimeIsATimeout() {
        bench.storage.held.put(KEY, NEWER);
        bench.get(Level.QUORUM);
        bench.answer(SECOND, OLDER);

        bench.pass(Duration.ofMillis(500));

        assertThat(bench.failure(Failure.Timeout.class)).isEqualTo(new Failure.Timeout(1, 2, Effect.NONE));
    }

    @Test
    void whereAnOwnerRefusesTheRepairAnotherIsBroughtToTheCellInstead() {
        bench.storage.held.put(KEY, NEWER);
        bench.get(Level.QUORUM);
        bench.answer(SECOND, OLDER);

        bench.refuse(SECOND, new Failure.StorageFailed("disk full", Effect.UNKNOWN));
        bench.refuse(SECOND, new Failure.StorageFailed("disk full", Effect.UNKNOWN));

        assertThat(bench.sentTo(THIRD, Join.class)).hasSize(1);
        assertThat(bench.lastTo(THIRD, Join.class).cell()).isEqualTo(NEWER);
        assertThat(bench.replies).isEmpty();
        bench.acknowledge(THIRD);
        assertThat(bench.result()).isEqualTo(new Value(NEWER, NEWER.version(), 2));
    }

    @Test
    void aRepairThatNoOwnerTakesFailsTheReadByTheirNameAndAtOnce() {
        bench.storage.held.put(KEY, NEWER);
        bench.get(Level.QUORUM);
        bench.answer(SECOND, OLDER);

        bench.refuse(SECOND, new Failure.ClockDrift(30, Effect.NONE));
        assertThat(bench.replies).isEmpty();
        bench.refuse(THIRD, new Failure.ClockDrift(31, Effect.NONE));

        assertThat(bench.failure(Failure.ClockDrift.class)).isEqualTo(new Failure.ClockDrift(31, Effect.NONE));
        assertThat(bench.shard.pendingCalls()).isZero();
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void aReadThatFailedOverARepairHasNoEffectOfItsOwn() {
        bench.storage.held.put(KEY, NEWER);
        bench.get(Level.ALL);
        bench.answer(SECOND, NEWER);
        bench.answer(THIRD, OLDER);

        bench.refuse(THIRD, new Failure.StorageFailed("disk full", Effect.UNKNOWN));

        assertThat(bench.failure(Failure.StorageFailed.class).effect()).isEqualTo(Effect.NONE);
    }

    @Test
    void anOwnerThatRefusesItsCellAfterItsDigestIsReplaced() {
        bench.storage.held.put(KEY, OLDER);
        bench.get(Level.QUORUM);
        bench.answer(SECOND, NEWER);

        bench.refuse(SECOND, new Failure.Overloaded("there"));
        bench.answer(THIRD, bench.lastTo(THIRD, Read.class), OLDER);

        assertThat(bench.value()).isEqualTo("older");
        assertThat(bench.sentTo(SECOND, Join.class)).isEmpty();
    }

    @Test
    void anOwnerThatAcknowledgedItsRepairIsNotReplacedOverALateRefusal() {
        Bench six = new Bench(Layouts.ring(3, 3));
        six.storage.held.put(KEY, NEWER);
        six.get(Level.QUORUM);
        List<NodeId> stale = six.sent.stream().map(Bench.Sent::to).toList();
        assertThat(stale).hasSize(3);
        stale.forEach(owner -> six.answer(owner, OLDER));

        six.acknowledge(stale.get(0));
        six.refuse(stale.get(0), new Failure.Overloaded("there"));

        assertThat(six.sent).extracting(Bench.Sent::to).hasSameElementsAs(stale);
        six.acknowledge(stale.get(1));
        six.acknowledge(stale.get(2));
        assertThat(six.value()).isEqualTo("newer");
    }

    @Test
    void repairsAtALevelOfOneRegionStayInIt() {
        Bench wide = new Bench(Layouts.ring(2, 2));
        wide.storage.held.put(KEY, NEWER);
        wide.get(Level.LOCAL_QUORUM);
        wide.answer(SECOND, wide.lastTo(SECOND, ReadDigest.class), OLDER);

        wide.refuse(SECOND, new Failure.StorageFailed("disk full", Effect.UNKNOWN));

        assertThat(wide.failure(Failure.StorageFailed.class).detail()).isEqualTo("disk full");
        assertThat(wide.sent).extracting(Bench.Sent::to).containsOnly(SECOND);
    }

    @Test
    void aLateAnswerToTheReadDoesNotDisturbItsRepair() {
        bench.storage.held.put(KEY, NEWER);
        bench.get(Level.QUORUM);
        ReadDigest read = bench.lastTo(SECOND, ReadDigest.class);
        bench.answer(SECOND, read, OLDER);

        bench.answer(SECOND, read, NEWER);
        bench.shard.receive(SECOND, new PeerReply.Refused(read.id(), 1, new Failure.Overloaded("there")));

        assertThat(bench.replies).isEmpty();
        assertThat(bench.sentTo(THIRD, PeerRequest.class)).isEmpty();
        bench.acknowledge(SECOND);
        assertThat(bench.value()).isEqualTo("newer");
    }
}
