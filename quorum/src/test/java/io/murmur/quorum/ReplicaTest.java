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
import java.util.EnumMap;
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

        join(live(WALL_MILLIS, "value"));

        assertThat(reply()).isEqualTo(new Refused(256, 7, new Failure.StaleRing(7, Effect.NONE)));
        assertThat(bench.storage.joins).isZero();
        assertThat(bench.shard.statistics().replicaRefusals()).isEqualTo(1);
    }

    @Test
    void anOwnerByItsOwnRingServesWhateverEpochTheRequestWasRoutedBy() {
        bench.ring = Layouts.atEpoch(7, bench.ring);

        bench.shard.receive(SECOND, new Read(256, 3, bench.inFiveSeconds(), KEY));

        assertThat(reply()).isEqualTo(new PeerReply.CellIs(256, 7, null));
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
