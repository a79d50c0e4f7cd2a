package io.murmur.benchmarks.scale;

import io.murmur.kernel.message.Ballot;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingSteps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one more node costs: what moves, and what agreeing on it and telling of it says, when nothing is lost and nobody else wants anything.
 *
 * @param rings that follow one another: a joint one, and one for each node that has caught up, of which the last is at rest
 * @param emptyRings those of nodes that get no partition, but a place further to the front of one they own
 * @param voters who decide on each, of whom a majority has to agree
 * @param moved replicas of partitions that get another owner
 * @param due replicas that the new node is to own: fewer cannot move
 * @param decideBytes for all of these rings, both ways between the proposer and the voters
 * @param tellBytes for all of these rings, from whoever proposed each to everybody
 * @param tellOnceBytes for the longest of them: so much one node hands to its connections at once
 * @param ringBytes the longest of them
 * @param bytesOfClient that each client asks for meanwhile
 */
record JoinCost(
        int rings,
        int emptyRings,
        int voters,
        int moved,
        int due,
        long decideBytes,
        long tellBytes,
        long tellOnceBytes,
        int ringBytes,
        long bytesOfClient) {

    /** A ring and who proposes it. */
    record Step(NodeId proposer, Ring ring) {}

    static JoinCost of(Ring before, Member joiner) throws RingSteps.Refused {
        List<Step> steps = steps(before, joiner);
        Ring after = steps.getLast().ring();
        Set<NodeId> takers = new HashSet<>();
        int moved = 0;
        int due = 0;
        for (int partition = 0; partition < before.partitions(); partition++) {
            for (NodeId owner : after.owners(partition)) {
                if (!before.owners(partition).contains(owner)) {
                    moved++;
                    takers.add(owner);
                }
                due += owner.equals(joiner.id()) ? 1 : 0;
            }
        }
        long decide = 0;
        long tell = 0;
        long tellOnce = 0;
        int longest = 0;
        int empty = 0;
        long ofClient = 0;
        Ring former = before;
        for (Step step : steps) {
            Ring ring = step.ring();
            empty += takers.contains(step.proposer()) ? 0 : 1;
            decide += former.voters().size() * bytesOfBallot(ring, step.proposer());
            long once = (long) told(former, ring, step.proposer()) * Frames.bytes(new RingMessage.Decided(1, ring));
            tell += once;
            tellOnce = Math.max(tellOnce, once);
            longest = Math.max(longest, RingWeight.encode(ring).length);
            ofClient += Frames.bytes(new ClientRequest.GetRing(1, former.epoch(), Long.MAX_VALUE))
                    + Frames.bytes(new ClientReply.RingIs(1, ring.epoch(), ring));
            former = ring;
        }
        return new JoinCost(
                steps.size(), empty, before.voters().size(), moved, due, decide, tell, tellOnce, longest, ofClient);
    }

    /** From the first ring that knows of the node to that in which it is a member. Who has caught up says so itself. */
    static List<Step> steps(Ring before, Member joiner) throws RingSteps.Refused {
        List<Step> steps = new ArrayList<>();
        Ring ring = RingSteps.begin(before, new RingChange.Join(joiner));
        steps.add(new Step(joiner.id(), ring));
        while (ring.transition() != null) {
            NodeId next = RingSteps.behind(ring).iterator().next();
            ring = RingSteps.synced(ring, next);
            steps.add(new Step(next, ring));
        }
        return steps;
    }

    /** Between the proposer and one voter: both phases of Paxos, when no other proposer is about. One that votes itself is counted too. */
    private static long bytesOfBallot(Ring ring, NodeId proposer) {
        Ballot ballot = new Ballot(1, proposer);
        return (long) Frames.bytes(new RingMessage.Prepare(1, ring.epoch(), ballot))
                + Frames.bytes(new RingMessage.Promise(1, ring.epoch(), ballot, null, null))
                + Frames.bytes(new RingMessage.Accept(1, ballot, ring))
                + Frames.bytes(new RingMessage.Accepted(1, ring.epoch(), ballot));
    }

    /** As {@code RingKeeper} does it: whoever took part before or takes part now, but for the proposer. */
    private static int told(Ring former, Ring ring, NodeId proposer) {
        Set<NodeId> told = new HashSet<>();
        former.participants().forEach(member -> told.add(member.id()));
        ring.participants().forEach(member -> told.add(member.id()));
        told.remove(proposer);
        return told.size();
    }
}
