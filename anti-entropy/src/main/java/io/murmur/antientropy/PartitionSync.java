package io.murmur.antientropy;

import io.murmur.kernel.Horizons;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingSteps;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom a partition is read from, and when that is enough ({@link RingSteps}).
 *
 * <p>Every source that is believed alive is read, one after the other, the nearest first: it brings nearly everything, and the others only
 * what differs. One that fails is tried again later, after the others. In the end it may be left out, if those that have been read, and
 * this node itself where it is an owner, have a member in common with every majority; until they have, all are tried for ever. One pass
 * over each is enough: whatever is written while it goes on is written to this node as well, which is an owner, or one to be.
 *
 * <p>As for what was written before the partition became as it is: each source waits until the joins it had accepted by then have taken
 * effect, before it reads anything for an asker. So does this node with its own, before it counts itself.
 */
final class PartitionSync implements CatchUp {

    /** So often a source may fail before it is left out, if it can be. */
    private static final int MOST_FAILURES = 3;

    private static final Logger LOG = LoggerFactory.getLogger(PartitionSync.class);

    private final SyncParts parts;
    private final int partition;
    private final long since;
    private final Consumer<Outcome> then;
    private final Consumer<PartitionSync> whenEnded;
    private final SyncCounters counters;

    /** Read to the end. */
    private final Set<NodeId> read = new LinkedHashSet<>();

    private final Map<NodeId, Integer> failures = new TreeMap<>();
    private final boolean wasDamaged;
    private long horizonMillis = Horizons.NONE;
    private @Nullable Session session;
    private int rounds;
    private boolean ended;

    PartitionSync(
            SyncParts parts,
            int partition,
            SyncCounters counters,
            Consumer<Outcome> then,
            Consumer<PartitionSync> whenEnded) {
        this.parts = parts;
        this.partition = partition;
        Ring ring = parts.seams().ring().current();
        this.since = ring.since(partition);
        this.wasDamaged = isDamaged(ring);
        this.counters = counters;
        this.then = then;
        this.whenEnded = whenEnded;
    }

    /** Never ends before this returns. */
    void begin() {
        parts.seams().timers().after(Duration.ZERO, () -> {
            if (!ended) {
                parts.seams().storage().settled(this::next);
            }
        });
    }

    @Override
    public void cancel() {
        if (!ended) {
            leave();
        }
    }

    /** There is another ring. Answers whether it goes on under it. */
    boolean goesOn() {
        Ring ring = parts.seams().ring().current();
        if (ring.since(partition) == since && ring.isOwner(parts.seams().self(), partition, ring.replicas())) {
            return true;
        }
        if (!ended) {
            end(new Failed("partition " + partition + " is not what it was in the ring of epoch " + since
                    + " any more; there is nothing, or something else, to catch up with"));
        }
        return false;
    }

    private void next() {
        if (ended || !goesOn()) {
            return;
        }
        Ring ring = parts.seams().ring().current();
        NodeId source = nextSource(ring);
        boolean isEnough = RingSteps.areEnough(
                ring, partition, countedIn(ring), parts.replicas().counts());
        int failed = source == null ? 0 : failures.getOrDefault(source, 0);
        if (source != null && failed == 0) {
            read(ring, source);
        } else if (source != null && (failed < MOST_FAILURES || !isEnough)) {
            later(this::tryAgain);
        } else if (isEnough) {
            LOG.debug("partition {}: caught up from {}", partition, read);
            mendOwn(ring);
        } else {
            if (rounds == 0) {
                LOG.info("partition {}: too few of its owners are alive to catch up from; waiting", partition);
            }
            later(this::next);
        }
    }

    /** What was damaged is whole; and what its sources have forgotten, this node may forget, too: it holds what they hold. */
    private void mendOwn(Ring ring) {
        OwnReplica replica = parts.seams().replica();
        int firstSlot = ring.firstSlot(partition);
        int lastSlot = firstSlot + ring.slotsPerPartition() - 1;
        if (!replica.isDamaged(firstSlot, lastSlot)) {
            takeHorizon(firstSlot, lastSlot);
        } else if (!wasDamaged) {
            // What was compared before that may be gone.
            end(new Failed("partition " + partition + " was damaged meanwhile"));
        } else {
            replica.rebuild().done(firstSlot, lastSlot, () -> takeHorizon(firstSlot, lastSlot));
        }
    }

    private void takeHorizon(int firstSlot, int lastSlot) {
        if (horizonMillis > parts.seams().replica().horizon(firstSlot, lastSlot)) {
            parts.seams().replica().horizons().raise(firstSlot, lastSlot, horizonMillis, this::endWell);
        } else {
            endWell();
        }
    }

    private void endWell() {
        if (ended || !goesOn()) {
            return;
        }
        if (isDamaged(parts.seams().ring().current())) {
            end(new Failed("partition " + partition + " was damaged once more"));
        } else {
            end(new CaughtUp(List.copyOf(read), counters.bytesReceived, counters.entriesReceived, counters.keysMended));
        }
    }

    /** After a while: another may be the better one by now. */
    private void tryAgain() {
        Ring ring = parts.seams().ring().current();
        NodeId source = nextSource(ring);
        if (source == null) {
            next();
        } else {
            read(ring, source);
        }
    }

    private Set<NodeId> countedIn(Ring ring) {
        Set<NodeId> counted = new LinkedHashSet<>(read);
        int firstSlot = ring.firstSlot(partition);
        boolean isDamaged = parts.seams().replica().isDamaged(firstSlot, firstSlot + ring.slotsPerPartition() - 1);
        if (ring.owners(partition).contains(parts.seams().self()) && !isDamaged) {
            counted.add(parts.seams().self());
        }
        return counted;
    }

    private boolean isDamaged(Ring ring) {
        int firstSlot = ring.firstSlot(partition);
        return parts.seams().replica().isDamaged(firstSlot, firstSlot + ring.slotsPerPartition() - 1);
    }

    /** The best of those that are alive and have not been read: that has failed least, and is nearest. */
    private @Nullable NodeId nextSource(Ring ring) {
        // The first of equals, hence in order of preference.
        return RingSteps.sources(ring, parts.seams().self(), partition).stream()
                .filter(source ->
                        !read.contains(source) && parts.seams().liveness().isAlive(source))
                .min(Comparator.<NodeId>comparingInt(source -> failures.getOrDefault(source, 0))
                        .thenComparingInt(source -> distance(ring, source)))
                .orElse(null);
    }

    private int distance(Ring ring, NodeId source) {
        Member here = ring.member(parts.seams().self());
        Member there = ring.member(source);
        if (here == null || there == null || !here.region().equals(there.region())) {
            return 2;
        }
        return here.zone().equals(there.zone()) ? 0 : 1;
    }

    private void read(Ring ring, NodeId source) {
        OptionalInt leastReplicas = leastInCommon(ring, source);
        if (leastReplicas.isEmpty()) {
            read.add(source);
            next();
            return;
        }
        int firstSlot = ring.firstSlot(partition);
        Session.Part part = new Session.Part(
                partition, since, firstSlot, firstSlot + ring.slotsPerPartition() - 1, leastReplicas.getAsInt());
        int failed = failures.getOrDefault(source, 0);
        session = new Session(parts, part, Session.Manner.CATCH_UP, source, failed, counters, how -> {
            session = null;
            switch (how) {
                case Session.End.Whole whole -> {
                    horizonMillis = Math.max(horizonMillis, whole.horizonMillis());
                    read.add(source);
                    next();
                }
                case Session.End.SourceFailed failure -> {
                    LOG.info("partition {}: source {} {}", partition, source.abbreviated(), failure.why());
                    failures.merge(source, 1, Integer::sum);
                    next();
                }
                case Session.End.SelfFailed failure -> end(new Failed("the own storage refused: " + failure.detail()));
            }
        });
        session.begin();
    }

    /**
     * Of caches with at least so many replicas the source is an owner, and this node is or is to be. Of others it may hold what was left
     * from when it was one, and that it holds nothing says nothing.
     */
    private OptionalInt leastInCommon(Ring ring, NodeId source) {
        return parts.replicas().counts().stream()
                .filter(count -> ring.owners(partition, count).contains(source)
                        && ring.isOwner(parts.seams().self(), partition, count))
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    private void later(Runnable task) {
        parts.seams().timers().after(parts.backoff().after(rounds++), () -> {
            if (!ended && goesOn()) {
                task.run();
            }
        });
    }

    private void end(Outcome outcome) {
        leave();
        then.accept(outcome);
    }

    private void leave() {
        ended = true;
        if (session != null) {
            session.cancel();
        }
        whenEnded.accept(this);
    }
}
