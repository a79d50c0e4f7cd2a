package io.murmur.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalLogTest {

    @Test
    void strangersDoNotFillTheLog() {
        AtomicLong nanos = new AtomicLong();
        RefusalLog refusals = new RefusalLog(nanos::get);
        try (Logged logged = new Logged(HttpServer.class)) {
            for (int i = 0; i < 1000; i++) {
                refusals.note("somebody", "refused");
            }
            assertThat(logged.lines()).hasSize(RefusalLog.LINES_A_SECOND);

            nanos.addAndGet(1_000_000_000);
            refusals.note("somebody", "refused again");

            assertThat(logged.lines())
                    .hasSize(RefusalLog.LINES_A_SECOND + 2)
                    .contains("HTTP: " + (1000 - RefusalLog.LINES_A_SECOND) + " more were refused")
                    .endsWith("HTTP: somebody: refused again");
        }
    }
}
