package io.murmur.node.http;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who was refused, and why: a line each, but no more than some in a second, since strangers cause them. On the HTTP loop. */
final class RefusalLog {

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    static final int LINES_A_SECOND = 20;

    private final LongSupplier nanoClock;
    private long secondBeganNanos;
    private int lines;
    private int withheld;

    RefusalLog(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.secondBeganNanos = nanoClock.getAsLong();
    }

    void note(@Nullable Object remote, String what) {
        if (nanoClock.getAsLong() - secondBeganNanos >= TimeUnit.SECONDS.toNanos(1)) {
            secondBeganNanos = nanoClock.getAsLong();
            lines = 0;
        }
        if (lines >= LINES_A_SECOND) {
            withheld++;
            return;
        }
        lines++;
        if (withheld > 0) {
            LOG.info("HTTP: {} more were refused", withheld);
            withheld = 0;
        }
        LOG.info("HTTP: {}: {}", remote, what);
    }
}
