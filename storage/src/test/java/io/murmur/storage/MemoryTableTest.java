package io.murmur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import org.junit.jupiter.api.Test;

class MemoryTableTest {

    private static final Key KEY = Key.of("default", "key");

    private final MemoryTable table = new MemoryTable(new Records());

    @Test
    void theGreaterCellIsHeldAndWeighsAloneWhicheverComesFirst() {
        Cell lesser = live(1, 1_000);
        Cell greater = live(2, 10);
        MemoryTable other = new MemoryTable(new Records());

        assertThat(table.join(KEY, lesser, 1)).isEqualTo(lesser);
        assertThat(table.join(KEY, greater, 2)).isEqualTo(greater);
        assertThat(other.join(KEY, greater, 1)).isEqualTo(greater);
        assertThat(other.join(KEY, lesser, 2)).isEqualTo(greater);

        assertThat(table.get(KEY)).isEqualTo(greater);
        assertThat(other.get(KEY)).isEqualTo(greater);
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.bytes()).isEqualTo(other.bytes());
        assertThat(table.largestCellBytes()).isEqualTo(lesser.weightBytes());
        assertThat(other.largestCellBytes()).isEqualTo(greater.weightBytes());
    }

    private static Cell live(long reading, int bytes) {
        return new Cell.Live(new Version(reading, new NodeId(0, 1)), Cell.NEVER, new byte[bytes]);
    }
}
