package io.murmur.membership;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a cluster's first ring comes about.
 *
 * <p><b>The problem.</b> The first ring is the one that no ring before it says who may decide on. Two first rings would be two clusters
 * under one name, each of which takes writes.
 *
 * <p><b>The idea.</b> Every node is told the same seeds, and how many nodes there are to be at least. A seed that knows of that many
 * nodes, none of which has heard of a ring, proposes the first ring of them all, in the same Paxos as every later one, with the seeds as
 * its acceptors. Whatever else a seed knows, the decision is one. Nodes beyond those join later.
 *
 * <p>Not a majority of the seeds but all of them must accept: the seeds are known by address, and a seed whose disk was lost comes back at
 * the same address as another node, which has promised nothing. Two majorities counted before and after might have only such a seed in
 * common; all seeds before and all seeds after have every other seed in common. So a seed that lost its disk never founds a second
 * cluster as long as one seed remembers: that one answers with the ring it has. The price is that all seeds must be up once, when the
 * cluster begins; they need not be at any later time.
 *
 * <p>What remains: where all seeds lose their disks at the same time, or the only one does, and {@code initialNodes} others without a
 * ring are there (with 1, none is needed), and none of the cluster's nodes can be reached, they found a second cluster. With two seeds or
 * more it takes the loss of all of them.
 */
public final class Genesis {

    private static final Logger LOG = LoggerFactory.getLogger(Genesis.class);

    /**
     * What a cluster is made with.
     *
     * @param partitions a power of two from 1 to 16384
     * @param replicas owners of each partition in each region
     * @param initialNodes how many nodes there must be, at least 1
     * @param seeds how many seeds all nodes are told of, at least 1
     */
    public record Terms(int partitions, int replicas, int initialNodes, int seeds) {}

    /**
     * What a node knows of the others by now.
     *
     * @param ringless the nodes that have no ring, itself included
     * @param seeds the seeds that have been met, itself included if it is one
     * @param isRingKnown whether any node has been heard to have a ring
     */
    public record Met(Collection<Member> ringless, Collection<NodeId> seeds, boolean isRingKnown) {}

    /** What is to be done. */
    public sealed interface Decision {

        /** Somebody else's turn, or more nodes must be there. Why, for people. */
        record Wait(String why) implements Decision {}

        /** To be proposed to the seeds. */
        record Propose(Ring first, List<NodeId> seeds) implements Decision {}
    }

    private final NodeId self;
    private final Terms terms;
    private final RingKeeper keeper;
    private boolean isProposing;

    public Genesis(NodeId self, Terms terms, RingKeeper keeper) {
        this.self = self;
        this.terms = terms;
        this.keeper = keeper;
    }

    /**
     * Proposes the first ring if it is time. To be called whenever more is known, and again and again.
     *
     * @return what a node without a ring waits for; empty when it has one
     */
    public String consider(Met met) {
        if (keeper.ring() != null) {
            return "";
        }
        return switch (decide(self, terms, met)) {
            case Decision.Wait(String why) -> why;
            case Decision.Propose(Ring first, List<NodeId> seeds) -> {
                if (!isProposing) {
                    isProposing = true;
                    LOG.info("{}: proposes the first ring: {}", self.abbreviated(), first);
                    keeper.found(first, seeds, answer -> isProposing = false);
                }
                yield "waits for the seeds to agree on the first ring";
            }
        };
    }

    /** Pure. */
    static Decision decide(NodeId self, Terms terms, Met met) {
        if (met.isRingKnown()) {
            return new Decision.Wait("the cluster has a ring; waits to be told it");
        }
        Set<NodeId> seeds = new TreeSet<>(met.seeds());
        if (seeds.size() < terms.seeds()) {
            return new Decision.Wait(
                    "waits to meet " + (terms.seeds() - seeds.size()) + " of " + terms.seeds() + " seeds");
        }
        if (seeds.size() > terms.seeds()) {
            return new Decision.Wait("has met " + seeds.size() + " nodes at the addresses of " + terms.seeds()
                    + " seeds: a seed lost its data folder; waits until the former one is forgotten");
        }
        if (!seeds.contains(self)) {
            return new Decision.Wait("waits for a seed to found the cluster");
        }
        TreeMap<String, Member> byName = new TreeMap<>();
        for (Member member : met.ringless()) {
            Member other = byName.put(member.name(), member);
            if (other != null && !other.id().equals(member.id())) {
                return new Decision.Wait("two nodes call themselves '" + member.name() + "': " + other.address()
                        + " and " + member.address() + "; give one another name");
            }
        }
        if (byName.size() < terms.initialNodes()) {
            return new Decision.Wait("waits for " + (terms.initialNodes() - byName.size()) + " more of "
                    + terms.initialNodes() + " initial nodes");
        }
        return new Decision.Propose(
                RingPlanner.first(terms.partitions(), terms.replicas(), byName.values()), List.copyOf(seeds));
    }
}
