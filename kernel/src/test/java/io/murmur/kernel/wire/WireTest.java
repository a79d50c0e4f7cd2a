package io.murmur.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.ring.NodeId;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class WireTest {

    private final WireWriter out = new WireWriter();

    @Property(seed = "1")
    void numbersAreReadAsTheyWereWritten(@ForAll long number, @ForAll int small) {
        out.clear();
        out.writeVarint(number);
        out.writeLong(number);
        out.writeInt(small);

        WireReader in = new WireReader(out.toByteArray());

        assertThat(in.readVarint()).isEqualTo(number);
        assertThat(in.readLong()).isEqualTo(number);
        assertThat(in.readInt()).isEqualTo(small);
        in.expectEnd();
    }

    @Property(seed = "2")
    void proseIsCutBehindItsLastWholeCharacter(
            @ForAll
                    @StringLength(max = 20)
                    @CharRange(from = 'a', to = 'c')
                    @CharRange(from = 'ä', to = 'ü')
                    @CharRange(from = '\u4E00', to = '\u4E05')
                    String text,
            @ForAll @IntRange(max = 40) int mostBytes) {
        out.clear();
        out.writeProse(text, mostBytes);

        String read = new WireReader(out.toByteArray()).readText(mostBytes);

        assertThat(text).startsWith(read);
        if (read.length() < text.length()) {
            String oneMore = text.substring(0, read.length() + 1);
            assertThat(oneMore.getBytes(StandardCharsets.UTF_8).length).isGreaterThan(mostBytes);
        }
    }

    @Test
    void aNodeIsOneObjectHoweverOftenItIsReadAndNoneIsTakenForAnother() {
        // Many more than are remembered, many of which share a place.
        for (int round = 0; round < 3; round++) {
            for (long number = 0; number < 2000; number++) {
                NodeId node = new NodeId(number << 8 | 1, number << 8);
                out.clear();
                CellCodec.writeNode(out, node);
                byte[] bytes = out.toByteArray();

                NodeId read = CellCodec.readNode(new WireReader(bytes));

                assertThat(read).isEqualTo(node);
                assertThat(CellCodec.readNode(new WireReader(bytes))).isSameAs(read);
            }
        }
    }

    @Test
    void proseIsNotCutWithinACharacterOfFourBytes() {
        out.writeProse("x\uD83D\uDC26y", 4);

        assertThat(new WireReader(out.toByteArray()).readText(4)).isEqualTo("x");
    }

    @Test
    void whatExceedsItsBoundIsRefusedByTheWriter() {
        assertThatThrownBy(() -> out.writeCount(-1, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.writeCount(6, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.writeText("ää", 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.writeBytes(new byte[6], 5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatExceedsItsBoundIsMalformedForTheReader() {
        assertMalformed(new byte[] {6}, in -> in.readCount(5));
        assertMalformed(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, in -> in.readCount(Integer.MAX_VALUE));
        assertMalformed(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0}, WireReader::readVarint);
        assertMalformed(new byte[] {4, 'a', 'b', 'c', 'd'}, in -> in.readText(3));
        assertMalformed(new byte[] {3, 'a', 'b'}, in -> in.readText(3));
        assertMalformed(new byte[] {3, 1, 2}, in -> in.readBytes(3));
        assertMalformed(new byte[] {2}, WireReader::readBoolean);
        assertMalformed(new byte[] {0, 0, 0}, WireReader::readInt);
        assertMalformed(new byte[] {}, WireReader::readByte);
        assertMalformed(new byte[] {0}, WireReader::expectEnd);
    }

    @Test
    void bytesThatAreNotUtf8AreMalformed() {
        assertMalformed(new byte[] {2, (byte) 0xC3, 'a'}, in -> in.readText(5));
        assertMalformed(new byte[] {3, (byte) 0xED, (byte) 0xA0, (byte) 0x80}, in -> in.readText(5));
    }

    @Test
    void aWriterThatGrewForOneLargeValueLetsItGo() {
        out.writeBytes(new byte[4 << 20], 8 << 20);
        out.clear();

        assertThat(out.array().length).isLessThan(1 << 20);
        assertThat(out.size()).isZero();
    }

    private interface Reading {
        void read(WireReader in);
    }

    private static void assertMalformed(byte[] bytes, Reading reading) {
        assertThatThrownBy(() -> reading.read(new WireReader(bytes))).isInstanceOf(MalformedException.class);
    }
}
