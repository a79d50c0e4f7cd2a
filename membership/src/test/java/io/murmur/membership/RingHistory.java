package io.murmur.membership;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingSteps;
import io.murmur.kernel.ring.Transition;
import io.murmur.simulation.Violation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** All rings that were adopted by anybody, and what must be true of them. */
final class RingHistory {

    private final Consumer<Violation> violations;
    private final TreeMap<Long, Ring> byEpoch = new TreeMap<>();
    private final Map<NodeId, Long> newest = new LinkedHashMap<>();

    RingHistory(Consumer<Violation> violations) {
        this.violations = violations;
    }

    /** A node follows this ring, be it newly adopted or found on its disk. */
    void adopted(NodeId node, Ring ring) {
        Long former = newest.put(node, ring.epoch());
        if (former != null && ring.epoch() < former) {
            violated("no ring is unlearned", node + " had the ring of epoch " + former + " and has " + ring);
        }
        Ring known = byEpoch.putIfAbsent(ring.epoch(), ring);
        if (known != null && !known.equals(ring)) {
            violated("an epoch has one ring", known + " and " + ring);
        }
    }

    /** A node that has no ring. */
    void none(NodeId node) {
        if (newest.containsKey(node)) {
            violated("no ring is unlearned", node + " had the ring of epoch " + newest.get(node) + " and has none");
        }
    }

    /** Every ring is one step from the one before. */
    void check() {
        Ring before = null;
        for (Ring ring : byEpoch.values()) {
            if (before == null ? ring.epoch() != 1 : ring.epoch() != before.epoch() + 1 || !isStep(before, ring)) {
                violated("rings follow one another by steps", before + " and " + ring);
            }
            before = ring;
        }
    }

    long epochs() {
        return byEpoch.size();
    }

    /** Whether any ring showed this change under way or done. */
    boolean showed(RingChange change) {
        return byEpoch.values().stream().anyMatch(ring -> shows(ring, change));
    }

    private static boolean shows(Ring ring, RingChange change) {
        Transition transition = ring.transition();
        return (transition != null && transition.change().equals(change)) || new Step.Change(change).isTaken(ring);
    }

    private static boolean isStep(Ring before, Ring ring) {
        List<RingChange> possible = new ArrayList<>();
        if (ring.transition() != null) {
            possible.add(ring.transition().change());
        }
        if (before.transition() != null) {
            possible.add(new RingChange.Abort(before.transition().change().subject()));
        }
        for (Member member : ring.participants()) {
            possible.add(new RingChange.Relocate(member.id(), member.host(), member.port()));
            possible.add(new RingChange.Move(member.id(), member.zone(), member.weight()));
            possible.add(new RingChange.Join(member));
        }
        for (Member member : before.members()) {
            possible.add(new RingChange.Leave(member.id()));
            for (Member by : ring.members()) {
                possible.add(new RingChange.Replace(member.id(), by)); // Begun and done at once where nothing moves.
            }
        }
        return possible.stream().anyMatch(change -> leadsTo(ring, () -> RingSteps.begin(before, change)))
                || RingSteps.behind(before).stream()
                        .anyMatch(node -> leadsTo(ring, () -> RingSteps.synced(before, node)));
    }

    private interface Taken {
        Ring step() throws RingSteps.Refused;
    }

    private static boolean leadsTo(Ring ring, Taken taken) {
        try {
            return taken.step().equals(ring);
        } catch (RingSteps.Refused e) {
            return false;
        }
    }

    private void violated(String promise, String detail) {
        violations.accept(new Violation(promise, detail));
    }
}
