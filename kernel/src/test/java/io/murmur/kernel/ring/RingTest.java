package io.murmur.kernel.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RingTest {

    private static final Member A = member(1, "east", "a");
    private static final Member B = member(2, "east", "b");
    private static final Member C = member(3, "west", "a");
    private static final Member D = member(4, "west", "b");

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 30);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void standInsAreAllMembersThatAreNoOwners(long seed) {
        Ring ring = RingPlanner.first(64, 3, Fleet.random(seed, 100).members());

        for (int partition = 0; partition < 64; partition++) {
            List<NodeId> standIns = ring.standIns(partition);
            Set<NodeId> everyone = new HashSet<>(standIns);
            everyone.addAll(ring.owners(partition));

            assertThat(standIns).doesNotHaveDuplicates().doesNotContainAnyElementsOf(ring.owners(partition));
            assertThat(everyone).hasSameSizeAs(ring.members());
        }
    }

    @Test
    void standInsAreOrderedByTheirDistanceClockwise() {
        Ring ring = new Ring(
                1, 4, 1, List.of(A, B), List.of(List.of(A.id()), List.of(A.id()), List.of(B.id()), List.of(B.id())));
        Ring three = new Ring(
                1,
                4,
                1,
                List.of(A, B, member(5, "east", "c")),
                List.of(List.of(A.id()), List.of(member(5, "east", "c").id()), List.of(B.id()), List.of(B.id())));

        assertThat(ring.standIns(0)).containsExactly(B.id());
        assertThat(three.standIns(0)).containsExactly(member(5, "east", "c").id(), B.id());
        assertThat(three.standIns(2))
                .containsExactly(A.id(), member(5, "east", "c").id());
    }

    @Test
    void whomACacheOfFewerReplicasLeavesOutStandsInFirst() {
        Member e = member(5, "east", "c");
        Ring ring = new Ring(1, 2, 2, List.of(A, B, e), List.of(List.of(B.id(), A.id()), List.of(e.id(), B.id())));

        assertThat(ring.standIns(0, 1)).containsExactly(A.id(), e.id());
        assertThat(ring.standIns(0, 2)).containsExactly(e.id());
    }

    @Test
    void aCacheWithFewerReplicasLivesOnTheFirstOwnersOfEachRegion() {
        Ring ring = new Ring(7, 1, 2, List.of(D, C, B, A), List.of(List.of(B.id(), A.id(), D.id(), C.id())));

        assertThat(ring.owners(0, 1)).containsExactly(B.id(), D.id());
        assertThat(ring.owners(0, 2)).containsExactly(B.id(), A.id(), D.id(), C.id());
        assertThat(ring.owners(0, 9)).isEqualTo(ring.owners(0));
        assertThatThrownBy(() -> ring.owners(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void partitionsAreEqualArcsOfTheSlots() {
        Ring ring = RingPlanner.first(1024, 1, List.of(A));

        assertThat(ring.slotsPerPartition()).isEqualTo(16);
        assertThat(ring.partitionOf(0)).isZero();
        assertThat(ring.partitionOf(Slots.COUNT - 1)).isEqualTo(1023);
        for (int partition = 0; partition < 1024; partition++) {
            assertThat(ring.partitionOf(ring.firstSlot(partition))).isEqualTo(partition);
            assertThat(ring.partitionOf(ring.firstSlot(partition) + 15)).isEqualTo(partition);
        }
    }

    @Test
    void theOrderOfTheMembersMakesNoDifference() {
        List<List<NodeId>> owners = List.of(List.of(A.id()));

        assertThat(new Ring(1, 1, 1, List.of(A, B, C), owners)).isEqualTo(new Ring(1, 1, 1, List.of(C, A, B), owners));
    }

    @Test
    void whatIsNoRingIsRefused() {
        NodeId stranger = new NodeId(9, 9);
        List<Member> members = List.of(A, B);

        assertRefused(() -> new Ring(1, 3, 1, members, List.of(List.of(), List.of(), List.of())));
        assertRefused(() -> new Ring(1, 1, 0, members, List.of(List.of())));
        assertRefused(() -> new Ring(1, 1, 256, members, List.of(List.of())));
        assertRefused(() -> new Ring(1, 2, 1, members, List.of(List.of())));
        assertRefused(() -> new Ring(1, 1, 2, members, List.of(List.of(A.id(), A.id()))));
        assertRefused(() -> new Ring(1, 1, 1, members, List.of(List.of(stranger))));
        assertRefused(() -> new Ring(1, 1, 1, members, List.of(List.of(A.id(), B.id()))));
        assertRefused(() -> new Ring(1, 1, 1, List.of(A, A), List.of(List.of())));
    }

    @Test
    void aMemberOutsideItsBoundsIsRefused() {
        assertRefused(() -> new Member(A.id(), "n", "h", 0, "r", "z", 1));
        assertRefused(() -> new Member(A.id(), "n", "h", 65536, "r", "z", 1));
        assertRefused(() -> new Member(A.id(), "n", "h", 1, "r", "z", 0));
        assertRefused(() -> new Member(A.id(), "n", "h", 1, "r", "z", 1001));
        assertRefused(() -> new Member(A.id(), "n", "h", 1, "r", "ä".repeat(128), 1));
    }

    @Test
    void nodeIdsAreOrderedAsTheirText() {
        NodeId small = NodeId.parse("00000000-0000-0000-ffff-ffffffffffff");
        NodeId large = NodeId.parse("ffffffff-0000-0000-0000-000000000000");

        assertThat(small).isLessThan(large);
        assertThat(large.abbreviated()).isEqualTo("ffffffff");
        assertThat(NodeId.parse(small.toString())).isEqualTo(small);
        assertRefused(() -> NodeId.parse("node-1"));
    }

    private static void assertRefused(Runnable making) {
        assertThatThrownBy(making::run).isInstanceOf(IllegalArgumentException.class);
    }

    private static Member member(int number, String region, String zone) {
        return new Member(new NodeId(0, number), "n" + number, "localhost", 7000 + number, region, zone, 1);
    }
}
