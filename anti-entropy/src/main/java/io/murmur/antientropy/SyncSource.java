package io.murmur.antientropy;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncReply.Head;
import io.murmur.kernel.message.SyncReply.KeyDigest;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An owner's side: answers those who catch up, and the other owners. Two things make it safe to rely on an answer ({@link io.murmur.kernel.ring.RingSteps}):
 *
 * <ul>
 *   <li>it is given only while this node sees the partition as the asker does, so from now on it refuses what is routed by an older ring;
 *   <li>and only once every join accepted before has taken effect ({@link io.murmur.kernel.Storage#settled}), so what was accepted by an
 *       older ring is in what is read. Waited for before each answer, since that costs next to nothing and needs no memory of askers.
 * </ul>
 *
 * <p>While purge horizons are being raised nothing is answered: what an asker reads is judged by the horizon it is told.
 *
 * <p>An asker with an older ring is told so. One with a newer ring waits until this node has it, too. All is bounded: how many are answered
 * and wait, how much one answer holds, how much is done before other work has its turn. What nobody waits for any more is dropped.
 */
final class SyncSource {

    /** {@link SyncRequest.Heads} that are answered at a time. */
    private static final int MOST_LISTED = 64;

    private final SyncSeams seams;
    private final SyncSettings settings;
    private final SlotSummaries summaries;
    private final SteppedScan scan;
    private final CacheReplicas replicas;
    private final Intake intake;
    private final RoundListener rounds;
    private final SyncCounters counters;
    private List<Parked> parked = new ArrayList<>();
    private List<Runnable> behindRaises = new ArrayList<>();
    private int raises;
    private int served;
    private int listed;

    /** A request that waits for a newer ring. */
    private record Parked(NodeId from, SyncRequest request) {}

    /**
     * @param scan of what is whole
     * @param rounds hears of those that other owners lead
     */
    SyncSource(SyncParts parts, SteppedScan scan, RoundListener rounds, SyncCounters counters) {
        this.seams = parts.seams();
        this.settings = parts.settings();
        this.summaries = parts.summaries();
        this.replicas = parts.replicas();
        this.intake = parts.intake();
        this.scan = scan;
        this.rounds = rounds;
        this.counters = counters;
    }

    /** Requests being answered, or waiting for a newer ring. */
    int serving() {
        parked.removeIf(waiting -> !isWanted(waiting.request()));
        return served + listed + parked.size();
    }

    void receive(NodeId from, SyncRequest request) {
        Ring ring = seams.ring().current();
        if (!isWanted(request)) {
            counters.requestsExpired++;
            return;
        }
        if (request.partition() >= ring.partitions()) {
            refuse(from, request, new Failure.BadRequest("there is no partition " + request.partition()));
            return;
        }
        long since = epochOf(ring, request);
        if (request.epoch() > since) {
            seams.ring().newerAt(from);
            park(from, request);
        } else if (request.epoch() < since || !ring.isOwner(seams.self(), request.partition(), ring.replicas())) {
            refuse(from, request, new Failure.StaleRing(ring.epoch(), Failure.Effect.NONE));
        } else {
            Failure failure = misfit(ring, request);
            if (failure == null && isFull(request)) {
                failure = new Failure.Overloaded("as many requests of its kind as may be are being answered");
            }
            if (failure != null) {
                refuse(from, request, failure);
            } else {
                new Serving(from, request).begin();
            }
        }
    }

    /** Lists of keys are for clients, who are to wait for no node that catches up, nor it for them. */
    private boolean isFull(SyncRequest request) {
        return request instanceof SyncRequest.Heads ? listed == MOST_LISTED : served == settings.maxServed();
    }

    private void count(SyncRequest request, int more) {
        if (request instanceof SyncRequest.Heads) {
            listed += more;
        } else {
            served += more;
        }
    }

    /** By what the asker's sight of the ring is told. */
    private static long epochOf(Ring ring, SyncRequest request) {
        return switch (request) {
            case SyncRequest.Roots ignored -> ring.epoch();
            case SyncRequest.Purge ignored -> ring.epoch();
            case SyncRequest.Page m -> ring.since(m.partition());
            case SyncRequest.SlotDigests m -> ring.since(m.partition());
            case SyncRequest.LeafDigests m -> ring.since(m.partition());
            case SyncRequest.SlotVersions m -> ring.since(m.partition());
            case SyncRequest.Cells m -> ring.since(m.partition());
            case SyncRequest.Push m -> ring.since(m.partition());
            case SyncRequest.Heads m -> ring.since(m.partition());
        };
    }

    /** Whoever waited for it is answered, or waits on. */
    void ringChanged() {
        List<Parked> waiting = parked;
        parked = new ArrayList<>();
        waiting.forEach(one -> receive(one.from(), one.request()));
    }

    private void park(NodeId from, SyncRequest request) {
        parked.removeIf(waiting -> !isWanted(waiting.request()));
        if (parked.size() >= settings.maxParked()) {
            refuse(
                    from,
                    request,
                    new Failure.Overloaded(parked.size() + " requests wait for a ring this node has yet to hear of"));
        } else {
            parked.add(new Parked(from, request));
        }
    }

    private @Nullable Failure misfit(Ring ring, SyncRequest request) {
        int first = ring.firstSlot(request.partition());
        int last = first + ring.slotsPerPartition() - 1;
        boolean fits = switch (request) {
            case SyncRequest.Page m -> first <= m.firstSlot() && m.firstSlot() <= m.lastSlot() && m.lastSlot() <= last;
            case SyncRequest.Heads m -> first <= m.firstSlot() && m.firstSlot() <= m.lastSlot() && m.lastSlot() <= last;
            case SyncRequest.Roots m -> m.roots().stream().allMatch(root -> root.partition() < ring.partitions());
            case SyncRequest.SlotDigests ignored -> true;
            case SyncRequest.LeafDigests m -> first <= m.slot() && m.slot() <= last;
            case SyncRequest.SlotVersions m -> first <= m.slot() && m.slot() <= last;
            case SyncRequest.Cells m -> m.keys().stream().allMatch(key -> first <= key.slot() && key.slot() <= last);
            case SyncRequest.Push m -> {
                List<Key> keys = m.entries().stream().map(Entry::key).toList();
                yield keys.stream().allMatch(key -> first <= key.slot() && key.slot() <= last);
            }
            case SyncRequest.Purge m -> m.partitions().stream().allMatch(one -> one < ring.partitions());
        };
        if (!fits) {
            return new Failure.BadRequest("slots beyond partition " + request.partition());
        }
        if (request instanceof SyncRequest.Purge purge && purge.horizonMillis() > greatestHorizon()) {
            return new Failure.BadRequest("a purge horizon of " + purge.horizonMillis()
                    + ", which this node's clock and hint window do not allow: compare the clocks, and the settings");
        }
        return null;
    }

    /** Half of the time is for how far clocks are apart, and settings. */
    private long greatestHorizon() {
        return seams.clock().wallMillis() - settings.purgeAfter().toMillis() / 2;
    }

    private boolean isWanted(SyncRequest request) {
        return request.deadlineNanos() - seams.clock().monotonicNanos() > 0;
    }

    private void refuse(NodeId from, SyncRequest request, Failure failure) {
        send(from, new SyncReply.Refused(request.id(), epoch(), failure));
    }

    private void send(NodeId to, SyncReply reply) {
        counters.sent(reply);
        seams.network().send(to, reply);
    }

    private long epoch() {
        return seams.ring().current().epoch();
    }

    private void goOnBehindRaises() {
        if (raises == 0) {
            List<Runnable> waiting = behindRaises;
            behindRaises = new ArrayList<>();
            waiting.forEach(Runnable::run);
        }
    }

    /** One request that is being answered. */
    private final class Serving {
        private final NodeId from;
        private final SyncRequest request;
        private boolean dropped;

        Serving(NodeId from, SyncRequest request) {
            this.from = from;
            this.request = request;
        }

        void begin() {
            count(request, 1);
            if (raises > 0) {
                behindRaises.add(this::settle);
            } else {
                settle();
            }
        }

        private void settle() {
            seams.storage().settled(this::read);
        }

        private void read() {
            switch (request) {
                case SyncRequest.Page m -> page(m);
                case SyncRequest.Roots m -> roots(m);
                case SyncRequest.SlotDigests m -> slotDigests(m);
                case SyncRequest.LeafDigests m -> leafDigests(m);
                case SyncRequest.SlotVersions m -> slotVersions(m);
                case SyncRequest.Cells m -> cells(m);
                case SyncRequest.Push m -> push(m);
                case SyncRequest.Heads m -> heads(m);
                case SyncRequest.Purge m -> purge(m);
            }
        }

        /** Those of other shards are left to them; the asker asks again. */
        private List<Integer> own(List<Integer> partitions) {
            Ring ring = seams.ring().current();
            return partitions.stream()
                    .filter(one -> one % settings.shards() == settings.shard())
                    .filter(one -> ring.isOwner(seams.self(), one, ring.replicas()))
                    .toList();
        }

        private void roots(SyncRequest.Roots m) {
            Set<Integer> own = Set.copyOf(
                    own(m.roots().stream().map(SyncRequest.Root::partition).toList()));
            List<SyncRequest.Root> theirs = m.roots().stream()
                    .filter(root -> own.contains(root.partition()))
                    .toList();
            own.forEach(rounds::began);
            compareRoots(m.leastReplicas(), theirs, 0, new ArrayList<>(), new ArrayList<>());
        }

        private void compareRoots(
                int leastReplicas,
                List<SyncRequest.Root> theirs,
                int next,
                List<Integer> equal,
                List<Integer> different) {
            if (next == theirs.size()) {
                end(new SyncReply.RootsAre(request.id(), epoch(), List.copyOf(equal), List.copyOf(different)));
                return;
            }
            SyncRequest.Root their = theirs.get(next);
            summariesOf(their.partition(), leastReplicas, own -> {
                SlotDigest root = own.root();
                boolean isEqual = root.sum() == their.sum() && root.entries() == their.entries();
                (isEqual ? equal : different).add(their.partition());
                Runnable rest = () -> compareRoots(leastReplicas, theirs, next + 1, equal, different);
                if ((next + 1) % Round.ROOTS_IN_A_TURN == 0) {
                    seams.timers().after(Duration.ZERO, rest);
                } else {
                    rest.run();
                }
            });
        }

        private void summariesOf(int partition, int leastReplicas, Consumer<SlotSummaries.Summary.Are> use) {
            Ring ring = seams.ring().current();
            int first = ring.firstSlot(partition);
            int last = first + ring.slotsPerPartition() - 1;
            summaries.of(first, last, leastReplicas, this::isWanted, summary -> {
                switch (summary) {
                    case SlotSummaries.Summary.Are are -> use.accept(are);
                    case SlotSummaries.Summary.Unwanted ignored -> drop();
                    case SlotSummaries.Summary.Refused refused -> end(refused(refused.fault(), refused.detail()));
                }
            });
        }

        private boolean isAskedFor(Entry entry, int leastReplicas) {
            return replicas.of(entry.key().cache()) >= leastReplicas;
        }

        private void leafDigests(SyncRequest.LeafDigests m) {
            LeafSums leaves = new LeafSums(m.leafBits());
            scan.run(
                    m.slot(),
                    m.slot(),
                    null,
                    this::isWanted,
                    entry -> {
                        if (isAskedFor(entry, m.leastReplicas())) {
                            leaves.add(entry);
                        }
                        return true;
                    },
                    end -> answer(end, more -> new SyncReply.LeafDigestsAre(request.id(), epoch(), leaves.sums())));
        }

        private void push(SyncRequest.Push m) {
            intake.take(m.entries(), counters, this::isWantedOrDropped, taken -> {
                switch (taken) {
                    case Intake.Taken.Whole ignored -> {
                        counters.entriesTaken += m.entries().size();
                        end(new SyncReply.Taken(request.id(), epoch()));
                    }
                    case Intake.Taken.Refused refused ->
                        end(new SyncReply.Refused(
                                request.id(),
                                epoch(),
                                new Failure.StorageFailed(refused.detail(), Failure.Effect.UNKNOWN)));
                }
            });
        }

        private boolean isWantedOrDropped() {
            if (!dropped && !isWanted()) {
                dropped = true;
                drop();
            }
            return !dropped;
        }

        private void purge(SyncRequest.Purge m) {
            Ring ring = seams.ring().current();
            List<Integer> whole = own(m.partitions()).stream()
                    .filter(one -> !ring.isMoving(one))
                    .toList();
            raises++;
            Countdown countdown = new Countdown(whole.size(), () -> {
                raises--;
                end(new SyncReply.Purged(request.id(), epoch(), whole));
                whole.forEach(rounds::completed);
                goOnBehindRaises();
            });
            for (int partition : whole) {
                int first = ring.firstSlot(partition);
                seams.replica()
                        .horizons()
                        .raise(first, first + ring.slotsPerPartition() - 1, m.horizonMillis(), countdown::one);
            }
            countdown.one();
        }

        private void page(SyncRequest.Page m) {
            PageInTheMaking<Entry> page = new PageInTheMaking<>(Math.min(m.maxBytes(), settings.pageBytes()));
            scan.run(
                    m.firstSlot(),
                    m.lastSlot(),
                    m.after(),
                    this::isWanted,
                    entry -> !isAskedFor(entry, m.leastReplicas()) || page.take(entry, WireBytes.of(entry)),
                    end -> answer(end, more -> new SyncReply.Entries(request.id(), epoch(), page.taken(), more)));
        }

        private void heads(SyncRequest.Heads m) {
            PageInTheMaking<Head> page = new PageInTheMaking<>(settings.pageBytes());
            scan.run(
                    m.firstSlot(),
                    m.lastSlot(),
                    m.after(),
                    this::isWanted,
                    entry -> {
                        if (!entry.key().cache().equals(m.cache())) {
                            return true;
                        }
                        Head head = Head.of(entry);
                        return page.size() < m.most() && page.take(head, WireBytes.of(head));
                    },
                    end -> answer(end, more -> new SyncReply.HeadsAre(request.id(), epoch(), page.taken(), more)));
        }

        private void slotDigests(SyncRequest.SlotDigests m) {
            Ring ring = seams.ring().current();
            int first = ring.firstSlot(m.partition());
            long horizon = seams.replica().horizon(first, first + ring.slotsPerPartition() - 1);
            summariesOf(
                    m.partition(),
                    m.leastReplicas(),
                    own -> end(new SyncReply.SlotDigestsAre(
                            request.id(),
                            epoch(),
                            horizon,
                            seams.replica().promises().reading(),
                            own.digests())));
        }

        private void slotVersions(SyncRequest.SlotVersions m) {
            BitSet leaves = new BitSet();
            m.leaves().forEach(leaves::set);
            PageInTheMaking<KeyDigest> page = new PageInTheMaking<>(settings.pageBytes());
            scan.run(
                    m.slot(),
                    m.slot(),
                    m.after(),
                    this::isWanted,
                    entry -> {
                        if (!isAskedFor(entry, m.leastReplicas())
                                || (m.leafBits() > 0 && !leaves.get(Leaves.of(entry.key(), m.leafBits())))) {
                            return true;
                        }
                        KeyDigest key = new KeyDigest(entry.key(), Digest.of(entry.cell()));
                        return page.take(key, WireBytes.of(key));
                    },
                    end -> answer(
                            end, more -> new SyncReply.SlotVersionsAre(request.id(), epoch(), page.taken(), more)));
        }

        private void cells(SyncRequest.Cells m) {
            PageInTheMaking<Entry> page = new PageInTheMaking<>(settings.pageBytes());
            List<Key> inOrder = m.keys().stream().sorted().toList();
            new CellReads(
                            seams.storage(),
                            seams.timers(),
                            scan,
                            inOrder,
                            this::isWanted,
                            entry -> page.take(entry, WireBytes.of(entry)),
                            end -> answer(
                                    end, more -> new SyncReply.Entries(request.id(), epoch(), page.taken(), more)))
                    .run();
        }

        private boolean isWanted() {
            return SyncSource.this.isWanted(request);
        }

        private void answer(SteppedScan.End how, MoreOrLess reply) {
            switch (how) {
                case SteppedScan.End.Whole ignored -> end(reply.with(false));
                case SteppedScan.End.Cut ignored -> end(reply.with(true));
                case SteppedScan.End.Unwanted ignored -> drop();
                case SteppedScan.End.Refused refused -> end(refused(refused.fault(), refused.detail()));
            }
        }

        private SyncReply refused(StorageFault fault, String detail) {
            Failure failure = switch (fault) {
                case OVERLOADED -> new Failure.Overloaded("a source's storage: " + detail);
                case DISK_FULL, DAMAGED, STOPPED -> new Failure.StorageFailed(detail, Failure.Effect.NONE);
            };
            return new SyncReply.Refused(request.id(), epoch(), failure);
        }

        private void end(SyncReply reply) {
            count(request, -1);
            send(from, reply);
        }

        private void drop() {
            count(request, -1);
            counters.requestsExpired++;
        }
    }

    /** An answer, once it is known whether there is more behind it. */
    private interface MoreOrLess {
        SyncReply with(boolean more);
    }
}
