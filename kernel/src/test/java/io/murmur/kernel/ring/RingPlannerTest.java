package io.murmur.kernel.ring;

import static io.murmur.kernel.ring.RingFacts.assertFair;
import static io.murmur.kernel.ring.RingFacts.assertFirstOwnersEven;
import static io.murmur.kernel.ring.RingFacts.assertSpread;
import static io.murmur.kernel.ring.RingFacts.displaced;
import static io.murmur.kernel.ring.RingFacts.gained;
import static io.murmur.kernel.ring.RingFacts.load;
import static io.murmur.kernel.ring.RingFacts.loads;
import static io.murmur.kernel.ring.RingFacts.moved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RingPlannerTest {

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 60);
    }

    static IntStream sizes() {
        return IntStream.of(1, 2, 3, 4, 5, 6, 7, 9, 12, 16, 25, 50, 99, 100, 128, 199, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyFirstRingIsSpreadAndFair(long seed) {
        Fleet fleet = Fleet.random(seed, 200);

        Ring ring = RingPlanner.first(256, 1 + (int) (seed % 5), fleet.members());

        assertThat(ring.epoch()).isEqualTo(1);
        assertSpread(ring);
        assertFair(ring);
        assertFirstOwnersEven(ring);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyRingAfterRandomChangesIsSpreadAndFairAndMovesLittle(long seed) {
        Fleet fleet = Fleet.random(seed, 40);
        Ring ring = RingPlanner.first(128, 1 + (int) (seed % 4), fleet.members());
        for (int epoch = 2; epoch <= 16; epoch++) {
            fleet.change();

            Ring next = RingPlanner.next(ring, fleet.shuffled());

            assertThat(next.epoch()).isEqualTo(epoch);
            assertSpread(next);
            assertFair(next);
            assertFirstOwnersEven(next);
            // Whatever is gained or displaced must move, and may push at most one other partition out of its way.
            assertThat(moved(ring, next)).isLessThanOrEqualTo(2 * (gained(ring, next) + displaced(ring, next)));
            ring = next;
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void equalNodesInEqualZonesOwnTheSameUpToOne(int nodesPerZone) {
        for (int zones = 1; zones <= 4 && zones * nodesPerZone <= 200; zones++) {
            Ring ring = RingPlanner.first(
                    512, 3, Fleet.equal(nodesPerZone, nodesPerZone * zones, zones).members());

            assertThat(gap(ring, 1)).isLessThanOrEqualTo(1);
            assertThat(gap(ring, 3)).isLessThanOrEqualTo(1);
            if (zones != 2) { // With two zones, a second owner is often the only one of its zone, and there is no choice.
                assertThat(gap(ring, 2)).isLessThanOrEqualTo(2);
            }
        }
    }

    /** Between the node that is most often among the first owners and the one that is least often. */
    private static int gap(Ring ring, int firstOwners) {
        var loads = loads(ring, firstOwners).values();
        return Collections.max(loads) - Collections.min(loads);
    }

    @Test
    void loadFollowsWeight() {
        List<Member> members = new ArrayList<>();
        for (int weight = 1; weight <= 3; weight++) {
            members.add(new Member(new NodeId(weight, weight), "n" + weight, "localhost", 7000, "r", "z", weight));
        }

        Ring ring = RingPlanner.first(1024, 1, members);

        assertThat(loads(ring).values()).containsExactly(171, 341, 512);
    }

    @Test
    void aNodeOwnsAPartitionOnceHoweverHeavyItIs() {
        List<Member> members = new ArrayList<>();
        for (int weight : new int[] {1, 1, 1000}) {
            int number = members.size();
            members.add(new Member(new NodeId(number, 0), "n" + number, "localhost", 7000, "r", "z", weight));
        }

        Ring ring = RingPlanner.first(64, 2, members);

        assertThat(loads(ring).values()).containsExactly(32, 32, 64);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theOrderOfTheMembersMakesNoDifference(long seed) {
        Fleet fleet = Fleet.random(seed, 60);

        Ring ring = RingPlanner.first(128, 3, fleet.members());
        Ring same = RingPlanner.first(128, 3, fleet.shuffled());
        fleet.change();
        Ring next = RingPlanner.next(ring, fleet.shuffled());
        Ring sameNext = RingPlanner.next(same, fleet.shuffled());

        assertThat(same).isEqualTo(ring);
        assertThat(sameNext).isEqualTo(next);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theSameMembersKeepEverythingInItsPlace(long seed) {
        Fleet fleet = Fleet.random(seed, 60);
        Ring ring = RingPlanner.first(128, 3, fleet.members());

        Ring next = RingPlanner.next(ring, fleet.shuffled());

        for (int partition = 0; partition < 128; partition++) {
            assertThat(next.owners(partition)).isEqualTo(ring.owners(partition));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 1", "3, 2", "3, 3", "5, 3"})
    void aNodeThatJoinsIsAllThatIsMovedTo(int replicas, int zones) {
        for (int nodes = Math.max(replicas, zones); nodes <= 100; nodes += 7) {
            Fleet fleet = Fleet.equal(nodes, nodes, zones);
            Ring before = RingPlanner.first(512, replicas, fleet.members());
            Member newcomer = fleet.joinZone("zone-" + nodes % zones);

            Ring after = RingPlanner.next(before, fleet.members());

            assertThat(moved(before, after)).isEqualTo(load(after, newcomer));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 1", "3, 2", "3, 3", "5, 3"})
    void onlyWhatALeavingNodeOwnedIsMoved(int replicas, int zones) {
        for (int nodes = (replicas + 1) * zones; nodes <= 100; nodes += 7) {
            Fleet fleet = Fleet.equal(nodes, nodes, zones);
            Ring before = RingPlanner.first(512, replicas, fleet.members());
            Member leaver = fleet.leave();

            Ring after = RingPlanner.next(before, fleet.members());

            assertThat(moved(before, after)).isEqualTo(load(before, leaver));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noAssignmentOfTheSameLoadsMovesLess(long seed) {
        Fleet fleet = Fleet.random(seed, 5);
        Ring before = RingPlanner.first(4, 1 + (int) (seed % 3), fleet.members());
        for (int change = 0; change < 4; change++) {
            fleet.change();

            Ring after = RingPlanner.next(before, fleet.members());

            assertThat(moved(before, after)).isEqualTo(fewestMoves(before, after));
            before = after;
        }
    }

    @Test
    void partitionsOfOneNodeAreSharedWithManyOthers() {
        Ring ring = RingPlanner.first(1024, 3, Fleet.equal(1, 12, 3).members());

        Map<NodeId, Set<NodeId>> companions = new TreeMap<>();
        for (int partition = 0; partition < 1024; partition++) {
            for (NodeId owner : ring.owners(partition)) {
                companions.computeIfAbsent(owner, id -> new HashSet<>()).addAll(ring.owners(partition));
            }
        }

        // All four nodes of each of the two other zones, and itself.
        assertThat(companions.values()).allSatisfy(others -> assertThat(others).hasSize(9));
    }

    @Test
    void aNodeThatMovesToAnotherRegionKeepsWhatItCan() {
        List<Member> members = new ArrayList<>(Fleet.equal(1, 6, 3).members());
        Member mover = members.getFirst();
        Ring before = RingPlanner.first(64, 3, members);
        members.set(0, new Member(mover.id(), mover.name(), mover.host(), mover.port(), "region-1", "zone-0", 1));

        Ring after = RingPlanner.next(before, members);

        assertSpread(after);
        assertThat(after.owners(0)).endsWith(mover.id());
        assertThat(moved(before, after)).isEqualTo(load(before, mover) + (64 - load(before, mover)));
    }

    @Test
    @Timeout(10)
    void twoHundredNodesAreSoonPlanned() {
        Fleet fleet = Fleet.random(3, 1);
        while (fleet.members().size() < 200) {
            fleet.join();
        }

        Ring ring = RingPlanner.first(1024, 3, fleet.members());
        fleet.leave();
        Ring next = RingPlanner.next(ring, fleet.members());

        assertFair(next);
    }

    @Test
    void aClusterWithoutMembersHasNoOwners() {
        Ring ring = RingPlanner.first(8, 3, List.of());

        assertThat(ring.owners(7)).isEmpty();
    }

    @Test
    void impossibleNumbersAreRefused() {
        List<Member> members = Fleet.equal(1, 3, 3).members();
        List<Member> twice = new ArrayList<>(members);
        twice.add(members.getFirst());

        assertThatThrownBy(() -> RingPlanner.first(1000, 3, members)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RingPlanner.first(-1, 3, members)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RingPlanner.first(1024, 0, members)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RingPlanner.first(8, 3, twice)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Tries everything: the fewest moves of all assignments with the loads and the spread of the ring that was planned. */
    private static int fewestMoves(Ring before, Ring after) {
        int fewest = 0;
        for (String region : RingFacts.regions(after).keySet()) {
            fewest += new Search(before, after, region).fewestMoves();
        }
        return fewest;
    }

    private static final class Search {
        private final Ring before;
        private final Ring after;
        private final List<List<Member>> choices = new ArrayList<>();
        private final Map<NodeId, Integer> left;
        private int fewest = Integer.MAX_VALUE;

        Search(Ring before, Ring after, String region) {
            this.before = before;
            this.after = after;
            this.left = loads(after);
            List<Member> nodes = RingFacts.regions(after).getOrDefault(region, List.of());
            List<Integer> shares = RingFacts.dealt(after.replicas(), RingFacts.zoneSizes(nodes).values());
            for (int subset = 0; subset < 1 << nodes.size(); subset++) {
                int chosen = subset;
                List<Member> owners = IntStream.range(0, nodes.size())
                        .filter(node -> (chosen >>> node & 1) == 1)
                        .mapToObj(nodes::get)
                        .toList();
                if (RingFacts.zoneSizes(owners).values().stream().sorted().toList().equals(shares)) {
                    choices.add(owners);
                }
            }
        }

        int fewestMoves() {
            choose(0, 0);
            return fewest;
        }

        private void choose(int partition, int movesSoFar) {
            if (movesSoFar >= fewest) {
                return;
            }
            if (partition == after.partitions()) {
                fewest = movesSoFar;
                return;
            }
            for (List<Member> owners : choices) {
                if (owners.stream().allMatch(owner -> left.getOrDefault(owner.id(), 0) > 0)) {
                    owners.forEach(owner -> left.merge(owner.id(), -1, Integer::sum));
                    long moves = owners.stream()
                            .filter(owner -> !before.owners(partition).contains(owner.id()))
                            .count();
                    choose(partition + 1, movesSoFar + (int) moves);
                    owners.forEach(owner -> left.merge(owner.id(), 1, Integer::sum));
                }
            }
        }
    }
}
