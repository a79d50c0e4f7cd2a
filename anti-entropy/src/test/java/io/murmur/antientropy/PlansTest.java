package io.murmur.antientropy;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.antientropy.SessionPlan.Step.Compare;
import io.murmur.antientropy.SessionPlan.Step.Copy;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.SyncReply.KeyDigest;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The pure parts: what is copied, what is compared, what differs, and how fast. */
class PlansTest {

    private static final SlotDigest NONE = SlotDigest.EMPTY;
    private static final SlotDigest MUCH = new SlotDigest(1, 100, 100_000);
    private static final SlotDigest AS_MUCH = new SlotDigest(2, 100, 100_000);
    private static final SlotDigest LITTLE = new SlotDigest(3, 2, 2_000);

    private static List<SessionPlan.Step> plan(List<SlotDigest> ours, List<SlotDigest> theirs) {
        return SessionPlan.toCatchUp(16, ours, theirs, new BitSet());
    }

    @Test
    void equalSlotsAndThoseOfWhichTheSourceHasNothingAreLeftAlone() {
        assertThat(plan(List.of(NONE, MUCH, MUCH), List.of(NONE, MUCH, NONE))).isEmpty();
    }

    @Test
    void neighbouringSlotsToBeCopiedAreOneRunAlsoAcrossEmptyOnes() {
        assertThat(plan(List.of(NONE, NONE, NONE, MUCH, NONE, NONE), List.of(MUCH, NONE, MUCH, NONE, MUCH, NONE)))
                .containsExactly(new Copy(16, 20));
    }

    @Test
    void aRunDoesNotGoAcrossWhatIsEqualOrIsToBeCompared() {
        assertThat(plan(List.of(NONE, MUCH, NONE, AS_MUCH, NONE), List.of(MUCH, MUCH, MUCH, MUCH, MUCH)))
                .containsExactly(new Copy(16, 16), new Copy(18, 18), new Compare(19, 1), new Copy(20, 20));
    }

    @Test
    void aSlotIsCopiedWhenWhatBothMayHaveIsLessThanTheFingerprintsOfAll() {
        assertThat(plan(List.of(LITTLE, MUCH), List.of(MUCH, LITTLE)))
                .containsExactly(new Copy(16, 16), new Compare(17, 0));
    }

    // ---- differences

    private static Digest digest(int version, int checksum) {
        return new Digest(new Version(version, new NodeId(1, 1)), checksum);
    }

    @Test
    void whatIsMissingOrLesserIsFoundOnEitherSide() {
        Random random = new Random(5);
        for (int round = 0; round < 500; round++) {
            TreeMap<Key, Digest> ours = new TreeMap<>();
            TreeMap<Key, Digest> theirs = new TreeMap<>();
            for (int i = 0; i < 30; i++) {
                Key key = Key.of("cache", "{tag}" + random.nextInt(20));
                (random.nextBoolean() ? ours : theirs).put(key, digest(random.nextInt(3), random.nextInt(2)));
            }
            List<KeyDigest> page = new ArrayList<>();
            theirs.forEach((key, digest) -> page.add(new KeyDigest(key, digest)));

            Difference difference = Difference.of(page, ours);

            for (int i = 0; i < 20; i++) {
                Key key = Key.of("cache", "{tag}" + i);
                Digest own = ours.get(key);
                Digest their = theirs.get(key);
                boolean isEqual = own == null ? their == null : own.equals(their);
                boolean isGreaterHere =
                        own != null && (their == null || own.version().compareTo(their.version()) > 0);
                boolean isGreaterThere =
                        their != null && (own == null || their.version().compareTo(own.version()) > 0);
                boolean mayBeEither = !isEqual && !isGreaterHere && !isGreaterThere;
                assertThat(difference.lesserHere().contains(key)).isEqualTo(isGreaterThere || mayBeEither);
                assertThat(difference.lesserThere().contains(key)).isEqualTo(isGreaterHere || mayBeEither);
            }
            assertThat(difference.lesserHere()).isSorted().doesNotHaveDuplicates();
        }
    }

    // ---- how fast

    @Test
    void reservationsFollowOneAnotherAtTheRate() {
        Throttle throttle = new Throttle(1000, 50);

        assertThat(throttle.reserve(500, 50)).isEqualTo(Duration.ZERO);
        assertThat(throttle.reserve(100, 50)).isEqualTo(Duration.ofMillis(500));
        assertThat(throttle.reserve(1, 50)).isEqualTo(Duration.ofMillis(600));
    }

    @Test
    void whatCameToMoreOrLessIsSetRight() {
        Throttle throttle = new Throttle(1000, 0);
        throttle.reserve(500, 0);

        throttle.correct(-400);
        assertThat(throttle.reserve(0, 0)).isEqualTo(Duration.ofMillis(100));
        throttle.correct(900);
        assertThat(throttle.reserve(0, 0)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void idleTimeIsNotSavedUp() {
        Throttle throttle = new Throttle(1000, Long.MAX_VALUE - 10);
        long muchLater = Long.MAX_VALUE - 10 + Duration.ofHours(1).toNanos();

        assertThat(throttle.reserve(100, muchLater)).isEqualTo(Duration.ZERO);
        assertThat(throttle.reserve(100, muchLater)).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void retriesAreFurtherAndFurtherApartUpToABoundAndAtRandom() {
        Backoff backoff = new Backoff(Duration.ofMillis(10), Duration.ofMillis(100), new Random(1));

        for (int failures = 0; failures < 100; failures++) {
            long most = Math.min(100, failures > 6 ? 100 : 10L << failures);
            assertThat(backoff.after(failures)).isBetween(Duration.ofMillis(most / 2), Duration.ofMillis(most));
        }
        assertThat(backoff.after(9)).isNotEqualTo(backoff.after(9));
    }
}
