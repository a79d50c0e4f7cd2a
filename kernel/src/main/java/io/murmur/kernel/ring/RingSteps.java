package io.murmur.kernel.ring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * From ring to ring. Pure: every node that takes the same step from the same ring comes to the same next one.
 *
 * <p><b>The problem.</b> A partition's owners must change while it is read and written, nodes learn of rings at different times, and any
 * of them may stop at any point; yet a read quorum and a write quorum must always meet (invariants 2 and 7).
 *
 * <p><b>The idea.</b> Three kinds of ring follow one another, each agreed on by the voters of the one before:
 *
 * <ol>
 *   <li><i>at rest</i>: owners O;
 *   <li><i>joint</i>: owners O and next owners N. Every operation meets its level in O <i>and</i> in N. Where the lists share enough
 *       owners, as they nearly always do, the same owners answer for both, and nobody is asked in addition;
 *   <li><i>at rest</i>: owners N.
 * </ol>
 *
 * <p>A replica refuses what was routed by a ring in which the partition was not yet as it is by its own ({@link Ring#since}). So an
 * operation is served by owners of one kind of ring only, and operations of neighbouring kinds meet: those of the joint ring meet both
 * others. The first and the third need not meet, so the third ring may come only when no operation of the first can succeed any more and
 * all that it did is among the next owners. Both come from catching up: who must catch up ({@link #behind}) reads a partition from so
 * many of its owners that no majority is without one ({@link #areEnough}), each of which has by then adopted the joint ring, refuses older requests, and has finished the joins it had
 * accepted by them. When all have caught up ({@link #synced}), the third ring follows.
 *
 * <p>Who catches up: every node that is to own more than it did; and where a partition is to have fewer owners, all of these, since what a
 * majority of three holds need not be held by a majority of two of them.
 */
public final class RingSteps {

    private RingSteps() {}

    /** Why a step cannot be taken, with the remedy. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean forNow;

        Refused(String why) {
            this(why, false);
        }

        Refused(String why, boolean forNow) {
            super(why);
            this.forNow = forNow;
        }

        /** Whether the same may be granted later: another change is in its way. */
        public boolean isForNow() {
            return forNow;
        }
    }

    /**
     * The ring in which a change begins, or is done when it moves nothing.
     *
     * @throws Refused when another change is under way, or this one makes no sense
     */
    public static Ring begin(Ring ring, RingChange change) throws Refused {
        Transition underWay = ring.transition();
        if (change instanceof RingChange.Abort) {
            if (underWay == null) {
                throw new Refused("no change of the ring is under way");
            }
            if (!underWay.change().subject().equals(change.subject())) {
                throw new Refused("the change under way is another: " + describe(ring, underWay.change())
                        + ", and not one of " + name(ring, change.subject()));
            }
            return abort(ring);
        }
        if (change instanceof RingChange.Relocate relocate) {
            return relocate(ring, relocate);
        }
        if (underWay != null) {
            throw new Refused(
                    "another change is under way: " + describe(ring, underWay.change())
                            + "; wait for its end, or give it up with 'abort'",
                    true);
        }
        List<Member> next = members(ring, change);
        Ring planned = RingPlanner.next(ring, next);
        List<NodeId> voters = ring.voters();
        NodeId dead = goneAtOnce(change);
        if (dead != null) {
            List<Member> living = new ArrayList<>(ring.members());
            living.removeIf(member -> member.id().equals(dead));
            voters = Voters.of(voters, living);
        }
        Transition transition = new Transition(change, next, planned.owners(), List.of());
        Ring joint = new Ring(
                ring.epoch() + 1,
                ring.partitions(),
                ring.replicas(),
                ring.members(),
                ring.owners(),
                voters,
                since(ring, planned.owners()),
                transition);
        return behind(joint).isEmpty() ? settle(ring, ring.epoch() + 1, transition) : joint;
    }

    /** The member that neither votes nor is read from any more, because it is dead; null when there is none. */
    public static @Nullable NodeId goneAtOnce(RingChange change) {
        return switch (change) {
            case RingChange.Remove remove -> remove.subject();
            case RingChange.Replace replace -> replace.dead();
            case RingChange.Join ignored -> null;
            case RingChange.Leave ignored -> null;
            case RingChange.Move ignored -> null;
            case RingChange.Relocate ignored -> null;
            case RingChange.Abort ignored -> null;
        };
    }

    private static List<Member> members(Ring ring, RingChange change) throws Refused {
        List<Member> next = new ArrayList<>(ring.members());
        switch (change) {
            case RingChange.Join join -> {
                mustBeNew(ring, join.member());
                next.add(join.member());
            }
            case RingChange.Leave leave -> remove(ring, next, leave.subject());
            case RingChange.Remove gone -> remove(ring, next, gone.subject());
            case RingChange.Replace replace -> {
                Member dead = member(ring, replace.dead());
                remove(ring, next, dead.id());
                Member by = replace.by();
                if (!by.name().equals(dead.name())) {
                    mustBeNew(ring, by);
                } else if (ring.member(by.id()) != null) {
                    throw new Refused("'" + by.name() + "' is a member already");
                }
                if (!by.region().equals(dead.region())) {
                    throw new Refused("'" + by.name() + "' is in region '" + by.region() + "' and '" + dead.name()
                            + "' was in '" + dead.region() + "'; a replacement stays in the region");
                }
                next.add(by);
            }
            case RingChange.Move move -> {
                Member member = member(ring, move.subject());
                next.remove(member);
                next.add(altered(member, member.host(), member.port(), move.zone(), move.weight()));
            }
            case RingChange.Relocate ignored -> throw new IllegalStateException("moves nothing");
            case RingChange.Abort ignored -> throw new IllegalStateException("moves nothing");
        }
        return next;
    }

    private static Member altered(Member member, String host, int port, String zone, int weight) throws Refused {
        try {
            return new Member(member.id(), member.name(), host, port, member.region(), zone, weight);
        } catch (IllegalArgumentException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    private static void mustBeNew(Ring ring, Member member) throws Refused {
        for (Member other : ring.participants()) {
            if (other.id().equals(member.id())) {
                throw new Refused("'" + member.name() + "' is a member already");
            }
            if (other.name().equals(member.name())) {
                throw new Refused("the ring has a '" + other.name() + "' already (" + other.id() + "), and this is "
                        + member.id() + ": choose another name, or let it take the place of the former with 'replace'");
            }
        }
    }

    private static Member member(Ring ring, NodeId id) throws Refused {
        Member member = ring.member(id);
        if (member == null || !ring.members().contains(member)) {
            throw noMember(ring, id);
        }
        return member;
    }

    private static Refused noMember(Ring ring, NodeId id) {
        return new Refused(id + " is no member of the ring of epoch " + ring.epoch());
    }

    private static void remove(Ring ring, List<Member> next, NodeId id) throws Refused {
        Member member = member(ring, id);
        next.remove(member);
        if (next.isEmpty()) {
            // When it is dead, nobody is left to vote either.
            throw new Refused("'" + member.name() + "' is the last member: with it all data would go");
        }
    }

    /** Of whoever takes part: one that is still joining may come back under another address too. */
    private static Ring relocate(Ring ring, RingChange.Relocate relocate) throws Refused {
        if (ring.member(relocate.subject()) == null) {
            throw noMember(ring, relocate.subject());
        }
        Transition transition = ring.transition();
        Transition relocated = transition == null
                ? null
                : new Transition(
                        transition.change(),
                        relocated(transition.members(), relocate),
                        transition.owners(),
                        transition.synced());
        return new Ring(
                ring.epoch() + 1,
                ring.partitions(),
                ring.replicas(),
                relocated(ring.members(), relocate),
                ring.owners(),
                ring.voters(),
                ring.since(),
                relocated);
    }

    private static List<Member> relocated(List<Member> members, RingChange.Relocate relocate) throws Refused {
        List<Member> relocated = new ArrayList<>();
        for (Member member : members) {
            relocated.add(
                    member.id().equals(relocate.subject())
                            ? altered(member, relocate.host(), relocate.port(), member.zone(), member.weight())
                            : member);
        }
        return relocated;
    }

    private static Ring abort(Ring ring) {
        List<Long> since = new ArrayList<>();
        for (int partition = 0; partition < ring.partitions(); partition++) {
            since.add(ring.isMoving(partition) ? ring.epoch() + 1 : ring.since(partition));
        }
        return new Ring(
                ring.epoch() + 1,
                ring.partitions(),
                ring.replicas(),
                ring.members(),
                ring.owners(),
                Voters.of(ring.voters(), ring.members()),
                since,
                null);
    }

    private static List<Long> since(Ring ring, List<List<NodeId>> next) {
        List<Long> since = new ArrayList<>();
        for (int partition = 0; partition < ring.partitions(); partition++) {
            boolean changes = !next.get(partition).equals(ring.owners(partition));
            since.add(changes ? ring.epoch() + 1 : ring.since(partition));
        }
        return since;
    }

    /**
     * The ring in which a node has caught up: the change is done when it was the last, and under way still when not.
     *
     * @throws Refused when no change is under way that it has to catch up with
     */
    public static Ring synced(Ring ring, NodeId node) throws Refused {
        Transition transition = ring.transition();
        if (transition == null || !behind(ring).contains(node)) {
            throw new Refused(node + " has nothing to catch up with in the ring of epoch " + ring.epoch());
        }
        Set<NodeId> synced = new TreeSet<>(transition.synced());
        synced.add(node);
        Transition further =
                new Transition(transition.change(), transition.members(), transition.owners(), List.copyOf(synced));
        Ring next = new Ring(
                ring.epoch() + 1,
                ring.partitions(),
                ring.replicas(),
                ring.members(),
                ring.owners(),
                ring.voters(),
                ring.since(),
                further);
        return behind(next).isEmpty() ? settle(ring, ring.epoch() + 1, further) : next;
    }

    private static Ring settle(Ring ring, long epoch, Transition transition) {
        List<Long> since = new ArrayList<>();
        for (int partition = 0; partition < ring.partitions(); partition++) {
            boolean changes = !transition.owners().get(partition).equals(ring.owners(partition));
            since.add(changes ? epoch : ring.since(partition));
        }
        return new Ring(
                epoch,
                ring.partitions(),
                ring.replicas(),
                transition.members(),
                transition.owners(),
                Voters.of(ring.voters(), transition.members()),
                since,
                null);
    }

    /** The nodes that have yet to catch up, by id; empty when no change is under way. */
    public static Set<NodeId> behind(Ring ring) {
        Set<NodeId> behind = new TreeSet<>();
        Transition transition = ring.transition();
        if (transition == null) {
            return behind;
        }
        for (Member member : transition.members()) {
            if (!transition.synced().contains(member.id())
                    && !toCatchUp(ring, member.id()).isEmpty()) {
                behind.add(member.id());
            }
        }
        return behind;
    }

    /** The partitions a node must catch up with in the change under way, whether it has by now or not. */
    public static List<Integer> toCatchUp(Ring ring, NodeId node) {
        if (ring.transition() == null) {
            return List.of();
        }
        List<Integer> partitions = new ArrayList<>();
        for (int partition = 0; partition < ring.partitions(); partition++) {
            if (ring.isMoving(partition) && mustCatchUp(ring, node, partition)) {
                partitions.add(partition);
            }
        }
        return partitions;
    }

    private static boolean mustCatchUp(Ring ring, NodeId node, int partition) {
        List<NodeId> before = ring.owners(partition);
        List<NodeId> after = ring.nextOwners(partition);
        if (!after.contains(node)) {
            return false;
        }
        if (after.size() < before.size()) {
            return true;
        }
        // A cache with fewer replicas than the ring uses the first owners only: who moves to the front may hold nothing
        // of it.
        for (int replicas = 1; replicas <= ring.replicas(); replicas++) {
            if (ring.nextOwners(partition, replicas).contains(node)
                    && !ring.owners(partition, replicas).contains(node)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whom a node catches up from: the partition's owners but for itself and the dead.
     *
     * @return in order of preference
     */
    public static List<NodeId> sources(Ring ring, NodeId node, int partition) {
        List<NodeId> sources = new ArrayList<>(ring.owners(partition));
        sources.remove(node);
        Transition transition = ring.transition();
        if (transition != null) {
            sources.removeIf(source -> source.equals(goneAtOnce(transition.change())));
        }
        return Collections.unmodifiableList(sources);
    }

    /** As {@link #areEnough(Ring, int, Set, Collection)}, whatever number of replicas any cache has. */
    public static boolean areEnough(Ring ring, int partition, Set<NodeId> read) {
        return areEnough(
                ring,
                partition,
                read,
                IntStream.rangeClosed(1, ring.replicas()).boxed().toList());
    }

    /**
     * Whether these are enough to catch up from: they have a node in common with every majority of the owners, in all and in each region,
     * so that what was acknowledged or read at a majority before the change began is held by one of them, and no older operation can find
     * a majority without them. Where the only owner is dead, what it had is lost, and nobody is enough.
     *
     * <p>A cache with fewer replicas than the ring has its majorities among the first owners alone, so each such beginning of the owners
     * counts by itself: a cache of one replica is had from the first owner or not at all. Who knows that there is no such cache need not
     * wait for that one.
     *
     * @param read sources that have been read to the end, and the node itself where it is an owner
     * @param replicas how many replicas caches have: all such numbers
     */
    public static boolean areEnough(Ring ring, int partition, Set<NodeId> read, Collection<Integer> replicas) {
        Transition transition = ring.transition();
        NodeId dead = transition == null ? null : goneAtOnce(transition.change());
        for (int number : replicas) {
            if (!meetEveryMajority(ring, ring.owners(partition, number), read, dead)) {
                return false;
            }
        }
        return true;
    }

    private static boolean meetEveryMajority(Ring ring, List<NodeId> all, Set<NodeId> read, @Nullable NodeId dead) {
        Map<String, List<NodeId>> groups = new TreeMap<>();
        for (NodeId owner : all) {
            groups.computeIfAbsent("", owners -> new ArrayList<>()).add(owner);
            groups.computeIfAbsent("region " + ring.regionOf(owner), region -> new ArrayList<>())
                    .add(owner);
        }
        for (List<NodeId> owners : groups.values()) {
            long met = owners.stream().filter(read::contains).count();
            boolean isLost = owners.size() == 1 && owners.get(0).equals(dead);
            if (2 * met < owners.size() && !isLost) {
                return false;
            }
        }
        return true;
    }

    /** A change in words. */
    public static String describe(Ring ring, RingChange change) {
        String subject = name(ring, change.subject());
        return switch (change) {
            case RingChange.Join ignored -> subject + " joins";
            case RingChange.Leave ignored -> subject + " leaves";
            case RingChange.Remove ignored -> subject + " is removed";
            case RingChange.Replace replace -> subject + " replaces " + name(ring, replace.dead());
            case RingChange.Move move -> subject + " moves to zone " + move.zone() + ", weight " + move.weight();
            case RingChange.Relocate relocate -> subject + " is reached at " + relocate.host() + ":" + relocate.port();
            case RingChange.Abort ignored -> "the change under way is given up";
        };
    }

    private static String name(Ring ring, NodeId id) {
        Member member = ring.member(id);
        return member == null ? id.abbreviated() : "'" + member.name() + "'";
    }
}
