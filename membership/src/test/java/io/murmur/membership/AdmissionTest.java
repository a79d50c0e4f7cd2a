package io.murmur.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.kernel.ring.RingSteps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Of a node c; the ring's only voter is a. */
class AdmissionTest {

    private static final NodeId A = Nodes.id(0);
    private static final NodeId B = Nodes.id(1);
    private static final Member SELF = Nodes.member(2);
    private static final Ring REST = RingPlanner.first(Nodes.PARTITIONS, 3, Nodes.members(2));

    private final Desk desk = new Desk(SELF.id());
    private final List<String> refused = new ArrayList<>();
    private FormerSelf.Verdict verdict = FormerSelf.Verdict.TAKE_ITS_PLACE;

    private void start(Member self, @Nullable NodeId replaces) throws IOException {
        Admission.start(
                self, replaces, desk.keeper, desk.store, desk.timers, desk.random(), former -> verdict, refused::add);
        desk.settle();
    }

    @Test
    void aNodeThatKnowsARingAsksToJoinUntilItIsIn() throws IOException {
        start(SELF, null);
        desk.pass(60_000);
        assertThat(desk.sent).isEmpty();

        desk.receive(A, new RingMessage.Decided(1, REST));
        desk.pass(60_000);
        assertThat(desk.take(RingMessage.Prepare.class)).hasSizeGreaterThan(5);
        desk.pass(60_000);
        Ring proposed = answer();

        assertThat(proposed).isEqualTo(step(REST, new RingChange.Join(SELF)));
        assertThat(desk.keeper.ring()).isEqualTo(proposed);
        desk.sent.clear();
        desk.pass(60_000);
        assertThat(desk.sent).isEmpty();
        assertThat(refused).isEmpty();
    }

    /** The voter answers from now on, until a ring is decided: that one. */
    private Ring answer() {
        for (int tries = 0; tries < 1_000; tries++) {
            for (RingMessage.Prepare prepare : desk.take(RingMessage.Prepare.class)) {
                desk.receive(A, new RingMessage.Promise(1, prepare.epoch(), prepare.ballot(), null, null));
                for (RingMessage.Accept accept : desk.take(RingMessage.Accept.class)) {
                    desk.receive(A, new RingMessage.Accepted(1, accept.ring().epoch(), accept.ballot()));
                    return accept.ring();
                }
            }
            desk.pass(100);
        }
        throw new AssertionError("nothing is proposed");
    }

    /** As the member b, of which nothing is on this disk. */
    private static Member wiped() {
        Member former = Objects.requireNonNull(REST.member(B));
        return new Member(
                SELF.id(),
                former.name(),
                former.host(),
                former.port(),
                former.region(),
                former.zone(),
                former.weight());
    }

    @Test
    void whoWasAMemberUntilItsDataWasLostTakesItsOwnPlaceOnceItIsKnownToBeDead() throws IOException {
        verdict = FormerSelf.Verdict.WAIT;
        desk.receive(A, new RingMessage.Decided(1, REST));
        start(wiped(), null);
        desk.pass(60_000);
        assertThat(desk.sent).isEmpty();
        assertThat(refused).isEmpty();

        verdict = FormerSelf.Verdict.TAKE_ITS_PLACE;

        assertThat(answer()).isEqualTo(step(REST, new RingChange.Replace(B, wiped())));
    }

    @Test
    void whatWouldBeLostWithItsDataIsSomebodysToDecide() throws IOException {
        verdict = FormerSelf.Verdict.LEAVE_IT;
        desk.receive(A, new RingMessage.Decided(1, REST));
        start(wiped(), null);
        desk.pass(60_000);

        assertThat(desk.sent).isEmpty();
        assertThat(refused).singleElement().asString().contains("'replace'");
    }

    @Test
    void aMembersNameElsewhereIsNotTakenForItsOwn() throws IOException {
        Member former = Objects.requireNonNull(REST.member(B));
        Member other = new Member(
                SELF.id(),
                former.name(),
                former.host(),
                former.port() + 1,
                former.region(),
                former.zone(),
                former.weight());
        desk.receive(A, new RingMessage.Decided(1, REST));
        start(other, null);
        desk.pass(60_000);

        assertThat(desk.sent).isEmpty();
        assertThat(refused).singleElement().asString().contains("'replace'");
    }

    @Test
    void itTakesTheDeadOnesPlaceWhenTold() throws IOException {
        desk.receive(A, new RingMessage.Decided(1, REST));
        start(SELF, B);

        assertThat(answer()).isEqualTo(step(REST, new RingChange.Replace(B, SELF)));
    }

    @Test
    void aChangeInTheWayIsWaitedFor() throws IOException {
        Ring busy = step(REST, new RingChange.Join(Nodes.member(3)));
        desk.receive(A, new RingMessage.Decided(1, busy));
        start(SELF, null);
        desk.pass(30_000);
        assertThat(desk.sent).isEmpty();

        Ring free = step(busy, new RingChange.Abort(Nodes.id(3)));
        desk.receive(A, new RingMessage.Decided(1, free));

        assertThat(answer()).isEqualTo(step(free, new RingChange.Join(SELF)));
        assertThat(refused).isEmpty();
    }

    @Test
    void aRefusalThatWillNotPassIsReportedOnceAndEndsIt() throws IOException {
        Member namesake = new Member(SELF.id(), "a", "c", 7000, "region", "zone-2", 1);
        desk.receive(A, new RingMessage.Decided(1, REST));
        start(namesake, null);
        desk.receive(A, new RingMessage.Decided(1, step(REST, new RingChange.Relocate(B, "elsewhere", 1))));
        desk.pass(60_000);

        assertThat(refused).singleElement().asString().contains("choose another name");
        assertThat(desk.sent).isEmpty();
    }

    @Test
    void aMemberAtAnotherAddressHasTheRingSaySo() throws IOException {
        Ring joint = step(REST, new RingChange.Join(SELF));
        Member moved = new Member(SELF.id(), SELF.name(), "elsewhere", 7001, "region", "zone-2", 1);
        desk.receive(A, new RingMessage.Decided(1, joint));
        start(moved, null);

        Ring relocated = answer();

        assertThat(Objects.requireNonNull(relocated.member(SELF.id())).address())
                .isEqualTo("elsewhere:7001");
        assertThat(RingSteps.behind(relocated)).contains(SELF.id());
    }

    @Test
    void whoLeftDoesNotComeBackByItself() throws IOException, RingSteps.Refused {
        Ring in = done(step(REST, new RingChange.Join(SELF)));
        desk.receive(A, new RingMessage.Decided(1, in));
        start(SELF, null);
        Ring out = done(step(in, new RingChange.Leave(SELF.id())));
        desk.receive(A, new RingMessage.Decided(1, out));
        desk.pass(60_000);
        assertThat(refused).singleElement().asString().contains("has left the ring, or was removed");
        assertThat(desk.take(RingMessage.Prepare.class)).isEmpty();

        desk.restart();
        start(SELF, null);
        desk.pass(60_000);

        assertThat(desk.sent).isEmpty();
        assertThat(refused).hasSize(2);
        // Unless somebody else lets it join.
        desk.receive(A, new RingMessage.Decided(1, step(out, new RingChange.Join(SELF))));
        desk.restart();
        assertThat(RingFiles.loadLeft(desk.store)).isFalse();
    }

    @Test
    void whoseJoiningWasGivenUpTriesAgainAfterARestartOnly() throws IOException {
        Ring joint = step(REST, new RingChange.Join(SELF));
        desk.receive(A, new RingMessage.Decided(1, joint));
        start(SELF, null);
        Ring aborted = step(joint, new RingChange.Abort(SELF.id()));
        desk.receive(A, new RingMessage.Decided(1, aborted));
        desk.pass(60_000);
        assertThat(refused).singleElement().asString().contains("given up");
        assertThat(desk.sent).isEmpty();

        desk.restart();
        start(SELF, null);

        assertThat(answer()).isEqualTo(step(aborted, new RingChange.Join(SELF)));
    }

    private static Ring done(Ring joint) throws RingSteps.Refused {
        Ring ring = joint;
        while (ring.transition() != null) {
            ring = RingSteps.synced(ring, RingSteps.behind(ring).iterator().next());
        }
        return ring;
    }

    private static Ring step(Ring ring, RingChange change) {
        try {
            return RingSteps.begin(ring, change);
        } catch (RingSteps.Refused e) {
            throw new IllegalArgumentException(e);
        }
    }
}
