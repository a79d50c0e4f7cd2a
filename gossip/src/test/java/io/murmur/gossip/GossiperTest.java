package io.murmur.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.gossip.Stage.Actor;
import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.message.EndpointDigest;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.message.EndpointState;
import io.murmur.kernel.message.EndpointStatus;
import io.murmur.kernel.message.GossipMessage.Ack;
import io.murmur.kernel.message.GossipMessage.Ack2;
import io.murmur.kernel.message.GossipMessage.Ping;
import io.murmur.kernel.message.GossipMessage.PingRequest;
import io.murmur.kernel.message.GossipMessage.Pong;
import io.murmur.kernel.message.GossipMessage.Syn;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is told what. Actor 1 is the own node. */
class GossiperTest {

    private static final long DAY_SECONDS = Duration.ofDays(1).toSeconds();

    private final Stage stage = new Stage();

    // ---- what is known

    @Test
    void aNodeThatIntroducesItselfIsLearnedAndAliveOnceItAnswers() {
        Actor two = stage.cast(2);
        stage.introduce(two);

        assertThat(stage.news).containsExactly("learned 2 UP");
        assertThat(stage.gossiper.isAlive(two.node)).isFalse();
        stage.seconds(2);

        assertThat(stage.news).containsExactly("learned 2 UP", "alive 2");
        assertThat(stage.gossiper.isAlive(two.node)).isTrue();
    }

    @Test
    void whoIsOnlyTalkedOfIsNotAlive() {
        Actor two = stage.meet(2);
        Actor gone = new Actor(3);

        stage.say(two, new Ack2(0, List.of(), List.of(gone.state())));
        stage.seconds(30);

        assertThat(stage.news).contains("learned 3 UP").doesNotContain("alive 3", "dead 3");
        assertThat(stage.standing(gone)).isEqualTo(Standing.DEAD);
    }

    @Test
    void attributesAreAskedForAndTheChangeIsTold() {
        Actor two = stage.meet(2);
        two.status = EndpointStatus.LEAVING;
        two.version++;

        stage.seconds(1);

        assertThat(stage.news).endsWith("learned 2 LEAVING");
        assertThat(stage.gossiper.isAlive(two.node)).isTrue();
    }

    @Test
    void aHeartbeatAloneIsNoReasonToSendAttributes() {
        Actor two = stage.meet(2);
        stage.sent.clear();

        stage.seconds(20);

        assertThat(stage.sent(Ack.class, two))
                .isNotEmpty()
                .allSatisfy(ack -> assertThat(ack.requests()).isEmpty())
                .allSatisfy(ack -> assertThat(ack.states()).isEmpty());
        assertThat(stage.sent(Ack2.class, two)).isEmpty();
    }

    @Test
    void theOwnStateIsSentToWhomeverLacksIt() {
        Actor two = stage.meet(2);
        stage.gossiper.update(attributes -> attributes.withLoad(stored(77)));
        EndpointDigest stale = new EndpointDigest(stage.self.node, Stage.GENERATION, 0, 1, 1);
        stage.sent.clear();

        stage.say(two, new Syn(5, List.of(two.digest(), stale)));

        Ack ack = stage.sent(Ack.class, two).getFirst();
        assertThat(ack.id()).isEqualTo(5);
        assertThat(ack.states()).containsExactly(stage.gossiper.own());
        assertThat(ack.states().getFirst().attributes().load()).isEqualTo(stored(77));
    }

    @Test
    void whatIsAskedForIsSent() {
        Actor two = stage.meet(2);
        Actor three = stage.meet(3);
        stage.sent.clear();

        stage.say(
                two,
                new Ack(9, List.of(two.digest()), List.of(three.node, stage.self.node, new NodeId(8, 8)), List.of()));

        assertThat(stage.sent(Ack2.class, two).getFirst().states())
                .extracting(state -> state.digest().node())
                .containsExactly(three.node, stage.self.node);
    }

    @Test
    void theLoadIsToldEveryFiveSecondsWhereItChanges() {
        assertThat(tellings(60)).isBetween(11L, 12L);
        assertThat(stage.gossiper.own().attributes().load().storedBytes()).isBetween(55L, 60L);

        long version = stage.gossiper.own().digest().version();
        stage.seconds(60);
        assertThat(stage.gossiper.own().digest().version()).isLessThanOrEqualTo(version + 1);
    }

    @Test
    void inALargeClusterTheLoadIsToldLessOften() {
        for (int number = 2; number < 302; number++) {
            stage.meet(number);
        }

        assertThat(tellings(60)).isBetween(2L, 3L);
    }

    /** How often a load that changes each second is told. */
    private long tellings(int seconds) {
        long version = stage.gossiper.own().digest().version();
        for (int i = 1; i <= seconds; i++) {
            stage.gossiper.load(stored(i));
            stage.seconds(1);
        }
        return stage.gossiper.own().digest().version() - version;
    }

    private static EndpointLoad stored(long bytes) {
        return new EndpointLoad(bytes, 0, 0, 0, 0);
    }

    // ---- generations

    @Test
    void aStateFromTheFutureIsRefused() {
        Actor two = stage.meet(2);
        Actor prophet = stage.cast(3);
        prophet.talks = false;
        prophet.generation = Stage.WALL_SECONDS + DAY_SECONDS + 3600;

        stage.introduce(prophet);
        stage.say(two, new Syn(0, List.of(prophet.digest())));
        two.generation = prophet.generation;
        stage.introduce(two);

        assertThat(stage.gossiper.endpoint(prophet.node)).isNull();
        assertThat(stage.sent(Ack.class, two).getLast().requests()).isEmpty();
        assertThat(stage.digest(two).generation()).isEqualTo(Stage.GENERATION);
    }

    @Test
    void aGenerationWithinADayOfTheOwnClockIsTaken() {
        Actor two = stage.cast(2);
        two.generation = Stage.WALL_SECONDS + DAY_SECONDS - 3600;

        stage.introduce(two);

        assertThat(stage.gossiper.endpoint(two.node)).isNotNull();
    }

    @Test
    void aNewLifeIsToldAndCountsFromItsFirstHeartbeat() {
        Actor two = stage.meet(2);
        stage.seconds(100);
        two.generation += 50;
        two.heartbeat = 1;

        stage.seconds(3);

        assertThat(stage.news).contains("restarted 2 50");
        assertThat(stage.digest(two).generation()).isEqualTo(Stage.GENERATION + 50);
        assertThat(stage.gossiper.isAlive(two.node)).isTrue();
    }

    @Test
    void anEarlierLifeIsNotBelievedHoweverFarItsHeartbeat() {
        Actor two = stage.meet(2);
        two.talks = false;
        EndpointDigest ghost = new EndpointDigest(two.node, Stage.GENERATION - 5, 1_000_000, 9, 50);

        stage.say(two, new Syn(0, List.of(ghost)));
        EndpointAttributes last = two.state().attributes();
        stage.say(
                two,
                new Ack2(0, List.of(), List.of(new EndpointState(ghost, last.withStatus(EndpointStatus.LEAVING)))));

        assertThat(stage.gossiper.endpoint(two.node)).isEqualTo(two.state());
    }

    @Test
    void aNodeThatOthersKnowInALaterLifeOutdoesIt() {
        Actor two = stage.meet(2);

        stage.say(two, new Syn(0, List.of(new EndpointDigest(stage.self.node, Stage.GENERATION + 10, 5, 5, 1))));

        assertThat(stage.news).endsWith("raised 11");
        assertThat(stage.gossiper.own().digest().generation()).isEqualTo(Stage.GENERATION + 11);
    }

    // ---- the ring

    @Test
    void aNewerRingIsToldUntilTheOwnOneHasCaughtUp() {
        Actor two = stage.meet(2);
        two.ringEpoch = 5;
        stage.seconds(3);
        long told = stage.news.stream().filter("ring 5 at 2"::equals).count();
        stage.gossiper.ringEpoch(5);
        stage.news.clear();
        stage.seconds(3);

        assertThat(told).isGreaterThanOrEqualTo(3);
        assertThat(stage.news).isEmpty();
    }

    @Test
    void aRingIsHeardOfThroughOthersAndLeadsToWhoHasIt() {
        Actor two = stage.meet(2);
        Actor three = stage.meet(3);
        three.talks = false;
        three.heartbeat += 5;
        three.ringEpoch = 9;

        stage.say(two, new Syn(0, List.of(two.digest(), three.digest())));

        assertThat(stage.news).endsWith("ring 9 at 3");
    }

    @Test
    void theOwnEpochNeverGoesBack() {
        stage.gossiper.ringEpoch(7);
        stage.gossiper.ringEpoch(3);

        assertThat(stage.gossiper.own().digest().ringEpoch()).isEqualTo(7);
    }

    // ---- removal

    @Test
    void aRemovedNodeStaysAwayForTheQuarantine() {
        Actor two = stage.meet(2);
        Actor three = stage.meet(3);
        three.talks = false;
        stage.gossiper.forget(three.node);
        stage.news.clear();

        for (int i = 0; i < 59; i++) {
            stage.introduce(three);
            stage.say(two, new Syn(0, List.of(two.digest(), three.digest())));
            stage.seconds(1);
        }

        assertThat(stage.gossiper.endpoint(three.node)).isNull();
        assertThat(stage.gossiper.isAlive(three.node)).isFalse();
        assertThat(stage.news).isEmpty();
    }

    @Test
    void aRemovedNodeIsNotAskedForDuringTheQuarantine() {
        Actor two = stage.meet(2);
        Actor three = stage.meet(3);
        three.talks = false;
        stage.gossiper.forget(three.node);
        stage.sent.clear();

        stage.say(two, new Syn(0, List.of(two.digest(), three.digest())));

        assertThat(stage.sent(Ack.class, two).getFirst().requests()).isEmpty();
        assertThat(stage.sent(Ack.class, two).getFirst().digests())
                .extracting(EndpointDigest::node)
                .doesNotContain(three.node);
    }

    @Test
    void aRemovedNodeMayComeBackInANewLife() {
        Actor three = stage.meet(3);
        stage.gossiper.forget(three.node);
        three.generation++;

        stage.introduce(three);
        stage.seconds(2);

        assertThat(stage.gossiper.isAlive(three.node)).isTrue();
    }

    @Test
    void oneRemovedBeforeItWasHeardOfIsInQuarantineToo() {
        Actor three = stage.cast(3);
        three.talks = false;
        stage.gossiper.forget(three.node);

        stage.introduce(three);

        assertThat(stage.gossiper.endpoint(three.node)).isNull();
    }

    // ---- who lives

    @Test
    void aNodeThatIsSilentAndThatNobodyReachesIsDead() {
        Actor two = stage.meet(2);
        stage.meet(3);
        stage.meet(4);
        stage.seconds(30);
        silence(two);

        stage.seconds(12);

        assertThat(stage.news).endsWith("dead 2");
        assertThat(stage.standing(two)).isEqualTo(Standing.DEAD);
        assertThat(stage.gossiper.isAlive(two.node)).isFalse();
        assertThat(stage.sent(PingRequest.class, null))
                .isNotEmpty()
                .allMatch(request -> request.target().equals(two.node));
    }

    @Test
    void nobodyIsConvictedWhomOthersReach() {
        Actor two = stage.meet(2);
        stage.meet(3);
        stage.meet(4);
        stage.seconds(30);
        two.talks = false;
        two.answers = false;

        stage.seconds(120);

        // It does not answer here, so it does not count; but it is not dead.
        assertThat(stage.standing(two)).isEqualTo(Standing.UNREACHABLE);
        assertThat(stage.gossiper.suspicions()).isPositive();
    }

    @Test
    void aSuspectCountsAsAliveUntilOthersHaveBeenAsked() {
        Actor two = stage.meet(2);
        stage.meet(3);
        stage.meet(4);
        stage.seconds(30);
        silence(two);

        boolean wasSuspect = false;
        while (stage.gossiper.isAlive(two.node)) {
            wasSuspect |= stage.standing(two) == Standing.SUSPECT;
            stage.seconds(1);
        }

        assertThat(wasSuspect).isTrue();
        assertThat(stage.sent(PingRequest.class, null)).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void aNodeThatIsHeardOfButDoesNotAnswerIsUnreachableAndBackWithItsFirstAnswer() {
        Actor two = stage.meet(2);
        stage.meet(3);
        stage.seconds(30);
        two.answers = false;

        stage.seconds(12);
        assertThat(stage.news).endsWith("dead 2");
        assertThat(stage.standing(two)).isEqualTo(Standing.UNREACHABLE);

        two.answers = true;
        stage.seconds(1);
        assertThat(stage.news).endsWith("alive 2");
        assertThat(stage.standing(two)).isEqualTo(Standing.ALIVE);
    }

    @Test
    void whoIsDoubtedIsAskedAtOnce() {
        for (int i = 2; i < 40; i++) {
            stage.meet(i);
        }
        Actor two = new Actor(2);
        stage.sent.clear();

        stage.gossiper.doubt(two.node);
        stage.seconds(1);

        assertThat(stage.sent(Ping.class, two)).isNotEmpty();
    }

    @Test
    void aLongPauseOfItsOwnConvictsNobody() {
        Actor two = stage.meet(2);
        stage.meet(3);
        stage.seconds(30);
        stage.news.clear();

        for (int i = 0; i < 20; i++) {
            stage.pause(60);
            stage.seconds(1);
        }

        assertThat(stage.news).isEmpty();
        assertThat(stage.gossiper.suspicions()).isZero();
        assertThat(stage.standing(two)).isEqualTo(Standing.ALIVE);
    }

    @Test
    void pausesOfItsOwnDoNotMakeItPatient() {
        Actor two = stage.meet(2);
        stage.meet(3);
        stage.seconds(30);
        for (int i = 0; i < 20; i++) {
            stage.pause(60);
            stage.seconds(1);
        }
        silence(two);

        stage.seconds(15);

        assertThat(stage.standing(two)).isEqualTo(Standing.DEAD);
    }

    @Test
    void aDeadNodeIsBackWhenItSaysSoItself() {
        Actor two = stage.meet(2);
        stage.meet(3);
        stage.seconds(30);
        silence(two);
        stage.seconds(20);
        speak(two);

        stage.seconds(2);

        assertThat(stage.news).endsWith("dead 2", "alive 2");
    }

    @Test
    void aRumourOfItsLastDaysDoesNotRaiseTheDead() {
        Actor two = stage.meet(2);
        Actor three = stage.meet(3);
        stage.seconds(30);
        silence(two);
        stage.seconds(20);
        stage.news.clear();
        two.heartbeat += 3;

        stage.say(three, new Syn(0, List.of(three.digest(), two.digest())));
        stage.seconds(5);

        assertThat(stage.news).isEmpty();
        assertThat(stage.standing(two)).isEqualTo(Standing.DEAD);
    }

    @Test
    void whoComesAndGoesMustProveThatItStays() {
        Actor two = stage.meet(2);
        stage.meet(3);
        stage.seconds(30);
        int[] secondsToReturn = new int[4];
        for (int i = 0; i < 4; i++) {
            silence(two);
            while (stage.gossiper.isAlive(two.node)) {
                stage.seconds(1);
            }
            speak(two);
            while (!stage.gossiper.isAlive(two.node)) {
                stage.seconds(1);
                secondsToReturn[i]++;
            }
        }

        assertThat(secondsToReturn[0]).isLessThanOrEqualTo(2);
        assertThat(secondsToReturn[1]).isBetween(5, 8);
        assertThat(secondsToReturn[2]).isBetween(10, 13);
        assertThat(secondsToReturn[3]).isBetween(20, 23);
    }

    @Test
    void aNodeThatSaysThatItStopsIsNotWaitedForAndItsReturnNeedsNoProof() {
        Actor two = stage.meet(2);
        stage.meet(3);
        for (int i = 0; i < 5; i++) {
            two.status = EndpointStatus.STOPPING;
            two.version++;
            stage.introduce(two);
            assertThat(stage.gossiper.isAlive(two.node)).isFalse();
            assertThat(stage.standing(two)).isEqualTo(Standing.DEAD);
            silence(two);
            stage.seconds(3);

            two.status = EndpointStatus.UP;
            two.generation++;
            two.version = 1;
            speak(two);
            stage.seconds(3);
            assertThat(stage.gossiper.isAlive(two.node)).isTrue();
        }
    }

    @Test
    void aFarewellTellsEverybodyAlive() {
        Actor two = stage.meet(2);
        Actor three = stage.meet(3);
        stage.sent.clear();

        stage.gossiper.farewell();

        for (Actor actor : List.of(two, three)) {
            assertThat(stage.sent(Ack2.class, actor).getFirst().states())
                    .singleElement()
                    .satisfies(state -> assertThat(state.attributes().status()).isEqualTo(EndpointStatus.STOPPING));
        }
        stage.sent.clear();
        stage.seconds(5);
        assertThat(stage.sent(Syn.class, null)).isEmpty();
    }

    // ---- helping others

    @Test
    void aPingIsAnsweredWithAHeartbeatOfItsOwn() {
        Actor two = stage.meet(2);
        long before = stage.gossiper.own().digest().heartbeat();

        stage.say(two, new Ping(77));

        Pong pong = stage.sent(Pong.class, two).getLast();
        assertThat(pong.id()).isEqualTo(77);
        assertThat(pong.digest().node()).isEqualTo(stage.self.node);
        assertThat(pong.digest().heartbeat()).isGreaterThan(before);
    }

    @Test
    void aPingRequestIsPassedOnAndSoIsTheAnswer() {
        Actor two = stage.meet(2);
        Actor three = stage.meet(3);

        stage.say(two, new PingRequest(88, three.node));

        assertThat(stage.sent(Ping.class, three)).isNotEmpty();
        Pong pong = stage.sent(Pong.class, two).getLast();
        assertThat(pong.id()).isEqualTo(88);
        assertThat(pong.digest().node()).isEqualTo(three.node);
    }

    // ---- whom it talks to

    @Test
    void seedsAreTalkedToBeforeAnybodyIsKnown() {
        Actor two = stage.cast(2);
        two.talks = false;
        stage.seeds.add(two.node);

        stage.seconds(4);

        assertThat(stage.sent(Syn.class, two)).isNotEmpty();
        assertThat(stage.gossiper.isAlive(two.node)).isTrue();
    }

    @Test
    void everyLiveNodeIsTalkedToOnceBeforeAnyIsAgain() {
        for (int i = 2; i <= 11; i++) {
            stage.meet(i);
        }
        stage.seconds(25);
        stage.sent.clear();

        stage.seconds(20);

        for (int i = 2; i <= 11; i++) {
            assertThat(stage.sent(Syn.class, new Actor(i))).hasSizeBetween(1, 3);
        }
    }

    @Test
    void theDeadAreTalkedToNowAndThen() {
        Actor two = stage.meet(2);
        stage.meet(3);
        stage.seconds(30);
        silence(two);
        stage.seconds(30);
        stage.sent.clear();

        stage.seconds(30);

        assertThat(stage.sent(Syn.class, two)).hasSizeBetween(5, 25);
    }

    private static void silence(Actor actor) {
        actor.talks = false;
        actor.answers = false;
        actor.helps = false;
    }

    private static void speak(Actor actor) {
        actor.talks = true;
        actor.answers = true;
        actor.helps = true;
    }
}
