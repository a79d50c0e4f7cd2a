package io.murmur.node;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Liveness;
import io.murmur.kernel.Network;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Timers;
import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What each owner of a key holds, for an operator who wonders. Every owner is asked for its cell, as a coordinator asks, this node over the
 * same way; nothing is joined, decided or mended by the answers. On the shard's thread.
 *
 * <p>The ids of its requests have the shard in their low 8 bits and a mark in their highest but two: a coordinator's have neither that nor a
 * handover's mark.
 */
final class KeyCopies {

    private static final int SHARD_BITS = 8;
    private static final int MARK_BIT = 61;
    private static final long COUNT_MASK = 0x3FFF_FFFF_FFFFL;

    /** What it needs of the world. */
    record Seams(
            Clock clock, Timers timers, Network network, Liveness liveness, RandomGenerator random, RingSource ring) {}

    /** One owner's copy. */
    record Copy(NodeId owner, boolean isNext, Answer answer) {}

    /** What an owner has said. */
    sealed interface Answer {
        /** Its cell, null when it holds none. */
        record Holds(@Nullable Cell cell) implements Answer {}

        /** Nothing of use; why, for people. */
        record Nothing(String why) implements Answer {}
    }

    /**
     * All of them.
     *
     * @param ring by which they were asked
     * @param copies in the order of preference, next owners of a moving partition behind the owners
     */
    record Seen(Ring ring, int partition, List<Copy> copies) {

        /** The greatest of all cells that were seen; null when there is none. */
        @Nullable
        Cell newest() {
            Cell newest = null;
            for (Copy copy : copies) {
                if (copy.answer() instanceof Answer.Holds holds) {
                    newest = Cell.join(newest, holds.cell());
                }
            }
            return newest;
        }
    }

    private final Seams seams;
    private final int shard;
    private final Duration patience;
    private final Map<Long, Asked> waiting = new HashMap<>();
    private long last;

    /** A question on its way to an owner. */
    private record Asked(NodeId owner, Consumer<Answer> then) {}

    /** @param patience with an owner that does not answer */
    KeyCopies(Seams seams, int shard, Duration patience) {
        this.seams = seams;
        this.shard = shard;
        this.patience = patience;
        // A reply to a former life's question must not be taken for one to this life's.
        this.last = seams.random().nextLong() & COUNT_MASK;
    }

    /**
     * Asks all owners, and, when the partition is moving, those who are to be.
     *
     * @param key one of this shard's
     * @param replicas of its cache
     * @param then called once, when all have answered or the patience is over
     */
    void ask(Key key, int replicas, Consumer<Seen> then) {
        Ring ring = seams.ring().current();
        int partition = ring.partitionOf(key.slot());
        List<NodeId> owners = ring.owners(partition, replicas);
        Set<NodeId> all = new LinkedHashSet<>(owners);
        all.addAll(ring.nextOwners(partition, replicas));
        Map<NodeId, Answer> answers = new HashMap<>();
        List<Long> ids = new ArrayList<>();
        Timer[] timer = new Timer[1];
        Runnable ended = () -> {
            if (timer[0] != null) {
                timer[0].cancel();
            }
            then.accept(new Seen(
                    ring,
                    partition,
                    all.stream()
                            .map(owner -> new Copy(
                                    owner,
                                    !owners.contains(owner),
                                    answers.getOrDefault(
                                            owner,
                                            new Answer.Nothing(
                                                    "it did not answer within " + patience.toMillis() + " ms"))))
                            .toList()));
        };
        long deadlineNanos = seams.clock().monotonicNanos() + patience.toNanos();
        for (NodeId owner : all) {
            if (!seams.liveness().isAlive(owner)) {
                answers.put(owner, new Answer.Nothing("it is away"));
                continue;
            }
            long id = nextId();
            ids.add(id);
            waiting.put(id, new Asked(owner, answer -> {
                answers.put(owner, answer);
                if (answers.size() == all.size()) {
                    ended.run();
                }
            }));
            seams.network().send(owner, new PeerRequest.Read(id, ring.since(partition), deadlineNanos, key));
        }
        if (answers.size() == all.size()) {
            ended.run();
            return;
        }
        timer[0] = seams.timers().after(patience, () -> {
            ids.forEach(waiting::remove);
            ended.run();
        });
    }

    private long nextId() {
        last = (last + 1) & COUNT_MASK;
        return (1L << MARK_BIT) | (last << SHARD_BITS) | shard;
    }

    /** Answers whether the reply is to one of these questions, be it late. */
    boolean receive(NodeId from, PeerReply reply) {
        if (reply.id() >>> MARK_BIT != 1) {
            return false;
        }
        if (reply.epoch() > seams.ring().current().epoch()) {
            seams.ring().newerAt(from);
        }
        Asked asked = waiting.get(reply.id());
        if (asked != null && asked.owner().equals(from)) {
            waiting.remove(reply.id());
            asked.then().accept(answer(reply));
        }
        return true;
    }

    private static Answer answer(PeerReply reply) {
        return switch (reply) {
            case PeerReply.CellIs is -> new Answer.Holds(is.cell());
            case PeerReply.Refused refused ->
                new Answer.Nothing("it refused: " + refused.failure().message());
            case PeerReply.DigestIs ignored -> oddly();
            case PeerReply.Joined ignored -> oddly();
            case PeerReply.Kept ignored -> oddly();
            case PeerReply.Promised ignored -> oddly();
            case PeerReply.Accepted ignored -> oddly();
            case PeerReply.Outbid ignored -> oddly();
        };
    }

    private static Answer oddly() {
        return new Answer.Nothing("it answered with something else than a cell");
    }
}
