package io.murmur.quorum;

import io.murmur.kernel.Level;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who stands in for which owner in one round of a sloppy write (Dynamo section 4.6). Pure, but for being mutable.
 *
 * <p>Each absent owner has a stand-in of its own, which is no owner itself, so that the level's number of nodes holds the write. The next
 * live one by the ring is taken, rather of the owner's region than of another, and within that rather of a zone in which nobody holds the
 * write. A level that counts regions is about them: there only a node of the owner's own region stands in.
 */
final class StandIns {

    private final Placement placement;
    private final boolean onlyOwnRegion;
    private final Predicate<NodeId> isAlive;
    /** By the owner's place, the last that was chosen. */
    private final @Nullable NodeId[] chosen;
    /** All that were ever chosen: who has refused once is not asked again. */
    private final List<Member> tried = new ArrayList<>();

    StandIns(Placement placement, Level level, Predicate<NodeId> isAlive) {
        this.placement = placement;
        this.onlyOwnRegion = countsRegions(level);
        this.isAlive = isAlive;
        this.chosen = new NodeId[placement.size()];
    }

    private static boolean countsRegions(Level level) {
        return switch (level) {
            case Level.Count ignored -> false;
            case Level.Named named ->
                switch (named) {
                    case LOCAL_ONE, LOCAL_QUORUM, EACH_QUORUM -> true;
                    case ANY, ONE, TWO, THREE, QUORUM, ALL, SERIAL -> false;
                };
        };
    }

    /** Chooses a stand-in for an owner, another one when it has had one before; null when nobody is left. */
    @Nullable
    NodeId choose(int place) {
        Member owner = placement.owner(place);
        Member best = null;
        int bestRank = Integer.MAX_VALUE;
        for (Member candidate : placement.standIns()) {
            boolean isFar = !candidate.region().equals(owner.region());
            if (tried.contains(candidate) || (isFar && onlyOwnRegion) || !isAlive.test(candidate.id())) {
                continue;
            }
            int rank = (isFar ? 2 : 0) + (isZoneTaken(candidate, place) ? 1 : 0);
            if (rank < bestRank) {
                best = candidate;
                bestRank = rank;
            }
            if (rank == 0) {
                break;
            }
        }
        if (best != null) {
            tried.add(best);
        }
        chosen[place] = best == null ? null : best.id();
        return chosen[place];
    }

    /** Whether another live owner or stand-in is in a candidate's zone. */
    private boolean isZoneTaken(Member candidate, int absent) {
        for (int place = 0; place < placement.size(); place++) {
            if (place != absent
                    && chosen[place] == null
                    && isInZoneOf(candidate, placement.owner(place))
                    && isAlive.test(placement.owners.get(place))) {
                return true;
            }
        }
        return tried.stream().anyMatch(other -> isInZoneOf(candidate, other));
    }

    private static boolean isInZoneOf(Member one, Member other) {
        return one.region().equals(other.region()) && one.zone().equals(other.zone());
    }

    /** Who stands in for an owner, null when nobody does. */
    @Nullable
    NodeId of(int place) {
        return chosen[place];
    }

    /** The place of the owner that a node stands in for, or -1. */
    int placeOf(NodeId standIn) {
        for (int place = 0; place < chosen.length; place++) {
            if (standIn.equals(chosen[place])) {
                return place;
            }
        }
        return -1;
    }
}
