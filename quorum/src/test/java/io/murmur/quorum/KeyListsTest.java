package io.murmur.quorum;

import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.SELF;
import static io.murmur.quorum.Bench.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncReply.Head;
import io.murmur.kernel.message.SyncRequest.Heads;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Node 1 lists keys that nodes 1, 2 and 3 own. */
class KeyListsTest {

    private static final int SLOT = Bench.KEY.slot();

    private final Bench bench = new Bench();
    private final List<KeysOutcome> outcomes = new ArrayList<>();

    private void list(Level level) {
        bench.shard.keys(
                new KeysCall("cache", SLOT, SLOT, null, 10, level, bench.nanos() + 1_000_000_000L), outcomes::add);
    }

    private List<NodeId> asked() {
        return bench.sent.stream()
                .filter(one -> one.message() instanceof Heads)
                .map(Bench.Sent::to)
                .toList();
    }

    private void answer(NodeId from, Head... heads) {
        reply(from, new SyncReply.HeadsAre(lastId(from), 1, List.of(heads), false));
    }

    private void refuse(NodeId from, Failure why) {
        reply(from, new SyncReply.Refused(lastId(from), 1, why));
    }

    private void reply(NodeId from, SyncReply reply) {
        assertThat(bench.shard.receive(from, reply)).isTrue();
    }

    private long lastId(NodeId node) {
        return bench.lastTo(node, Heads.class).id();
    }

    private static Head live(Key key, long version) {
        return new Head(key, new Version(version, SELF), Cell.NEVER);
    }

    private static Head dead(Key key, long version) {
        return new Head(key, new Version(version, SELF), 0);
    }

    private void assertListed(Key... keys) {
        assertThat(outcomes).containsExactly(new KeysOutcome.Page(Arrays.asList(keys), null));
    }

    private void assertFailed(Class<? extends Failure> kind) {
        assertThat(outcomes).hasSize(1);
        assertThat(((KeysOutcome.Failed) outcomes.get(0)).failure()).isInstanceOf(kind);
    }

    @Test
    void asManyOwnersAreAskedAsAReadAtTheLevelAsks() {
        list(Level.ONE);
        assertThat(asked()).containsExactly(SELF);

        bench.sent.clear();
        list(Level.QUORUM);
        assertThat(asked()).hasSize(2).contains(SELF);

        bench.sent.clear();
        list(Level.ALL);
        assertThat(asked()).containsExactlyInAnyOrder(SELF, SECOND, THIRD);
    }

    @Test
    void whatAMajorityHoldsIsJoined() {
        list(Level.QUORUM);

        answer(SELF, dead(Bench.KEY, 1));
        assertThat(outcomes).isEmpty();
        answer(asked().get(1), live(Bench.KEY, 2));

        assertListed(Bench.KEY);
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void anOwnerThatIsSilentIsNotWaitedForAlone() {
        list(Level.QUORUM);
        answer(SELF);

        bench.pass(Duration.ofMillis(300));
        assertThat(asked()).hasSize(3);
        answer(asked().get(2), live(Bench.KEY, 2));

        assertListed(Bench.KEY);
    }

    @Test
    void anOwnerThatRefusesIsReplacedByAnother() {
        list(Level.QUORUM);
        answer(SELF);

        refuse(asked().get(1), new Failure.StorageFailed("damaged", Failure.Effect.NONE));
        answer(asked().get(2), live(Bench.KEY, 2));

        assertListed(Bench.KEY);
    }

    @Test
    void ownersThatSeeThePartitionOtherwiseAreAskedAgain() {
        list(Level.ALL);
        answer(SELF);
        refuse(SECOND, new Failure.StaleRing(2, Failure.Effect.NONE));
        refuse(THIRD, new Failure.StaleRing(2, Failure.Effect.NONE));
        bench.sent.clear();

        bench.pass(Duration.ofMillis(50));
        answer(SELF);
        answer(SECOND, live(Bench.KEY, 2));
        assertThat(outcomes).isEmpty();
        answer(THIRD);

        assertListed(Bench.KEY);
    }

    @Test
    void tooFewOwnersThatAnswerAreAFailure() {
        list(Level.QUORUM);
        answer(SELF);

        bench.pass(Duration.ofSeconds(2));

        assertFailed(Failure.Timeout.class);
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void ownersThatCannotReadAreAFailure() {
        list(Level.QUORUM);
        Failure damaged = new Failure.StorageFailed("damaged", Failure.Effect.NONE);
        answer(SELF);
        refuse(asked().get(1), damaged);

        refuse(asked().get(2), damaged);

        assertFailed(Failure.StorageFailed.class);
    }

    @Test
    void tooFewOwnersThatAreAliveAreAFailureAtOnce() {
        bench.dead.addAll(List.of(SECOND, THIRD));

        list(Level.QUORUM);

        assertFailed(Failure.Unavailable.class);
        assertThat(asked()).isEmpty();
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void aLateAnswerAndOneOfAnotherAreNobodys() {
        list(Level.ONE);
        long id = lastId(SELF);
        answer(SELF);

        reply(SELF, new SyncReply.HeadsAre(id, 1, List.of(live(Bench.KEY, 1)), false));
        assertThat(bench.shard.receive(SECOND, new SyncReply.Taken(17, 1))).isFalse();

        assertListed();
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        list(Level.ANY);

        assertFailed(Failure.BadRequest.class);
    }
}
