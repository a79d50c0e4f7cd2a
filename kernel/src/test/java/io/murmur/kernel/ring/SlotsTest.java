package io.murmur.kernel.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotsTest {

    @Test
    void crc16HasTheCheckValueOfTheRedisClusterSpecification() {
        assertThat(Slots.crc16(utf8("123456789"), 0, 9)).isEqualTo(0x31C3);
    }

    @ParameterizedTest
    @CsvSource({"foo, 12182", "bar, 5061", "hello, 866", "somekey, 11058", "foo{hash_tag}, 2515", "bar{hash_tag}, 2515"})
    void slotsAreThoseThatRedisPublishes(String key, int slot) {
        assertThat(slot(key)).isEqualTo(slot);
    }

    @Test
    void keysOfOneHashTagShareASlot() {
        assertThat(slot("{user1000}.following")).isEqualTo(slot("{user1000}.followers"));
    }

    @Test
    void anEmptyHashTagCountsAsNone() {
        byte[] whole = utf8("foo{}{bar}");

        assertThat(slot("foo{}{bar}")).isEqualTo(Slots.crc16(whole, 0, whole.length) % Slots.COUNT);
    }

    @Test
    void aHashTagEndsAtTheFirstClosingBrace() {
        assertThat(slot("foo{{bar}}zap")).isEqualTo(slot("{bar"));
    }

    @Test
    void onlyTheFirstHashTagCounts() {
        assertThat(slot("foo{bar}{zap}")).isEqualTo(slot("bar"));
    }

    @Test
    void aBraceThatIsNotClosedIsAnOrdinaryByte() {
        byte[] whole = utf8("}foo{bar");

        assertThat(slot("}foo{bar")).isEqualTo(Slots.crc16(whole, 0, whole.length) % Slots.COUNT);
    }

    @Test
    void slotsOfHundredsOfKeysAreThoseOfARedisServer() throws IOException {
        int compared = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(SlotsTest.class.getResourceAsStream("redis-cluster-slots.txt")),
                StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    int blank = line.indexOf(' ');
                    byte[] key = HexFormat.of().parseHex(line.substring(blank + 1));
                    assertThat(Slots.of(key)).as(line).isEqualTo(Integer.parseInt(line.substring(0, blank)));
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(300);
    }

    private static int slot(String key) {
        return Slots.of(utf8(key));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
