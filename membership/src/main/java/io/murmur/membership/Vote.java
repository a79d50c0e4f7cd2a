package io.murmur.membership;

import io.murmur.kernel.message.Ballot;
import io.murmur.kernel.ring.Ring;
import org.jspecify.annotations.Nullable;

/**
 * What a voter has promised and accepted in one decision, as a value (Lamport, "Paxos Made Simple", section 2.2). Pure.
 *
 * @param epoch of the ring that is to be decided on
 * @param promised no smaller ballot is answered any more
 * @param acceptedIn the greatest ballot in which a ring was accepted, or null
 * @param accepted that ring
 */
record Vote(
        long epoch,
        Ballot promised,
        @Nullable Ballot acceptedIn,
        @Nullable Ring accepted) {

    static Vote none(long epoch) {
        return new Vote(epoch, Ballot.ZERO, null, null);
    }

    /**
     * P1b. Strictly greater only: who has a promise for a ballot and asks again may be another who took the same number, and a proposer
     * that missed the answer takes a greater one.
     */
    boolean canPromise(Ballot ballot) {
        return ballot.compareTo(promised) > 0;
    }

    Vote promise(Ballot ballot) {
        return new Vote(epoch, ballot, acceptedIn, accepted);
    }

    /** P1a: unless a greater ballot was promised. */
    boolean canAccept(Ballot ballot) {
        return ballot.compareTo(promised) >= 0;
    }

    Vote accept(Ballot ballot, Ring ring) {
        return new Vote(epoch, ballot, ballot, ring);
    }
}
