package io.murmur.kernel.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Cell.Live;
import io.murmur.kernel.data.Cell.Tombstone;
import io.murmur.kernel.ring.NodeId;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

class CellTest {

    private static final Version OLD = new Version(10 << 16, new NodeId(1, 1));
    private static final Version NEW = new Version(11 << 16, new NodeId(0, 0));

    /** Few versions, expiries and values, so that cells of one version are many, as after a clock went back across a restart. */
    @Provide
    Arbitrary<Cell> cells() {
        Arbitrary<Version> versions = Combinators.combine(
                        Arbitraries.of(0L, 1L, 2L, -1L), Arbitraries.of(new NodeId(0, 1), new NodeId(-1, 0)))
                .as(Version::new);
        Arbitrary<byte[]> values = Arbitraries.of((byte) 0, (byte) 1, (byte) -1).array(byte[].class).ofMaxSize(2);
        Arbitrary<Long> expiries = Arbitraries.of(0L, 5L, Cell.NEVER);
        return Arbitraries.frequencyOf(
                Tuple.of(1, versions.map(Tombstone::new)),
                Tuple.of(4, Combinators.combine(versions, expiries, values).as(Live::new)));
    }

    @Property(seed = "1", tries = 20_000)
    void joinIsCommutative(@ForAll("cells") Cell a, @ForAll("cells") Cell b) {
        assertThat(Cell.join(a, b)).isEqualTo(Cell.join(b, a));
    }

    @Property(seed = "2", tries = 20_000)
    void joinIsAssociative(@ForAll("cells") Cell a, @ForAll("cells") Cell b, @ForAll("cells") Cell c) {
        assertThat(Cell.join(Cell.join(a, b), c)).isEqualTo(Cell.join(a, Cell.join(b, c)));
    }

    @Property(seed = "3")
    void joinIsIdempotent(@ForAll("cells") Cell a, @ForAll("cells") Cell b) {
        Cell joined = Cell.join(a, b);

        assertThat(Cell.join(a, a)).isEqualTo(a);
        assertThat(Cell.join(joined, a)).isEqualTo(joined);
        assertThat(Cell.join(joined, b)).isEqualTo(joined);
    }

    @Property(seed = "4")
    void joinWithNothingChangesNothing(@ForAll("cells") Cell a) {
        assertThat(Cell.join(a, null)).isEqualTo(a);
        assertThat(Cell.join(null, a)).isEqualTo(a);
        assertThat(Cell.join(null, null)).isNull();
    }

    @Property(seed = "5", tries = 20_000)
    void theOrderIsTotal(@ForAll("cells") Cell a, @ForAll("cells") Cell b) {
        assertThat(Integer.signum(Cell.compare(a, b))).isEqualTo(-Integer.signum(Cell.compare(b, a)));
        assertThat(Cell.compare(a, b) == 0).isEqualTo(a.equals(b));
    }

    @Property(seed = "6", tries = 20_000)
    void digestsAreEqualExactlyWhenCellsAre(@ForAll("cells") Cell a, @ForAll("cells") Cell b) {
        assertThat(Digest.of(a).equals(Digest.of(b))).isEqualTo(a.equals(b));
    }

    @Property(seed = "7")
    void equalCellsHaveEqualHashes(@ForAll("cells") Cell a, @ForAll("cells") Cell b) {
        if (a.equals(b)) {
            assertThat(a).hasSameHashCodeAs(b);
        }
    }

    @Test
    void theGreaterVersionWins() {
        Cell older = live(OLD, Cell.NEVER, 9, 9, 9);
        Cell newer = live(NEW, 1, 0);

        assertThat(Cell.join(older, newer)).isEqualTo(newer);
        assertThat(Cell.join(newer, new Tombstone(OLD))).isEqualTo(newer);
        assertThat(Cell.join(older, new Tombstone(NEW))).isEqualTo(new Tombstone(NEW));
    }

    @Test
    void ofTwoCellsOfOneVersionATombstoneWinsAndThenTheGreaterBytes() {
        Cell small = live(OLD, Cell.NEVER, 1);
        Cell large = live(OLD, 5, 0xFF);

        assertThat(Cell.join(large, new Tombstone(OLD))).isEqualTo(new Tombstone(OLD));
        assertThat(Cell.join(small, large)).isEqualTo(large);
        assertThat(Cell.join(live(OLD, 5, 1), small)).isEqualTo(small);
    }

    @Test
    void aValueIsVisibleUntilTheMomentItExpires() {
        Live cell = live(OLD, 1000, 1);

        assertThat(Cell.visible(cell, 999)).isEqualTo(cell);
        assertThat(Cell.visible(cell, 1000)).isNull();
        assertThat(Cell.visible(live(OLD, Cell.NEVER, 1), Long.MAX_VALUE - 1)).isNotNull();
    }

    @Test
    void aTombstoneAndNothingAreNotVisible() {
        assertThat(Cell.visible(new Tombstone(OLD), 0)).isNull();
        assertThat(Cell.visible(null, 0)).isNull();
    }

    private static Live live(Version version, long expiresAtMillis, int... value) {
        byte[] bytes = new byte[value.length];
        for (int i = 0; i < value.length; i++) {
            bytes[i] = (byte) value[i];
        }
        return new Live(version, expiresAtMillis, bytes);
    }
}
