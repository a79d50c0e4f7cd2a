package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TableKeyTest {

    private final Random random = new Random(1);

    /** Few caches, one a prefix of the other, and short keys of few bytes, so that neighbours are close. */
    private Key anyKey() {
        String cache = List.of("a", "ab", "a-", "b", "a0").get(random.nextInt(5));
        byte[] bytes = new byte[random.nextInt(4)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] =
                    (byte) List.of(0, 1, 127, 128, 255).get(random.nextInt(5)).intValue();
        }
        return new Key(cache, bytes);
    }

    @Test
    void aKeyComesBackFromATable() {
        for (int i = 0; i < 1_000; i++) {
            Key key = anyKey();
            assertThat(TableKey.keyOf(TableKey.of(key))).isEqualTo(key);
        }
    }

    @Test
    void tablesHaveTheOrderOfKeys() {
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            keys.add(anyKey());
        }
        for (Key a : keys) {
            for (Key b : keys) {
                int inTable = Arrays.compareUnsigned(TableKey.of(a), TableKey.of(b));
                assertThat(Integer.signum(inTable)).isEqualTo(Integer.signum(a.compareTo(b)));
            }
        }
    }

    @Test
    void theStartOfASlotIsBeforeItsKeysAndBehindTheSlotBefore() {
        for (int i = 0; i < 1_000; i++) {
            Key key = anyKey();
            assertThat(Arrays.compareUnsigned(TableKey.startOf(key.slot()), TableKey.of(key)))
                    .isNegative();
            assertThat(Arrays.compareUnsigned(TableKey.startOf(key.slot() + 1), TableKey.of(key)))
                    .isPositive();
        }
    }
}
