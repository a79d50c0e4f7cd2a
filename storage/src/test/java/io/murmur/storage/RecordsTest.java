package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordsTest {

    private final Records records = new Records();
    private final Random random = new Random(1);

    @Test
    void aRecordIsAsItsKeyAndCell() {
        for (Key key : keys()) {
            for (Cell cell : cells()) {
                Object record = records.of(key, cell);
                assertThat(records.key(record)).isEqualTo(key);
                assertThat(records.cell(record)).isEqualTo(cell);
                assertThat(records.hash(record)).isEqualTo(key.hashCode());
                for (Key other : keys()) {
                    assertThat(records.isOf(record, other)).isEqualTo(other.equals(key));
                    assertThat(Integer.signum(records.compareKeys(record, other)))
                            .isEqualTo(Integer.signum(key.compareTo(other)));
                }
                for (Cell other : cells()) {
                    assertThat(Integer.signum(records.compare(record, other)))
                            .isEqualTo(Integer.signum(Cell.compare(cell, other)));
                }
            }
        }
    }

    @Test
    void writtenOverItIsTheOtherCellAndHasItsUses() {
        int written = 0;
        for (Key key : keys()) {
            for (Cell cell : cells()) {
                for (Cell other : cells()) {
                    Object record = records.of(key, cell);
                    Records.use(record);
                    Records.use(record);
                    int weight = Records.weightBytes(record);
                    boolean isOther = records.overwrite(record, key, other);
                    written += isOther ? 1 : 0;
                    assertThat(records.cell(record)).isEqualTo(isOther ? other : cell);
                    assertThat(records.key(record)).isEqualTo(key);
                    assertThat(Records.uses(record)).isEqualTo(2);
                    assertThat(Records.weightBytes(record)).isEqualTo(weight);
                }
            }
        }
        assertThat(written).isPositive();
    }

    /** All of one slot. */
    private static List<Key> keys() {
        return List.of(
                Key.of("default", "{one}"),
                Key.of("other", "{one}"),
                Key.of("default", "{one}a"),
                Key.of("default", "{one}b"),
                Key.of("default", "{one}\u00e9"));
    }

    /** Some have a version in common, or its reading alone. */
    private List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (long reading : new long[] {1, 2, -1}) {
            for (int node = 1; node <= 2; node++) {
                Version version = new Version(reading, new NodeId(0, node));
                cells.add(new Cell.Tombstone(version));
                for (int length : new int[] {0, 100, 101, 2048, 2049}) {
                    byte[] value = new byte[length];
                    random.nextBytes(value);
                    cells.add(new Cell.Live(version, Cell.NEVER, value));
                    cells.add(new Cell.Live(version, random.nextLong(1L << 50), value));
                }
            }
        }
        return cells;
    }
}
