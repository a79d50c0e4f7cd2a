package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.THIRD;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static io.murmur.quorum.Bench.bytes;
import static io.murmur.quorum.Bench.live;
import static io.murmur.quorum.Bench.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.Limits;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply.Value;
import io.murmur.kernel.message.ClientReply.Written;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerReply.CellIs;
import io.murmur.kernel.message.PeerReply.Standing;
import io.murmur.kernel.message.PeerRequest.Accept;
import io.murmur.kernel.message.PeerRequest.Join;
import io.murmur.kernel.message.PeerRequest.Prepare;
import io.murmur.kernel.message.PeerRequest.Read;
import io.murmur.kernel.message.PeerRequest.ReadDigest;
import io.murmur.kernel.ring.NodeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a coordinator does about atomic operations; its own copy is the first of three owners. */
class ChangesTest {

    private final List<ChangeOutcome<String>> outcomes = new ArrayList<>();
    private Bench bench = new Bench();

    /** Adds letters behind what is there, and answers what was. */
    private void add(String letters) {
        change((current, now) -> new Change.Step.Put<>(bytes(text(current) + letters), Cell.NEVER, text(current)));
    }

    private void look() {
        change((current, now) -> new Change.Step.Keep<>(text(current)));
    }

    private void change(Change<String> change) {
        bench.shard.change(KEY, bench.inFiveSeconds(), change, outcomes::add);
    }

    private static String text(Cell.@Nullable Live cell) {
        return cell == null ? "" : new String(cell.value(), StandardCharsets.UTF_8);
    }

    private Prepare prepare(NodeId owner) {
        return bench.lastTo(owner, Prepare.class);
    }

    private Accept accept(NodeId owner) {
        return bench.lastTo(owner, Accept.class);
    }

    private void promise(NodeId owner, @Nullable Cell held) {
        bench.shard.receive(owner, new PeerReply.Promised(prepare(owner).id(), 1, held, true, List.of()));
    }

    private void accepts(NodeId owner) {
        bench.shard.receive(owner, new PeerReply.Accepted(accept(owner).id(), 1));
    }

    private void outbid(NodeId owner, long id, Version version) {
        bench.shard.receive(owner, new PeerReply.Outbid(id, 1, version));
    }

    private ChangeOutcome.Done<String> done(int place) {
        assertThat(outcomes.get(place)).isInstanceOf(ChangeOutcome.Done.class);
        return (ChangeOutcome.Done<String>) outcomes.get(place);
    }

    private Failure failure() {
        assertThat(outcomes).hasSize(1);
        return ((ChangeOutcome.Failed<String>) outcomes.get(0)).failure();
    }

    @Test
    void aChangeIsMadeOfTheGreatestCellOfAMajorityAndDoneWhenAMajorityHasAcceptedIt() {
        bench.storage.held.put(KEY, live(WALL_MILLIS - 9, "a"));

        add("b");
        promise(SECOND, live(WALL_MILLIS - 5, "x"));
        assertThat(outcomes).isEmpty();
        assertThat(text((Cell.Live) accept(THIRD).cell())).isEqualTo("xb");
        accepts(SECOND);

        assertThat(done(0).answer()).isEqualTo("x");
        assertThat(done(0).version()).isEqualTo(prepare(SECOND).ballot());
        assertThat(text((Cell.Live) bench.storage.held.get(KEY))).isEqualTo("xb");
        assertThat(bench.shard.statistics().changes()).isEqualTo(1);
        assertThat(bench.shard.pendingCalls()).isZero();
    }

    @Test
    void whoComesWhileOwnersPromiseIsNotAnsweredByWhatTheyHeldBefore() {
        Cell former = live(WALL_MILLIS - 9, "a");
        bench.storage.held.put(KEY, former);
        look();
        long asked = prepare(SECOND).id();
        Cell now = live(WALL_MILLIS - 5, "b");
        bench.storage.held.put(KEY, now);
        look();

        promise(SECOND, former);

        assertThat(outcomes).hasSize(1);
        assertThat(prepare(SECOND).id()).isNotEqualTo(asked);
        promise(SECOND, now);
        assertThat(done(1).answer()).isEqualTo("b");
    }

    @Test
    void theThirdChangeOfAKeyInARowNeedsNoFirstPhase() {
        add("a");
        promise(SECOND, null);
        assertThat(accept(SECOND).next()).isNull();
        accepts(SECOND);
        add("b");
        promise(SECOND, bench.storage.held.get(KEY));
        Version next = accept(SECOND).next();
        assertThat(next).isNotNull();
        accepts(SECOND);
        int prepares = bench.sentTo(SECOND, Prepare.class).size();

        add("c");
        assertThat(accept(SECOND).cell().version()).isEqualTo(next);
        accepts(SECOND);

        assertThat(done(2).answer()).isEqualTo("ab");
        assertThat(bench.sentTo(SECOND, Prepare.class)).hasSize(prepares);
        assertThat(bench.shard.statistics().changesInOneTrip()).isEqualTo(1);
    }

    @Test
    void whenTheNextBallotIsOutbidTheFirstPhaseIsDoneAfterAll() {
        add("a");
        promise(SECOND, null);
        accepts(SECOND);
        add("b");
        promise(SECOND, bench.storage.held.get(KEY));
        accepts(SECOND);
        Cell greater = live(WALL_MILLIS + 50, "other");

        bench.storage.held.put(KEY, greater);
        add("c");
        outbid(SECOND, accept(SECOND).id(), greater.version());
        outbid(THIRD, accept(THIRD).id(), greater.version());
        bench.pass(Duration.ofMillis(100));
        promise(SECOND, greater);
        accepts(SECOND);

        assertThat(done(2).answer()).isEqualTo("other");
    }

    @Test
    void aPlainWriteByWayOfThisNodeTakesTheNextBallotWithIt() {
        add("a");
        promise(SECOND, null);
        accepts(SECOND);
        add("b");
        promise(SECOND, bench.storage.held.get(KEY));
        accepts(SECOND);
        int accepts = bench.sentTo(SECOND, Accept.class).size();

        bench.put("x", Level.QUORUM);
        add("c");

        assertThat(bench.sentTo(SECOND, Accept.class)).hasSize(accepts);
        promise(SECOND, bench.storage.held.get(KEY));
        accepts(SECOND);
        assertThat(done(2).answer()).isEqualTo("x");
    }

    @Test
    void nothingIsWrittenWhenNothingChangesAndWhatIsHeldIsSettled() {
        Cell cell = live(WALL_MILLIS - 9, "a");
        bench.storage.held.put(KEY, cell);

        look();
        promise(SECOND, cell);

        assertThat(done(0)).isEqualTo(new ChangeOutcome.Done<>("a", cell.version(), 2));
        assertThat(bench.sentTo(SECOND, Accept.class)).isEmpty();
    }

    @Test
    void whatAMajorityDoesNotHoldIsAcceptedAnewBeforeItIsAnswered() {
        look();
        promise(SECOND, live(WALL_MILLIS - 9, "a"));
        assertThat(outcomes).isEmpty();
        accepts(SECOND);

        assertThat(done(0).answer()).isEqualTo("a");
        assertThat(text((Cell.Live) accept(SECOND).cell())).isEqualTo("a");
    }

    @Test
    void aValueThatHasExpiredAMomentAgoIsBuriedBeforeItIsToldToBeGone() {
        Cell expired = new Cell.Live(version(WALL_MILLIS - 100, SECOND), WALL_MILLIS - 10, bytes("a"));
        bench.storage.held.put(KEY, expired);

        look();
        promise(SECOND, expired);
        assertThat(accept(SECOND).cell()).isInstanceOf(Cell.Tombstone.class);
        accepts(SECOND);

        assertThat(done(0).answer()).isEmpty();
    }

    @Test
    void aValueThatHasExpiredLongAgoIsGone() {
        Cell expired = new Cell.Live(version(WALL_MILLIS - 9_000, SECOND), WALL_MILLIS - 8_000, bytes("a"));
        bench.storage.held.put(KEY, expired);

        look();
        promise(SECOND, expired);

        assertThat(done(0).answer()).isEmpty();
        assertThat(bench.sentTo(SECOND, Accept.class)).isEmpty();
    }

    @Test
    void aRemovalLeavesATombstone() {
        bench.storage.held.put(KEY, live(WALL_MILLIS - 9, "a"));

        change((current, now) -> new Change.Step.Remove<>(text(current)));
        promise(SECOND, null);
        accepts(SECOND);

        assertThat(done(0).answer()).isEqualTo("a");
        assertThat(bench.storage.held.get(KEY)).isInstanceOf(Cell.Tombstone.class);
    }

    @Test
    void thoseThatWaitForAKeyAreDoneTogetherEachAfterTheOther() {
        add("a");
        add("b");
        look();
        promise(SECOND, null);
        accepts(SECOND);

        assertThat(outcomes).hasSize(3);
        assertThat(List.of(done(0).answer(), done(1).answer(), done(2).answer()))
                .containsExactly("", "a", "ab");
        assertThat(bench.sentTo(SECOND, Accept.class)).hasSize(1);
        assertThat(bench.shard.statistics().changesCombined()).isEqualTo(2);
    }

    @Test
    void moreThanMayWaitAreRefused() {
        for (int i = 0; i <= PendingChange.MOST_WAITING; i++) {
            look();
        }

        assertThat(failure()).isInstanceOf(Failure.Overloaded.class);
    }

    @Test
    void whoeverIsOutbidTriesAgainAboveThat() {
        Version greater = version(WALL_MILLIS + 60, THIRD);
        add("a");
        outbid(SECOND, prepare(SECOND).id(), greater);
        outbid(THIRD, prepare(THIRD).id(), greater);
        bench.pass(Duration.ofMillis(2));

        assertThat(prepare(SECOND).ballot()).isGreaterThan(greater);
        promise(SECOND, null);
        accepts(SECOND);
        assertThat(done(0).answer()).isEmpty();
        assertThat(bench.shard.statistics().changeConflicts()).isEqualTo(1);
    }

    @Test
    void whatNobodyHasAcceptedHasHadNoEffect() {
        add("a");
        bench.pass(Duration.ofSeconds(2));

        assertThat(failure()).isEqualTo(new Failure.Timeout(1, 2, Effect.NONE));
        assertThat(bench.timersWaiting()).isZero();
        assertThat(bench.shard.roundsAwaited()).isZero();
    }

    @Test
    void ofWhatSomeMayHaveAcceptedItIsUnknown() {
        add("a");
        promise(SECOND, null);
        bench.pass(Duration.ofSeconds(2));

        assertThat(failure().effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(bench.shard.statistics().changesUnknown()).isEqualTo(1);
    }

    @Test
    void anOperationWhoseOwnCellIsFoundIsNotDoneTwice() {
        add("a");
        promise(SECOND, null);
        Cell own = accept(SECOND).cell();
        bench.pass(Duration.ofMillis(300));
        promise(SECOND, own);
        accepts(SECOND);

        assertThat(done(0).answer()).isEmpty();
        assertThat(text((Cell.Live) accept(SECOND).cell())).isEqualTo("a");
    }

    @Test
    void anOwnerThatIsAwayIsLeftAHint() {
        bench.dead.add(THIRD);

        add("a");
        promise(SECOND, null);
        accepts(SECOND);

        assertThat(bench.hints.owners()).containsExactly(THIRD);
        assertThat(bench.hints.valuesFor(THIRD)).containsExactly("a");
    }

    @Test
    void withoutAMajorityItIsUnavailable() {
        bench.dead.addAll(List.of(SECOND, THIRD));

        add("a");

        assertThat(failure()).isEqualTo(new Failure.Unavailable(1, 2));
    }

    @Test
    void aValueThatIsTooLargeIsABadRequest() {
        bench = new Bench(Layouts.ring(3), settings -> Bench.withBounds(settings, new Limits(100, 3, 3), 100, 1_000));
        add("abcd");
        promise(SECOND, null);

        assertThat(failure()).isInstanceOf(Failure.BadRequest.class);
        assertThat(bench.shard.pendingCalls()).isZero();
        assertThat(bench.sentTo(SECOND, Accept.class)).isEmpty();
    }

    @Test
    void anOperationWhoseCallerFailsLeavesTheOthersAlone() {
        add("a");
        Change<String> keep = (current, now) -> new Change.Step.Keep<>(text(current));
        bench.shard.change(KEY, bench.inFiveSeconds(), keep, outcome -> {
            throw new IllegalStateException("a caller's own");
        });
        look();
        promise(SECOND, null);
        accepts(SECOND);
        promise(SECOND, bench.storage.held.get(KEY));

        assertThat(done(1).answer()).isEqualTo("a");
        look();
        promise(SECOND, bench.storage.held.get(KEY));
        assertThat(done(2).answer()).isEqualTo("a");
    }

    /** The own copy refuses for good; the second owner refuses as well, but turns out to hold the cell. */
    private void isInDoubt(Consumer<Accept> refusal) {
        bench.dead.add(THIRD);
        Version others = version(WALL_MILLIS + 2, THIRD);
        add("a");
        bench.shard.receive(THIRD, new Prepare(7, 1, bench.inFiveSeconds(), KEY, others, null));
        promise(SECOND, null);
        Cell first = accept(SECOND).cell();
        assertThat(bench.storage.held).isEmpty();
        refusal.accept(accept(SECOND));

        bench.pass(Duration.ofMillis(100));
        promise(SECOND, first);
        accepts(SECOND);

        assertThat(done(0).answer()).isEmpty();
        assertThat(text((Cell.Live) bench.storage.held.get(KEY))).isEqualTo("a");
    }

    @Test
    void whatAFloorRefusesMayHaveBeenAcceptedBeforeTheRestart() {
        isInDoubt(accept ->
                outbid(SECOND, accept.id(), new Version(accept.cell().version().reading(), NodeId.GREATEST)));
    }

    @Test
    void whatAnotherRingRefusesMayHaveBeenAcceptedByTheFormer() {
        isInDoubt(accept -> bench.refuse(SECOND, accept, new Failure.StaleRing(1, Effect.NONE)));
    }

    // ---- the level SERIAL

    private void answerRead(Cell cell, Standing standing) {
        bench.storage.held.put(KEY, cell);
        bench.get(Level.SERIAL);
        List<Read> reads = bench.sentTo(SECOND, Read.class);
        if (reads.isEmpty()) {
            bench.shard.receive(
                    SECOND,
                    new PeerReply.DigestIs(
                            bench.lastTo(SECOND, ReadDigest.class).id(), 1, Digest.of(cell), standing));
        } else {
            bench.shard.receive(SECOND, new CellIs(reads.get(0).id(), 1, cell, standing));
        }
    }

    @Test
    void aSerialReadOfWhatIsSettledIsARead() {
        answerRead(live(WALL_MILLIS - 9, "a"), Standing.SETTLED);

        assertThat(bench.value()).isEqualTo("a");
        assertThat(bench.sentTo(SECOND, Prepare.class)).isEmpty();
    }

    @Test
    void aSerialReadOfWhatAnOperationMayMissIsAnOperation() {
        Cell cell = live(WALL_MILLIS - 9, "a");
        answerRead(cell, Standing.FORGOTTEN);
        assertThat(bench.replies).isEmpty();

        bench.shard.receive(SECOND, new PeerReply.Promised(prepare(SECOND).id(), 1, cell, false, List.of()));
        accepts(SECOND);

        assertThat(bench.value()).isEqualTo("a");
        assertThat(bench.result(Value.class).seen()).isEqualTo(prepare(SECOND).ballot());
    }

    /** The second of the three owners holds nothing of what the own copy has. */
    private void readWhatOneOwnerHolds(Cell cell) {
        bench.storage.held.put(KEY, cell);
        bench.get(Level.QUORUM);
        bench.answer(SECOND, null);
    }

    @Test
    void anOwnerWhoseCellAnOperationMayMissDoesNotCountTowardsARepair() {
        bench.shard.receive(
                THIRD, new Prepare(7, 1, bench.inFiveSeconds(), KEY, version(WALL_MILLIS + 2, THIRD), null));
        Cell cell = live(WALL_MILLIS + 1, "a");
        bench.shard.receive(THIRD, new Join(8, 1, bench.inFiveSeconds(), KEY, cell));

        readWhatOneOwnerHolds(cell);
        assertThat(bench.sentTo(SECOND, Join.class)).isEmpty();
        bench.pass(Duration.ofMillis(10));
        promise(SECOND, null);
        accepts(SECOND);

        assertThat(bench.value()).isEqualTo("a");
    }

    @Test
    void aRepairThatComesAfterABallotIsAnOperation() {
        Cell greater = live(WALL_MILLIS - 1, "b");
        readWhatOneOwnerHolds(live(WALL_MILLIS - 9, "a"));

        outbid(SECOND, bench.lastTo(SECOND, Join.class).id(), greater.version());
        assertThat(bench.replies).isEmpty();
        promise(SECOND, greater);
        accepts(SECOND);

        assertThat(bench.value()).isEqualTo("b");
    }

    @Test
    void aSerialPutIsAnOperation() {
        bench.put("a", Level.SERIAL);
        promise(SECOND, null);
        accepts(SECOND);

        assertThat(bench.result(Written.class).required()).isEqualTo(2);
        assertThat(text((Cell.Live) bench.storage.held.get(KEY))).isEqualTo("a");
    }

    @Test
    void aSerialDeletionOfNothingIsDone() {
        bench.call(new ClientRequest.Delete(7, 1, bench.inFiveSeconds(), KEY, Level.SERIAL));
        promise(SECOND, null);

        assertThat(bench.result(Written.class).required()).isEqualTo(2);
        assertThat(bench.storage.held).isEmpty();
    }
}
