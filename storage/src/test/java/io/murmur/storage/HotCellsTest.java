package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Limits;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HotCellsTest {

    private static final long MUCH = 1L << 30;

    private long reading = 1L << 40;

    @Test
    void everyCellComesBackAsItWasPut() {
        HotCells hot = new HotCells(MUCH, new Records());
        Map<Key, Cell> put = new HashMap<>();
        put.put(Key.of("default", ""), live(0));
        put.put(Key.of("default", "a"), live(100));
        put.put(Key.of("other", "a"), live(101));
        put.put(Key.of("default", "large"), live(100_000));
        put.put(new Key("default", new byte[Limits.KEY_CEILING_BYTES]), live(7));
        put.put(Key.of("default", "dead"), new Cell.Tombstone(version(1)));
        put.put(Key.of("default", "expires"), new Cell.Live(version(2), 1234567890123L, new byte[] {1, 2, 3}));
        put.put(Key.of("default", "newest"), new Cell.Live(new Version(-1, new NodeId(-1, 5)), 5, new byte[2048]));

        put.forEach(hot::put);

        put.forEach((key, cell) -> assertThat(hot.get(key)).isEqualTo(cell));
        assertThat(hot.get(Key.of("third", "a"))).isNull();
        assertThat(hot.get(Key.of("default", "b"))).isNull();
        assertThat(hot.size()).isEqualTo(put.size());
    }

    /** Whether it is written over in its place, replaced, or too large to be held any more. */
    @RepeatedTest(20)
    void noCellIsEverFoundButTheLastThatWasPut(RepetitionInfo repetition) {
        int number = repetition.getCurrentRepetition();
        Random random = new Random(number);
        HotCells hot = new HotCells(20_000L << number % 8, new Records());
        int keys = 1 << (4 + number % 10);
        int largest = 1 << (3 + 5 * number % 13);
        Map<Key, Cell> last = new HashMap<>();
        int found = 0;
        for (int step = 0; step < 20_000; step++) {
            Key key = Key.of(random.nextInt(10) == 0 ? "other" : "default", "key" + random.nextInt(keys));
            if (random.nextInt(3) == 0) {
                Cell cell = random.nextInt(10) == 0 ? new Cell.Tombstone(version(3)) : anyLive(random, largest);
                last.put(key, cell);
                hot.put(key, cell);
            } else {
                Cell cell = hot.get(key);
                if (cell != null) {
                    assertThat(cell).isEqualTo(last.get(key));
                    found++;
                }
            }
        }
        assertThat(found).isPositive();
    }

    /** With records whose key has got another counted: no way of writing over makes it hold more. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000, 100_000, 1_000_000})
    void itHoldsNoMoreThanItsBytes(int bytes) {
        HotCells hot = new HotCells(bytes, new Records());
        Random random = new Random(bytes);
        for (int step = 0; step < 50_000; step++) {
            hot.put(number(random.nextInt(5_000)), anyLive(random, 1 << random.nextInt(14)));
            hot.get(number(random.nextInt(100)));
            assertThat(hot.bytes()).isLessThanOrEqualTo(bytes);
        }
        assertThat(hot.size() > 0).isEqualTo(bytes >= 1_000);
        long held = 0;
        for (int i = 0; i < 5_000; i++) {
            Cell cell = hot.get(number(i));
            held += cell == null ? 0 : Records.weightBytes(new Records().of(number(i), cell));
        }
        assertThat(hot.bytes()).isGreaterThanOrEqualTo(held);
    }

    @Test
    void aKeyThatIsWrittenOverAndOverPushesNothingOut() {
        HotCells hot = new HotCells(1_000_000, new Records());
        for (int i = 0; i < 1_000; i++) {
            hot.put(number(i), live(100));
        }
        Random random = new Random(1);
        for (int step = 0; step < 1_000_000; step++) {
            hot.put(number(0), live(90 + random.nextInt(20)));
        }
        for (int i = 0; i < 1_000; i++) {
            assertThat(hot.get(number(i))).isNotNull();
        }
    }

    @Test
    void withRoomEnoughAllAreHeldHoweverMany() {
        HotCells hot = new HotCells(MUCH, new Records());
        int keys = 300_000;
        for (int i = 0; i < keys; i++) {
            hot.put(number(i), new Cell.Live(version(1L << 32 | i), Cell.NEVER, new byte[8]));
        }
        assertThat(hot.size()).isEqualTo(keys);
        for (int i = 0; i < keys; i++) {
            assertThat(hot.get(number(i))).isEqualTo(new Cell.Live(version(1L << 32 | i), Cell.NEVER, new byte[8]));
        }
    }

    /** Whoever chooses keys so can push out such keys alone. */
    @Test
    void keysOfOneHashPushOutOneAnotherAndNobodyElse() {
        HotCells hot = new HotCells(MUCH, new Records());
        for (int i = 0; i < 10_000; i++) {
            hot.put(number(i), live(10));
        }
        List<Key> alike = HotIndexTest.alike();
        assertThat(alike).extracting(Key::hashCode).containsOnly(alike.get(0).hashCode());
        Map<Key, Cell> last = new HashMap<>();
        for (Key key : alike) {
            Cell cell = live(10);
            last.put(key, cell);
            hot.put(key, cell);
        }

        assertThat(alike.stream().filter(key -> hot.get(key) != null).count()).isBetween(8L, 16L);
        for (Key key : alike) {
            assertThat(hot.get(key)).isIn(null, last.get(key));
        }
        long others = 0;
        for (int i = 0; i < 10_000; i++) {
            others += hot.get(number(i)) == null ? 0 : 1;
        }
        assertThat(others).isGreaterThanOrEqualTo(10_000 - 16);
    }

    /** S3-FIFO's point: what is asked for once leaves from the small queue. */
    @Test
    void aScanPushesOutNothingThatIsUsed() {
        HotCells hot = new HotCells(200_000, new Records());
        List<Key> used = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            used.add(number(i));
        }
        for (int turn = 0; turn < 20; turn++) {
            used.forEach(key -> askFor(hot, key));
        }

        int misses = 0;
        for (int i = 0; i < 100_000; i++) {
            askFor(hot, number(1_000 + i));
            if (i % 10 == 0) {
                misses += askFor(hot, used.get(i / 10 % used.size())) ? 0 : 1;
            }
        }

        assertThat(misses).isZero();
    }

    @Test
    void whatComesBackSoonAfterItHasLeftStays() {
        HotCells hot = new HotCells(200_000, new Records());
        for (int i = 0; i < 5_000; i++) {
            askFor(hot, number(i));
        }
        Key key = number(3_000);
        assertThat(hot.get(key)).isNull();
        askFor(hot, key);

        // So many that from the small queue it would have left again.
        for (int i = 10_000; i < 12_000; i++) {
            askFor(hot, number(i));
        }

        assertThat(hot.get(key)).isNotNull();
    }

    @Test
    void whatIsWrittenOverInItsPlaceStaysWhatItWas() {
        HotCells hot = new HotCells(200_000, new Records());
        List<Key> used = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            used.add(number(i));
            askFor(hot, used.get(i));
            hot.get(used.get(i));
            hot.put(used.get(i), live(99));
        }
        for (int i = 1_000; i < 5_000; i++) {
            askFor(hot, number(i));
        }

        used.forEach(key -> assertThat(hot.get(key)).isNotNull());
    }

    @Test
    void whatIsExpectedIsNotUsedByThat() {
        HotCells hot = new HotCells(200_000, new Records());
        hot.put(number(0), live(100));
        hot.expect(List.of(number(0), number(-7)));
        hot.put(number(1), live(100));
        hot.get(number(1));
        for (int i = 1_000; i < 5_000; i++) {
            askFor(hot, number(i));
        }

        assertThat(hot.get(number(0))).isNull();
        assertThat(hot.get(number(1))).isNotNull();
    }

    private boolean askFor(HotCells hot, Key key) {
        if (hot.get(key) != null) {
            return true;
        }
        hot.put(key, live(100));
        return false;
    }

    private static Key number(int number) {
        return Key.of("default", "key" + number);
    }

    private static Version version(long reading) {
        return new Version(reading, new NodeId(1, reading % 3));
    }

    private Cell live(int bytes) {
        reading++;
        byte[] value = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            value[i] = (byte) (reading * 31 + i);
        }
        return new Cell.Live(version(reading), Cell.NEVER, value);
    }

    private Cell anyLive(Random random, int largest) {
        Cell.Live live = (Cell.Live) live(random.nextInt(largest));
        return random.nextBoolean() ? live : new Cell.Live(live.version(), random.nextLong(1L << 50), live.value());
    }
}
