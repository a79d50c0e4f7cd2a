package io.murmur.node;

import io.murmur.kernel.Timers;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.wire.WireWriter;
import io.murmur.quorum.QuorumShard;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/**
 * An event loop and what it owns: the coordinators and the replica of the partitions p with p mod shards = its index, its links to peers,
 * its scratch space. All of it is touched by its own loop alone.
 */
final class Shard {

    final int index;
    final EventLoop loop;
    final Timers timers;
    final WireWriter scratch = new WireWriter();
    final Latencies latencies = new Latencies();
    private final QuorumShard quorum;

    Shard(int index, EventLoop loop, Timers timers, QuorumShard quorum) {
        this.index = index;
        this.loop = loop;
        this.timers = timers;
        this.quorum = quorum;
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
