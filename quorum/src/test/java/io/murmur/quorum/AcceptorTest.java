package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.THIRD;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static io.murmur.quorum.Bench.live;
import static io.murmur.quorum.Bench.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerReply.Accepted;
import io.murmur.kernel.message.PeerReply.CellIs;
import io.murmur.kernel.message.PeerReply.Joined;
import io.murmur.kernel.message.PeerReply.Link;
import io.murmur.kernel.message.PeerReply.Outbid;
import io.murmur.kernel.message.PeerReply.Promised;
import io.murmur.kernel.message.PeerReply.Refused;
import io.murmur.kernel.message.PeerReply.Standing;
import io.murmur.kernel.message.PeerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an owner promises and accepts. */
class AcceptorTest {

    private static final Version EARLIER = version(WALL_MILLIS + 1, THIRD);
    private static final Version BALLOT = version(WALL_MILLIS + 2, SECOND);
    private static final Version LATER = version(WALL_MILLIS + 3, THIRD);

    private final Bench bench = new Bench();
    private long lastId = 256;

    private long prepare(Version ballot) {
        return prepare(ballot, null);
    }

    private long prepare(Version ballot, @Nullable Version since) {
        lastId += 256;
        bench.shard.receive(SECOND, new PeerRequest.Prepare(lastId, 1, bench.inFiveSeconds(), KEY, ballot, since));
        return lastId;
    }

    private static Cell.Live cell(Version version) {
        return new Cell.Live(version, Cell.NEVER, Bench.bytes(version.toString()));
    }

    private PeerRequest.Accept acceptOf(Version version, @Nullable Version basis, @Nullable Version next) {
        lastId += 256;
        return new PeerRequest.Accept(
                lastId, 1, bench.inFiveSeconds(), KEY, cell(version), List.of(new Link(version, basis)), next);
    }

    private long accept(Version version, @Nullable Version next) {
        bench.shard.receive(SECOND, acceptOf(version, null, next));
        return lastId;
    }

    private long join(Cell cell) {
        lastId += 256;
        bench.shard.receive(THIRD, new PeerRequest.Join(lastId, 1, bench.inFiveSeconds(), KEY, cell));
        return lastId;
    }

    private CellIs read() {
        bench.shard.receive(THIRD, new PeerRequest.Read(++lastId, 1, bench.inFiveSeconds(), KEY));
        return (CellIs) reply();
    }

    private PeerReply reply() {
        return (PeerReply) bench.sent.get(bench.sent.size() - 1).message();
    }

    @Test
    void aPromiseIsAnsweredOnceItIsDurableAndWithWhatIsHeldThen() {
        bench.storage.isSlow = true;
        join(cell(EARLIER));

        long id = prepare(BALLOT);

        assertThat(bench.sent).isEmpty();
        bench.storage.catchUp();
        assertThat(bench.storage.promises).containsExactly(BALLOT.reading());
        assertThat(reply()).isEqualTo(new Promised(id, 1, cell(EARLIER), true, List.of()));
    }

    @Test
    void whatIsBelowAPromiseIsNeitherPromisedNorAccepted() {
        prepare(BALLOT);

        assertThat(prepare(EARLIER)).isEqualTo(reply().id());
        assertThat(reply()).isEqualTo(new Outbid(lastId, 1, BALLOT));
        accept(EARLIER, null);
        assertThat(reply()).isEqualTo(new Outbid(lastId, 1, BALLOT));

        assertThat(bench.storage.held).isEmpty();
        assertThat(bench.storage.promises).hasSize(1);
    }

    @Test
    void aBallotIsPromisedToOneRequestHoweverOftenThatComes() {
        PeerRequest.Prepare prepare = new PeerRequest.Prepare(256, 1, bench.inFiveSeconds(), KEY, BALLOT, null);
        bench.shard.receive(SECOND, prepare);
        bench.shard.receive(SECOND, prepare);

        assertThat(bench.sent)
                .extracting(Bench.Sent::message)
                .containsOnly(new Promised(256, 1, null, true, List.of()));
        prepare(BALLOT);
        assertThat(reply()).isEqualTo(new Outbid(lastId, 1, BALLOT));
    }

    @Test
    void aJoinBelowAPromiseIsHeldAndCountsForNobody() {
        prepare(BALLOT);

        long id = join(cell(EARLIER));

        assertThat(reply()).isEqualTo(new Outbid(id, 1, BALLOT));
        assertThat(bench.storage.held).containsEntry(KEY, cell(EARLIER));
        assertThat(read().standing()).isEqualTo(Standing.UNSETTLED);
        prepare(LATER);
        assertThat(reply()).isEqualTo(new Promised(lastId, 1, cell(EARLIER), false, List.of()));
    }

    @Test
    void aJoinAboveAPromiseCountsAndIsSettled() {
        prepare(BALLOT);

        long id = join(cell(LATER));

        assertThat(reply()).isEqualTo(new Joined(id, 1, null));
        assertThat(read().standing()).isEqualTo(Standing.SETTLED);
        accept(BALLOT, null);
        assertThat(reply()).isEqualTo(new Outbid(lastId, 1, LATER));
    }

    @Test
    void whatIsAcceptedIsSettledAndItsPromiseIsForgottenWithNothingLost() {
        prepare(BALLOT);
        join(cell(EARLIER));

        assertThat(accept(BALLOT, null)).isEqualTo(reply().id());

        assertThat(reply()).isEqualTo(new Accepted(lastId, 1));
        assertThat(read()).isEqualTo(new CellIs(lastId, 1, cell(BALLOT), Standing.SETTLED));
    }

    @Test
    void aCellThatComesAfterABallotIsToldSoThoughThePromiseHasGone() {
        prepare(BALLOT);
        accept(BALLOT, null);
        join(cell(LATER));

        long late = join(cell(EARLIER));
        assertThat(reply()).isEqualTo(new Outbid(late, 1, LATER));
        late = join(cell(BALLOT));
        assertThat(reply()).as("nobody knows whether it was that operation's").isEqualTo(new Outbid(late, 1, LATER));
    }

    @Test
    void oneThatComesAfterALesserBallotIsNot() {
        prepare(EARLIER);
        accept(EARLIER, null);
        join(cell(LATER));

        long late = join(cell(BALLOT));

        assertThat(reply()).isEqualTo(new Joined(late, 1, LATER));
    }

    @Test
    void theNextBallotIsPromisedWithACell() {
        prepare(EARLIER);
        PeerRequest.Accept accept = acceptOf(EARLIER, null, LATER);
        bench.shard.receive(SECOND, accept);
        assertThat(reply()).isEqualTo(new Accepted(accept.id(), 1));
        assertThat(bench.storage.promises).contains(LATER.reading());

        bench.shard.receive(SECOND, accept);
        assertThat(reply()).as("doubled").isEqualTo(new Accepted(accept.id(), 1));
        prepare(BALLOT);
        assertThat(reply()).isEqualTo(new Outbid(lastId, 1, LATER));
        assertThat(read().standing()).isEqualTo(Standing.SETTLED);
        accept(LATER, null);
        assertThat(reply()).isEqualTo(new Accepted(lastId, 1));
    }

    @Test
    void aCellIsNotAcceptedBeforeTheNextBallotIsDurable() {
        bench.storage.isSlow = true;
        accept(EARLIER, LATER);
        assertThat(bench.sent).isEmpty();

        bench.storage.fault = StorageFault.DISK_FULL;
        bench.storage.catchUp();

        assertThat(reply()).isInstanceOf(Refused.class);
        assertThat(((Refused) reply()).failure().effect()).isEqualTo(Failure.Effect.UNKNOWN);
    }

    @Test
    void aDoubledRequestThatWasLetThroughIsNotToldThatItWasOutbid() {
        bench.storage.isSlow = true;
        PeerRequest.Accept accept = acceptOf(EARLIER, null, null);
        bench.shard.receive(SECOND, accept);
        prepare(BALLOT);

        bench.shard.receive(SECOND, accept);
        assertThat(bench.sent).isEmpty();
        bench.storage.catchUp();
        assertThat(bench.sent.get(0).message()).isEqualTo(new Accepted(accept.id(), 1));

        join(cell(LATER));
        bench.storage.catchUp();
        int answers = bench.sent.size();
        bench.shard.receive(SECOND, accept);
        bench.storage.catchUp();
        assertThat(bench.sent).hasSize(answers);
    }

    @Test
    void nothingIsToldOfACellThatAGreaterOneMayHaveBeenMadeOf() {
        bench.storage.isLate = true;
        accept(BALLOT, null);
        assertThat(reply()).isEqualTo(new Accepted(lastId, 1));
        int answers = bench.sent.size();

        accept(EARLIER, null);

        assertThat(bench.sent).hasSize(answers);
    }

    @Test
    void whoIsInDoubtIsToldWhatWasMadeOfWhat() {
        bench.shard.receive(SECOND, acceptOf(EARLIER, null, null));
        bench.shard.receive(SECOND, acceptOf(BALLOT, EARLIER, null));

        prepare(LATER, EARLIER);

        assertThat(((Promised) reply()).links()).containsExactly(new Link(BALLOT, EARLIER));
    }

    @Test
    void aBallotByAnotherRingOrTooFarAheadIsRefused() {
        bench.shard.receive(SECOND, new PeerRequest.Prepare(256, 0, bench.inFiveSeconds(), KEY, BALLOT, null));
        assertThat(((Refused) reply()).failure()).isInstanceOf(Failure.StaleRing.class);

        prepare(version(WALL_MILLIS + 10_000, SECOND));
        assertThat(((Refused) reply()).failure()).isInstanceOf(Failure.ClockDrift.class);
        accept(BALLOT, version(WALL_MILLIS + 10_000, SECOND));
        assertThat(((Refused) reply()).failure()).isInstanceOf(Failure.ClockDrift.class);

        assertThat(bench.storage.promises).isEmpty();
        assertThat(bench.storage.held).isEmpty();
    }

    @Test
    void theFloorStandsForWhatWasForgotten() {
        bench.shard.promises().raiseFloor(0, KEY.slot(), BALLOT.reading(), kept -> {});
        bench.storage.held.put(KEY, cell(EARLIER));

        assertThat(bench.storage.promises).containsExactly(BALLOT.reading());
        assertThat(bench.shard.promises().reading()).isEqualTo(BALLOT.reading());
        assertThat(read().standing()).isEqualTo(Standing.FORGOTTEN);
        prepare(BALLOT);
        assertThat(reply()).isInstanceOf(Outbid.class);
        join(live(WALL_MILLIS, "old"));
        assertThat(reply()).isInstanceOf(Outbid.class);
        prepare(LATER);
        assertThat(reply()).isEqualTo(new Promised(lastId, 1, cell(EARLIER), false, List.of()));
        accept(LATER, null);
        assertThat(read().standing()).isEqualTo(Standing.SETTLED);
    }

    @Test
    void cellsThatComeByOtherWaysAreNotSettledBelowAPromiseEither() {
        prepare(BALLOT);

        bench.shard.promises().joining(KEY, EARLIER);
        bench.storage.held.put(KEY, cell(EARLIER));

        assertThat(read().standing()).isEqualTo(Standing.UNSETTLED);
    }
}
