package io.murmur.antientropy;

import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncReply.KeyDigest;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An owner's side: answers those who catch up. Two things make it safe to rely on an answer ({@link io.murmur.kernel.ring.RingSteps}):
 *
 * <ul>
 *   <li>it is given only while this node sees the partition as the asker does, so from now on it refuses what is routed by an older ring;
 *   <li>and only once every join accepted before has taken effect ({@link io.murmur.kernel.Storage#settled}), so what was accepted by an
 *       older ring is in what is read. Waited for before each answer, since that costs next to nothing and needs no memory of askers.
 * </ul>
 *
 * <p>An asker with an older ring is told so. One with a newer ring waits until this node has it, too. All is bounded: how many are answered
 * and wait, how much one answer holds, how much is done before other work has its turn. What nobody waits for any more is dropped.
 */
final class SyncSource {

    private final SyncSeams seams;
    private final SyncSettings settings;
    private final SlotSummaries summaries;
    private final SteppedScan scan;
    private final SyncCounters counters;
    private List<Parked> parked = new ArrayList<>();
    private int served;

    /** A request that waits for a newer ring. */
    private record Parked(NodeId from, SyncRequest request) {}

    SyncSource(
            SyncSeams seams, SyncSettings settings, SlotSummaries summaries, SteppedScan scan, SyncCounters counters) {
        this.seams = seams;
        this.settings = settings;
        this.summaries = summaries;
        this.scan = scan;
        this.counters = counters;
    }

    /** Requests being answered, or waiting for a newer ring. */
    int serving() {
        parked.removeIf(waiting -> !isWanted(waiting.request()));
        return served + parked.size();
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
        long since = ring.since(request.partition());
        if (request.epoch() > since) {
            seams.ring().newerAt(from);
            park(from, request);
        } else if (request.epoch() < since || !ring.isOwner(seams.self(), request.partition(), ring.replicas())) {
            refuse(from, request, new Failure.StaleRing(ring.epoch(), Failure.Effect.NONE));
        } else {
            Failure failure = misfit(ring, request);
            if (failure == null && served == settings.maxServed()) {
                failure = new Failure.Overloaded(served + " requests of nodes that catch up are being answered");
            }
            if (failure != null) {
                refuse(from, request, failure);
            } else {
                new Serving(from, request).begin();
            }
        }
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

    private static @Nullable Failure misfit(Ring ring, SyncRequest request) {
        int first = ring.firstSlot(request.partition());
        int last = first + ring.slotsPerPartition() - 1;
        boolean fits = switch (request) {
            case SyncRequest.Page m -> first <= m.firstSlot() && m.firstSlot() <= m.lastSlot() && m.lastSlot() <= last;
            case SyncRequest.SlotDigests ignored -> true;
            case SyncRequest.SlotVersions m -> first <= m.slot() && m.slot() <= last;
            case SyncRequest.Cells m -> m.keys().stream().allMatch(key -> first <= key.slot() && key.slot() <= last);
        };
        return fits ? null : new Failure.BadRequest("slots beyond partition " + request.partition());
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

    /** One request that is being answered. */
    private final class Serving {
        private final NodeId from;
        private final SyncRequest request;

        Serving(NodeId from, SyncRequest request) {
            this.from = from;
            this.request = request;
        }

        void begin() {
            served++;
            seams.storage().settled(this::read);
        }

        private void read() {
            switch (request) {
                case SyncRequest.Page m -> page(m);
                case SyncRequest.SlotDigests m -> slotDigests(m);
                case SyncRequest.SlotVersions m -> slotVersions(m);
                case SyncRequest.Cells m -> cells(m);
            }
        }

        private void page(SyncRequest.Page m) {
            PageInTheMaking<Entry> page = new PageInTheMaking<>(Math.min(m.maxBytes(), settings.pageBytes()));
            scan.run(
                    m.firstSlot(),
                    m.lastSlot(),
                    m.after(),
                    this::isWanted,
                    entry -> page.take(entry, WireBytes.of(entry)),
                    end -> answer(end, more -> new SyncReply.Entries(request.id(), epoch(), page.taken(), more)));
        }

        private void slotDigests(SyncRequest.SlotDigests m) {
            Ring ring = seams.ring().current();
            int first = ring.firstSlot(m.partition());
            summaries.of(first, first + ring.slotsPerPartition() - 1, this::isWanted, summary -> {
                switch (summary) {
                    case SlotSummaries.Summary.Are are ->
                        end(new SyncReply.SlotDigestsAre(request.id(), epoch(), are.digests()));
                    case SlotSummaries.Summary.Unwanted ignored -> drop();
                    case SlotSummaries.Summary.Refused refused -> end(refused(refused.fault(), refused.detail()));
                }
            });
        }

        private void slotVersions(SyncRequest.SlotVersions m) {
            PageInTheMaking<KeyDigest> page = new PageInTheMaking<>(settings.pageBytes());
            scan.run(
                    m.slot(),
                    m.slot(),
                    m.after(),
                    this::isWanted,
                    entry -> {
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
            served--;
            send(from, reply);
        }

        private void drop() {
            served--;
            counters.requestsExpired++;
        }
    }

    /** An answer, once it is known whether there is more behind it. */
    private interface MoreOrLess {
        SyncReply with(boolean more);
    }
}
