package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static io.murmur.quorum.Bench.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply.Written;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerReply.Joined;
import io.murmur.kernel.message.PeerReply.Refused;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.PeerRequest.Join;
import io.murmur.kernel.message.PeerRequest.Read;
import io.murmur.kernel.message.PeerRequest.ReadDigest;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an owner answers to another node's coordinator. */
class ReplicaTest {

    private final Bench bench = new Bench();

    @Test
    void aJoinIsAcknowledgedOnlyOnceTheStorageHasSaidThatItIsDurable() {
        bench.storage.isSlow = true;

        join(live(WALL_MILLIS, "value"));

        assertThat(bench.sent).isEmpty();
        bench.storage.catchUp();
        assertThat(reply()).isEqualTo(new Joined(256, 1, null));
        assertThat(bench.sent.get(0).to()).isEqualTo(SECOND);
    }

    @Test
    void aJoinThatMeetsAGreaterCellIsToldItsVersion() {
        Cell greater = live(WALL_MILLIS + 5, "greater");
        bench.storage.held.put(KEY, greater);

        join(live(WALL_MILLIS, "value"));

        assertThat(reply()).isEqualTo(new Joined(256, 1, greater.version()));
        assertThat(bench.storage.held.get(KEY)).isEqualTo(greater);
    }

    /** What stands for what has been forgotten is greater, but no read meets it. */
    @Test
    void aJoinOfWhatIsOlderThanTheForgottenDeadDoesNotCount() {
        Cell forgotten = new Cell.Tombstone(Version.before(WALL_MILLIS + 5));
        bench.storage.held.put(KEY, forgotten);

        join(live(WALL_MILLIS, "value"));

        assertThat(reply()).isEqualTo(new PeerReply.Outbid(256, 1, forgotten.version()));
    }

    @Test
    void aJoinThatComesTwiceIsAcknowledgedTwiceAndChangesNothing() {
        Cell cell = live(WALL_MILLIS, "value");

        join(cell);
        join(cell);

        assertThat(bench.sent).extracting(Bench.Sent::message).containsOnly(new Joined(256, 1, null));
        assertThat(bench.storage.held.get(KEY)).isEqualTo(cell);
    }

    @Test
    void aReadIsAnsweredWithTheCellAndADigestReadWithItsDigest() {
        Cell cell = live(WALL_MILLIS, "value");
        bench.storage.held.put(KEY, cell);

        bench.shard.receive(SECOND, new Read(256, 1, bench.inFiveSeconds(), KEY));
        bench.shard.receive(SECOND, new ReadDigest(512, 1, bench.inFiveSeconds(), KEY));

        assertThat(bench.sent)
                .extracting(Bench.Sent::message)
                .containsExactly(new PeerReply.CellIs(256, 1, cell), new PeerReply.DigestIs(512, 1, Digest.of(cell)));
    }

    @Test
    void nothingHeldIsAnAnswer() {
        bench.shard.receive(SECOND, new Read(256, 1, bench.inFiveSeconds(), KEY));
        bench.shard.receive(SECOND, new ReadDigest(512, 1, bench.inFiveSeconds(), KEY));

        assertThat(bench.sent)
                .extracting(Bench.Sent::message)
                .containsExactly(new PeerReply.CellIs(256, 1, null), new PeerReply.DigestIs(512, 1, null));
    }

    @Test
    void expiredWorkIsDroppedUndoneAndUnanswered() {
        bench.shard.receive(SECOND, new Join(256, 1, bench.nanos(), KEY, live(WALL_MILLIS, "value")));
        bench.shard.receive(SECOND, new Read(512, 1, bench.nanos() - 1, KEY));

        assertThat(bench.sent).isEmpty();
        assertThat(bench.storage.joins + bench.storage.reads).isZero();
        assertThat(bench.shard.statistics().expiredRequests()).isEqualTo(2);
    }

    @Test
    void whoDoesNotOwnTheKeySaysSoWithTheEpochOfItsRing() {
        bench.ring = Layouts.atEpoch(7, Layouts.withoutOwnersInFirstRegion());

        bench.shard.receive(SECOND, new Join(256, 7, bench.inFiveSeconds(), KEY, live(WALL_MILLIS, "value")));

        assertThat(reply()).isEqualTo(new Refused(256, 7, new Failure.StaleRing(7, Effect.NONE)));
        assertThat(bench.storage.joins).isZero();
        assertThat(bench.shard.statistics().replicaRefusals()).isEqualTo(1);
    }

    /** Its quorum need not meet those of today, though this node owns the key by both rings. */
    @Test
    void aRequestOfAnOlderRingIsRefused() {
        bench.ring = Layouts.atEpoch(7, bench.ring);

        bench.shard.receive(SECOND, new Read(256, 6, bench.inFiveSeconds(), KEY));
        bench.shard.receive(SECOND, new ReadDigest(256, 1, bench.inFiveSeconds(), KEY));
        bench.shard.receive(SECOND, new Join(256, 6, bench.inFiveSeconds(), KEY, live(WALL_MILLIS, "value")));

        assertThat(bench.sent).hasSize(3);
        assertThat(reply()).isEqualTo(new Refused(256, 7, new Failure.StaleRing(7, Effect.NONE)));
        assertThat(bench.storage.joins + bench.storage.reads).isZero();
        assertThat(bench.askedForRing).isEmpty();
    }

    /** What counts is since when the partition is as it is, not the epoch of the ring. */
    @Test
    void aRequestOfAnOlderRingInWhichThePartitionWasTheSameIsServed() {
        Ring ring = bench.ring;
        bench.ring = new Ring(
                7,
                ring.partitions(),
                ring.replicas(),
                ring.members(),
                Collections.nCopies(ring.partitions(), ring.owners(0)),
                ring.voters(),
                Collections.nCopies(ring.partitions(), 3L),
                null);

        bench.shard.receive(SECOND, new Read(256, 3, bench.inFiveSeconds(), KEY));

        assertThat(reply()).isEqualTo(new PeerReply.CellIs(256, 7, null));
    }

    @Test
    void aRequestOfANewerRingWaitsForTheRing() {
        bench.shard.receive(SECOND, new Join(256, 2, bench.inFiveSeconds(), KEY, live(WALL_MILLIS, "value")));

        assertThat(bench.askedForRing).containsExactly(SECOND);
        assertThat(bench.sent).isEmpty();
        assertThat(bench.storage.joins).isZero();
        assertThat(bench.shard.statistics().parkedRequests()).isEqualTo(1);

        bench.adopt(Layouts.atEpoch(2, bench.ring));

        assertThat(reply()).isEqualTo(new Joined(256, 2, null));
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void parkedRequestsAreServedInTheOrderInWhichTheyCame() {
        for (int id = 1; id <= 20; id++) {
            bench.shard.receive(SECOND, new Read(id << 8, 2, bench.inFiveSeconds(), KEY));
        }

        bench.adopt(Layouts.atEpoch(2, bench.ring));

        assertThat(bench.sent).hasSize(20).extracting(one -> one.message().id()).isSorted();
    }

    @Test
    void aParkedRequestGoesOnWaitingWhileTheRingIsTooOldAndIsRefusedByOneThatIsNewerStill() {
        bench.shard.receive(SECOND, new Read(256, 3, bench.inFiveSeconds(), KEY));

        bench.adopt(Layouts.atEpoch(2, bench.ring));
        assertThat(bench.sent).isEmpty();
        bench.adopt(Layouts.atEpoch(4, bench.ring));

        assertThat(reply()).isEqualTo(new Refused(256, 4, new Failure.StaleRing(4, Effect.NONE)));
        assertThat(bench.storage.reads).isZero();
    }

    @Test
    void aParkedRequestIsDroppedAtItsDeadline() {
        bench.shard.receive(SECOND, new Read(256, 2, bench.nanos() + 1_000_000, KEY));
        bench.shard.receive(SECOND, new Read(512, 2, bench.nanos() + 3_000_000, KEY));
        bench.pass(Duration.ofMillis(1));
        assertThat(bench.shard.statistics().expiredRequests()).isEqualTo(1);

        bench.adopt(Layouts.atEpoch(2, bench.ring));

        assertThat(reply()).isEqualTo(new PeerReply.CellIs(512, 2, null));
        assertThat(bench.storage.reads).isEqualTo(1);
    }

    @Test
    void oneRequestMoreThanMayBeParkedIsRefusedAsOverloadedUntilThereIsRoomAgain() {
        for (int id = 1; id <= Parked.MOST_REQUESTS; id++) {
            bench.shard.receive(SECOND, new Read(id << 8, 2, bench.nanos() + 1_000_000, KEY));
        }
        assertThat(bench.sent).isEmpty();

        bench.shard.receive(SECOND, new Read(256, 2, bench.inFiveSeconds(), KEY));

        assertThat(((Refused) reply()).failure()).isInstanceOf(Failure.Overloaded.class);
        bench.sent.clear();
        bench.pass(Duration.ofMillis(1));
        bench.shard.receive(SECOND, new Read(256, 2, bench.inFiveSeconds(), KEY));
        assertThat(bench.sent).isEmpty();
    }

    @Test
    void parkedValuesAreBoundedInBytesToo() {
        Cell large = new Cell.Live(Bench.version(WALL_MILLIS, SECOND), Cell.NEVER, new byte[8 << 20]);
        for (long bytes = 0; bytes + (8 << 20) <= Parked.MOST_BYTES; bytes += 8 << 20) {
            bench.shard.receive(SECOND, new Join(256, 2, bench.inFiveSeconds(), KEY, large));
        }
        assertThat(bench.sent).isEmpty();

        bench.shard.receive(SECOND, new Join(256, 2, bench.inFiveSeconds(), KEY, large));

        assertThat(((Refused) reply()).failure()).isInstanceOf(Failure.Overloaded.class);
        bench.sent.clear();
        bench.adopt(Layouts.atEpoch(2, bench.ring));
        assertThat(reply()).isEqualTo(new Joined(256, 2, null));
    }

    /** It takes part in reads and writes before it owns anything: its copy counts among the next owners. */
    @Test
    void whoIsToBeAnOwnerServesAsOne() {
        bench.adopt(Layouts.moving(2, Layouts.members(4), Layouts.nodes(2, 3, 4), Layouts.nodes(1, 2, 3)));

        bench.shard.receive(SECOND, new Join(256, 2, bench.inFiveSeconds(), KEY, live(WALL_MILLIS, "value")));

        assertThat(reply()).isEqualTo(new Joined(256, 2, null));
    }

    /** Whoever catches up from here asks after the ring was adopted, and must find the joins of before. */
    @Test
    void aJoinThatWasAcceptedByAnOlderRingIsWithTheStorageBeforeTheNewerIsSeen() {
        bench.storage.isSlow = true;
        join(live(WALL_MILLIS, "value"));
        bench.adopt(Layouts.atEpoch(2, bench.ring));
        List<Cell> seen = new ArrayList<>();

        bench.storage.settled(() -> seen.add(bench.storage.held.get(KEY)));
        bench.storage.catchUp();

        assertThat(seen).containsExactly(live(WALL_MILLIS, "value"));
    }

    @Test
    void aVersionUpToTheDriftBoundAheadIsTakenAndOneBeyondIsRefused() {
        join(live(WALL_MILLIS + 500, "just right"));
        assertThat(reply()).isEqualTo(new Joined(256, 1, null));
        bench.sent.clear();

        join(live(WALL_MILLIS + 501, "too far ahead"));

        assertThat(reply()).isEqualTo(new Refused(256, 1, new Failure.ClockDrift(1, Effect.NONE)));
        assertThat(bench.storage.joins).isEqualTo(1);
    }

    @Test
    void whatIsTooFarAheadIsReadAllTheSame() {
        Cell cell = live(WALL_MILLIS + 10_000, "from before the clock was set back");
        bench.storage.held.put(KEY, cell);

        bench.shard.receive(SECOND, new Read(256, 1, bench.inFiveSeconds(), KEY));

        assertThat(reply()).isEqualTo(new PeerReply.CellIs(256, 1, cell));
    }

    @Test
    void aJoinedVersionMovesTheOwnClockSoThatTheNextOwnWriteIsAboveIt() {
        Cell cell = live(WALL_MILLIS + 300, "ahead");
        join(cell);

        bench.put("later", Level.ONE);

        assertThat(bench.result(Written.class).version().isAfter(cell.version()))
                .isTrue();
    }

    @Test
    void anUnknownCacheIsABadRequest() {
        bench.shard.receive(SECOND, new Read(256, 1, bench.inFiveSeconds(), Key.of("foreign", "key")));

        assertThat(((Refused) reply()).failure()).isInstanceOf(Failure.BadRequest.class);
    }

    @Test
    void everyFaultOfTheStorageHasItsName() {
        Map<StorageFault, Failure> ofRead = new EnumMap<>(StorageFault.class);
        Map<StorageFault, Failure> ofJoin = new EnumMap<>(StorageFault.class);
        for (StorageFault fault : StorageFault.values()) {
            bench.storage.fault = fault;
            bench.sent.clear();
            bench.shard.receive(SECOND, new Read(256, 1, bench.inFiveSeconds(), KEY));
            bench.shard.receive(SECOND, new ReadDigest(256, 1, bench.inFiveSeconds(), KEY));
            assertThat(bench.sent.get(1)).isEqualTo(bench.sent.get(0));
            ofRead.put(fault, ((Refused) reply()).failure());
            bench.sent.clear();
            join(live(WALL_MILLIS, "value"));
            ofJoin.put(fault, ((Refused) reply()).failure());
        }

        Failure unread = new Failure.StorageFailed("told so", Effect.NONE);
        Failure unknown = new Failure.StorageFailed("told so", Effect.UNKNOWN);
        Failure busy = new Failure.Overloaded("a replica's storage: told so");
        assertThat(ofRead)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        StorageFault.DISK_FULL, unread,
                        StorageFault.DAMAGED, unread,
                        StorageFault.STOPPED, unread,
                        StorageFault.OVERLOADED, busy));
        assertThat(ofJoin)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        StorageFault.DISK_FULL, unknown,
                        StorageFault.DAMAGED, unknown,
                        StorageFault.STOPPED, unknown,
                        StorageFault.OVERLOADED, busy));
    }

    private void join(Cell cell) {
        bench.shard.receive(SECOND, new Join(256, 1, bench.inFiveSeconds(), KEY, cell));
    }

    private PeerReply reply() {
        PeerReply reply = (PeerReply) bench.sent.get(0).message();
        assertThat(bench.sent).extracting(Bench.Sent::message).containsOnly(reply);
        assertThat(bench.sentTo(SECOND, PeerRequest.class)).isEmpty();
        return reply;
    }
}
