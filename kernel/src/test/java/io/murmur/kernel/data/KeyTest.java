package io.murmur.kernel.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTest {

    @Test
    void keysAreOrderedBySlotThenCacheThenUnsignedBytes() {
        Random random = new Random(1);
        TreeSet<Key> sorted = new TreeSet<>();
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = new byte[random.nextInt(3)];
            random.nextBytes(bytes);
            sorted.add(new Key(random.nextBoolean() ? "a" : "b", bytes));
        }

        List<String> texts = new ArrayList<>();
        for (Key key : sorted) {
            StringBuilder text = new StringBuilder(String.format("%05d/%s/", key.slot(), key.cache()));
            for (byte next : key.bytes()) {
                text.append(String.format("%02x", next));
            }
            texts.add(text.toString());
        }

        assertThat(texts).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void keysOfEqualCacheAndBytesAreEqual() {
        assertThat(Key.of("c", "k")).isEqualTo(Key.of("c", "k")).hasSameHashCodeAs(Key.of("c", "k"));
        assertThat(Key.of("c", "k")).isNotEqualTo(Key.of("c", "l")).isNotEqualTo(Key.of("d", "k"));
    }

    @Test
    void aKeyOfMoreThan64KibIsRefused() {
        byte[] longest = new byte[Limits.KEY_CEILING_BYTES];

        assertThat(new Key("c", longest).bytes()).hasSize(64 << 10);
        assertThatThrownBy(() -> new Key("c", new byte[longest.length + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "käse", "a/b", "0123456789012345678901234567890123456789012345678901234567890123-"})
    void whatIsNoNameOfACacheIsRefused(String cache) {
        assertThatThrownBy(() -> Key.of(cache, "k")).isInstanceOf(IllegalArgumentException.class);
    }
}
