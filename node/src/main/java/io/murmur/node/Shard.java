package io.murmur.node;

import io.murmur.antientropy.SyncShard;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.ring.NodeId;
import io.murmur.quorum.QuorumShard;
import io.netty.channel.EventLoop;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An event loop and what it owns: the coordinators and the replica of the partitions p with p mod shards = its index, what keeps
 * them equal to other owners' of them, its links to peers. All of it is touched by its own loop alone.
 */
final class Shard {

    private static final int TIMED_OF = 16;

    final int index;
    final EventLoop loop;
    final PeerLinks links;
    final Latencies latencies = new Latencies();
    private final QuorumShard quorum;
    private final SyncShard sync;
    private final ShardHints hints;
    private final KeyCopies copies;
    private boolean hasRing;
    private int coordinated;
    private long atOnceNanos;

    Shard(
            int index,
            EventLoop loop,
            PeerLinks links,
            QuorumShard quorum,
            SyncShard sync,
            ShardHints hints,
            KeyCopies copies) {
        this.index = index;
        this.loop = loop;
        this.links = links;
        this.quorum = quorum;
        this.sync = sync;
        this.hints = hints;
        this.copies = copies;
    }

    /** Asks it on its loop; completes there. */
    <T> CompletableFuture<T> ask(Function<Shard, T> question) {
        return CompletableFuture.supplyAsync(() -> question.apply(this), loop);
    }

    /** Asks each on its own loop; completes when all have answered, on the loop of the last. In the order of the shards. */
    static <T> CompletableFuture<List<T>> askEach(List<Shard> shards, Function<Shard, T> question) {
        List<CompletableFuture<T>> answers =
                shards.stream().map(shard -> shard.ask(question)).toList();
        return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                .thenApply(
                        ignored -> answers.stream().map(CompletableFuture::join).toList());
    }

    SyncShard sync() {
        return sync;
    }

    ShardHints hints() {
        return hints;
    }

    KeyCopies copies() {
        return copies;
    }

    void receive(NodeId from, PeerReply reply) {
        if (!hints.receive(from, reply) && !copies.receive(from, reply)) {
            quorum.receive(from, reply);
        }
    }

    void receive(NodeId from, SyncReply reply) {
        if (!quorum.receive(from, reply)) {
            sync.receive(from, reply);
        }
    }

    /** The ring has changed. On the loop. */
    void ringChanged(Collection<String> addresses) {
        links.connectTo(addresses);
        quorum.ringChanged();
        if (hasRing) {
            sync.ringChanged();
            hints.ringChanged();
        } else {
            hasRing = true;
            sync.start();
            hints.open(sync::owed);
        }
    }

    /** Leaves hints for whoever has not acknowledged yet, and keeps no more; calls back once they are durable. On the loop. */
    void stopHints(Runnable then) {
        quorum.giveUpLateOwners();
        hints.stop(then);
    }

    QuorumShard quorum() {
        return quorum;
    }

    /**
     * Coordinates a call and notes how long it took.
     *
     * @param sinceNanos when it came, by {@link System#nanoTime}
     */
    void coordinate(ClientRequest request, long sinceNanos, Consumer<ClientReply> reply) {
        Timed timed = new Timed(request, sinceNanos, reply);
        quorum.coordinate(request, timed);
        timed.isAtOnce = false;
    }

    /**
     * Of the calls that are answered at once, which are reads from memory nearly all, one of {@link #TIMED_OF} is timed, and the others are
     * taken to be as long: looking at the clock twice for each was a tenth of their cost, and kept the processor from looking ahead.
     */
    private final class Timed implements Consumer<ClientReply> {
        private final ClientRequest request;
        private final long sinceNanos;
        private final Consumer<ClientReply> reply;
        private final boolean isSample = ++coordinated % TIMED_OF == 0;
        private final long startNanos = isSample ? System.nanoTime() : 0;
        private boolean isAtOnce = true;

        Timed(ClientRequest request, long sinceNanos, Consumer<ClientReply> reply) {
            this.request = request;
            this.sinceNanos = sinceNanos;
            this.reply = reply;
        }

        @Override
        public void accept(ClientReply answer) {
            if (isAtOnce && isSample) {
                atOnceNanos = System.nanoTime() - startNanos;
            }
            latencies.note(request, answer, isAtOnce ? atOnceNanos : System.nanoTime() - sinceNanos);
            reply.accept(answer);
        }
    }
}
