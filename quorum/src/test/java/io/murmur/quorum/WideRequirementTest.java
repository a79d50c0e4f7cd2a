package io.murmur.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Layouts too wide to try them all: up to five regions with up to five owners each. */
class WideRequirementTest {

    private static final String SEED = "20260101";

    @Provide
    Arbitrary<int[]> layouts() {
        return Arbitraries.integers()
                .between(1, 5)
                .array(int[].class)
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    @Provide
    Arbitrary<Level> levels() {
        return Arbitraries.oneOf(
                Arbitraries.of(Level.Named.values()),
                Arbitraries.integers().between(1, 26).map(Level.Count::new));
    }

    /** What makes asking the nearest that gain, one after the other, as good as any other order. */
    @Property(seed = SEED)
    void ownersThatGainLeadToTheLevelWhereverItCanBeMet(
            @ForAll("layouts") int[] layout, @ForAll("levels") Level level, @ForAll long seed) {
        Placement placement = Layouts.placement(Layouts.ring(layout), 1);
        Requirement requirement = Requirement.of(level, placement);
        Random random = new Random(seed);
        int possible = random.nextInt(placement.all() + 1);
        int have = possible & random.nextInt();

        int asked = 0;
        for (int place = nextThatGains(requirement, possible, have, placement);
                place >= 0;
                place = nextThatGains(requirement, possible, have, placement)) {
            have |= 1 << place;
            asked++;
        }

        assertThat(requirement.isMetBy(have, placement)).isEqualTo(requirement.isMetBy(possible, placement));
        assertThat(asked).isLessThanOrEqualTo(requirement.required(0, placement));
    }

    private static int nextThatGains(Requirement requirement, int possible, int have, Placement placement) {
        for (int place = 0; place < placement.size(); place++) {
            if ((possible & ~have & (1 << place)) != 0 && requirement.gains(have, place, placement)) {
                return place;
            }
        }
        return -1;
    }

    @Property(seed = SEED)
    void moreOwnersNeverMeetLess(@ForAll("layouts") int[] layout, @ForAll("levels") Level level, @ForAll long seed) {
        Placement placement = Layouts.placement(Layouts.ring(layout), 1);
        Requirement requirement = Requirement.of(level, placement);
        int some = new Random(seed).nextInt(placement.all() + 1);

        for (int place = 0; place < placement.size(); place++) {
            int more = some | 1 << place;
            assertThat(requirement.isMetBy(some, placement) && !requirement.isMetBy(more, placement))
                    .isFalse();
            assertThat(requirement.counted(more, placement))
                    .isGreaterThanOrEqualTo(requirement.counted(some, placement));
        }
        assertThat(requirement.isMetBy(some, placement))
                .as("the count says what the level says")
                .isEqualTo(requirement.counted(some, placement) >= requirement.required(some, placement));
    }
}
