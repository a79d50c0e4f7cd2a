package io.murmur.quorum;

/**
 * Counts owners towards a requirement: who has, who never will. Each owner counts once, however often its answer arrives. Pure, but for
 * being mutable.
 */
final class Tally {

    private final Placement placement;
    private final Requirement requirement;
    private int acknowledged;
    private int lost;

    /**
     * @param possible the owners that may answer; the others are lost from the start
     */
    Tally(Placement placement, Requirement requirement, int possible) {
        this.placement = placement;
        this.requirement = requirement;
        this.lost = placement.all() & ~possible;
    }

    void acknowledge(int place) {
        acknowledged |= 1 << place;
        lost &= ~(1 << place);
    }

    /** This owner may answer with what was asked after all. */
    void expect(int place) {
        lost &= ~(1 << place);
    }

    /** This owner will not answer with what was asked. Without effect once it has. */
    void lose(int place) {
        lost |= (1 << place) & ~acknowledged;
    }

    boolean isMet() {
        return requirement.isMetBy(acknowledged, placement);
    }

    /** Whether the requirement cannot be met any more, whoever may still answer. */
    boolean isHopeless() {
        return !requirement.isMetBy(possible(), placement);
    }

    /** How many owners count towards the requirement so far. */
    int counted() {
        return requirement.counted(acknowledged, placement);
    }

    /** Of how many that {@link #counted} speaks. */
    int required() {
        return requirement.required(acknowledged, placement);
    }

    /** The owners that have acknowledged or may yet. */
    int possible() {
        return placement.all() & ~lost;
    }

    int acknowledged() {
        return acknowledged;
    }
}
