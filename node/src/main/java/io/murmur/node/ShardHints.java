package io.murmur.node;

import io.murmur.antientropy.RoundListener;
import io.murmur.antientropy.SyncShard;
import io.murmur.handoff.HintSeams;
import io.murmur.handoff.HintSettings;
import io.murmur.handoff.HintShard;
import io.murmur.kernel.Hints;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard's hints, which are read back when there is a ring, and what they and anti-entropy tell each other: partitions that are owed, and
 * that they have been mended. On the shard's thread.
 */
public final class ShardHints implements Hints, RoundListener {

    private static final Logger LOG = LoggerFactory.getLogger(ShardHints.class);

    private final HintSeams seams;
    private final HintSettings settings;
    private final Map<Integer, Long> marks = new TreeMap<>();
    private @Nullable SyncShard sync;
    private @Nullable HintShard opened;
    private boolean hasStopped;

    public ShardHints(HintSeams seams, HintSettings settings) {
        this.seams = seams;
        this.settings = settings;
    }

    /**
     * There is a ring. Until the hints on disk have been read back, none are kept: what is missed meanwhile is left to anti-entropy.
     *
     * @param mender mends what is owed
     */
    public void open(SyncShard mender) {
        sync = mender;
        seams.blocking().execute(() -> {
            HintShard read;
            try {
                read = HintShard.open(seams, settings, this::owed);
            } catch (IOException e) {
                LOG.error(
                        "the hints of shard {} cannot be had, and none are kept until the next start: {}",
                        settings.shard(),
                        e.toString());
                return;
            }
            seams.shard().execute(() -> begin(read));
        });
    }

    private void begin(HintShard read) {
        if (!hasStopped) {
            opened = read;
            read.start();
        }
    }

    private void owed(int partition) {
        HintShard hints = opened;
        if (hints == null || sync == null) {
            return;
        }
        Ring ring = seams.ring().current();
        if (ring.isOwner(seams.self(), partition, ring.replicas())) {
            sync.owed(partition);
        } else {
            // Its owners see to it by themselves: when the absent one is back, and in any case in time.
            hints.settled(partition);
        }
    }

    @Override
    public void keep(NodeId target, Key key, Cell cell, Consumer<Boolean> then) {
        if (opened == null) {
            then.accept(false);
        } else {
            opened.keep(target, key, cell, then);
        }
    }

    /** Answers whether the reply is to a hint that was handed over. */
    public boolean receive(NodeId from, PeerReply reply) {
        return opened != null && opened.receive(from, reply);
    }

    public void ringChanged() {
        if (opened != null) {
            opened.ringChanged();
        }
    }

    @Override
    public void began(int partition) {
        if (opened != null) {
            marks.put(partition, opened.owedMark());
        }
    }

    @Override
    public void completed(int partition) {
        Long mark = marks.remove(partition);
        if (opened != null && mark != null) {
            opened.settled(partition, mark);
        }
    }

    /** Those that have been read back; null until then. */
    public @Nullable HintShard opened() {
        return opened;
    }

    /** Keeps and hands over no more; calls back once nothing is being written. */
    public void stop(Runnable then) {
        hasStopped = true;
        if (opened == null) {
            then.run();
        } else {
            opened.stop(then);
        }
    }
}
