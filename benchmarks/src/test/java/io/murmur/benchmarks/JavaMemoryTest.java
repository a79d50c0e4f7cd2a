package io.murmur.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.benchmarks.JavaMemory.Instances;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JavaMemoryTest {

    private static final String HISTOGRAM = """
            4711:
             num     #instances         #bytes  class name (module)
            -------------------------------------------------------
               1:       2049392      157081984  [B (java.base@25.0.3)
               2:       1000000       24000000  io.murmur.kernel.data.Cell$Live
            Total       3049392      181081984
            """;

    private static final String OF_JDK_25 =
            "4711:\n garbage-first heap   total reserved 6172672K, committed 1146880K, used 331000K [0x0000000680000000";

    private static final String OF_JDK_21 =
            "4711:\n garbage-first heap   total 1146880K, used 331000K [0x0000000680000000";

    @Test
    void tellsWhichClassesHoldTheHeap() throws IOException {
        JavaMemory memory = JavaMemory.parse(HISTOGRAM, OF_JDK_25, "Native memory tracking is not enabled");

        assertThat(memory.classes())
                .containsExactly(
                        new Instances("[B", 2_049_392, 157_081_984),
                        new Instances("io.murmur.kernel.data.Cell$Live", 1_000_000, 24_000_000));
        assertThat(memory.liveBytes()).isEqualTo(181_081_984);
        assertThat(memory.count("io.murmur.kernel.data.Cell$Live")).isEqualTo(1_000_000);
        assertThat(memory.nativeBytes()).isEmpty();
    }

    @Test
    void understandsBothWaysInWhichJvmsTellOfTheirHeap() throws IOException {
        assertThat(JavaMemory.parse(HISTOGRAM, OF_JDK_25, "").committedBytes()).isEqualTo(1_146_880L << 10);
        assertThat(JavaMemory.parse(HISTOGRAM, OF_JDK_21, "").committedBytes()).isEqualTo(1_146_880L << 10);
    }

    @Test
    void tellsThePartsOfTheJvm() throws IOException {
        String parts = """
                -                 Java Heap (reserved=6172672KB, committed=1146880KB)
                                            (mmap: reserved=6172672KB, committed=1146880KB, at peak)

                -                        GC (reserved=150812KB, committed=65000KB)
                """;

        assertThat(JavaMemory.parse(HISTOGRAM, OF_JDK_25, parts).nativeBytes())
                .isEqualTo(Map.of("Java Heap", 1_146_880L << 10, "GC", 65_000L << 10));
    }

    @Test
    void aProcessThatDoesNotAnswerIsAnError() {
        assertThatThrownBy(() -> JavaMemory.parse("4711: No such process", "", ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No such process");
    }
}
