package io.murmur.node;

import io.murmur.antientropy.SyncShard;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.ring.NodeId;
import io.murmur.quorum.QuorumShard;
import io.netty.channel.EventLoop;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * An event loop and what it owns: the coordinators and the replica of the partitions p with p mod shards = its index, what keeps
 * them equal to other owners' of them, its links to peers. All of it is touched by its own loop alone.
 */
final class Shard {

    final int index;
    final EventLoop loop;
    final PeerLinks links;
    final Latencies latencies = new Latencies();
    private final QuorumShard quorum;
    private final SyncShard sync;
    private final ShardHints hints;
    private boolean hasRing;

    Shard(int index, EventLoop loop, PeerLinks links, QuorumShard quorum, SyncShard sync, ShardHints hints) {
        this.index = index;
        this.loop = loop;
        this.links = links;
        this.quorum = quorum;
        this.sync = sync;
        this.hints = hints;
    }

    SyncShard sync() {
        return sync;
    }

    ShardHints hints() {
        return hints;
    }

    void receive(NodeId from, PeerReply reply) {
        if (!hints.receive(from, reply)) {
            quorum.receive(from, reply);
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
            hints.open(sync);
        }
    }

    QuorumShard quorum() {
        return quorum;
    }

    /** Coordinates a call and notes how long it took. */
    void coordinate(ClientRequest request, Consumer<ClientReply> reply) {
        long start = System.nanoTime();
        quorum.coordinate(request, answer -> {
            latencies.note(request, answer, System.nanoTime() - start);
            reply.accept(answer);
        });
    }
}
