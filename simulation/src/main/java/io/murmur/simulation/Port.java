package io.murmur.simulation;

import io.murmur.kernel.Clock;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.MessageCodec;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Where a node or a client is plugged into the network. Open while there is a process behind it. */
final class Port {

    final NodeId id;
    final String name;
    final boolean isNode;
    final int number;
    private @Nullable Plug plug;

    Port(NodeId id, String name, boolean isNode, int number) {
        this.id = id;
        this.name = name;
        this.isNode = isNode;
        this.number = number;
    }

    void open(Clock clock, BiConsumer<NodeId, Message> receiver) {
        plug = new Plug(new MessageCodec(clock), receiver);
    }

    void close() {
        plug = null;
    }

    @Nullable
    Plug plug() {
        return plug;
    }

    /** One life behind a port. Its codec turns deadlines into budgets by the life's own clock. */
    record Plug(MessageCodec codec, BiConsumer<NodeId, Message> receiver) {}
}
