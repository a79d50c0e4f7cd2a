package io.murmur.node.security;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RefusalLogTest {

    private final Logger logger = new LoggerContext().getLogger("refusals");
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final AtomicLong nanos = new AtomicLong();
    private final RefusalLog log = new RefusalLog(logger, nanos::get);

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        appender.start();
        logger.addAppender(appender);
    }

    private List<String> lines() {
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void theSameIsToldOnceInAMinuteWhateverIsToldBetween() {
        log.note("a");
        log.note("b");
        log.note("a");
        assertThat(lines()).containsExactly("a", "b");

        nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
        log.note("a");
        assertThat(lines()).containsExactly("a", "b", "a");
    }

    @Test
    void noMoreThanSomeLinesASecondAreToldAndHowManyWereNot() {
        for (int i = 0; i < 100; i++) {
            log.note("line " + i);
        }
        assertThat(lines()).hasSize(RefusalLog.LINES_A_SECOND);

        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        log.note("later");
        assertThat(lines()).hasSize(RefusalLog.LINES_A_SECOND + 2).endsWith("80 more were refused", "later");
    }
}
