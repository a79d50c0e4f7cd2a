package io.murmur.antientropy;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.message.SyncReply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a shard, or one catching up, has done. What is counted for a part is counted for the whole, too. */
final class SyncCounters {

    private final @Nullable SyncCounters whole;
    long bytesReceived;
    long bytesSent;
    long entriesReceived;
    long entriesSent;
    long keysMended;
    long pagesReceived;
    long pagesSent;
    long repliesIgnored;
    long requestsRefused;
    long requestsExpired;
    long entriesPushed;
    long bytesPushed;
    long entriesTaken;
    long keysBuried;
    long partitionsCompleted;
    long partitionsIncomplete;
    long partitionsDiffering;
    long keysMendedByRounds;

    SyncCounters() {
        this(null);
    }

    private SyncCounters(@Nullable SyncCounters whole) {
        this.whole = whole;
    }

    SyncCounters part() {
        return new SyncCounters(this);
    }

    void received(SyncReply reply) {
        bytesReceived += WireBytes.of(reply);
        entriesReceived += entriesIn(reply);
        pagesReceived++;
        if (whole != null) {
            whole.received(reply);
        }
    }

    void mended(int keys) {
        keysMended += keys;
        if (whole != null) {
            whole.mended(keys);
        }
    }

    void pushed(List<Entry> entries) {
        entriesPushed += entries.size();
        bytesPushed += entries.stream().mapToLong(WireBytes::of).sum();
        if (whole != null) {
            whole.pushed(entries);
        }
    }

    void buried(int keys) {
        keysBuried += keys;
        if (whole != null) {
            whole.buried(keys);
        }
    }

    void round(RoundOutcome outcome) {
        partitionsCompleted += outcome.completed().size();
        partitionsIncomplete += outcome.incomplete().size();
        partitionsDiffering += outcome.differing();
        keysMendedByRounds += outcome.keysPulled() + outcome.keysPushed();
    }

    void sent(SyncReply reply) {
        if (reply instanceof SyncReply.Refused) {
            requestsRefused++;
        } else {
            bytesSent += WireBytes.of(reply);
            entriesSent += entriesIn(reply);
            pagesSent++;
        }
    }

    private static int entriesIn(SyncReply reply) {
        return reply instanceof SyncReply.Entries entries ? entries.entries().size() : 0;
    }

    SyncStatistics snapshot(
            int serving, int catchUps, int rounds, int rebuilds, int knownSlots, long longestUnsyncedMillis) {
        return new SyncStatistics(
                bytesReceived,
                bytesSent,
                entriesReceived,
                entriesSent,
                keysMended,
                pagesReceived,
                pagesSent,
                repliesIgnored,
                requestsRefused,
                requestsExpired,
                entriesPushed,
                bytesPushed,
                entriesTaken,
                keysBuried,
                partitionsCompleted,
                partitionsIncomplete,
                partitionsDiffering,
                keysMendedByRounds,
                serving,
                catchUps,
                rounds,
                rebuilds,
                knownSlots,
                longestUnsyncedMillis);
    }
}
