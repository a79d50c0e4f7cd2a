package io.murmur.quorum;

import static io.murmur.quorum.Layouts.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Levels of two lists of owners at once, over random lists in up to three regions, against their definitions by name. */
class JointRequirementTest {

    private static final String SEED = "20260101";
    private static final int TRIES = 600;

    /** Levels at which what is written is found by reading at the same level. */
    private static final List<Level> MAJORITIES =
            List.of(Level.QUORUM, Level.LOCAL_QUORUM, Level.EACH_QUORUM, Level.ALL);

    /** Two random lists, which may be equal or have nobody in common. */
    private static final class Change {
        final Random random;
        final List<Member> members;
        final List<NodeId> current;
        final List<NodeId> next;
        final Ring joint;
        final Placement placement;

        Change(long seed) {
            random = new Random(seed);
            int[] regions = new int[1 + random.nextInt(3)];
            for (int region = 0; region < regions.length; region++) {
                regions[region] = 2 + random.nextInt(4 - regions.length + 1);
            }
            members = Layouts.members(regions);
            current = anyOf(members);
            next = random.nextInt(4) == 0 ? shuffled(current) : anyOf(members);
            joint = Layouts.moving(2, members, current, next);
            placement = Layouts.placement(joint, 1);
        }

        private List<NodeId> anyOf(List<Member> all) {
            List<NodeId> ids = shuffled(all.stream().map(Member::id).toList());
            return List.copyOf(ids.subList(0, 1 + random.nextInt(Math.min(5, ids.size()))));
        }

        private List<NodeId> shuffled(List<NodeId> ids) {
            List<NodeId> shuffled = new ArrayList<>(ids);
            Collections.shuffle(shuffled, random);
            return shuffled;
        }

        Set<NodeId> named(int places) {
            Set<NodeId> named = new HashSet<>();
            for (int place = 0; place < placement.size(); place++) {
                if ((places & (1 << place)) != 0) {
                    named.add(placement.owners.get(place));
                }
            }
            return named;
        }

        int[] anyOrder() {
            int[] order = new int[placement.size()];
            for (int i = 0; i < order.length; i++) {
                int other = random.nextInt(i + 1);
                order[i] = order[other];
                order[other] = i;
            }
            return order;
        }

        /** The level's definition for one list, by name. */
        boolean meets(Level level, List<NodeId> list, Set<NodeId> answered) {
            long size = list.size();
            long got = count(list, answered, null);
            String local = joint.regionOf(node(1));
            return switch (level) {
                case Level.Count count -> got >= count.replicas();
                case Level.Named named ->
                    switch (named) {
                        case ANY, ONE -> got >= 1;
                        case TWO -> got >= 2;
                        case THREE -> got >= 3;
                        case QUORUM, SERIAL -> 2 * got > size;
                        case ALL -> got == size;
                        case LOCAL_ONE -> count(list, answered, local) >= 1;
                        case LOCAL_QUORUM -> 2 * count(list, answered, local) > count(list, list, local);
                        case EACH_QUORUM ->
                            list.stream()
                                    .map(joint::regionOf)
                                    .allMatch(region -> 2 * count(list, answered, region) > count(list, list, region));
                    };
            };
        }

        private long count(List<NodeId> list, Collection<NodeId> among, @Nullable String region) {
            return list.stream()
                    .filter(among::contains)
                    .filter(id -> region == null || region.equals(joint.regionOf(id)))
                    .count();
        }

        boolean meetsJoint(Level level, Set<NodeId> answered) {
            return meets(level, current, answered) && meets(level, next, answered);
        }
    }

    @Provide
    Arbitrary<Level> levels() {
        return Arbitraries.oneOf(
                Arbitraries.of(Level.Named.values()),
                Arbitraries.integers().between(1, 6).map(Level.Count::new));
    }

    @Provide
    Arbitrary<Level> majorities() {
        return Arbitraries.of(MAJORITIES);
    }

    @Property(seed = SEED, tries = TRIES)
    void aSetOfOwnersMeetsALevelExactlyWhenItsDefinitionSaysSoOfBothLists(
            @ForAll long seed, @ForAll("levels") Level level) {
        Change change = new Change(seed);
        Requirement requirement = Requirement.of(level, change.placement);

        for (int owners = 0; owners <= change.placement.all(); owners++) {
            boolean met = requirement.isMetBy(owners, change.placement);
            assertThat(met).isEqualTo(change.meetsJoint(level, change.named(owners)));
            assertThat(requirement.counted(owners, change.placement) >= requirement.required(owners, change.placement))
                    .as("the count says what the level says")
                    .isEqualTo(met);
            assertThat(requirement.counted(owners, change.placement)).isLessThanOrEqualTo(Integer.bitCount(owners));
        }
    }

    /** Joint consensus: neighbouring rings' quorums meet, in every direction. */
    @Property(seed = SEED, tries = TRIES)
    void whatMeetsAMajorityInTheJointRingMeetsEveryMajorityOfBothRingsAtRest(
            @ForAll long seed, @ForAll("majorities") Level level) {
        Change change = new Change(seed);
        Placement joint = change.placement;
        Requirement inBoth = Requirement.of(level, joint);
        for (List<NodeId> list : List.of(change.current, change.next)) {
            Placement rest = Layouts.placement(Layouts.owning(1, change.members, list), 1);
            Requirement atRest = Requirement.of(level, rest);
            for (int some = 0; some <= joint.all(); some++) {
                if (!inBoth.isMetBy(some, joint)) {
                    continue;
                }
                int others = rest.all();
                for (NodeId owner : change.named(some)) {
                    int place = rest.placeOf(owner);
                    others &= place < 0 ? -1 : ~(1 << place);
                }
                assertThat(atRest.isMetBy(others, rest))
                        .as("%s of %s without any of %s", level, list, change.named(some))
                        .isFalse();
            }
        }
    }

    @Property(seed = SEED, tries = TRIES / 3)
    void theNearestSetMeetsTheLevelWhereverOneDoesAndNoneIsSmaller(@ForAll long seed, @ForAll("levels") Level level) {
        Change change = new Change(seed);
        Placement placement = change.placement;
        Requirement requirement = Requirement.of(level, placement);
        int candidates = change.random.nextBoolean() ? placement.all() : change.random.nextInt(placement.all() + 1);

        int chosen = requirement.nearest(candidates, change.anyOrder(), placement);

        assertThat(chosen & ~candidates).isZero();
        int smallest = Integer.MAX_VALUE;
        for (int some = candidates; some > 0; some = (some - 1) & candidates) {
            if (requirement.isMetBy(some, placement)) {
                smallest = Math.min(smallest, Integer.bitCount(some));
            }
        }
        assertThat(requirement.isMetBy(chosen, placement)).isEqualTo(smallest != Integer.MAX_VALUE);
        if (smallest != Integer.MAX_VALUE) {
            assertThat(Integer.bitCount(chosen)).isEqualTo(smallest);
        }
    }

    /** What makes one step for each list, again and again, as good as any other way. */
    @Property(seed = SEED, tries = TRIES)
    void closerAndCloserLeadsToTheLevelWhereverItCanBeMet(@ForAll long seed, @ForAll("levels") Level level) {
        Change change = new Change(seed);
        Placement placement = change.placement;
        Requirement requirement = Requirement.of(level, placement);
        int possible = change.random.nextInt(placement.all() + 1);
        int have = possible & change.random.nextInt();
        int[] order = change.anyOrder();

        for (int further = requirement.closer(have, possible & ~have, order, placement);
                further != 0;
                further = requirement.closer(have, possible & ~have, order, placement)) {
            assertThat(further & (have | ~possible)).isZero();
            assertThat(Integer.bitCount(further)).isLessThanOrEqualTo(placement.lists.length);
            have |= further;
        }

        assertThat(requirement.isMetBy(have, placement)).isEqualTo(requirement.isMetBy(possible, placement));
    }

    /** The refusal of one owner that was counted on is made up for by one step, wherever it can be. */
    @Property(seed = SEED, tries = TRIES)
    void oneStepMakesUpForOneOwnerThatWasCountedOn(@ForAll long seed, @ForAll("levels") Level level) {
        Change change = new Change(seed);
        Placement placement = change.placement;
        Requirement requirement = Requirement.of(level, placement);
        int[] order = change.anyOrder();
        int chosen = requirement.nearest(placement.all(), order, placement);
        int refuses = order[change.random.nextInt(order.length)];
        int left = chosen & ~(1 << refuses);
        int candidates = placement.all() & ~chosen & ~(1 << refuses);

        int further = requirement.closer(left, candidates, order, placement);

        assertThat(requirement.isMetBy(left | further, placement))
                .isEqualTo(requirement.isMetBy(left | candidates, placement));
    }

    @Property(seed = SEED, tries = TRIES)
    void aTallyIsMetOrHopelessExactlyWhenBothListsSay(@ForAll long seed, @ForAll("levels") Level level) {
        Change change = new Change(seed);
        Placement placement = change.placement;
        int possible = change.random.nextInt(placement.all() + 1);
        Tally tally = new Tally(placement, Requirement.of(level, placement), possible);
        int acknowledged = 0;
        int lost = placement.all() & ~possible;
        for (int step = 0; step < 12; step++) {
            int place = change.random.nextInt(placement.size());
            int bit = 1 << place;
            if (change.random.nextBoolean()) {
                tally.acknowledge(place);
                acknowledged |= bit;
                lost &= ~bit;
            } else {
                tally.lose(place);
                lost |= bit & ~acknowledged;
            }
            assertThat(tally.isMet()).isEqualTo(change.meetsJoint(level, change.named(acknowledged)));
            assertThat(tally.isHopeless()).isEqualTo(!change.meetsJoint(level, change.named(placement.all() & ~lost)));
        }
    }

    @Property(seed = SEED, tries = TRIES)
    void placesAreTheUnionOfBothListsAndEqualListsAreOne(@ForAll long seed) {
        Change change = new Change(seed);
        Placement placement = change.placement;

        Set<NodeId> union = new HashSet<>(change.current);
        union.addAll(change.next);
        assertThat(placement.owners).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(union);
        assertThat(placement.owners.subList(0, change.current.size())).isEqualTo(change.current);
        boolean areOne = new HashSet<>(change.current).equals(new HashSet<>(change.next));
        assertThat(placement.lists).hasSize(areOne ? 1 : 2);
        assertThat(change.named(placement.lists[0])).isEqualTo(new HashSet<>(change.current));
        assertThat(change.named(placement.lists[placement.lists.length - 1])).isEqualTo(new HashSet<>(change.next));
        assertThat(placement.epoch).isEqualTo(2);
    }
}
