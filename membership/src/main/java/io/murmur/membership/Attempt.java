package io.murmur.membership;

import io.murmur.kernel.message.Ballot;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One ballot: who has promised, what they had accepted, who has accepted now. Pure but for what it counts. */
final class Attempt {

    private final Ballot ballot;
    private final List<NodeId> voters;
    private final int enough;
    private final Ring proposed;
    private final Set<NodeId> promised = new LinkedHashSet<>();
    private final Set<NodeId> accepted = new LinkedHashSet<>();
    private final Set<NodeId> outbidBy = new LinkedHashSet<>();
    private final Set<NodeId> told = new LinkedHashSet<>();
    private @Nullable Ballot foundIn;
    private Ring value;
    private boolean isAccepting;

    /**
     * @param enough how many of the voters decide; any two such sets must have one in common
     * @param proposed the ring to propose unless another may have been decided already
     */
    Attempt(Ballot ballot, List<NodeId> voters, int enough, Ring proposed) {
        this.ballot = ballot;
        this.voters = voters;
        this.enough = enough;
        this.proposed = proposed;
        this.value = proposed;
    }

    static int majority(int voters) {
        return voters / 2 + 1;
    }

    long epoch() {
        return proposed.epoch();
    }

    Ballot ballot() {
        return ballot;
    }

    List<NodeId> voters() {
        return voters;
    }

    /** What was to be proposed at first. */
    Ring proposed() {
        return proposed;
    }

    /** Whether phase 2 has begun. */
    boolean isAccepting() {
        return isAccepting;
    }

    /** Phase 2's ring: the one accepted in the greatest ballot among the promises, since it may be decided; else the proposed one. */
    Ring value() {
        return value;
    }

    /** Whether this is the promise that lets phase 2 begin. */
    boolean promise(NodeId from, RingMessage.Promise promise) {
        if (isAccepting || !isAbout(promise.epoch(), promise.ballot()) || !voters.contains(from)) {
            return false;
        }
        promised.add(from);
        Ballot in = promise.acceptedIn();
        Ring ring = promise.accepted();
        if (in != null && ring != null && (foundIn == null || in.compareTo(foundIn) > 0)) {
            foundIn = in;
            value = ring;
        }
        isAccepting = promised.size() >= enough;
        if (isAccepting) {
            told.clear();
        }
        return isAccepting;
    }

    /** Whether the ring is decided with this. */
    boolean accepted(NodeId from, RingMessage.Accepted answer) {
        if (!isAccepting || !isAbout(answer.epoch(), answer.ballot()) || !voters.contains(from)) {
            return false;
        }
        return accepted.add(from) && accepted.size() == enough;
    }

    /** Whether so many have promised a greater ballot that this one cannot succeed. */
    boolean outbid(NodeId from, RingMessage.Outbid answer) {
        if (answer.epoch() != epoch() || answer.promised().compareTo(ballot) <= 0 || !voters.contains(from)) {
            return false;
        }
        outbidBy.add(from);
        return voters.size() - outbidBy.size() < enough;
    }

    /** Whether a voter that is behind is to be told the ring before: once in each phase, so that no two nodes keep each other busy. */
    boolean mayTell(NodeId voter) {
        return voters.contains(voter) && told.add(voter);
    }

    /** Who has not said anything. */
    List<NodeId> silent() {
        List<NodeId> silent = new ArrayList<>(voters);
        silent.removeAll(promised);
        silent.removeAll(accepted);
        silent.removeAll(outbidBy);
        return silent;
    }

    private boolean isAbout(long epoch, Ballot someBallot) {
        return epoch == epoch() && ballot.equals(someBallot);
    }
}
