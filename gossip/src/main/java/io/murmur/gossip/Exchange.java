package io.murmur.gossip;

import io.murmur.kernel.message.EndpointDigest;
import io.murmur.kernel.message.EndpointState;
import io.murmur.kernel.message.GossipMessage.Ack;
import io.murmur.kernel.message.GossipMessage.Ack2;
import io.murmur.kernel.message.GossipMessage.Syn;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.GossipCodec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is said in an exchange, and what is made of what the other says.
 *
 * <p>A message has a bound, and in a large cluster not everything fits. Then the newest goes first: a rumour that is new to me is likely
 * new to you, and is passed on until it is old everywhere. A quarter of the digests goes to everyone by turn, so that whatever was crowded
 * out on all its ways is compared in the end nevertheless.
 */
final class Exchange {

    private static final int LEAST_DIGEST_BYTES = 20;
    private static final int SHARE_BY_TURN = 4;
    private static final int SHARE_OF_REQUESTS = 4;
    private static final int SHARE_OF_STATES = 2;

    private final Hearsay hearsay;
    private final int messageBytes;
    private long exchanges;
    private int turn;

    Exchange(Hearsay hearsay, int messageBytes) {
        this.hearsay = hearsay;
        this.messageBytes = messageBytes;
    }

    Syn syn(long id) {
        long exchange = ++exchanges;
        List<EndpointDigest> digests = new ArrayList<>(capacity());
        int left = messageBytes - add(hearsay.ownDigest(), digests);
        int leftByTurn = messageBytes / SHARE_BY_TURN;
        Endpoint next = hearsay.newest();
        while (next != null && left > leftByTurn) {
            left -= add(next.digest, digests);
            next.mentionedIn = exchange;
            next = next.older;
        }
        if (next != null) {
            addByTurn(digests, left, exchange);
        }
        return new Syn(id, digests);
    }

    /** How many digests a message may come to. */
    private int capacity() {
        return Math.min(hearsay.acquaintances().size() + 1, messageBytes / LEAST_DIGEST_BYTES);
    }

    private void addByTurn(List<EndpointDigest> digests, int room, long exchange) {
        List<Endpoint> all = hearsay.acquaintances();
        int left = room;
        for (int i = 0; i < all.size(); i++) {
            turn = turn + 1 < all.size() ? turn + 1 : 0;
            Endpoint endpoint = all.get(turn);
            if (endpoint.mentionedIn != exchange) {
                left -= GossipCodec.digestBytes(endpoint.digest);
                if (left < 0) {
                    turn--; // Its turn is yet to come.
                    return;
                }
                endpoint.mentionedIn = exchange;
                endpoint.mentioned = endpoint.digest;
                digests.add(endpoint.digest);
            }
        }
    }

    Ack answer(Syn syn, NodeId from) {
        long exchange = ++exchanges;
        List<EndpointDigest> digests = new ArrayList<>(capacity());
        List<NodeId> requests = new ArrayList<>();
        List<EndpointState> states = new ArrayList<>();
        int left = messageBytes - add(hearsay.ownDigest(), digests);
        int mostRequests = messageBytes / SHARE_OF_REQUESTS / GossipCodec.requestBytes();
        for (EndpointDigest said : syn.digests()) {
            boolean wanted = hearsay.hear(said, from);
            if (wanted && requests.size() < mostRequests) {
                requests.add(said.node());
            }
            if (said.node().equals(hearsay.self())) {
                if (isOlderLife(said, hearsay.ownDigest())) {
                    states.add(hearsay.own());
                    left -= GossipCodec.stateBytes(hearsay.own());
                }
                continue;
            }
            Endpoint endpoint = hearsay.get(said.node());
            if (endpoint != null) {
                endpoint.mentionedIn = exchange;
                endpoint.mentioned = said;
            }
        }
        left -= requests.size() * GossipCodec.requestBytes();
        int leftByStates = messageBytes / SHARE_OF_STATES;
        int leftByTurn = messageBytes / SHARE_BY_TURN;
        Endpoint next = hearsay.newest();
        for (; next != null && left > leftByTurn; next = next.older) {
            EndpointDigest said = next.mentionedIn == exchange ? next.mentioned : null;
            if (said != null && isOlderLife(said, next.digest)) {
                EndpointState state = next.state();
                int bytes = GossipCodec.stateBytes(state);
                if (bytes <= leftByStates) {
                    states.add(state);
                    leftByStates -= bytes;
                    left -= bytes;
                }
            } else if (said == null || said.heartbeat() < next.digest.heartbeat()) {
                left -= add(next.digest, digests);
                next.mentionedIn = exchange;
                next.mentioned = next.digest;
            }
        }
        if (next != null) {
            addByTurn(digests, left, exchange);
        }
        return new Ack(syn.id(), digests, requests, states);
    }

    /** Answers null when there is nothing to say. */
    @Nullable
    Ack2 answer(Ack ack, NodeId from) {
        List<NodeId> requests = new ArrayList<>();
        int mostRequests = messageBytes / SHARE_OF_REQUESTS / GossipCodec.requestBytes();
        // States first: what they bring need not be asked for.
        for (EndpointState said : ack.states()) {
            hearsay.hear(said, from);
        }
        for (EndpointDigest said : ack.digests()) {
            if (hearsay.hear(said, from) && requests.size() < mostRequests) {
                requests.add(said.node());
            }
        }
        List<EndpointState> states = states(ack.requests());
        return requests.isEmpty() && states.isEmpty() ? null : new Ack2(ack.id(), requests, states);
    }

    /** Answers null when nothing was asked for. */
    @Nullable
    Ack2 answer(Ack2 ack2, NodeId from) {
        for (EndpointState said : ack2.states()) {
            hearsay.hear(said, from);
        }
        List<EndpointState> states = states(ack2.requests());
        return states.isEmpty() ? null : new Ack2(ack2.id(), List.of(), states);
    }

    private List<EndpointState> states(List<NodeId> requested) {
        List<EndpointState> states = new ArrayList<>();
        int left = messageBytes;
        for (NodeId node : requested) {
            Endpoint endpoint = hearsay.get(node);
            EndpointState state =
                    node.equals(hearsay.self()) ? hearsay.own() : endpoint == null ? null : endpoint.state();
            if (state != null) {
                left -= GossipCodec.stateBytes(state);
                if (left < 0) {
                    break;
                }
                states.add(state);
            }
        }
        return states;
    }

    /** Whether who said this lacks attributes, and not only heartbeats. */
    private static boolean isOlderLife(EndpointDigest said, EndpointDigest known) {
        return said.generation() < known.generation()
                || (said.generation() == known.generation() && said.version() < known.version());
    }

    private static int add(EndpointDigest digest, List<EndpointDigest> digests) {
        digests.add(digest);
        return GossipCodec.digestBytes(digest);
    }
}
