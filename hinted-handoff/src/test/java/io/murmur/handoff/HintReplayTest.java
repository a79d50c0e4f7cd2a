package io.murmur.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Version;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HintReplayTest {

    private static final HintFormat.Name NAME = new HintFormat.Name(Rings.D, 7, 12);

    private final Random random = new Random(5);
    private final List<HintFormat.Kept> hints = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();

    @Test
    void aNameIsReadAsItIsWritten() {
        assertThat(NAME.text()).isEqualTo("hints/00000000-0000-000d-0000-000000000001.7.000000000012.log");
        assertThat(HintFormat.Name.parse(NAME.text())).isEqualTo(NAME);
        assertThat(HintFormat.Name.parse("hints/any.log")).isNull();
        assertThat(HintFormat.Name.parse(NAME.text() + ".tmp")).isNull();
    }

    @Test
    void whatIsWrittenIsReadBack() {
        HintReplay.Content content = HintReplay.content(file(20, true), NAME);

        assertThat(content.hints()).extracting(HintFormat.Found::kept).isEqualTo(hints);
        assertThat(content.isSure()).isTrue();
        assertThat(content.isDamaged()).isFalse();
    }

    @Test
    void aTornTailIsCutAtTheLastWholeRecordAndIsNoDamage() {
        byte[] whole = file(6, false);
        int synced = ends.get(4);
        for (int length = synced; length < whole.length; length++) {
            HintReplay.Content content = HintReplay.content(Arrays.copyOf(whole, length), NAME);

            assertThat(content.hints()).hasSize(5);
            assertThat(content.isDamaged()).isFalse();
            assertThat(content.isSure()).isFalse();
        }
        for (int length = 0; length < HintFormat.HEADER_BYTES; length++) {
            HintReplay.Content content = HintReplay.content(Arrays.copyOf(whole, length), NAME);
            assertThat(content.hints()).isEmpty();
            assertThat(content.isDamaged()).isFalse();
        }
    }

    @Test
    void aFlippedBitCostsNoMoreThanItsRecordAndIsNoticed() {
        byte[] whole = file(8, true);
        int last = ends.get(7);
        for (int position = 0; position < last; position++) {
            byte[] damaged = whole.clone();
            damaged[position] ^= (byte) (1 << random.nextInt(8));

            HintReplay.Content content = HintReplay.content(damaged, NAME);

            assertThat(content.hints()).hasSizeGreaterThanOrEqualTo(7);
            assertThat(content.isDamaged()).as("at " + position).isTrue();
            assertThat(hints)
                    .containsAll(
                            content.hints().stream().map(HintFormat.Found::kept).toList());
        }
    }

    @Test
    void aFileOfAnotherNameIsNoneOfIts() {
        byte[] whole = file(3, true);

        assertThat(HintReplay.content(whole, new HintFormat.Name(Rings.D, 7, 13))
                        .hints())
                .isEmpty();
    }

    @Test
    void anyBytesAreRead() {
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = i % 2 == 0 ? new byte[random.nextInt(300)] : file(1 + random.nextInt(5), i % 3 == 0);
            for (int j = random.nextInt(20); j > 0 && bytes.length > 0; j--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }

            assertThat(HintReplay.content(bytes, NAME).wholeLength()).isLessThanOrEqualTo(bytes.length);
        }
    }

    /** Each hint synced before the next is written. */
    private byte[] file(int many, boolean isSealed) {
        hints.clear();
        ends.clear();
        ByteBuffer file = ByteBuffer.allocate(64 << 10);
        file.put(HintFormat.header(NAME));
        for (int i = 0; i < many; i++) {
            Version version = new Version(random.nextLong() >>> 1, Rings.B);
            Cell cell = random.nextBoolean()
                    ? new Cell.Tombstone(version)
                    : new Cell.Live(version, random.nextInt(), new byte[random.nextInt(40)]);
            HintFormat.Kept kept = new HintFormat.Kept(Rings.key(i), cell, random.nextInt(100), random.nextBoolean());
            hints.add(kept);
            HintFormat.putRecord(file, kept.toBytes(), NAME.number(), file.position());
            ends.add(file.position());
        }
        if (isSealed) {
            file.put(HintFormat.seal(NAME.number(), file.position()));
        }
        return Arrays.copyOf(file.array(), file.position());
    }
}
