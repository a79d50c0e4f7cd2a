package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SortedRecordsTest {

    private final Records records = new Records();
    private final SortedRecords sorted = new SortedRecords(records);

    /** With one slot's keys in any number, as whoever puts a hash tag into all his keys has it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 5, 256, 257, 5_000})
    void theyAreFoundAndComeInTheOrderOfTheirKeys(int keys) {
        Random random = new Random(keys);
        TreeMap<Key, Cell> expected = new TreeMap<>();
        for (int step = 0; step < 3 * keys; step++) {
            Key key = anyKey(random, keys);
            Cell cell = new Cell.Live(new Version(step, new NodeId(1, 1)), Cell.NEVER, new byte[random.nextInt(20)]);
            Object former = sorted.seek(key);
            assertThat(former == null).isEqualTo(!expected.containsKey(key));
            if (former == null) {
                sorted.insert(records.of(key, cell));
            } else {
                sorted.replace(records.of(key, cell));
            }
            expected.put(key, cell);
        }

        assertThat(keys(sorted.all())).containsExactlyElementsOf(expected.keySet());
        assertThat(keys(sorted.stream().iterator())).containsExactlyElementsOf(expected.keySet());
        expected.forEach((key, cell) -> {
            Object found = sorted.seek(key);
            assertThat(found).isNotNull();
            assertThat(found == null ? null : records.cell(found)).isEqualTo(cell);
        });
        for (int i = 0; i < 200; i++) {
            Key key = anyKey(random, keys);
            assertThat(keys(sorted.behind(key)))
                    .containsExactlyElementsOf(expected.tailMap(key, false).keySet());
        }
    }

    @Test
    void aChunkThatIsFullTakesOneMoreInEachPlace() {
        for (int place = 0; place <= 256; place++) {
            SortedRecords full = new SortedRecords(records);
            TreeMap<Key, Object> expected = new TreeMap<>();
            for (int i = 0; i <= 256; i++) {
                if (i != place) {
                    insert(full, expected, i);
                }
            }
            insert(full, expected, place);
            assertThat(keys(full.all())).containsExactlyElementsOf(expected.keySet());
        }
    }

    private void insert(SortedRecords into, TreeMap<Key, Object> expected, int number) {
        Key key = Key.of("default", String.format("{one}%03d", number));
        Object record = records.of(key, new Cell.Tombstone(new Version(1, new NodeId(1, 1))));
        assertThat(into.seek(key)).isNull();
        into.insert(record);
        expected.put(key, record);
    }

    private List<Key> keys(Iterator<Object> from) {
        List<Key> keys = new ArrayList<>();
        from.forEachRemaining(record -> keys.add(records.key(record)));
        return keys;
    }

    private static Key anyKey(Random random, int keys) {
        return Key.of(random.nextInt(4) == 0 ? "other" : "default", "{one}" + random.nextInt(keys));
    }
}
