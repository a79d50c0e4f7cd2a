package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.SELF;
import static io.murmur.quorum.Bench.THIRD;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.message.ClientReply.Written;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest.Join;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which owners a write leaves hints for, and when one counts. */
class HintsTest {

    private static final Failure OVERLOADED = new Failure.Overloaded("there");

    private final Bench bench = new Bench();

    @Test
    void anOwnerThatIsDeadWhenTheCellIsSentIsLeftAHintOfIt() {
        bench.dead.add(THIRD);
        bench.put("value", Level.QUORUM);
        assertThat(bench.hints.asked).as("before it is done").isEmpty();

        bench.acknowledge(SECOND);

        Written written = bench.result(Written.class);
        assertThat(written.acknowledged()).isEqualTo(2);
        assertThat(bench.hints.owners()).containsExactly(THIRD);
        Bench.Hinted hinted = bench.hints.asked.get(0);
        assertThat(hinted.key()).isEqualTo(KEY);
        assertThat(hinted.cell()).isEqualTo(bench.lastTo(SECOND, Join.class).cell());
        assertThat(bench.shard.statistics().hintsKept()).isEqualTo(1);
    }

    @Test
    void whenAllOwnersAcknowledgeInTimeThereIsNoHint() {
        bench.put("value", Level.QUORUM);
        bench.acknowledge(SECOND);

        bench.pass(Duration.ofMillis(900));
        bench.acknowledge(THIRD);
        bench.pass(Duration.ofSeconds(1));

        assertThat(bench.hints.asked).isEmpty();
        assertThat(bench.shard.roundsAwaited()).isZero();
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void anOwnerThatIsSlowerThanTheLevelNeededIsLeftAHintAtTheDeadlineAndNoSooner() {
        bench.put("value", Level.QUORUM);
        bench.acknowledge(SECOND);

        bench.pass(Duration.ofMillis(999));
        assertThat(bench.hints.asked).isEmpty();
        bench.pass(Duration.ofMillis(1));

        assertThat(bench.hints.owners()).containsExactly(THIRD);
        bench.acknowledge(THIRD);
        bench.pass(Duration.ofSeconds(2));
        assertThat(bench.hints.owners()).as("once").containsExactly(THIRD);
        assertThat(bench.shard.roundsAwaited()).isZero();
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void whenTheNodeStopsOwnersThatAreStillAwaitedAreLeftTheirHintsAtOnce() {
        for (int i = 0; i < 3; i++) {
            bench.put("value " + i, Level.QUORUM);
            bench.acknowledge(SECOND);
        }
        bench.acknowledge(THIRD);

        bench.shard.giveUpLateOwners();

        assertThat(bench.hints.valuesFor(THIRD)).containsExactly("value 0", "value 1");
        assertThat(bench.hints.asked).hasSize(2);
        assertThat(bench.shard.roundsAwaited()).isZero();
        bench.pass(Duration.ofSeconds(2));
        assertThat(bench.hints.asked).as("once").hasSize(2);
    }

    @Test
    void oneTimerWaitsForTheLateOwnersOfAllWrites() {
        for (int i = 0; i < 10; i++) {
            bench.put("value " + i, Level.QUORUM);
            bench.acknowledge(SECOND);
            bench.pass(Duration.ofMillis(50));
        }
        assertThat(bench.timersWaiting()).isEqualTo(1);

        bench.pass(Duration.ofMillis(600));

        assertThat(bench.hints.valuesFor(THIRD))
                .as("of the first 150 ms")
                .containsExactly("value 0", "value 1", "value 2");
        bench.pass(Duration.ofSeconds(1));
        assertThat(bench.hints.asked).hasSize(10);
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void aLateOwnerThatRefusesIsLeftAHintAtOnce() {
        bench.put("value", Level.QUORUM);
        bench.acknowledge(SECOND);

        bench.refuse(THIRD, OVERLOADED);

        assertThat(bench.hints.owners()).containsExactly(THIRD);
    }

    @Test
    void anOwnerThatRefusedBeforeTheWriteWasDoneIsLeftAHintThen() {
        bench.put("value", Level.QUORUM);
        bench.refuse(THIRD, new Failure.StorageFailed("full", Effect.UNKNOWN));
        assertThat(bench.hints.asked).isEmpty();

        bench.acknowledge(SECOND);

        assertThat(bench.hints.owners()).containsExactly(THIRD);
    }

    @Test
    void anOwnerThatHoldsAGreaterCellMissesNothing() {
        bench.put("value", Level.QUORUM);
        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 300, SECOND));
        bench.acknowledge(THIRD);

        bench.pass(Duration.ofSeconds(2));

        assertThat(bench.replies).hasSize(1);
        assertThat(bench.hints.asked).isEmpty();
    }

    @Test
    void aVersionTooFarAheadOfAnOwnersClockDoesNotReachItByASideDoor() {
        bench.put("value", Level.QUORUM);
        bench.refuse(THIRD, new Failure.ClockDrift(7, Effect.NONE));
        bench.acknowledge(SECOND);

        bench.pass(Duration.ofSeconds(2));

        assertThat(bench.hints.asked).isEmpty();
    }

    @Test
    void aWriteOfWhichNothingWasSentLeavesNoHint() {
        bench.dead.add(SECOND);
        bench.dead.add(THIRD);

        bench.put("value", Level.QUORUM);

        bench.failure(Failure.Unavailable.class);
        bench.pass(Duration.ofSeconds(2));
        assertThat(bench.hints.asked).isEmpty();
    }

    @Test
    void aWriteThatTimedOutLeavesHintsSinceItMayYetTakeEffect() {
        bench.storage.isSlow = true;
        bench.dead.add(THIRD);
        bench.put("value", Level.QUORUM);

        bench.pass(Duration.ofSeconds(1));

        bench.failure(Failure.Timeout.class);
        assertThat(bench.hints.owners()).as("not this node itself").containsExactly(SECOND, THIRD);
        bench.storage.catchUp();
        bench.acknowledge(SECOND);
        assertThat(bench.hints.asked).hasSize(2);
    }

    @Test
    void aWriteThatFailedBeforeItsDeadlineStillWaitsForTheSilentOwners() {
        bench.put("value", Level.ALL);
        bench.refuse(SECOND, OVERLOADED);
        bench.failure(Failure.StorageFailed.class);
        assertThat(bench.hints.owners()).containsExactly(SECOND);

        bench.acknowledge(THIRD);
        bench.pass(Duration.ofSeconds(2));

        assertThat(bench.hints.owners()).containsExactly(SECOND);
    }

    @Test
    void whatIsHintedIsTheCellOfTheLastRoundOnceForAnOwner() {
        bench.dead.add(THIRD);
        bench.put("value", Level.QUORUM);
        Join first = bench.lastTo(SECOND, Join.class);
        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 300, SECOND));
        bench.acknowledge(SECOND);

        bench.pass(Duration.ofSeconds(2));

        Join last = bench.lastTo(SECOND, Join.class);
        assertThat(last.cell()).isNotEqualTo(first.cell());
        assertThat(bench.hints.asked).hasSize(1);
        assertThat(bench.hints.asked.get(0).cell()).isEqualTo(last.cell());
        assertThat(bench.hints.asked.get(0).cell().version())
                .isEqualTo(bench.result(Written.class).version());
    }

    @Test
    void acknowledgementsOfAFormerRoundDoNotSpareAnOwnerTheHint() {
        bench.put("value", Level.QUORUM);
        long firstRound = bench.lastTo(THIRD, Join.class).id();
        bench.supersede(SECOND, Bench.version(WALL_MILLIS + 300, SECOND));
        bench.pass(Duration.ofMillis(40));
        bench.acknowledge(SECOND);

        bench.shard.receive(THIRD, new PeerReply.Joined(firstRound, 1, null));
        bench.pass(Duration.ofSeconds(2));

        assertThat(bench.hints.owners()).containsExactly(THIRD);
        assertThat(bench.hints.asked.get(0).cell().version())
                .isEqualTo(bench.result(Written.class).version());
    }

    @Test
    void whenTheRingMovesOnTheOwnersOfTheLastRoundAreLeftHints() {
        Bench wide = new Bench(Layouts.owning(1, Layouts.members(4), Layouts.nodes(1, 2, 3)));
        wide.put("value", Level.QUORUM);
        wide.adopt(Layouts.owning(2, Layouts.members(4), Layouts.nodes(1, 2, 4)));
        wide.acknowledge(SECOND);

        wide.pass(Duration.ofSeconds(2));

        assertThat(wide.hints.owners()).containsExactly(Layouts.node(4));
    }

    @Test
    void aRingThatMovesOnAfterTheAnswerLeavesTheHintToTheOwnerThatWasAsked() {
        Bench wide = new Bench(Layouts.owning(1, Layouts.members(4), Layouts.nodes(1, 2, 3)));
        wide.put("value", Level.QUORUM);
        wide.acknowledge(SECOND);
        wide.adopt(Layouts.owning(2, Layouts.members(4), Layouts.nodes(1, 2, 4)));

        wide.pass(Duration.ofSeconds(2));

        assertThat(wide.hints.owners()).containsExactly(THIRD);
    }

    @Test
    void whatWaitsIsBoundedAndGetsItsHintsEarlyPastTheBound() {
        Bench narrow = new Bench(Layouts.ring(3), s -> Bench.withBounds(s, s.limits(), 2, s.maxReplyBytes()));
        for (int i = 0; i < 3; i++) {
            narrow.put("value " + i, Level.QUORUM);
            narrow.acknowledge(SECOND);
        }

        assertThat(narrow.replies).hasSize(3);
        assertThat(narrow.hints.valuesFor(THIRD)).containsExactly("value 0");
    }

    @Test
    void strictLevelsDoNotCountHints() {
        bench.dead.add(THIRD);
        bench.put("value", Level.QUORUM);
        bench.refuse(SECOND, OVERLOADED);

        bench.failure(Failure.StorageFailed.class);
        assertThat(bench.hints.owners()).containsExactly(SECOND, THIRD);
        assertThat(bench.shard.statistics().standInsCounted()).isZero();
    }

    @Test
    void whatIsNotKeptIsCountedAsRefused() {
        bench.hints.isFull = true;
        bench.dead.add(THIRD);
        bench.put("value", Level.ONE);

        assertThat(bench.hints.owners()).containsExactly(THIRD);
        assertThat(bench.shard.statistics().hintsRefused()).isEqualTo(1);
        assertThat(bench.shard.statistics().hintsKept()).isZero();
    }

    // Level ANY.

    private static Bench withoutLiveOwners() {
        Bench bench = new Bench(Layouts.owning(1, Layouts.members(4), Layouts.nodes(2, 3, 4)));
        bench.dead.addAll(Layouts.nodes(2, 3, 4));
        return bench;
    }

    @Test
    void atAnyOneDurableHintIsEnoughWhenNoOwnerIsAlive() {
        Bench away = withoutLiveOwners();
        away.hints.isSlow = true;

        away.put("value", Level.ANY);

        assertThat(away.hints.owners()).containsExactlyElementsOf(Layouts.nodes(2, 3, 4));
        assertThat(away.replies).as("asked for, and not durable yet").isEmpty();
        away.hints.catchUp();
        Written written = away.result(Written.class);
        assertThat(written.acknowledged()).isEqualTo(1);
        assertThat(written.required()).isEqualTo(1);
        assertThat(written.version()).isEqualTo(away.hints.asked.get(0).cell().version());
        assertThat(away.sent).isEmpty();
        away.pass(Duration.ofSeconds(2));
        assertThat(away.hints.asked).as("once for an owner").hasSize(3);
        assertThat(away.timersWaiting()).isZero();
    }

    @Test
    void atAnyWithNoOwnerAliveAndNoHintKeptTheWriteFails() {
        Bench away = withoutLiveOwners();
        away.hints.isFull = true;

        away.put("value", Level.ANY);

        assertThat(away.failure(Failure.Timeout.class)).isEqualTo(new Failure.Timeout(0, 1, Effect.UNKNOWN));
        assertThat(away.shard.statistics().hintsRefused()).isEqualTo(3);
    }

    @Test
    void atAnyAnOwnersAcknowledgementIsEnough() {
        bench.put("value", Level.ANY);

        assertThat(bench.result(Written.class).acknowledged()).isEqualTo(1);
        assertThat(bench.hints.asked).isEmpty();
        assertThat(bench.shard.statistics().standInsCounted()).isZero();
    }

    @Test
    void atAnySilentOwnersAreNotWaitedForToTheEnd() {
        bench.storage.isSlow = true;
        bench.put("value", Level.ANY);
        bench.pass(Duration.ofMillis(499));
        assertThat(bench.replies).isEmpty();

        bench.pass(Duration.ofMillis(1));

        assertThat(bench.result(Written.class).acknowledged()).isEqualTo(1);
        assertThat(bench.hints.owners()).containsExactly(SECOND);
        bench.pass(Duration.ofSeconds(1));
        assertThat(bench.hints.owners()).containsExactly(SECOND, THIRD);
        assertThat(bench.shard.statistics().standInsCounted()).isEqualTo(1);
    }

    @Test
    void atAnyOwnersThatRefuseAreMadeUpForByAHint() {
        bench.storage.fault = StorageFault.DISK_FULL;
        bench.put("value", Level.ANY);
        assertThat(bench.hints.asked)
                .as("its own refusal is nothing a hint could mend")
                .isEmpty();

        bench.refuse(SECOND, OVERLOADED);

        assertThat(bench.result(Written.class).acknowledged()).isEqualTo(1);
        assertThat(bench.hints.owners()).containsExactly(SECOND).doesNotContain(SELF);
    }

    @Test
    void atAnyAHintOfASupersededRoundDoesNotCount() {
        Bench away = new Bench(Layouts.owning(1, Layouts.members(4), Layouts.nodes(2, 3, 4)));
        NodeId fourth = Layouts.node(4);
        away.dead.add(fourth);
        away.hints.isSlow = true;
        away.put("value", Level.ANY);
        away.supersede(SECOND, Bench.version(WALL_MILLIS + 300, SECOND));
        away.pass(Duration.ofMillis(40));
        assertThat(away.sentTo(SECOND, Join.class)).hasSize(2);
        assertThat(away.hints.owners()).isEqualTo(List.of(fourth, fourth));

        away.hints.asked.get(0).then().accept(true);
        assertThat(away.replies).isEmpty();
        away.hints.asked.get(1).then().accept(true);

        assertThat(away.result(Written.class).version())
                .isEqualTo(away.hints.asked.get(1).cell().version());
    }
}
