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
import java.util.TreeMap;
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

    /** By partition, of the rounds under way. */
    private final Map<Integer, Begun> begun = new TreeMap<>();

    /**
     * The partitions owed for what came while there was nowhere to keep hints, with the number of the last that was missed. One stays until a
     * round has been completed that began behind that, however many fail before: when it is told of again, the next is due at once.
     */
    private final Map<Integer, Long> owedUnopened = new TreeMap<>();

    private long missed;

    private @Nullable IntConsumer mender;
    private @Nullable HintShard opened;
    private boolean hasStopped;

    /**
     * What is owed by the time a round begins, it mends.
     *
     * @param missed how many there were that could not be kept
     * @param mark of the hints; null while there are none
     */
    private record Begun(long missed, @Nullable Long mark) {}

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
            if (isOwned(partition) && owedUnopened.put(partition, ++missed) == null) {
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
        owedUnopened.keySet().removeIf(partition -> !isOwned(partition));
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
        begun.put(partition, new Begun(missed, opened == null ? null : opened.owedMark()));
    }

    @Override
    public void completed(int partition) {
        Begun round = begun.remove(partition);
        Long last = owedUnopened.get(partition);
        if (last != null && (round == null || last > round.missed())) {
            tell(partition);
        } else {
            owedUnopened.remove(partition);
        }
        if (opened != null && round != null && round.mark() != null) {
            opened.settled(partition, round.mark());
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
