package io.murmur.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.kernel.ring.RingSteps;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StepTest {

    private static final Ring REST = RingPlanner.first(Nodes.PARTITIONS, 2, Nodes.members(4));
    private static final NodeId A = Nodes.id(0);
    private static final NodeId B = Nodes.id(1);

    static List<RingChange> changes() {
        return List.of(
                new RingChange.Join(Nodes.member(5)),
                new RingChange.Leave(A),
                new RingChange.Remove(A),
                new RingChange.Replace(A, Nodes.member(5)),
                new RingChange.Move(A, "zone-2", 3),
                new RingChange.Relocate(A, "elsewhere", 7));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aChangeIsTakenFromItsBeginningOnAndWhenItIsDone(RingChange change) throws RingSteps.Refused {
        Step step = new Step.Change(change);

        assertThat(step.isTaken(REST)).isFalse();
        Ring ring = step.from(REST);
        assertThat(step.isTaken(ring)).isTrue();
        while (ring.transition() != null) {
            ring = RingSteps.synced(ring, RingSteps.behind(ring).iterator().next());
            assertThat(step.isTaken(ring)).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aChangeThatWasGivenUpIsNotTaken(RingChange change) throws RingSteps.Refused {
        Step step = new Step.Change(change);
        Ring joint = step.from(REST);
        if (joint.transition() != null) {
            assertThat(step.isTaken(RingSteps.begin(joint, new RingChange.Abort(change.subject()))))
                    .isFalse();
        }
    }

    @Test
    void whatIsBeingUndoneIsNotTaken() throws RingSteps.Refused {
        Member a = Objects.requireNonNull(REST.member(A));
        Ring leaves = RingSteps.begin(REST, new RingChange.Leave(A));
        Ring moves = RingSteps.begin(REST, new RingChange.Move(A, "zone-2", 3));

        assertThat(new Step.Change(new RingChange.Join(a)).isTaken(leaves)).isFalse();
        assertThat(new Step.Change(new RingChange.Move(A, a.zone(), a.weight())).isTaken(moves))
                .isFalse();
        assertThat(new Step.Change(new RingChange.Move(A, a.zone(), a.weight())).isTaken(REST))
                .isTrue();
        assertThat(new Step.Change(new RingChange.Leave(B)).isTaken(leaves)).isFalse();
    }

    @Test
    void aNodeThatJoinsAtAnotherAddressJoinsAlready() throws RingSteps.Refused {
        Member member = Nodes.member(5);
        Member moved = new Member(member.id(), member.name(), "elsewhere", 1, member.region(), member.zone(), 1);
        Ring joins = RingSteps.begin(REST, new RingChange.Join(member));

        assertThat(new Step.Change(new RingChange.Join(moved)).isTaken(joins)).isTrue();
        assertThat(new Step.Change(new RingChange.Relocate(moved.id(), "elsewhere", 1)).isTaken(joins))
                .isFalse();
    }

    @Test
    void givingUpIsNeverTakenByItself() throws RingSteps.Refused {
        Ring joins = RingSteps.begin(REST, new RingChange.Join(Nodes.member(5)));

        assertThat(new Step.Change(new RingChange.Abort(Nodes.id(5))).isTaken(joins))
                .isFalse();
        assertThat(new Step.Change(new RingChange.Abort(Nodes.id(5))).isTaken(REST))
                .isFalse();
    }

    @Test
    void whoeverCaughtUpDidSoWithOneChange() throws RingSteps.Refused {
        Ring first = RingSteps.begin(REST, new RingChange.Join(Nodes.member(5)));
        Step.Synced synced = new Step.Synced(Nodes.id(5), Step.beginningOf(first));
        Ring relocated = RingSteps.begin(first, new RingChange.Relocate(A, "elsewhere", 1));
        Ring again = RingSteps.begin(
                RingSteps.begin(relocated, new RingChange.Abort(Nodes.id(5))), new RingChange.Join(Nodes.member(5)));

        assertThat(Step.beginningOf(REST)).isZero();
        assertThat(Step.beginningOf(first)).isEqualTo(2);
        assertThat(synced.isTaken(first)).isFalse();
        assertThat(synced.isTaken(relocated)).isFalse();
        assertThat(synced.isTaken(synced.from(relocated))).isTrue();
        assertThat(synced.isTaken(again)).isTrue();
    }
}
