package io.murmur.membership;

import io.murmur.kernel.Timers;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's way into the ring: as long as it knows a ring and has no part in it, it asks to join, or to replace a dead member; once it is in,
 * it sees to it that the ring has its address. A change that is in the way is waited for. A refusal that will not pass is reported and
 * ends it. So does it when the node is out again after it was in: whoever left, or was removed, or whose joining was given up, does not
 * come back by itself, and a member that left not even after a restart.
 *
 * <p>On the control loop's thread.
 */
public final class Admission {

    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private static final long LEAST_PAUSE_MILLIS = 500;
    private static final long MOST_PAUSE_MILLIS = 15_000;

    private final Member self;
    private final RingChange entry;
    private final RingKeeper keeper;
    private final RingStore store;
    private final Timers timers;
    private final Backoff backoff;
    private final FormerSelf formerSelf;
    private final Consumer<String> refused;
    private Timers.Timer again = () -> {};
    private boolean wasIn;
    private boolean wasMember;
    private boolean hasLeft;
    private boolean isAsking;
    private boolean isOver;

    private Admission(
            Member self,
            RingChange entry,
            RingKeeper keeper,
            RingStore store,
            Timers timers,
            RandomGenerator random,
            FormerSelf formerSelf,
            Consumer<String> refused,
            boolean hasLeft) {
        this.self = self;
        this.entry = entry;
        this.keeper = keeper;
        this.store = store;
        this.timers = timers;
        this.backoff = new Backoff(random, LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS);
        this.formerSelf = formerSelf;
        this.refused = refused;
        this.hasLeft = hasLeft;
    }

    /**
     * Follows the rings from now on. Blocks on the disk.
     *
     * @param self as this node is to be in the ring
     * @param replaces the dead member whose place it takes, or null when it joins in addition
     * @param formerSelf asked about a member of this node's name and address
     * @param refused is told at most once, for people, why this node will not be in the ring unless somebody does something
     * @throws IOException when what a former life of this node kept is damaged
     */
    public static Admission start(
            Member self,
            @Nullable NodeId replaces,
            RingKeeper keeper,
            RingStore store,
            Timers timers,
            RandomGenerator random,
            FormerSelf formerSelf,
            Consumer<String> refused)
            throws IOException {
        RingChange entry = replaces == null ? new RingChange.Join(self) : new RingChange.Replace(replaces, self);
        Admission admission = new Admission(
                self, entry, keeper, store, timers, random, formerSelf, refused, RingFiles.loadLeft(store));
        keeper.onAdopted(admission::consider);
        Ring ring = keeper.ring();
        if (ring != null) {
            admission.consider(ring);
        }
        return admission;
    }

    private void consider(Ring ring) {
        Member known = ring.member(self.id());
        if (known != null) {
            if (hasLeft) {
                remember(false); // Somebody else had it join again.
            }
            wasIn = true;
            wasMember |= ring.members().contains(known);
            isOver = false;
            if (!known.address().equals(self.address())) {
                ask(new RingChange.Relocate(self.id(), self.host(), self.port()));
            }
        } else if (wasMember || hasLeft) {
            if (!hasLeft) {
                remember(true);
            }
            stop(
                    "it has left the ring, or was removed; stop it, and to have it join again start it on an empty data folder");
        } else if (wasIn) {
            stop("that it joins was given up; to try again, start it again");
        } else {
            enter(ring);
        }
    }

    /**
     * A member of this node's name at this node's address is what this node was before its data was lost. When that is certain it takes its
     * own place, so that the ring does not wait for a node that will never be back.
     */
    private void enter(Ring ring) {
        for (Member member : ring.members()) {
            boolean isFormer =
                    member.name().equals(self.name()) && member.address().equals(self.address());
            if (isFormer && entry instanceof RingChange.Join) {
                switch (formerSelf.of(member.id())) {
                    case TAKE_ITS_PLACE -> {
                        LOG.warn(
                                "{}: the ring has a dead member of this name at this address ({}), whose data is not here:"
                                        + " this node takes its place and is rebuilt from the other owners",
                                self.name(),
                                member.id());
                        ask(new RingChange.Replace(member.id(), self));
                    }
                    case WAIT -> {
                        LOG.info(
                                "{}: waits until the member of this name at this address ({}) is known to be dead",
                                self.name(),
                                member.id());
                        lookAgain();
                    }
                    case LEAVE_IT -> ask(entry);
                }
                return;
            }
        }
        ask(entry);
    }

    private void remember(boolean left) {
        hasLeft = left;
        store.keep(RingFiles.LEFT, RingFiles.left(left), () -> {});
    }

    private void ask(RingChange change) {
        if (isAsking || isOver) {
            return;
        }
        isAsking = true;
        keeper.change(change, answer -> answered(change, answer));
    }

    private void answered(RingChange change, Answer answer) {
        isAsking = false;
        switch (answer) {
            case Answer.Begun ignored -> backoff.reset();
            case Answer.Refused(String why, boolean isForNow)
            when !isForNow -> {
                stop(why);
                return;
            }
            case Answer.Refused(String why, boolean isForNow) ->
                LOG.info("{}: {} waits: {}", self.name(), change.getClass().getSimpleName(), why);
            case Answer.Unknown(String why) ->
                LOG.info("{}: {} waits: {}", self.name(), change.getClass().getSimpleName(), why);
        }
        // Whatever came of it, the ring says what is still to be done.
        lookAgain();
    }

    private void lookAgain() {
        again.cancel();
        again = timers.after(backoff.next(), () -> {
            Ring ring = keeper.ring();
            if (ring != null) {
                consider(ring);
            }
        });
    }

    private void stop(String why) {
        if (!isOver) {
            isOver = true;
            refused.accept(why);
        }
    }
}
