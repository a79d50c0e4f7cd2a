package io.murmur.quorum;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.SyncReply.Head;
import io.murmur.kernel.message.SyncReply.HeadsAre;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What several owners hold of the same keys, joined: of each key the greatest version says whether it is there. Pure.
 *
 * <p>Owners' pages end at different keys. What is behind the end of one that has more is left to the next page: nothing is said of a key
 * that not all of these owners have been asked for.
 */
final class HeadJoin {

    private HeadJoin() {}

    /**
     * @param pages of owners that are enough, at least one, all behind the same key
     */
    static KeysOutcome.Page of(Collection<HeadsAre> pages, long wallMillis) {
        @Nullable Key end = null;
        for (HeadsAre page : pages) {
            if (page.more()) {
                Key last = page.heads().get(page.heads().size() - 1).key();
                end = end == null || last.compareTo(end) < 0 ? last : end;
            }
        }
        TreeMap<Key, Head> greatest = new TreeMap<>();
        for (HeadsAre page : pages) {
            for (Head head : page.heads()) {
                if (end == null || head.key().compareTo(end) <= 0) {
                    greatest.merge(head.key(), head, HeadJoin::greater);
                }
            }
        }
        List<Key> live = greatest.values().stream()
                .filter(head -> wallMillis < head.liveUntilMillis())
                .map(Head::key)
                .toList();
        return new KeysOutcome.Page(live, end);
    }

    /** As {@link io.murmur.kernel.data.Cell#join}: of two of one version a tombstone. */
    private static Head greater(Head a, Head b) {
        int byVersion = a.version().compareTo(b.version());
        return byVersion > 0 || (byVersion == 0 && a.liveUntilMillis() <= b.liveUntilMillis()) ? a : b;
    }
}
