package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HotIndexTest {

    private final Records records = new Records();
    private final HotIndex index = new HotIndex(records);

    @Test
    void itFindsWhatWasAddedAndNotWhatWasRemoved() {
        Random random = new Random(1);
        Map<Key, Object> held = new HashMap<>();
        for (int step = 0; step < 200_000; step++) {
            Key key = Key.of("default", "key" + random.nextInt(20_000));
            Object record = held.get(key);
            assertThat(index.find(key)).isSameAs(record);
            if (record == null) {
                held.put(key, add(key));
            } else if (random.nextBoolean()) {
                assertThat(index.remove(record, key.hashCode())).isTrue();
                assertThat(index.remove(record, key.hashCode())).isFalse();
                held.remove(key);
            } else {
                Object other = record(key);
                index.replace(record, other, key.hashCode());
                assertThat(index.has(record, key.hashCode())).isFalse();
                held.put(key, other);
            }
        }
        assertThat(index.size()).isEqualTo(held.size());
        assertThat(index.depth()).isPositive();
    }

    @Test
    void itGrowsByWhatItHoldsAndNotByWhatItHasHeld() {
        for (int i = 0; i < 100_000; i++) {
            Key key = Key.of("default", "key" + i);
            index.remove(add(key), key.hashCode());
        }
        assertThat(index.size()).isZero();
        assertThat(index.depth()).isZero();
    }

    /** Whoever finds such keys must not make it take more memory than others do. */
    @Test
    void keysOfOneHashDoNotMakeItGrow() {
        List<Key> alike = alike();
        assertThat(alike).extracting(Key::hashCode).containsOnly(alike.get(0).hashCode());
        alike.forEach(this::add);

        assertThat(index.size()).isBetween(8, 16);
        assertThat(index.depth()).isZero();
    }

    private Object add(Key key) {
        Object record = record(key);
        index.add(record, key.hashCode());
        return record;
    }

    private Object record(Key key) {
        return records.of(key, new Cell.Tombstone(new Version(1, new NodeId(1, 1))));
    }

    /** A thousand keys of one hash, as "Aa" and "BB" have. */
    static List<Key> alike() {
        List<Key> keys = new ArrayList<>();
        for (int choice = 0; choice < 1024; choice++) {
            StringBuilder text = new StringBuilder();
            for (int bit = 0; bit < 10; bit++) {
                text.append((choice >> bit & 1) == 0 ? "Aa" : "BB");
            }
            keys.add(Key.of("default", text.toString()));
        }
        return keys;
    }
}
