package io.murmur.node.security;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Who was refused, and why: a line each, but the same only once in a minute, since who is refused tries again several times a second, and no
 * more than some lines in a second, since strangers cause them. From any thread.
 */
public final class RefusalLog {

    static final int LINES_A_SECOND = 20;
    private static final int MOST_REMEMBERED = 256;
    private static final long SAME_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Logger log;
    private final LongSupplier nanoClock;
    private final Map<String, Long> lastNanos = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    private long secondBeganNanos;
    private int lines;
    private int withheld;

    public RefusalLog(Logger log, LongSupplier nanoClock) {
        this.log = log;
        this.nanoClock = nanoClock;
        this.secondBeganNanos = nanoClock.getAsLong();
    }

    /** Logs a line, unless it is one too many. */
    public synchronized void note(String line) {
        long now = nanoClock.getAsLong();
        Long before = lastNanos.get(line);
        if (before != null && now - before < SAME_NANOS) {
            return;
        }
        if (now - secondBeganNanos >= TimeUnit.SECONDS.toNanos(1)) {
            secondBeganNanos = now;
            lines = 0;
        }
        if (lines >= LINES_A_SECOND) {
            withheld++;
            return;
        }
        lines++;
        lastNanos.put(line, now);
        if (withheld > 0) {
            log.info("{} more were refused", withheld);
            withheld = 0;
        }
        log.info("{}", line);
    }
}
