package io.murmur.node;

import io.murmur.antientropy.RoundListener;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
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

    /** The partitions owed for what came before there was anywhere to keep hints, and not yet looked at by a round. */
    private final Set<Integer> owedUnopened = new TreeSet<>();

    private @Nullable IntConsumer mender;
    private @Nullable HintShard opened;
    private boolean hasStopped;

    public ShardHints(HintSeams seams, HintSettings settings) {
        this.seams = seams;
        this.settings = settings;
    }

    /**
     * There is a ring. Until the hints on disk have been read back, none are kept: what is missed meanwhile is owed to anti-entropy.
     *
     * @param mender is told of each partition that this node owns and that is owed
     */
    public void open(IntConsumer mender) {
        this.mender = mender;
        seams.blocking().execute(() -> {
            HintShard read;
            try {
                read = HintShard.open(seams, settings, this::owed);
            } catch (IOException | RuntimeException e) {
                LOG.error(
                        "the hints of shard {} cannot be had, and none are kept until the next start",
                        settings.shard(),
                        e);
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
        if (isOwned(partition)) {
            tell(partition);
        } else if (opened != null) {
            // Its owners see to it by themselves: when the absent one is back, and in any case in time.
            opened.settled(partition);
        }
    }

    private boolean isOwned(int partition) {
        Ring ring = seams.ring().current();
        return ring.isOwner(seams.self(), partition, ring.replicas());
    }

    private void tell(int partition) {
        if (mender != null) {
            mender.accept(partition);
        }
    }

    @Override
    public void keep(NodeId target, Key key, Cell cell, Consumer<Boolean> then) {
        if (opened == null) {
            int partition = seams.ring().current().partitionOf(key.slot());
            if (isOwned(partition) && owedUnopened.add(partition)) {
                tell(partition);
            }
            then.accept(false);
        } else {
            opened.keep(target, key, cell, then);
        }
    }

    /** Answers whether the reply is to a hint that was handed over. */
    public boolean receive(NodeId from, PeerReply reply) {
        return opened != null && opened.receive(from, reply);
    }

    /** A partition that this node no longer owns is for others to compare: no round would ever settle it here. */
    public void ringChanged() {
        owedUnopened.removeIf(partition -> !isOwned(partition));
        if (opened != null) {
            opened.ringChanged();
            for (int partition : opened.owedPartitions()) {
                if (!isOwned(partition)) {
                    opened.settled(partition);
                }
            }
        }
    }

    @Override
    public void began(int partition) {
        owedUnopened.remove(partition);
        if (opened != null) {
            marks.put(partition, opened.owedMark());
        }
    }

    @Override
    public void completed(int partition) {
        if (owedUnopened.contains(partition)) {
            tell(partition);
        }
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
