package io.murmur.membership;

import io.murmur.kernel.Network;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import org.jspecify.annotations.Nullable;

/**
 * The acceptor of Paxos, for the decision on the ring after the newest this node knows. What it answers is durable before it is sent, and
 * forgotten only when that decision is known and kept.
 */
final class Voter {

    private final RingStore store;
    private final Network network;
    private final Runnable accepted;
    private Vote vote;

    /** @param accepted told after each ring accepted */
    Voter(RingStore store, Network network, Vote vote, Runnable accepted) {
        this.store = store;
        this.network = network;
        this.vote = vote;
        this.accepted = accepted;
    }

    /** A ring has been adopted: this is about the next from now on. */
    void decideAfter(long epoch) {
        if (vote.epoch() <= epoch) {
            vote = Vote.none(epoch + 1);
        }
    }

    /** The ring accepted last in the decision at hand, or null. */
    @Nullable
    Ring accepted() {
        return vote.accepted();
    }

    void prepare(NodeId from, RingMessage.Prepare prepare) {
        if (!vote.canPromise(prepare.ballot())) {
            outbid(from, prepare.id());
            return;
        }
        vote = vote.promise(prepare.ballot());
        RingMessage.Promise promise = new RingMessage.Promise(
                prepare.id(), vote.epoch(), prepare.ballot(), vote.acceptedIn(), vote.accepted());
        answer(from, promise);
    }

    void accept(NodeId from, RingMessage.Accept accept) {
        if (!vote.canAccept(accept.ballot())) {
            outbid(from, accept.id());
            return;
        }
        vote = vote.accept(accept.ballot(), accept.ring());
        answer(from, new RingMessage.Accepted(accept.id(), vote.epoch(), accept.ballot()));
        accepted.run();
    }

    /** Once it is kept. By then more may have been promised, but nothing that makes the answer untrue. */
    private void answer(NodeId to, RingMessage answer) {
        store.keep(RingFiles.VOTE, RingFiles.vote(vote), () -> network.send(to, answer));
    }

    /** Needs nothing durable: a refusal promises nothing. */
    private void outbid(NodeId to, long id) {
        network.send(to, new RingMessage.Outbid(id, vote.epoch(), vote.promised()));
    }
}
