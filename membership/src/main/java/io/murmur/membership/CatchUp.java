package io.murmur.membership;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Timers;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingSteps;
import io.murmur.kernel.ring.Transition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Catches up with the partitions this node is to own by a change of the ring, a few at a time, each until it succeeds; then has the ring
 * say so. Rings in which the same change goes on do not disturb it; its end, whichever, ends it. After a restart it begins anew: to catch
 * up twice costs time and nothing else.
 *
 * <p>On the control loop's thread.
 */
public final class CatchUp {

    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

    private static final long LEAST_PAUSE_MILLIS = 200;
    private static final long MOST_PAUSE_MILLIS = 10_000;

    private final NodeId self;
    private final RingKeeper keeper;
    private final PartitionSyncs syncs;
    private final Clock clock;
    private final Timers timers;
    private final RandomGenerator random;
    private final int atOnce;
    private @Nullable Round round;

    /** @param atOnce partitions at a time, at least 1 */
    public CatchUp(
            NodeId self,
            RingKeeper keeper,
            PartitionSyncs syncs,
            Clock clock,
            Timers timers,
            RandomGenerator random,
            int atOnce) {
        this.self = self;
        this.keeper = keeper;
        this.syncs = syncs;
        this.clock = clock;
        this.timers = timers;
        this.random = random;
        this.atOnce = atOnce;
    }

    /** Follows the rings from now on. */
    public void start() {
        keeper.onAdopted(this::adopted);
        Ring ring = keeper.ring();
        if (ring != null) {
            adopted(ring);
        }
    }

    /** How far it is, or null when there is nothing to catch up with. */
    public @Nullable CatchUpProgress progress() {
        return round == null ? null : round.progress();
    }

    private void adopted(Ring ring) {
        Transition transition = ring.transition();
        boolean isBehind = transition != null && RingSteps.behind(ring).contains(self);
        long began = Step.beginningOf(ring);
        if (round != null && (!isBehind || round.began != began)) {
            round.cancel();
            round = null;
        }
        if (transition != null && isBehind && round == null) {
            round = new Round(began, transition.change(), ring);
            LOG.info(
                    "{}: catches up with {} partitions: {}",
                    self.abbreviated(),
                    round.inAll,
                    RingSteps.describe(ring, transition.change()));
            round.fill();
        }
    }

    /** All partitions of one change. */
    private final class Round {
        final long began;
        final RingChange change;
        final int inAll;
        private final long startedMillis = clock.wallMillis();
        private final Deque<Integer> toDo = new ArrayDeque<>();
        private final Map<Integer, Running> running = new LinkedHashMap<>();
        private final Backoff backoff = new Backoff(random, LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS);
        private int done;
        private @Nullable String lastFailure;
        private boolean isOver;

        Round(long began, RingChange change, Ring ring) {
            this.began = began;
            this.change = change;
            toDo.addAll(RingSteps.toCatchUp(ring, self));
            inAll = toDo.size();
        }

        CatchUpProgress progress() {
            return new CatchUpProgress(change, done, inAll, startedMillis, lastFailure);
        }

        void fill() {
            while (!isOver && running.size() < atOnce) {
                Integer partition = toDo.poll();
                if (partition == null) {
                    return;
                }
                Running one = new Running(partition);
                running.put(partition, one);
                PartitionSyncs.Handle handle = syncs.catchUp(partition, one::ended);
                one.handle = handle;
            }
        }

        void cancel() {
            isOver = true;
            running.values().forEach(one -> one.handle.cancel());
        }

        private final class Running {
            private final int partition;
            private PartitionSyncs.Handle handle = () -> {};
            private boolean isWaiting;

            Running(int partition) {
                this.partition = partition;
            }

            void ended(@Nullable String failure) {
                if (isOver || running.get(partition) != this || isWaiting) {
                    return;
                }
                if (failure == null) {
                    running.remove(partition);
                    done++;
                    if (10 * done / inAll > 10 * (done - 1) / inAll && done < inAll) {
                        LOG.info("{}: caught up with {} of {} partitions", self.abbreviated(), done, inAll);
                    }
                    backoff.reset();
                    next();
                } else {
                    // It keeps its place meanwhile: where all fail, trying others sooner would only be more of the
                    // same.
                    lastFailure = failure;
                    isWaiting = true;
                    timers.after(backoff.next(), this::again);
                }
            }

            private void again() {
                if (!isOver) {
                    running.remove(partition);
                    toDo.add(partition);
                    fill();
                }
            }
        }

        private void next() {
            Ring ring = keeper.ring();
            if (done == inAll && ring != null && Step.beginningOf(ring) == began) {
                LOG.info("{}: has caught up with {} partitions", self.abbreviated(), inAll);
                keeper.synced(ring);
            }
            fill();
        }
    }
}
