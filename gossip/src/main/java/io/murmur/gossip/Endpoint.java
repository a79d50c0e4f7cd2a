package io.murmur.gossip;

import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.message.EndpointDigest;
import io.murmur.kernel.message.EndpointState;
import io.murmur.kernel.ring.NodeId;
import org.jspecify.annotations.Nullable;

/** What is known of another node ({@link Hearsay} writes it) and what is believed of it ({@link Detection} does). */
final class Endpoint {

    /** What rumour says, whoever carries it. */
    enum Verdict {
        /** It is talked of, but nothing has moved since, so it may be long gone. */
        UNHEARD,
        ALIVE,
        SUSPECT,
        DEAD
    }

    final NodeId node;

    // Known.
    EndpointDigest digest;
    EndpointAttributes attributes;
    boolean forgotten;

    /** The neighbours in the order of news. */
    @Nullable
    Endpoint newer;

    @Nullable
    Endpoint older;

    /** In which message it was mentioned last, and how. */
    long mentionedIn;

    @Nullable
    EndpointDigest mentioned;

    // Believed. Times are milliseconds of ObserverTime.
    Verdict verdict = Verdict.UNHEARD;
    final FlapDamping damping;
    PhiAccrual accrual;
    /** In how many rounds others were asked for it since it became a suspect. */
    int probes;

    /** How often others have asked for it since it was heard of. */
    int doubters;

    long heartbeatAtConviction;
    /** Whether the last direct message was answered, or is not overdue yet. */
    boolean reached;
    /** The ids of direct messages since the last answer; 0 when none is open. */
    long firstAsked;

    long lastAsked;
    int askedInRound;
    int unanswered;
    /** Since when it is what would count as alive, or -1. */
    long soundSinceMillis = -1;

    boolean alive;
    long changedAtMillis;

    Endpoint(EndpointState state, PhiAccrual accrual, FlapDamping damping, long nowMillis) {
        this.node = state.digest().node();
        this.digest = state.digest();
        this.attributes = state.attributes();
        this.accrual = accrual;
        this.damping = damping;
        this.changedAtMillis = nowMillis;
    }

    EndpointState state() {
        return new EndpointState(digest, attributes);
    }

    /** Whether it means to be there. */
    boolean serves() {
        return attributes.status().serves();
    }

    Standing standing() {
        if (verdict == Verdict.DEAD || !serves()) {
            return Standing.DEAD;
        }
        if (!alive) {
            return Standing.UNREACHABLE;
        }
        return verdict == Verdict.SUSPECT ? Standing.SUSPECT : Standing.ALIVE;
    }
}
