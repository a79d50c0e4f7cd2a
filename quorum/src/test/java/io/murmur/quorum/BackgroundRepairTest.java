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
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerRequest.Join;
import io.murmur.kernel.message.PeerRequest.Read;
import io.murmur.kernel.message.PeerRequest.ReadDigest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a read at ONE finds out about the other owners after it has answered, when it is one of the sample. */
class BackgroundRepairTest {

    private static final Cell OLD = live(WALL_MILLIS, "old");
    private static final Cell NEW = live(WALL_MILLIS + 5, "new");

    private final Bench bench = sampling(1);

    private static Bench sampling(double share) {
        return new Bench(Layouts.ring(3), s -> Bench.withHedgeShare(Bench.withBackgroundRepairShare(s, share), 0));
    }

    @Test
    void aStaleOwnerIsMendedAfterTheAnswer() {
        bench.storage.held.put(KEY, NEW);

        bench.get(Level.ONE);

        assertThat(bench.value()).as("at once").isEqualTo("new");
        assertThat(bench.sentTo(SECOND, ReadDigest.class)).hasSize(1);
        bench.answer(SECOND, OLD);
        bench.answer(THIRD, NEW);
        assertThat(bench.lastTo(SECOND, Join.class).cell()).isEqualTo(NEW);
        assertThat(bench.sentTo(THIRD, Join.class)).isEmpty();
        assertThat(bench.shard.statistics().backgroundRepairs()).isEqualTo(1);
        assertThatNothingIsLeft();
    }

    @Test
    void anOwnerWithoutTheKeyIsMended() {
        bench.storage.held.put(KEY, NEW);
        bench.get(Level.ONE);

        bench.answer(SECOND, null);
        bench.answer(THIRD, NEW);

        assertThat(bench.lastTo(SECOND, Join.class).cell()).isEqualTo(NEW);
    }

    @Test
    void anAnswerThatWasStaleIsMendedAtWhoeverGaveItAndAtThoseLikeIt() {
        bench.storage.held.put(KEY, OLD);
        bench.get(Level.ONE);
        assertThat(bench.value()).isEqualTo("old");
        bench.answer(SECOND, OLD);

        bench.answer(THIRD, NEW);

        assertThat(bench.sentTo(THIRD, Read.class)).hasSize(1);
        bench.answer(THIRD, NEW);
        assertThat(bench.storage.held.get(KEY)).isEqualTo(NEW);
        assertThat(bench.lastTo(SECOND, Join.class).cell()).isEqualTo(NEW);
        assertThat(bench.sentTo(THIRD, Join.class)).isEmpty();
        assertThat(bench.shard.statistics().backgroundRepairs()).isEqualTo(2);
        assertThatNothingIsLeft();
    }

    @Test
    void anOwnerThatWasMendedBeforeAGreaterCellCameUpIsMendedAgain() {
        Cell newest = live(WALL_MILLIS + 9, "newest");
        bench.storage.held.put(KEY, NEW);
        bench.get(Level.ONE);
        bench.answer(SECOND, OLD);
        bench.answer(THIRD, newest);
        bench.answer(THIRD, newest);

        assertThat(bench.sentTo(SECOND, Join.class)).extracting(Join::cell).containsExactly(NEW, newest);
        assertThat(bench.storage.held.get(KEY)).isEqualTo(newest);
    }

    @Test
    void whatTheAnsweringOwnerHasNeverHeardOfIsFound() {
        bench.get(Level.LOCAL_ONE);
        assertThat(bench.value()).isNull();
        bench.answer(SECOND, null);
        bench.answer(THIRD, NEW);
        bench.answer(THIRD, NEW);

        assertThat(bench.storage.held.get(KEY)).isEqualTo(NEW);
        assertThat(bench.lastTo(SECOND, Join.class).cell()).isEqualTo(NEW);
    }

    @Test
    void ownersThatAgreeAreLeftAlone() {
        bench.storage.held.put(KEY, NEW);
        bench.get(new Level.Count(1));
        bench.answer(SECOND, NEW);
        bench.answer(THIRD, NEW);

        assertThat(bench.sentTo(SECOND, Join.class)).isEmpty();
        assertThat(bench.sentTo(THIRD, Join.class)).isEmpty();
        assertThat(bench.storage.joins).isZero();
        assertThatNothingIsLeft();
    }

    @Test
    void deadOwnersAreNotAskedAndSilentOnesAreGivenUpAtTheDeadline() {
        bench.dead.add(SECOND);
        bench.get(Level.ONE);
        assertThat(bench.sentTo(SECOND, ReadDigest.class)).isEmpty();
        assertThat(bench.sentTo(THIRD, ReadDigest.class)).hasSize(1);

        bench.pass(Duration.ofMillis(500));

        assertThatNothingIsLeft();
    }

    @Test
    void anOwnerThatRefusesToTellIsLeftAlone() {
        bench.storage.held.put(KEY, NEW);
        bench.get(Level.ONE);
        bench.refuse(SECOND, new Failure.Overloaded("there"));
        bench.answer(THIRD, NEW);

        assertThat(bench.sentTo(SECOND, Join.class)).isEmpty();
        assertThatNothingIsLeft();
    }

    @Test
    void higherLevelsAreNotSampled() {
        bench.get(Level.QUORUM);

        assertThat(bench.sentTo(SECOND, ReadDigest.class).size()
                        + bench.sentTo(THIRD, ReadDigest.class).size())
                .isEqualTo(1);
    }

    @Test
    void theSampleIsTheShareThatWasAskedFor() {
        Bench some = sampling(0.1);
        for (int i = 0; i < 2_000; i++) {
            some.get(Level.ONE);
        }
        int sampled = some.sentTo(SECOND, ReadDigest.class).size();

        assertThat(some.replies).hasSize(2_000).allMatch(reply -> reply instanceof ClientReply.One);
        assertThat(sampled).isBetween(150, 250);
        assertThat(sampling(0).shard.statistics().backgroundRepairs()).isZero();
        Bench none = sampling(0);
        none.get(Level.ONE);
        assertThat(none.sent).isEqualTo(List.of());
    }

    private void assertThatNothingIsLeft() {
        assertThat(bench.shard.pendingCalls()).isZero();
        assertThat(bench.shard.roundsAwaited()).isZero();
        assertThat(bench.timersWaiting()).isZero();
    }
}
