package io.murmur.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.ring.Ring;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every level, over every layout of up to three regions with up to three owners each, and every set of owners that may have answered. */
class RequirementTest {

    /** A placement, a level, and what the level means in words of its own. */
    private record Case(
            Placement placement, Level level, Requirement requirement, Map<String, Integer> regions, String local) {

        /** The level's definition, written down once more and differently. */
        boolean isMetBy(Map<String, Integer> answered) {
            int all = sum(regions);
            int got = sum(answered);
            int localGot = answered.getOrDefault(local, 0);
            return switch (level) {
                case Level.Count count -> got >= count.replicas();
                case Level.Named named ->
                    switch (named) {
                        case ANY, ONE -> got >= 1;
                        case TWO -> got >= 2;
                        case THREE -> got >= 3;
                        case QUORUM, SERIAL -> 2 * got > all;
                        case ALL -> got == all;
                        case LOCAL_ONE -> localGot >= 1;
                        case LOCAL_QUORUM -> 2 * localGot > regions.getOrDefault(local, 0);
                        case EACH_QUORUM ->
                            regions.entrySet().stream()
                                    .allMatch(region ->
                                            2 * answered.getOrDefault(region.getKey(), 0) > region.getValue());
                    };
            };
        }

        Map<String, Integer> answered(int owners) {
            Map<String, Integer> byRegion = new HashMap<>();
            for (int place = 0; place < placement.size(); place++) {
                if ((owners & (1 << place)) != 0) {
                    byRegion.merge(regionOf(place), 1, Integer::sum);
                }
            }
            return byRegion;
        }

        private String regionOf(int place) {
            for (int region = 0; region < placement.regionMasks.length; region++) {
                if ((placement.regionMasks[region] & (1 << place)) != 0) {
                    return "r" + region;
                }
            }
            throw new AssertionError("in no region: " + place);
        }

        private static int sum(Map<String, Integer> counts) {
            return counts.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    private static List<Level> levels() {
        List<Level> levels = new ArrayList<>(List.of(Level.Named.values()));
        for (int count = 1; count <= 10; count++) {
            levels.add(new Level.Count(count));
        }
        return levels;
    }

    private static void forAllCases(Consumer<Case> check) {
        for (int a = 1; a <= 3; a++) {
            for (int b = 0; b <= 3; b++) {
                for (int c = 0; c <= (b == 0 ? 0 : 2); c++) {
                    Ring ring = Layouts.ring(a, b, c);
                    Placement placement = Layouts.placement(ring, 1);
                    Map<String, Integer> regions = new HashMap<>();
                    for (int region = 0; region < placement.regionMasks.length; region++) {
                        regions.put("r" + region, Integer.bitCount(placement.regionMasks[region]));
                    }
                    assertThat(regions).containsEntry("r0", a);
                    assertThat(placement.size()).isEqualTo(a + b + c);
                    for (Level level : levels()) {
                        check.accept(new Case(placement, level, Requirement.of(level, placement), regions, "r0"));
                    }
                }
            }
        }
    }

    @Test
    void aSetOfOwnersMeetsALevelExactlyWhenItsDefinitionSaysSo() {
        forAllCases(one -> {
            for (int owners = 0; owners <= one.placement.all(); owners++) {
                assertThat(one.requirement.isMetBy(owners, one.placement))
                        .as("%s of %s by %s", one.level, one.regions, one.answered(owners))
                        .isEqualTo(one.isMetBy(one.answered(owners)));
            }
        });
    }

    @Test
    void theNearestSetMeetsTheLevelWhereverOneDoesAndNoneSmallerDoes() {
        Random random = new Random(1);
        forAllCases(one -> {
            for (int candidates = 0; candidates <= one.placement.all(); candidates++) {
                int[] order = shuffled(one.placement.size(), random);
                int chosen = one.requirement.nearest(candidates, order, one.placement);

                assertThat(chosen & ~candidates).isZero();
                assertThat(one.requirement.isMetBy(chosen, one.placement))
                        .isEqualTo(one.requirement.isMetBy(candidates, one.placement));
                if (one.requirement.isMetBy(chosen, one.placement)) {
                    for (int place = 0; place < one.placement.size(); place++) {
                        int without = chosen & ~(1 << place);
                        assertThat(without != chosen && one.requirement.isMetBy(without, one.placement))
                                .as("one more than needed")
                                .isFalse();
                    }
                }
            }
        });
    }

    @Test
    void nearerOwnersAreChosenBeforeFartherOnes() {
        Placement placement = Layouts.placement(Layouts.ring(3), 1);
        Requirement quorum = Requirement.of(Level.QUORUM, placement);

        assertThat(quorum.nearest(0b111, new int[] {2, 0, 1}, placement)).isEqualTo(0b101);
        assertThat(quorum.nearest(0b011, new int[] {2, 0, 1}, placement)).isEqualTo(0b011);
    }

    @Test
    void anyTwoSetsThatMeetMajoritiesHaveAnOwnerInCommon() {
        for (int[] regions : new int[][] {{1}, {2}, {3}, {3, 3}, {3, 2, 1}}) {
            Placement placement = Layouts.placement(Layouts.ring(regions), 1);
            for (Level level : List.of(Level.QUORUM, Level.EACH_QUORUM)) {
                Requirement requirement = Requirement.of(level, placement);
                for (int one = 0; one <= placement.all(); one++) {
                    for (int other = 0; other <= placement.all(); other++) {
                        if (requirement.isMetBy(one, placement) && requirement.isMetBy(other, placement)) {
                            assertThat(one & other).isNotZero();
                        }
                    }
                }
            }
        }
    }

    /** Owners are lost and acknowledge in any order, repeatedly; hopeless means that no set that is left would do. */
    @Test
    void aTallyIsMetOrHopelessExactlyWhenTheOwnersSay() {
        Random random = new Random(2);
        forAllCases(one -> {
            int possible = random.nextInt(one.placement.all() + 1);
            Tally tally = new Tally(one.placement, one.requirement, possible);
            int acknowledged = 0;
            int lost = one.placement.all() & ~possible;
            for (int step = 0; step < 12; step++) {
                int place = random.nextInt(one.placement.size());
                int bit = 1 << place;
                if (random.nextBoolean()) {
                    tally.acknowledge(place);
                    acknowledged |= bit;
                    lost &= ~bit;
                } else {
                    tally.lose(place);
                    lost |= bit & ~acknowledged;
                }
                assertThat(tally.acknowledged()).isEqualTo(acknowledged);
                assertThat(tally.isMet()).isEqualTo(one.isMetBy(one.answered(acknowledged)));
                assertThat(tally.isHopeless()).isEqualTo(!one.isMetBy(one.answered(one.placement.all() & ~lost)));
                assertThat(tally.counted()).isLessThanOrEqualTo(Integer.bitCount(acknowledged));
            }
        });
    }

    private static int[] shuffled(int size, Random random) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }
}
