package io.murmur.storage;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acknowledged data this replica has lost to a broken file. Which keys a broken record or table held cannot be told from what is left of
 * it, and both spread over all slots of a shard, so the whole replica refuses until it has been rebuilt from the other owners
 * (invariant 8). Safe from any thread.
 */
final class Damage {

    private static final Logger LOG = LoggerFactory.getLogger(Damage.class);

    private volatile List<String> lines = List.of();

    /** Adds one line that names the file and what is wrong with it. */
    synchronized void found(String line) {
        LOG.error("{}; this replica serves nothing until it has been rebuilt", line);
        List<String> more = new ArrayList<>(lines);
        more.add(line);
        lines = List.copyOf(more);
    }

    List<String> lines() {
        return lines;
    }

    /** What was found first, or null when all is well. */
    @Nullable
    String first() {
        List<String> now = lines;
        return now.isEmpty() ? null : now.get(0);
    }
}
