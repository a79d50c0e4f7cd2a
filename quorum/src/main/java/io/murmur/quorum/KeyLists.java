package io.murmur.quorum;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Level;
import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncReply.HeadsAre;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lists a cache's keys: asks as many owners of their partition as a read of one of them would, and joins what they say. So a key whose write
 * was acknowledged at QUORUM before is in what is listed at QUORUM, and one whose deletion was is not.
 *
 * <p>While a partition moves, the owners are asked and not those who are yet to be: a write is acknowledged in both lists, and who catches up
 * may hold what has been deleted since it was an owner before. Owners refuse whoever sees the partition otherwise; then, and when they are
 * too busy, all are asked again a little later, by the ring of then.
 *
 * <p>The ids of its requests have the shard in their low 8 bits and a mark that those of a sync do not have.
 */
final class KeyLists {

    private static final int SHARD_BITS = 8;
    private static final int MARK_BIT = 61;
    private static final long COUNT_MASK = 0x3FFF_FFFF_FFFFL;

    private static final Duration PAUSE = Duration.ofMillis(20);
    /** After so long without an answer the owners that were not asked are asked as well. */
    private static final Duration HEDGE = Duration.ofMillis(250);

    private final Coordinator coordinator;
    private final ShardSeams seams;
    private final QuorumSettings settings;
    private final Map<Long, Listing> open = new HashMap<>();
    private long lastId;

    KeyLists(Coordinator coordinator, ShardSeams seams, QuorumSettings settings) {
        this.coordinator = coordinator;
        this.seams = seams;
        this.settings = settings;
        // A reply to a request of this node's former life must not be taken for one of this life's.
        this.lastId = seams.random().nextLong() & COUNT_MASK;
    }

    void list(KeysCall call, Consumer<KeysOutcome> then) {
        CacheSettings cache = settings.caches().get(call.cache());
        Level level = call.level() != null ? call.level() : cache == null ? Level.ONE : cache.readLevel();
        if (cache == null) {
            then.accept(new KeysOutcome.Failed(Replica.unknownCache(call.cache())));
        } else if (level.equals(Level.ANY)) {
            then.accept(
                    new KeysOutcome.Failed(new Failure.BadRequest("level ANY is for writes; read at ONE or above")));
        } else {
            new Listing(call, cache, level, then).begin();
        }
    }

    /** Answers whether the reply is to one of these requests, be it late. */
    boolean receive(NodeId from, SyncReply reply) {
        if (reply.id() >>> MARK_BIT != 1) {
            return false;
        }
        if (reply.epoch() > seams.ring().current().epoch()) {
            seams.ring().newerAt(from);
        }
        Listing listing = open.get(reply.id());
        if (listing != null) {
            listing.receive(from, reply);
        }
        return true;
    }

    /** Requests whose replies are waited for. */
    int waiting() {
        return open.size();
    }

    /** One call. */
    private final class Listing {
        private final KeysCall call;
        private final CacheSettings cache;
        private final Level level;
        private final Consumer<KeysOutcome> then;
        private final Timer deadline;

        private long id;
        private Placement placement;
        private Requirement requirement;
        private int asked;
        private int refused;
        private final Map<NodeId, HeadsAre> pages = new HashMap<>();
        private @Nullable Failure refusal;
        private @Nullable Timer next;
        private boolean ended;

        Listing(KeysCall call, CacheSettings cache, Level level, Consumer<KeysOutcome> then) {
            this.call = call;
            this.cache = cache;
            this.level = level;
            this.then = then;
            place();
            long leftNanos = Math.max(0, call.deadlineNanos() - seams.clock().monotonicNanos());
            this.deadline = seams.timers().after(Duration.ofNanos(leftNanos), this::late);
        }

        private void place() {
            placement = coordinator.placement(call.firstSlot(), cache.replicas());
            requirement = placement.requirement(level);
        }

        void begin() {
            place();
            lastId = (lastId + 1) & COUNT_MASK;
            id = (1L << MARK_BIT) | (lastId << SHARD_BITS) | settings.shard();
            open.put(id, this);
            pages.clear();
            asked = 0;
            refused = 0;
            int alive = coordinator.alive(placement) & placement.lists[0];
            if (!requirement.isMetByOwners(alive, placement)) {
                end(new KeysOutcome.Failed(new Failure.Unavailable(
                        requirement.countedOwners(alive, placement), requirement.requiredOwners())));
                return;
            }
            ask(
                    placement.lists.length > 1
                            ? alive
                            : requirement.nearest(alive, coordinator.nearest(placement), placement));
            next = seams.timers().after(HEDGE, this::askAll);
        }

        private void askAll() {
            ask(coordinator.alive(placement) & placement.lists[0] & ~asked);
        }

        private void ask(int places) {
            asked |= places;
            SyncRequest.Heads request = new SyncRequest.Heads(
                    id,
                    placement.epoch,
                    call.deadlineNanos(),
                    placement.partition,
                    cache.name(),
                    call.firstSlot(),
                    call.lastSlot(),
                    call.after(),
                    call.most());
            for (NodeId owner : nodes(places)) {
                seams.network().send(owner, request);
            }
        }

        private List<NodeId> nodes(int places) {
            List<NodeId> nodes = new ArrayList<>();
            for (int place = 0; place < placement.size(); place++) {
                if ((places & (1 << place)) != 0) {
                    nodes.add(placement.owners.get(place));
                }
            }
            return nodes;
        }

        private int answered() {
            int answered = 0;
            for (NodeId node : pages.keySet()) {
                answered |= 1 << placement.placeOf(node);
            }
            return answered;
        }

        void receive(NodeId from, SyncReply reply) {
            int place = placement.placeOf(from);
            if (place < 0 || (asked & (1 << place)) == 0) {
                return;
            }
            if (reply instanceof HeadsAre page && isUsable(page)) {
                pages.put(from, page);
                if (requirement.isMetByOwners(answered(), placement)) {
                    end(HeadJoin.of(pages.values(), seams.clock().wallMillis()));
                }
                return;
            }
            refusal = reply instanceof SyncReply.Refused refused
                    ? Pending.telling(refusal, refused.failure())
                    : new Failure.StorageFailed("an owner answered oddly", Failure.Effect.NONE);
            refused |= 1 << place;
            askAll();
            if ((answered() | refused) == asked) {
                again();
            }
        }

        /** A page that has more has a last key to go on from. */
        private boolean isUsable(HeadsAre page) {
            return !page.more() || !page.heads().isEmpty();
        }

        private void again() {
            forget();
            if (refusal instanceof Failure.StaleRing || refusal instanceof Failure.Overloaded) {
                next = seams.timers().after(PAUSE, this::begin);
            } else if (refusal != null) {
                end(new KeysOutcome.Failed(refusal));
            }
        }

        private void late() {
            end(new KeysOutcome.Failed(
                    refusal != null
                            ? refusal
                            : new Failure.Timeout(
                                    requirement.countedOwners(answered(), placement),
                                    requirement.requiredOwners(),
                                    Failure.Effect.NONE)));
        }

        private void forget() {
            open.remove(id);
            if (next != null) {
                next.cancel();
            }
        }

        private void end(KeysOutcome outcome) {
            if (!ended) {
                ended = true;
                forget();
                deadline.cancel();
                then.accept(outcome);
            }
        }
    }
}
