package io.murmur.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {

    @Test
    void readsWhatIsResidentAndWhatOfThatIsAnonymous() throws IOException {
        List<String> status = List.of("Name:\tjava", "VmHWM:\t  999 kB", "VmRSS:\t  412 kB", "RssAnon:\t  300 kB");

        assertThat(ProcessMemory.parse(status)).isEqualTo(new ProcessMemory(412 << 10, 300 << 10));
    }

    @Test
    void doesNotTakeAMissingLineForNothing() {
        assertThatThrownBy(() -> ProcessMemory.parse(List.of("VmRSS:\t  412 kB")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("RssAnon");
    }
}
