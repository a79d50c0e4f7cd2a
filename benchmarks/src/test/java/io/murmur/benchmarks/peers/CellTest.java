package io.murmur.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.benchmarks.driver.Workload.Distribution;
import io.murmur.benchmarks.peers.Cell.DataSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class CellTest {

    @Test
    void largeValuesHaveFewerKeysAndAreNotRepeated() {
        assertThat(Cell.dataSets(List.of(200_000, 1_000_000), List.of(100, 65536), 512 << 20))
                .containsExactly(new DataSet(200_000, 100), new DataSet(1_000_000, 100), new DataSet(8192, 65536));
    }

    @Test
    void allCombinationsOnce() {
        DataSet data = new DataSet(10, 100);

        List<Cell> cells =
                Cell.cells(data, List.of(0.0, 1.0), List.of(Distribution.UNIFORM, Distribution.ZIPF), List.of(1, 64));

        assertThat(cells).hasSize(8).doesNotHaveDuplicates().contains(new Cell(data, 1.0, Distribution.ZIPF, 64));
    }

    @Test
    void theCommandIsTheOneThatADriverKnows() {
        assertThat(new Cell(new DataSet(10, 100), 0.95, Distribution.ZIPF, 64).run(2, 5, 15))
                .isEqualTo("run keys=10 keyBytes=24 valueBytes=100 reads=0.95 distribution=zipf seed=2 inFlight=64"
                        + " warmup=5 seconds=15");
    }
}
