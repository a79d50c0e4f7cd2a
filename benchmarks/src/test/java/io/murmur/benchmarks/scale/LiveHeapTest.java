package io.murmur.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.ring.Ring;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LiveHeapTest {

    @Test
    void anArrayHasItsBytesAndALittleMore() throws IOException {
        assertThat(LiveHeap.bytesOf(() -> new byte[1 << 20])).isBetween(1L << 20, (1L << 20) + 4096);
    }

    @Test
    void aRingThatIsReadHasMoreInHeapThanOnTheWire() throws IOException {
        Ring ring = PaperCluster.ring(10, 1024, 3);

        RingWeight weight = RingWeight.of(ring);

        assertThat(RingWeight.decode(RingWeight.encode(ring))).isEqualTo(ring);
        assertThat(weight.heap()).isGreaterThan(weight.encoded());
    }

    @Test
    void theTotalIsTheBytesAndNotTheObjects() throws IOException {
        assertThat(LiveHeap.total("   1:  2  48  [B (java.base@25)\nTotal          2             48\n"))
                .isEqualTo(48);
        assertThat(LiveHeap.total("""
                           1:     2     48  [B (java.base@25)
                           2:     1   1000  [Ljdk.internal.vm.FillerElement; (java.base@25)
                           3:     1     16  jdk.internal.vm.FillerObject (java.base@25)
                        Total     4   1064
                        """)).isEqualTo(48);
        assertThatThrownBy(() -> LiveHeap.total("nothing")).isInstanceOf(IOException.class);
    }
}
