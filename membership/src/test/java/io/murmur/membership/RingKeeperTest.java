package io.murmur.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.message.Ballot;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.kernel.ring.RingSteps;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RingKeeperTest {

    private static final NodeId A = Nodes.id(0);
    private static final NodeId B = Nodes.id(1);
    private static final NodeId C = Nodes.id(2);
    private static final NodeId D = Nodes.id(3);

    /** Of a, b and c, who all vote. */
    private static final Ring FIRST = RingPlanner.first(Nodes.PARTITIONS, 3, Nodes.members(3));

    private static final RingChange HEAVIER = new RingChange.Move(A, "zone-0", 5);
    private static final RingChange JOIN = new RingChange.Join(Nodes.member(3));

    private final Desk desk = new Desk(A);
    private final List<Answer> answers = new ArrayList<>();

    // ---- voting

    @Test
    void aVoterAnswersOnlyOnceWhatItAnswersIsKept() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        desk.store.isHeld = true;

        desk.receive(B, new RingMessage.Prepare(2, 2, ballot(1, B)));
        List<RingMessage.Promise> early = desk.take(RingMessage.Promise.class);
        desk.store.isHeld = false;
        desk.settle();

        assertThat(early).isEmpty();
        assertThat(desk.take(RingMessage.Promise.class))
                .containsExactly(new RingMessage.Promise(2, 2, ballot(1, B), null, null));
    }

    @Test
    void aVoterStandsByItsVoteAfterARestart() {
        Ring next = step(FIRST, HEAVIER);
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        desk.receive(B, new RingMessage.Accept(2, ballot(5, B), next));
        assertThat(desk.take(RingMessage.Accepted.class)).hasSize(1);

        desk.restart();
        desk.receive(C, new RingMessage.Prepare(3, 2, ballot(4, C)));
        desk.receive(C, new RingMessage.Accept(4, ballot(4, C), step(FIRST, JOIN)));
        desk.receive(C, new RingMessage.Prepare(5, 2, ballot(6, C)));

        assertThat(desk.take(RingMessage.Outbid.class))
                .containsExactly(
                        new RingMessage.Outbid(3, 2, ballot(5, B)), new RingMessage.Outbid(4, 2, ballot(5, B)));
        assertThat(desk.take(RingMessage.Promise.class))
                .containsExactly(new RingMessage.Promise(5, 2, ballot(6, C), ballot(5, B), next));
    }

    @Test
    void aBallotIsPromisedOnceButAcceptedAsOftenAsItComes() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        desk.receive(B, new RingMessage.Prepare(2, 2, ballot(1, B)));
        desk.receive(B, new RingMessage.Prepare(2, 2, ballot(1, B)));
        desk.receive(B, new RingMessage.Accept(3, ballot(1, B), step(FIRST, JOIN)));
        desk.receive(B, new RingMessage.Accept(3, ballot(1, B), step(FIRST, JOIN)));

        assertThat(desk.take(RingMessage.Promise.class)).hasSize(1);
        assertThat(desk.take(RingMessage.Outbid.class)).hasSize(1);
        assertThat(desk.take(RingMessage.Accepted.class)).hasSize(2);
    }

    @Test
    void whoAsksForAVoteOnAnEpochThatIsDecidedIsToldTheRing() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));

        desk.receive(C, new RingMessage.Prepare(7, 1, ballot(9, C)));
        desk.receive(C, new RingMessage.Accept(8, ballot(9, C), RingPlanner.first(4, 1, Nodes.members(2))));

        assertThat(desk.sent)
                .containsExactly(
                        new Desk.Sent(C, new RingMessage.Decided(7, FIRST)),
                        new Desk.Sent(C, new RingMessage.Decided(8, FIRST)));
    }

    @Test
    void aVoterThatIsBehindSaysSoAndAsks() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));

        desk.receive(C, new RingMessage.Prepare(7, 4, ballot(9, C)));

        assertThat(desk.take(RingMessage.Behind.class)).containsExactly(new RingMessage.Behind(7, 1));
        assertThat(desk.take(RingMessage.AskRing.class)).extracting("epoch").containsExactly(1L);
        assertThat(desk.take(RingMessage.Promise.class)).isEmpty();
    }

    @Test
    void aVoteByARingThatIsAboutToBeKeptWaitsForIt() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        desk.store.isHeld = true;
        desk.receive(B, new RingMessage.Decided(2, step(FIRST, HEAVIER)));
        desk.receive(B, new RingMessage.Prepare(3, 3, ballot(1, B)));
        assertThat(desk.sent).isEmpty();

        desk.store.isHeld = false;
        desk.settle();

        assertThat(desk.take(RingMessage.Promise.class)).extracting("epoch").containsExactly(3L);
    }

    @Test
    void whoIsNoVoterDoesNotVote() {
        Desk stranger = new Desk(D);
        stranger.receive(B, new RingMessage.Decided(1, FIRST));

        stranger.receive(B, new RingMessage.Prepare(2, 2, ballot(1, B)));
        stranger.receive(B, new RingMessage.Accept(3, ballot(1, B), step(FIRST, JOIN)));

        assertThat(stranger.sent).isEmpty();
    }

    // ---- adopting

    @Test
    void aRingIsFollowedOnlyOnceItIsKept() {
        List<Ring> told = new ArrayList<>();
        desk.keeper.onAdopted(ring -> told.add(Objects.requireNonNull(desk.keeper.ring())));
        desk.store.isHeld = true;

        desk.receive(B, new RingMessage.Decided(1, FIRST));
        Ring early = desk.keeper.ring();
        desk.store.isHeld = false;
        desk.settle();

        assertThat(early).isNull();
        assertThat(desk.keeper.ring()).isEqualTo(FIRST);
        assertThat(told).containsExactly(FIRST);
        desk.restart();
        assertThat(desk.keeper.ring()).isEqualTo(FIRST);
    }

    @Test
    void ringsMayBeSkippedButNeverUnlearned() {
        Ring second = step(FIRST, HEAVIER);
        Ring third = step(second, new RingChange.Relocate(B, "elsewhere", 1));
        Ring fourth = step(third, new RingChange.Relocate(C, "elsewhere", 1));
        List<Long> told = new ArrayList<>();
        desk.keeper.onAdopted(ring -> told.add(ring.epoch()));
        desk.store.isHeld = true;
        for (Ring ring : List.of(second, FIRST, third, fourth, third)) {
            desk.receive(B, new RingMessage.Decided(1, ring));
        }
        desk.store.isHeld = false;
        desk.settle();
        desk.receive(B, new RingMessage.Decided(1, third));

        assertThat(told).containsExactly(2L, 4L);
        assertThat(desk.keeper.ring()).isEqualTo(fourth);
    }

    @Test
    void anOldCopyOfTheRingIsNoticed() {
        Ring second = step(FIRST, HEAVIER);
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        byte[] copy = Objects.requireNonNull(desk.store.kept.get(RingFiles.DECIDED));
        desk.receive(B, new RingMessage.Decided(2, second));
        desk.receive(B, new RingMessage.Prepare(3, 3, ballot(1, B)));
        desk.store.kept.put(RingFiles.DECIDED, copy);

        assertThatThrownBy(desk::restart).hasMessageContaining("is an old copy");
    }

    @Test
    void whatIsKeptInAFormatOfTheFutureOrDamagedIsNamed() {
        desk.store.kept.put(RingFiles.DECIDED, new byte[] {9});
        assertThatThrownBy(desk::restart).hasMessageContainingAll("ring/decided", "format 9");

        desk.store.kept.put(RingFiles.DECIDED, new byte[] {1, 1});
        assertThatThrownBy(desk::restart).hasMessageContainingAll("ring/decided", "damaged", "copy it from a node");

        desk.store.kept.remove(RingFiles.DECIDED);
        desk.store.kept.put(RingFiles.VOTE, new byte[] {1});
        assertThatThrownBy(desk::restart).hasMessageContainingAll("ring/vote", "do not delete");
    }

    // ---- asking for rings

    @Test
    void aNodeOfANewerEpochIsAskedOnceAtATimeAndAFewTimes() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        for (int message = 0; message < 100; message++) {
            desk.keeper.newerAt(B);
            desk.keeper.epochSeen(B, 7);
            desk.keeper.epochSeen(C, 1);
            desk.keeper.epochSeen(A, 7);
        }
        assertThat(desk.receivers(RingMessage.AskRing.class)).containsExactly(B);

        desk.pass(10_000);
        assertThat(desk.receivers(RingMessage.AskRing.class)).containsExactly(B, B, B);

        desk.keeper.newerAt(B);
        assertThat(desk.receivers(RingMessage.AskRing.class)).hasSize(4);
        desk.receive(B, new RingMessage.Decided(1, step(FIRST, HEAVIER)));
        desk.pass(10_000);
        assertThat(desk.receivers(RingMessage.AskRing.class)).hasSize(4);
    }

    @Test
    void fewNodesAreAskedForOneRing() {
        for (int node = 1; node < 20; node++) {
            desk.keeper.epochSeen(Nodes.id(node), 5);
        }

        assertThat(desk.receivers(RingMessage.AskRing.class)).hasSize(3);
    }

    @Test
    void onlyWhoKnowsANewerRingAnswers() {
        desk.receive(C, new RingMessage.AskRing(1, 0));
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        desk.receive(C, new RingMessage.AskRing(2, 1));
        desk.receive(C, new RingMessage.AskRing(3, 0));

        assertThat(desk.sent).containsExactly(new Desk.Sent(C, new RingMessage.Decided(3, FIRST)));
    }

    // ---- proposing

    @Test
    void aChangeIsDecidedByAMajorityAndToldToAll() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        Ring joint = step(FIRST, JOIN);
        ask(JOIN);

        List<NodeId> asked = desk.receivers(RingMessage.Prepare.class);
        Ballot ballot = desk.take(RingMessage.Prepare.class).getFirst().ballot();
        assertThat(desk.receivers(RingMessage.Accept.class)).isEmpty();
        desk.receive(B, new RingMessage.Promise(1, 2, ballot, null, null));
        RingMessage.Accept accept = desk.take(RingMessage.Accept.class).getFirst();
        assertThat(desk.keeper.ring()).isEqualTo(FIRST);
        desk.receive(C, new RingMessage.Accepted(1, 2, ballot));

        assertThat(asked).containsExactly(B, C);
        assertThat(accept).extracting("ballot", "ring").containsExactly(ballot, joint);
        assertThat(desk.keeper.ring()).isEqualTo(joint);
        assertThat(answers).containsExactly(new Answer.Begun(2));
        assertThat(desk.receivers(RingMessage.Decided.class)).containsExactly(B, C, D);
    }

    @Test
    void whatIsSaidTwiceOrToAnotherBallotOrByAStrangerIsNotCounted() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        ask(JOIN);
        desk.store.isHeld = true; // The own vote is still to come.
        Ballot ballot = desk.take(RingMessage.Prepare.class).getFirst().ballot();

        desk.receive(D, new RingMessage.Promise(1, 2, ballot, null, null));
        desk.receive(C, new RingMessage.Promise(1, 2, ballot(ballot.round() - 1, A), null, null));
        desk.receive(C, new RingMessage.Promise(1, 3, ballot, null, null));
        desk.receive(C, new RingMessage.Accepted(1, 2, ballot));

        // The own promise was kept before the disk was held; with one more phase 2 begins, and then one vote counts
        // once.
        assertThat(desk.receivers(RingMessage.Accept.class)).isEmpty();
        desk.receive(C, new RingMessage.Promise(1, 2, ballot, null, null));
        assertThat(desk.receivers(RingMessage.Accept.class)).containsExactly(B, C);
        desk.receive(C, new RingMessage.Accepted(1, 2, ballot));
        desk.receive(C, new RingMessage.Accepted(1, 2, ballot));
        desk.receive(D, new RingMessage.Accepted(1, 2, ballot));
        desk.pass(20);
        assertThat(desk.store.waiting).as("the own vote only").hasSize(1);
        desk.receive(B, new RingMessage.Accepted(1, 2, ballot));
        assertThat(desk.store.waiting).as("and the ring").hasSize(2);
    }

    @Test
    void aRingThatMayBeDecidedComesFirstAndTheChangeGoesOnFromThere() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        Ring found = step(FIRST, new RingChange.Relocate(C, "elsewhere", 1));
        Ring older = step(FIRST, new RingChange.Relocate(B, "elsewhere", 2));
        desk.receive(B, new RingMessage.Accept(1, ballot(1, new NodeId(0, 1)), older));
        ask(HEAVIER);
        Ballot ballot = desk.take(RingMessage.Prepare.class).getFirst().ballot();

        desk.receive(C, new RingMessage.Promise(1, 2, ballot, ballot(1, new NodeId(0, 2)), found));
        assertThat(desk.take(RingMessage.Accept.class)).extracting("ring").containsExactly(found, found);
        desk.receive(C, new RingMessage.Accepted(1, 2, ballot));
        assertThat(answers).isEmpty();
        desk.pass(20);
        agree(C);

        assertThat(answers).containsExactly(new Answer.Begun(3));
        assertThat(desk.keeper.ring()).isEqualTo(step(found, HEAVIER));
    }

    /** This voter agrees to the ballot at hand. */
    private void agree(NodeId voter) {
        RingMessage.Prepare prepare = desk.take(RingMessage.Prepare.class).getLast();
        desk.receive(voter, new RingMessage.Promise(1, prepare.epoch(), prepare.ballot(), null, null));
        desk.receive(voter, new RingMessage.Accepted(1, prepare.epoch(), prepare.ballot()));
    }

    @Test
    void withoutAMajorityNothingIsDecidedAndTheChangeIsRefusedByName() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        ask(JOIN);

        desk.pass(2 * Desk.SETTINGS.changeMillis());

        assertThat(desk.keeper.ring()).isEqualTo(FIRST);
        assertThat(desk.receivers(RingMessage.Accept.class)).isEmpty();
        assertThat(desk.receivers(RingMessage.Prepare.class).size()).isGreaterThan(4);
        assertThat(answers)
                .singleElement()
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why())
                                .isEqualTo(
                                        "no majority of the voters 'a', 'b', 'c' answered (nothing was heard of 'b', 'c');"
                                                + " the ring stays as it is, and data is served"));
        int before = desk.sent.size();
        desk.pass(60_000);
        assertThat(desk.sent).as("nothing goes on").hasSize(before);
    }

    @Test
    void aChangeThatSomeMayHaveAcceptedIsUnknownNotRefused() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        ask(JOIN);
        RingMessage.Prepare prepare = desk.take(RingMessage.Prepare.class).getLast();
        desk.receive(B, new RingMessage.Promise(1, 2, prepare.ballot(), null, null));

        desk.pass(2 * Desk.SETTINGS.changeMillis());

        assertThat(answers).singleElement().isInstanceOf(Answer.Unknown.class);
    }

    @Test
    void aChangeThatMayHaveBegunAndEndedMeanwhileIsUnknown() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        ask(JOIN);
        RingMessage.Prepare prepare = desk.take(RingMessage.Prepare.class).getLast();
        desk.receive(B, new RingMessage.Promise(1, 2, prepare.ballot(), null, null));
        Ring joint = step(FIRST, JOIN);

        desk.receive(C, new RingMessage.Decided(1, step(joint, new RingChange.Abort(D))));

        assertThat(answers).singleElement().isInstanceOf(Answer.Unknown.class);
    }

    @Test
    void aChangeThatLostToAnotherIsThoughtOverFromThere() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        ask(HEAVIER);
        RingMessage.Prepare prepare = desk.take(RingMessage.Prepare.class).getLast();
        desk.receive(B, new RingMessage.Promise(1, 2, prepare.ballot(), null, null));

        desk.receive(C, new RingMessage.Decided(1, step(FIRST, JOIN)));
        desk.pass(20);

        assertThat(answers)
                .singleElement()
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.isForNow()).isTrue());
    }

    @Test
    void whoAsksAgainIsToldTheSame() {
        Ring joint = step(FIRST, JOIN);
        desk.receive(B, new RingMessage.Decided(1, joint));
        desk.pass(20);

        ask(JOIN);
        ask(new RingChange.Relocate(D, Nodes.member(3).host(), Nodes.member(3).port()));

        assertThat(answers).containsExactly(new Answer.Begun(2), new Answer.Begun(2));
        assertThat(desk.sent).isEmpty();
    }

    @Test
    void theBallotsOfANextLifeAreGreater() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        ask(JOIN);
        Ballot before = desk.take(RingMessage.Prepare.class).getFirst().ballot();

        desk.restart();
        ask(JOIN);

        assertThat(desk.take(RingMessage.Prepare.class).getFirst().ballot()).isGreaterThan(before);
    }

    @Test
    void aBallotIsKeptBeforeItIsUsed() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        desk.pass(20);
        desk.store.isHeld = true;

        ask(JOIN);

        assertThat(desk.sent).isEmpty();
    }

    @Test
    void anOutbidProposerTriesAGreaterBallotAfterAWhile() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        ask(JOIN);
        desk.take(RingMessage.Prepare.class);

        desk.receive(B, new RingMessage.Outbid(1, 2, ballot(40, B)));
        desk.receive(C, new RingMessage.Outbid(1, 2, ballot(50, C)));
        assertThat(desk.take(RingMessage.Prepare.class)).isEmpty();
        desk.pass(20);

        assertThat(desk.take(RingMessage.Prepare.class).getFirst().ballot().round())
                .isEqualTo(51);
    }

    @Test
    void aVoterThatIsBehindIsToldTheRingAndAskedAgainOnce() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        ask(JOIN);
        RingMessage.Prepare prepare = desk.take(RingMessage.Prepare.class).getFirst();

        for (int i = 0; i < 5; i++) {
            desk.receive(B, new RingMessage.Behind(1, 0));
            desk.receive(D, new RingMessage.Behind(1, 0));
        }

        assertThat(desk.receivers(RingMessage.Decided.class)).containsExactly(B);
        assertThat(desk.take(RingMessage.Prepare.class)).extracting("ballot").containsExactly(prepare.ballot());
    }

    @Test
    void aMessageThatAsksForAChangeIsAnswered() {
        desk.receive(D, new RingMessage.Change(7, JOIN));
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        desk.pass(20);
        desk.receive(D, new RingMessage.Change(8, new RingChange.Join(Nodes.member(1))));
        desk.receive(D, new RingMessage.Change(9, new RingChange.Move(D, "zone-1", 1)));

        assertThat(desk.take(RingMessage.ChangeAnswered.class))
                .satisfiesExactly(
                        noRing -> assertThat(noRing.refusal()).contains("knows no ring yet"),
                        done -> assertThat(done).isEqualTo(new RingMessage.ChangeAnswered(8, 1, null)),
                        refused -> assertThat(refused.refusal()).contains("is no member of the ring of epoch 1"));
    }

    @Test
    void whatIsAcceptedAndNotHeardOfAgainIsDecidedInTheEnd() {
        Ring next = step(FIRST, JOIN);
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        desk.receive(B, new RingMessage.Accept(2, ballot(1, B), next));
        desk.restart();
        assertThat(desk.receivers(RingMessage.Prepare.class)).isEmpty();

        desk.pass(2 * Desk.SETTINGS.finishMillis());
        agree(C);

        assertThat(desk.keeper.ring()).isEqualTo(next);
    }

    @Test
    void thatANodeHasCaughtUpIsSaidUntilTheRingShowsItAndNeverOfAnotherChange() throws RingSteps.Refused {
        Desk joining = new Desk(D);
        Ring joint = step(FIRST, JOIN);
        joining.receive(B, new RingMessage.Decided(1, joint));
        joining.keeper.synced(joint);
        joining.pass(60_000);
        int tries = joining.take(RingMessage.Prepare.class).size();

        // The change is given up and begins anew; what was caught up with then does not count now.
        Ring again = step(step(joint, new RingChange.Abort(D)), JOIN);
        joining.receive(B, new RingMessage.Decided(1, again));
        joining.pass(60_000);

        assertThat(tries).isGreaterThan(10);
        assertThat(joining.take(RingMessage.Prepare.class)).isEmpty();
        joining.keeper.synced(again);
        joining.keeper.synced(again);
        joining.settle();
        RingMessage.Prepare prepare = joining.take(RingMessage.Prepare.class).getFirst();
        joining.receive(B, new RingMessage.Promise(1, prepare.epoch(), prepare.ballot(), null, null));
        joining.receive(C, new RingMessage.Promise(1, prepare.epoch(), prepare.ballot(), null, null));
        assertThat(joining.take(RingMessage.Accept.class).getFirst().ring()).isEqualTo(RingSteps.synced(again, D));
    }

    @Test
    void noMoreThanSomeChangesWait() {
        desk.receive(B, new RingMessage.Decided(1, FIRST));
        for (int change = 0; change < 100; change++) {
            ask(new RingChange.Relocate(A, "elsewhere", 1 + change));
        }

        assertThat(answers)
                .hasSize(36)
                .allSatisfy(answer -> assertThat(answer)
                        .isInstanceOfSatisfying(
                                Answer.Refused.class,
                                refused -> assertThat(refused.isForNow()).isTrue()));
    }

    @Test
    void pausesGrowAndStayWithinTheirBounds() {
        Backoff backoff = new Backoff(new SplittableRandom(1), 20, 1_000);
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            millis.add(backoff.next().toMillis());
        }
        backoff.reset();

        assertThat(millis.getFirst()).isBetween(10L, 20L);
        assertThat(millis.getLast()).isBetween(500L, 1_000L);
        assertThat(millis).allSatisfy(pause -> assertThat(pause).isBetween(10L, 1_000L));
        assertThat(backoff.next().toMillis()).isBetween(10L, 20L);
    }

    private void ask(RingChange change) {
        desk.pass(20);
        desk.keeper.change(change, answers::add);
        desk.settle();
    }

    private static Ballot ballot(long round, NodeId node) {
        return new Ballot(round, node);
    }

    private static Ring step(Ring ring, RingChange change) {
        try {
            return RingSteps.begin(ring, change);
        } catch (RingSteps.Refused e) {
            throw new IllegalArgumentException(e);
        }
    }
}
