package io.murmur.kernel.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RingStepsTest {

    private static final int PARTITIONS = 8;
    private static final int MOST_NODES = 12;

    // ---- every change from any ring

    @Property(seed = "1", tries = 60)
    void everyChangeGoesFromRestByWayOfOneJointRingToTheOwnersThatArePlanned(
            @ForAll @LongRange(min = 0) long seed, @ForAll @IntRange(min = 1, max = 5) int replicas)
            throws RingSteps.Refused {
        Random random = new Random(seed);
        Ring rest = ring(seed, replicas);
        for (RingChange change : changes(rest, random)) {
            List<Member> members = membersAfter(rest, change);
            List<List<NodeId>> planned = RingPlanner.next(rest, members).owners();
            Ring joint = RingSteps.begin(rest, change);

            Ring ring = joint;
            while (ring.transition() != null) {
                assertThat(Objects.requireNonNull(ring.transition()).owners()).isEqualTo(planned);
                assertThat(ring.owners()).isEqualTo(rest.owners());
                assertThat(ring.members()).isEqualTo(rest.members());
                assertThat(ring.since()).isEqualTo(joint.since());
                assertThat(ring.voters()).isEqualTo(joint.voters());
                Set<NodeId> behind = RingSteps.behind(ring);
                NodeId next = List.copyOf(behind).get(random.nextInt(behind.size()));
                ring = follows(ring, RingSteps.synced(ring, next));
                behind.remove(next);
                assertThat(RingSteps.behind(ring)).isEqualTo(behind);
            }

            follows(rest, joint);
            assertThat(ring.owners()).isEqualTo(planned);
            assertThat(ring.members()).containsExactlyInAnyOrderElementsOf(members);
            assertThat(ring.voters()).isEqualTo(Voters.of(joint.voters(), members));
            for (int partition = 0; partition < PARTITIONS; partition++) {
                boolean changes = !planned.get(partition).equals(rest.owners(partition));
                assertThat(joint.isMoving(partition)).isEqualTo(changes && joint.transition() != null);
                assertThat(joint.since(partition)).isEqualTo(changes ? joint.epoch() : rest.since(partition));
                assertThat(ring.since(partition)).isEqualTo(changes ? ring.epoch() : rest.since(partition));
            }
        }
    }

    @Property(seed = "2", tries = 60)
    void aChangeGivenUpLeavesEverythingAsItWasButFencesWhatMoved(
            @ForAll @LongRange(min = 0) long seed, @ForAll @IntRange(min = 1, max = 5) int replicas)
            throws RingSteps.Refused {
        Random random = new Random(seed);
        Ring rest = ring(seed, replicas);
        for (RingChange change : changes(rest, random)) {
            Ring joint = RingSteps.begin(rest, change);
            while (joint.transition() != null && random.nextBoolean()) {
                joint = RingSteps.synced(
                        joint, RingSteps.behind(joint).iterator().next());
            }
            if (joint.transition() == null) {
                continue;
            }

            Ring ring = follows(joint, RingSteps.begin(joint, new RingChange.Abort(change.subject())));

            assertThat(ring.transition()).isNull();
            assertThat(ring.owners()).isEqualTo(rest.owners());
            assertThat(ring.members()).isEqualTo(rest.members());
            // One that was given up for dead may vote again, but need not.
            assertThat(ring.voters()).isEqualTo(Voters.of(joint.voters(), rest.members()));
            if (RingSteps.goneAtOnce(change) == null) {
                assertThat(ring.voters()).isEqualTo(rest.voters());
            }
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(ring.since(partition))
                        .isEqualTo(joint.isMoving(partition) ? ring.epoch() : rest.since(partition));
            }
        }
    }

    private static Ring follows(Ring before, Ring after) {
        assertThat(after.epoch()).isEqualTo(before.epoch() + 1);
        assertThat(after.partitions()).isEqualTo(before.partitions());
        assertThat(after.replicas()).isEqualTo(before.replicas());
        assertThat(after.voters()).isNotEmpty();
        return after;
    }

    /**
     * The essay's argument, counted: a write is held by some majority of the owners, in all or in one region, of a cache with as many
     * replicas as the ring or fewer; who must catch up has it only when every choice of sources that are enough has it. Then a majority
     * of the next owners has it, so that every majority of them has one that has.
     */
    @Property(seed = "3", tries = 50)
    void whatAMajorityHeldAMajorityOfTheNextOwnersHolds(
            @ForAll @LongRange(min = 0) long seed, @ForAll @IntRange(min = 1, max = 5) int replicas)
            throws RingSteps.Refused {
        Ring rest = ring(seed, replicas);
        for (RingChange change : changes(rest, new Random(seed))) {
            Ring joint = RingSteps.begin(rest, change);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                if (joint.isMoving(partition)) {
                    assertNothingHeldIsLost(joint, partition);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "1, 3", "2, 3", "2, 2", "3, 3", "4, 5", "3, 5"})
    void whatAMajorityHeldSurvivesWhenOwnersBecomeMoreAndFewerAgain(int from, int replicas) throws RingSteps.Refused {
        Fleet fleet = Fleet.equal(1, from, 2);
        Ring ring = RingPlanner.first(PARTITIONS, replicas, fleet.members());
        List<RingChange> changes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            changes.add(new RingChange.Join(fleet.joinZone("zone-" + i % 2)));
        }
        for (Member member : fleet.members().subList(0, 3 + from)) {
            changes.add(from % 2 == 0 ? new RingChange.Leave(member.id()) : new RingChange.Remove(member.id()));
        }

        for (RingChange change : changes) {
            ring = RingSteps.begin(ring, change);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                if (ring.isMoving(partition)) {
                    assertNothingHeldIsLost(ring, partition);
                }
            }
            while (ring.transition() != null) {
                ring = RingSteps.synced(ring, RingSteps.behind(ring).iterator().next());
            }
        }

        assertThat(ring.members()).hasSize(1);
    }

    private static void assertNothingHeldIsLost(Ring joint, int partition) {
        for (int replicas = 1; replicas <= joint.replicas(); replicas++) {
            List<NodeId> before = joint.owners(partition, replicas);
            List<NodeId> after = joint.nextOwners(partition, replicas);
            assertHeld(joint, partition, before, after);
            Set<String> regions = new TreeSet<>();
            before.forEach(owner -> regions.add(region(joint, owner)));
            for (String region : regions) {
                List<NodeId> there = after.stream()
                        .filter(owner -> region(joint, owner).equals(region))
                        .toList();
                assertHeld(
                        joint,
                        partition,
                        before.stream()
                                .filter(owner -> region(joint, owner).equals(region))
                                .toList(),
                        // Where a region is given up, all others must have what only it had.
                        there.isEmpty() ? after : there);
            }
        }
    }

    private static void assertHeld(Ring joint, int partition, List<NodeId> before, List<NodeId> after) {
        NodeId dead =
                RingSteps.goneAtOnce(Objects.requireNonNull(joint.transition()).change());
        Set<NodeId> catchUp = new TreeSet<>();
        for (NodeId owner : after) {
            if (RingSteps.toCatchUp(joint, owner).contains(partition)) {
                assertThat(RingSteps.areEnough(joint, partition, all(joint, partition, owner)))
                        .as("all sources are enough")
                        .isTrue();
                catchUp.add(owner);
            }
        }
        for (Set<NodeId> held : smallestMajorities(before)) {
            if (dead != null && held.equals(Set.of(dead))) {
                continue; // Held by nobody else: lost.
            }
            long holders = after.stream()
                    .filter(owner -> held.contains(owner)
                            || (catchUp.contains(owner) && cannotMiss(joint, partition, owner, held)))
                    .count();
            if (2 * holders <= after.size()) {
                throw new AssertionError("held by " + held + " of " + before + ", then by " + holders + " of " + after
                        + ", partition " + partition + " of " + joint);
            }
        }
    }

    /** Whether a node that catches up is sure to get what these held: those that lack it are not enough. */
    private static boolean cannotMiss(Ring joint, int partition, NodeId node, Set<NodeId> held) {
        Set<NodeId> lacking = all(joint, partition, node);
        lacking.removeAll(held);
        return !RingSteps.areEnough(joint, partition, lacking);
    }

    /** All a node can read, itself included where it is an owner. */
    private static Set<NodeId> all(Ring joint, int partition, NodeId node) {
        Set<NodeId> all = new LinkedHashSet<>(RingSteps.sources(joint, node, partition));
        if (joint.owners(partition).contains(node)) {
            all.add(node);
        }
        return all;
    }

    /** All of them; of many owners, every so many-th. */
    private static List<Set<NodeId>> smallestMajorities(List<NodeId> owners) {
        List<Set<NodeId>> majorities = new ArrayList<>();
        int found = 0;
        int gap = owners.size() <= 8 ? 1 : owners.size() <= 12 ? 13 : 101;
        for (int bits = 0; bits < 1 << owners.size(); bits++) {
            if (Integer.bitCount(bits) == owners.size() / 2 + 1 && found++ % gap == 0) {
                Set<NodeId> majority = new TreeSet<>();
                for (int place = 0; place < owners.size(); place++) {
                    if ((bits >>> place & 1) == 1) {
                        majority.add(owners.get(place));
                    }
                }
                majorities.add(majority);
            }
        }
        return majorities;
    }

    private static String region(Ring ring, NodeId node) {
        return Objects.requireNonNull(ring.regionOf(node));
    }

    // ---- who catches up

    @Test
    void onlyANodeThatIsToOwnMoreCatchesUpWhereOwnersAreAsMany() throws RingSteps.Refused {
        Fleet fleet = Fleet.equal(1, 6, 3);
        Ring rest = RingPlanner.first(PARTITIONS, 3, fleet.members());
        Member newcomer = fleet.joinZone("zone-0");

        Ring joint = RingSteps.begin(rest, new RingChange.Join(newcomer));

        assertThat(RingSteps.behind(joint)).contains(newcomer.id());
        for (NodeId node : RingSteps.behind(joint)) {
            for (int partition : RingSteps.toCatchUp(joint, node)) {
                assertThat(joint.nextOwners(partition)).contains(node);
            }
        }
    }

    @Test
    void allOwnersCatchUpWhereOwnersBecomeFewer() throws RingSteps.Refused {
        List<Member> members = Fleet.equal(1, 3, 3).members();
        Ring rest = RingPlanner.first(PARTITIONS, 3, members);

        Ring joint =
                RingSteps.begin(rest, new RingChange.Leave(members.getFirst().id()));

        assertThat(RingSteps.behind(joint))
                .containsExactlyInAnyOrder(members.get(1).id(), members.get(2).id());
        assertThat(RingSteps.toCatchUp(joint, members.get(1).id())).hasSize(PARTITIONS);
    }

    @Test
    void theDeadIsNoSourceAndNoVoter() throws RingSteps.Refused {
        List<Member> members = Fleet.equal(1, 5, 1).members();
        Ring rest = RingPlanner.first(PARTITIONS, 3, members);
        NodeId dead = members.getFirst().id();

        Ring joint = RingSteps.begin(rest, new RingChange.Remove(dead));

        assertThat(rest.voters()).contains(dead);
        assertThat(joint.voters()).doesNotContain(dead).hasSize(3);
        for (NodeId node : RingSteps.behind(joint)) {
            for (int partition : RingSteps.toCatchUp(joint, node)) {
                assertThat(RingSteps.sources(joint, node, partition)).doesNotContain(dead, node);
            }
        }
    }

    @Test
    void ofThreeOwnersTwoAreEnoughWhenTheFirstIsAmongThem() throws RingSteps.Refused {
        Fleet fleet = Fleet.equal(1, 3, 3);
        Ring rest = RingPlanner.first(PARTITIONS, 3, fleet.members());
        Ring joint = RingSteps.begin(rest, new RingChange.Join(fleet.joinZone("zone-0")));
        int partition =
                RingSteps.toCatchUp(joint, fleet.members().getLast().id()).getFirst();
        List<NodeId> owners = joint.owners(partition);

        assertThat(RingSteps.areEnough(joint, partition, Set.copyOf(owners.subList(0, 2))))
                .isTrue();
        assertThat(RingSteps.areEnough(joint, partition, Set.of(owners.getFirst())))
                .isFalse();
        // A cache of one replica has everything at the first owner, and nowhere else.
        assertThat(RingSteps.areEnough(joint, partition, Set.copyOf(owners.subList(1, 3))))
                .isFalse();
        assertThat(RingSteps.areEnough(joint, partition, Set.copyOf(owners.subList(1, 3)), List.of(3, 2)))
                .isTrue();
        assertThat(RingSteps.areEnough(joint, partition, Set.copyOf(owners.subList(1, 3)), List.of(3, 1)))
                .isFalse();
    }

    // ---- addresses

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void anAddressChangesAtRestAndWhileAChangeIsUnderWayAndMovesNothing(boolean underWay) throws RingSteps.Refused {
        Fleet fleet = Fleet.equal(1, 4, 2);
        Ring ring = RingPlanner.first(PARTITIONS, 3, fleet.members());
        Member newcomer = fleet.joinZone("zone-1");
        if (underWay) {
            ring = RingSteps.begin(ring, new RingChange.Join(newcomer));
            ring = RingSteps.synced(ring, newcomer.id());
        }
        Member moved = underWay ? newcomer : fleet.members().getFirst();

        Ring relocated = follows(ring, RingSteps.begin(ring, new RingChange.Relocate(moved.id(), "elsewhere", 7001)));

        assertThat(Objects.requireNonNull(relocated.member(moved.id())).address())
                .isEqualTo("elsewhere:7001");
        assertThat(relocated.owners()).isEqualTo(ring.owners());
        assertThat(relocated.since()).isEqualTo(ring.since());
        assertThat(relocated.voters()).isEqualTo(ring.voters());
        assertThat(RingSteps.behind(relocated)).isEqualTo(RingSteps.behind(ring));
    }

    @Test
    void aChangeThatMovesNothingIsDoneAtOnce() throws RingSteps.Refused {
        List<Member> members = Fleet.equal(1, 1, 1).members();
        Ring ring = RingPlanner.first(PARTITIONS, 3, members);

        Ring heavier =
                RingSteps.begin(ring, new RingChange.Move(members.getFirst().id(), "zone-0", 7));

        assertThat(heavier.transition()).isNull();
        assertThat(heavier.members().getFirst().weight()).isEqualTo(7);
        assertThat(heavier.since()).isEqualTo(ring.since());
    }

    // ---- refusals

    @Test
    void aSecondChangeIsRefusedForAsLongAsOneIsUnderWay() throws RingSteps.Refused {
        Fleet fleet = Fleet.equal(1, 3, 3);
        Ring ring = RingPlanner.first(PARTITIONS, 3, fleet.members());
        Member newcomer = fleet.joinZone("zone-0");
        Ring joint = RingSteps.begin(ring, new RingChange.Join(newcomer));
        Member another = fleet.joinZone("zone-1");

        assertThatThrownBy(() -> RingSteps.begin(joint, new RingChange.Join(another)))
                .isInstanceOfSatisfying(
                        RingSteps.Refused.class,
                        refused -> assertThat(refused.isForNow()).isTrue())
                .hasMessageContainingAll("another change is under way", newcomer.name() + "' joins", "abort");
        assertThatThrownBy(() -> RingSteps.begin(joint, new RingChange.Abort(another.id())))
                .isInstanceOf(RingSteps.Refused.class)
                .hasMessageContainingAll("joins", another.id().abbreviated());
        assertThatThrownBy(() -> RingSteps.synced(joint, another.id()))
                .isInstanceOf(RingSteps.Refused.class)
                .hasMessageContaining("nothing to catch up with");
    }

    @Test
    void whatMakesNoSenseIsRefusedByName() {
        Fleet fleet = Fleet.equal(1, 3, 3);
        Ring ring = RingPlanner.first(PARTITIONS, 3, fleet.members());
        Ring single = RingPlanner.first(PARTITIONS, 3, fleet.members().subList(0, 1));
        Member first = fleet.members().getFirst();
        Member stranger = fleet.joinZone("zone-0");

        assertRefused(ring, new RingChange.Abort(first.id()), "no change of the ring is under way");
        assertRefused(ring, new RingChange.Join(first), "a member already");
        assertRefused(ring, new RingChange.Join(named(stranger, first.name(), "region-0")), "choose another name");
        assertRefused(ring, new RingChange.Leave(stranger.id()), "is no member of the ring of epoch 1");
        assertRefused(ring, new RingChange.Remove(stranger.id()), "is no member");
        assertRefused(ring, new RingChange.Move(stranger.id(), "zone-0", 1), "is no member");
        assertRefused(ring, new RingChange.Move(first.id(), "zone-0", 0), "weight");
        assertRefused(ring, new RingChange.Relocate(stranger.id(), "elsewhere", 7001), "is no member");
        assertRefused(ring, new RingChange.Relocate(first.id(), "elsewhere", 0), "port");
        assertRefused(ring, new RingChange.Replace(stranger.id(), stranger), "is no member");
        assertRefused(ring, new RingChange.Replace(first.id(), first), "a member already");
        assertRefused(ring, new RingChange.Replace(first.id(), fleet.members().get(1)), "a member already");
        assertRefused(
                ring,
                new RingChange.Replace(
                        first.id(), named(stranger, fleet.members().get(1).name(), "region-0")),
                "choose another name");
        assertRefused(
                ring,
                new RingChange.Replace(first.id(), named(stranger, "new", "region-1")),
                "a replacement stays in the region");
        assertRefused(single, new RingChange.Leave(first.id()), "the last member");
        assertRefused(single, new RingChange.Remove(first.id()), "the last member");
        assertRefused(single, new RingChange.Replace(first.id(), stranger), "the last member");
    }

    private static void assertRefused(Ring ring, RingChange change, String why) {
        assertThatThrownBy(() -> RingSteps.begin(ring, change))
                .as(change.toString())
                .isInstanceOfSatisfying(
                        RingSteps.Refused.class,
                        refused -> assertThat(refused.isForNow()).isFalse())
                .hasMessageContaining(why);
    }

    @Test
    void aReplacementMayHaveTheNameOfTheDead() throws RingSteps.Refused {
        Fleet fleet = Fleet.equal(1, 3, 3);
        Ring ring = RingPlanner.first(PARTITIONS, 3, fleet.members());
        Member dead = fleet.members().getFirst();
        Member by = named(fleet.joinZone("zone-0"), dead.name(), "region-0");

        Ring joint = RingSteps.begin(ring, new RingChange.Replace(dead.id(), by));
        Ring done = RingSteps.synced(joint, by.id());

        assertThat(RingSteps.behind(joint)).containsExactly(by.id());
        assertThat(done.member(dead.id())).isNull();
        assertThat(done.member(by.id())).isEqualTo(by);
        assertThat(RingSteps.describe(joint, new RingChange.Replace(dead.id(), by)))
                .contains(dead.name(), "replaces");
    }

    private static Member named(Member member, String name, String region) {
        return new Member(member.id(), name, member.host(), member.port(), region, member.zone(), member.weight());
    }

    // ---- what is asked for

    private static Ring ring(long seed, int replicas) {
        return RingPlanner.first(
                PARTITIONS, replicas, Fleet.random(seed, MOST_NODES).members());
    }

    /** One of each kind, about nodes drawn at random. */
    private static List<RingChange> changes(Ring ring, Random random) {
        List<Member> members = ring.members();
        Member any = members.get(random.nextInt(members.size()));
        Member other = members.get(random.nextInt(members.size()));
        List<RingChange> changes = new ArrayList<>();
        changes.add(new RingChange.Join(newcomer(random, "region-" + random.nextInt(3))));
        changes.add(new RingChange.Move(any.id(), "zone-" + random.nextInt(4), 1 + random.nextInt(9)));
        changes.add(new RingChange.Move(other.id(), other.zone(), 1 + random.nextInt(9)));
        if (members.size() > 1) {
            changes.add(new RingChange.Leave(any.id()));
            changes.add(new RingChange.Remove(any.id()));
            changes.add(new RingChange.Replace(other.id(), newcomer(random, other.region())));
        }
        return changes;
    }

    private static Member newcomer(Random random, String region) {
        NodeId id = new NodeId(random.nextLong(), random.nextLong());
        return new Member(
                id,
                "new-" + id.abbreviated(),
                "localhost",
                7000,
                region,
                "zone-" + random.nextInt(4),
                1 + random.nextInt(3));
    }

    private static List<Member> membersAfter(Ring ring, RingChange change) {
        List<Member> members = new ArrayList<>(ring.members());
        switch (change) {
            case RingChange.Join join -> members.add(join.member());
            case RingChange.Leave leave ->
                members.removeIf(member -> member.id().equals(leave.subject()));
            case RingChange.Remove remove ->
                members.removeIf(member -> member.id().equals(remove.subject()));
            case RingChange.Replace replace -> {
                members.removeIf(member -> member.id().equals(replace.dead()));
                members.add(replace.by());
            }
            case RingChange.Move move ->
                members.replaceAll(member -> member.id().equals(move.subject())
                        ? new Member(
                                member.id(),
                                member.name(),
                                member.host(),
                                member.port(),
                                member.region(),
                                move.zone(),
                                move.weight())
                        : member);
            case RingChange.Relocate ignored -> throw new IllegalStateException("moves nothing");
            case RingChange.Abort ignored -> throw new IllegalStateException("moves nothing");
        }
        return members;
    }
}
