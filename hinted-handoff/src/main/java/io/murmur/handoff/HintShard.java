package io.murmur.handoff;

import io.murmur.kernel.Hints;
import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard's hints (Dynamo, section 4.6). What is kept for a node that is away survives any crash of this one (invariant 1), and is given
 * to the node when it is back, or to whoever owns the key then. What is not kept, or not to be given any more, is owed to anti-entropy, so
 * that in the end all owners are equal either way (invariant 4).
 *
 * <p>All calls and callbacks on the shard's thread, but for {@link #open}; nothing blocks.
 */
public final class HintShard implements Hints {

    private static final Logger LOG = LoggerFactory.getLogger(HintShard.class);

    private static final Duration TICK = Duration.ofSeconds(1);

    private final HintParts parts;
    private final TreeMap<NodeId, Absentee> absentees = new TreeMap<>();
    private @Nullable Timer timer;
    private boolean hasStopped;

    private HintShard(HintSeams seams, HintSettings settings, IntConsumer owes) {
        this.parts = HintParts.of(seams, settings, new Owed(owes));
    }

    /**
     * Reads back what is on disk; blocks. May be called on any thread: nothing but this shard's own index is touched, and only {@link #start}
     * looks at who is alive, and deletes what is not needed.
     *
     * @param owes is told of each partition that is owed to anti-entropy, from {@link #start} on; once, until it is {@link #settled}
     * @throws IOException when the disk cannot be listed or written; not for anything that is in a file of hints
     */
    public static HintShard open(HintSeams seams, HintSettings settings, IntConsumer owes) throws IOException {
        HintShard shard = new HintShard(seams, settings, owes);
        shard.replay();
        return shard;
    }

    private void replay() throws IOException {
        HintReplay.Sink sink = new HintReplay.Sink() {
            @Override
            public void numbered(long number) {
                parts.lastNumber().accumulateAndGet(number, Math::max);
            }

            @Override
            public void file(HintFormat.Name name, long bytes, List<HintFormat.Found> hints, long sureBytes) {
                absentees
                        .computeIfAbsent(name.target(), HintShard.this::newAbsentee)
                        .found(name.text(), bytes, hints, sureBytes);
            }

            @Override
            public void damaged(NodeId target) {
                parts.counters().damagedFiles++;
                owesAllOf(target);
            }
        };
        new HintReplay(parts.seams(), parts.settings(), sink).replay();
        if (!absentees.isEmpty()) {
            long held = absentees.values().stream()
                    .mapToLong(absentee -> absentee.log().queue().size())
                    .sum();
            LOG.info(
                    "{}: shard {} holds {} hints for {} nodes",
                    parts.seams().self().abbreviated(),
                    parts.settings().shard(),
                    held,
                    absentees.size());
        }
    }

    /** Which keys were lost is not known, and the file may be of a time with another number of shards: so all that the node owns is owed. */
    private void owesAllOf(NodeId target) {
        Ring ring = parts.seams().ring().current();
        boolean isMember = ring.member(target) != null;
        for (int partition = 0; partition < ring.partitions(); partition++) {
            if (!isMember || ring.isOwner(target, partition, ring.replicas())) {
                parts.owed().add(partition);
            }
        }
    }

    /** Begins to keep hints and to hand them over. */
    public void start() {
        parts.owed().begin();
        absentees.values().forEach(Absentee::begin);
        tick();
    }

    private void tick() {
        for (Absentee absentee : List.copyOf(absentees.values())) {
            absentee.tick();
            if (absentee.isNeedless()) {
                absentees.remove(absentee.target());
            }
        }
        timer = parts.seams().timers().after(TICK, this::tick);
    }

    /**
     * Nothing new is begun from now on; what is being written still is, and told.
     *
     * @param then called once nothing is being written any more
     */
    public void stop(Runnable then) {
        hasStopped = true;
        if (timer != null) {
            timer.cancel();
        }
        int[] left = {absentees.size() + 1};
        Runnable ended = () -> {
            if (--left[0] == 0) {
                then.run();
            }
        };
        absentees.values().forEach(absentee -> absentee.end(ended));
        parts.seams().shard().execute(ended);
    }

    @Override
    public void keep(NodeId target, Key key, Cell cell, Consumer<Boolean> then) {
        keep(target, key, cell, false, then);
    }

    private void redirect(NodeId owner, Key key, Cell cell, Consumer<Boolean> then) {
        keep(owner, key, cell, true, then);
    }

    private void keep(NodeId target, Key key, Cell cell, boolean isRedirected, Consumer<Boolean> then) {
        if (hasStopped) {
            parts.lost(parts.seams().ring().current().partitionOf(key.slot()), Loss.STOPPED);
            then.accept(false);
            return;
        }
        absentee(target).keep(key, cell, isRedirected, then);
    }

    private Absentee absentee(NodeId target) {
        Absentee known = absentees.get(target);
        if (known != null) {
            return known;
        }
        Absentee fresh = newAbsentee(target);
        fresh.begin();
        absentees.put(target, fresh);
        return fresh;
    }

    private Absentee newAbsentee(NodeId target) {
        return new Absentee(parts, target, this::redirect);
    }

    /** Answers whether the reply is to one of this shard's handovers; then it has been dealt with. */
    public boolean receive(NodeId from, PeerReply reply) {
        return parts.requests().receive(from, reply);
    }

    /** The ring this shard sees is another. */
    public void ringChanged() {
        if (!hasStopped) {
            List.copyOf(absentees.values()).forEach(Absentee::ringChanged);
        }
    }

    /** The partitions that are owed to anti-entropy. In memory only: after a restart its regular rounds come to each. */
    public Set<Integer> owedPartitions() {
        return parts.owed().partitions();
    }

    /** To be taken before anti-entropy begins with a partition: what is owed by then, it mends. */
    public long owedMark() {
        return parts.owed().mark();
    }

    /**
     * Anti-entropy has mended a partition among all its owners.
     *
     * @param asOf the {@link #owedMark} of before it began; if more has come to be owed since, the partition is told to be owed once more
     */
    public void settled(int partition, long asOf) {
        parts.owed().settled(partition, asOf);
    }

    /** As {@link #settled(int, long)}, whatever has come to be owed meanwhile. */
    public void settled(int partition) {
        settled(partition, parts.owed().mark());
    }

    /** The nodes for which there are hints, or which are away, by id. */
    public List<HintedNode> targets() {
        return absentees.values().stream().map(Absentee::report).toList();
    }

    /** A snapshot of the counts. */
    public HintStatistics statistics() {
        HintCounters counters = parts.counters();
        long held = 0;
        long heldBytes = 0;
        for (Absentee absentee : absentees.values()) {
            held += absentee.log().queue().size();
            heldBytes += absentee.log().queue().bytes();
        }
        return new HintStatistics(
                held,
                heldBytes,
                parts.usage().diskBytes,
                counters.kept,
                counters.superseded,
                counters.handedOver,
                counters.redirected,
                counters.refusals,
                counters.timeouts,
                counters.damagedFiles,
                Map.copyOf(counters.lost),
                parts.requests().open(),
                parts.owed().partitions().size());
    }
}
