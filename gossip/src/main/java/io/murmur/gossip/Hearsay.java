package io.murmur.gossip;

import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.message.EndpointDigest;
import io.murmur.kernel.message.EndpointState;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.ring.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is known of everyone: the own state, and of the others the newest that was heard, in the order in which it was heard. A state is
 * newer by its generation, then by its heartbeat and version; so, whatever is lost, doubled or overtaken on the way, knowledge only grows.
 *
 * <p>Not heard are: generations from the future, which nobody could ever outdo; removed nodes, for the time of their quarantine; and more
 * nodes than a message can name.
 */
final class Hearsay {

    private final Map<NodeId, Endpoint> endpoints = new HashMap<>();
    /** The same in the order of acquaintance. */
    private final List<Endpoint> acquaintances = new ArrayList<>();

    private final Quarantine quarantine;
    private final long generationAheadSeconds;
    private final Function<EndpointState, Endpoint> acquaint;
    private final Findings findings;

    private EndpointDigest ownDigest;
    private EndpointAttributes ownAttributes;
    private @Nullable Endpoint newest;
    private @Nullable Endpoint oldest;

    /** The time as of the message that is being listened to. */
    private long nowNanos;

    private long wallSeconds;

    private @Nullable EndpointDigest newerRing;

    /** @param acquaint makes what is believed of a node that was never heard of before */
    Hearsay(EndpointState own, GossipSettings settings, Function<EndpointState, Endpoint> acquaint, Findings findings) {
        this.ownDigest = own.digest();
        this.ownAttributes = own.attributes();
        this.quarantine = new Quarantine(settings.quarantine().toNanos());
        this.generationAheadSeconds = settings.generationAhead().toSeconds();
        this.acquaint = acquaint;
        this.findings = findings;
    }

    NodeId self() {
        return ownDigest.node();
    }

    EndpointDigest ownDigest() {
        return ownDigest;
    }

    EndpointState own() {
        return new EndpointState(ownDigest, ownAttributes);
    }

    @Nullable
    Endpoint get(NodeId node) {
        return endpoints.get(node);
    }

    /** Everyone but the own node. */
    List<Endpoint> acquaintances() {
        return acquaintances;
    }

    /** Of whom the newest was heard; from there on by {@link Endpoint#older}. */
    @Nullable
    Endpoint newest() {
        return newest;
    }

    /** Of whom nothing was heard for the longest time; from there on by {@link Endpoint#newer}. */
    @Nullable
    Endpoint oldest() {
        return oldest;
    }

    // ---- the own state

    void beat() {
        own(ownDigest.version(), ownDigest.ringEpoch());
    }

    void ringEpoch(long epoch) {
        if (epoch > ownDigest.ringEpoch()) {
            own(ownDigest.version(), epoch);
        }
    }

    void attributes(EndpointAttributes next) {
        if (!next.member().id().equals(self())) {
            throw new IllegalArgumentException("not the own node: " + next.member());
        }
        ownAttributes = next;
        own(ownDigest.version() + 1, ownDigest.ringEpoch());
    }

    EndpointAttributes ownAttributes() {
        return ownAttributes;
    }

    /** Every change moves the heartbeat too, so that the order of news is the order of heartbeats. */
    private void own(long version, long ringEpoch) {
        ownDigest = new EndpointDigest(self(), ownDigest.generation(), ownDigest.heartbeat() + 1, version, ringEpoch);
    }

    // ---- listening

    /** Says when the messages arrive that are heard from now on. */
    void now(long monotonicNanos, long wallMillis) {
        nowNanos = monotonicNanos;
        wallSeconds = wallMillis / 1000;
        quarantine.expire(monotonicNanos);
    }

    /** Takes over what a digest tells by itself. Answers whether the state behind it should be asked for. */
    boolean hear(EndpointDigest said, NodeId from) {
        if (isRefused(said)) {
            return false;
        }
        if (said.node().equals(self())) {
            hearOfSelf(said);
            return false;
        }
        noteRing(said);
        Endpoint endpoint = endpoints.get(said.node());
        if (endpoint == null) {
            return acquaintances.size() < GossipMessage.MAX_ENTRIES;
        }
        EndpointDigest known = endpoint.digest;
        if (said.generation() != known.generation()) {
            return said.generation() > known.generation();
        }
        if (said.heartbeat() > known.heartbeat()) {
            endpoint.digest = said.version() == known.version()
                    ? said
                    : new EndpointDigest(
                            said.node(), said.generation(), said.heartbeat(), known.version(), said.ringEpoch());
            moveToNewest(endpoint);
            findings.lives(endpoint, from.equals(said.node()));
        }
        return said.version() > known.version();
    }

    /** Takes over a state, unless what is known is as new. */
    void hear(EndpointState said, NodeId from) {
        EndpointDigest digest = said.digest();
        Endpoint endpoint = endpoints.get(digest.node());
        boolean wanted = hear(digest, from);
        if (!wanted) {
            return;
        }
        boolean direct = from.equals(digest.node());
        if (endpoint == null) {
            Endpoint met = acquaint.apply(said);
            endpoints.put(met.node, met);
            acquaintances.add(met);
            moveToNewest(met);
            findings.met(met, direct);
            return;
        }
        boolean reborn = digest.generation() > endpoint.digest.generation();
        endpoint.attributes = said.attributes();
        if (reborn) {
            endpoint.digest = digest;
            moveToNewest(endpoint);
            findings.reborn(endpoint, direct);
        } else {
            EndpointDigest known = endpoint.digest;
            endpoint.digest = new EndpointDigest(
                    known.node(), known.generation(), known.heartbeat(), digest.version(), known.ringEpoch());
        }
        findings.changed(endpoint);
    }

    private boolean isRefused(EndpointDigest said) {
        return said.generation() > wallSeconds + generationAheadSeconds
                || quarantine.holds(said.node(), said.generation(), nowNanos);
    }

    /**
     * Somebody knows the own node better than it does itself: it has come back without its memory or with a clock that was set back, and
     * without this nobody would listen to it until it had caught up.
     */
    private void hearOfSelf(EndpointDigest said) {
        if (said.generation() > ownDigest.generation()) {
            ownDigest = new EndpointDigest(self(), said.generation() + 1, 1, 1, ownDigest.ringEpoch());
            findings.generationRaised(ownDigest.generation());
        } else if (said.generation() == ownDigest.generation()
                && (said.heartbeat() > ownDigest.heartbeat() || said.version() > ownDigest.version())) {
            ownDigest = new EndpointDigest(
                    self(),
                    said.generation(),
                    Math.max(said.heartbeat(), ownDigest.heartbeat()) + 1,
                    Math.max(said.version(), ownDigest.version()) + 1,
                    ownDigest.ringEpoch());
        }
    }

    private void noteRing(EndpointDigest said) {
        long known = newerRing == null ? ownDigest.ringEpoch() : newerRing.ringEpoch();
        if (said.ringEpoch() > known) {
            newerRing = said;
        }
    }

    /** Who has a newer ring than the own one, by what was heard since the last call; of equal ones the one named first. */
    @Nullable
    EndpointDigest takeNewerRing() {
        EndpointDigest taken = newerRing;
        newerRing = null;
        return taken != null && taken.ringEpoch() > ownDigest.ringEpoch() ? taken : null;
    }

    // ---- forgetting

    /** Nothing of this life of the node is known any more, nor heard for a while. Answers what was known of it. */
    @Nullable
    Endpoint forget(NodeId node) {
        Endpoint endpoint = endpoints.remove(node);
        // Of one that was never heard of, no life that others may still talk of can have begun later than now.
        long generation = endpoint == null ? wallSeconds : endpoint.digest.generation();
        quarantine.remove(node, generation, nowNanos);
        if (endpoint != null) {
            acquaintances.remove(endpoint);
            unlink(endpoint);
            endpoint.forgotten = true;
        }
        return endpoint;
    }

    // ---- the order of news

    private void moveToNewest(Endpoint endpoint) {
        if (endpoint == newest) {
            return;
        }
        unlink(endpoint);
        endpoint.older = newest;
        if (newest != null) {
            newest.newer = endpoint;
        }
        newest = endpoint;
        if (oldest == null) {
            oldest = endpoint;
        }
    }

    private void unlink(Endpoint endpoint) {
        Endpoint newer = endpoint.newer;
        Endpoint older = endpoint.older;
        if (newer != null) {
            newer.older = older;
        } else if (newest == endpoint) {
            newest = older;
        }
        if (older != null) {
            older.newer = newer;
        } else if (oldest == endpoint) {
            oldest = newer;
        }
        endpoint.newer = null;
        endpoint.older = null;
    }
}
