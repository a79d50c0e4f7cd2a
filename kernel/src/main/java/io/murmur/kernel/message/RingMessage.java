package io.murmur.kernel.message;

import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import org.jspecify.annotations.Nullable;

/**
 * How nodes agree on rings and tell each other of them. The ring of each epoch is one decision of Paxos among the voters of the ring before
 * it; rings that are decided travel freely.
 */
public sealed interface RingMessage extends Message {

    /** Phase 1a: will you hear of no ballot below this for the ring of that epoch? */
    record Prepare(long id, long epoch, Ballot ballot) implements RingMessage {}

    /**
     * Phase 1b: durably so.
     *
     * @param acceptedIn the greatest ballot in which this voter has accepted a ring, null when none
     * @param accepted that ring
     */
    record Promise(
            long id,
            long epoch,
            Ballot ballot,
            @Nullable Ballot acceptedIn,
            @Nullable Ring accepted) implements RingMessage {
        public Promise {
            if ((acceptedIn == null) != (accepted == null)) {
                throw new IllegalArgumentException("an accepted ring has a ballot, and no other has");
            }
        }
    }

    /** Phase 2a: accept this ring; its epoch says which decision this is. */
    record Accept(long id, Ballot ballot, Ring ring) implements RingMessage {}

    /** Phase 2b: durably accepted. */
    record Accepted(long id, long epoch, Ballot ballot) implements RingMessage {}

    /** To a Prepare or an Accept: a greater ballot has been promised. */
    record Outbid(long id, long epoch, Ballot promised) implements RingMessage {}

    /** To a Prepare or an Accept: this voter's ring is too old to know whether it may vote; tell it the ring before. */
    record Behind(long id, long epoch) implements RingMessage {}

    /** Asks for the ring, when it is newer than this epoch. */
    record AskRing(long id, long epoch) implements RingMessage {}

    /** A ring that has been decided; the answer to an AskRing, a Prepare or an Accept of an older epoch, or news. */
    record Decided(long id, Ring ring) implements RingMessage {}

    /** Asks any member to have the ring changed. */
    record Change(long id, RingChange change) implements RingMessage {}

    /**
     * What became of a Change.
     *
     * @param epoch the ring in which it has begun, or been done when it moved nothing; 0 when refused
     * @param refusal why it was refused, or null
     */
    record ChangeAnswered(long id, long epoch, @Nullable String refusal) implements RingMessage {}
}
