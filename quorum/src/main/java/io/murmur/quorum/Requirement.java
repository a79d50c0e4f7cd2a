package io.murmur.quorum;

import io.murmur.kernel.Level;

/**
 * What a level asks of the owners of a key: so many in all, and so many in each region. Pure.
 *
 * @param inAll owners wherever they are
 * @param inRegion by the placement's regions
 */
record Requirement(int inAll, int[] inRegion) {

    static Requirement of(Level level, Placement placement) {
        return switch (level) {
            case Level.Count count -> inAll(count.replicas(), placement);
            case Level.Named named ->
                switch (named) {
                    // Until hints exist nothing but an owner can hold a durable copy: stricter than ANY promises.
                    case ANY, ONE -> inAll(1, placement);
                    case TWO -> inAll(2, placement);
                    case THREE -> inAll(3, placement);
                    case QUORUM -> inAll(majority(placement.size()), placement);
                    case ALL -> inAll(Math.max(1, placement.size()), placement);
                    case LOCAL_ONE -> inLocalRegion(1, placement);
                    case LOCAL_QUORUM -> inLocalRegion(majority(Integer.bitCount(placement.regionMasks[0])), placement);
                    case EACH_QUORUM -> inEachRegion(placement);
                };
        };
    }

    private static int majority(int owners) {
        return owners / 2 + 1;
    }

    private static Requirement inAll(int owners, Placement placement) {
        return new Requirement(owners, new int[placement.regionMasks.length]);
    }

    private static Requirement inLocalRegion(int owners, Placement placement) {
        int[] inRegion = new int[placement.regionMasks.length];
        inRegion[0] = owners;
        return new Requirement(owners, inRegion);
    }

    private static Requirement inEachRegion(Placement placement) {
        int[] inRegion = new int[placement.regionMasks.length];
        int sum = 0;
        for (int region = 0; region < inRegion.length; region++) {
            int owners = Integer.bitCount(placement.regionMasks[region]);
            inRegion[region] = owners == 0 ? 0 : majority(owners);
            sum += inRegion[region];
        }
        return new Requirement(Math.max(1, sum), inRegion);
    }

    /** Whether these owners are enough. */
    boolean isMetBy(int owners, Placement placement) {
        if (Integer.bitCount(owners) < inAll) {
            return false;
        }
        for (int region = 0; region < inRegion.length; region++) {
            if (Integer.bitCount(owners & placement.regionMasks[region]) < inRegion[region]) {
                return false;
            }
        }
        return true;
    }

    /** How many of these owners count towards the requirement: those in a region that nothing is asked of may not. */
    int counted(int owners, Placement placement) {
        int bounded = 0;
        int sum = 0;
        for (int region = 0; region < inRegion.length; region++) {
            int here = Integer.bitCount(owners & placement.regionMasks[region]);
            sum += inRegion[region];
            bounded += Math.min(here, inRegion[region]);
        }
        return sum == 0 ? Integer.bitCount(owners) : bounded;
    }

    /** Whether a further owner would bring these closer to the requirement. */
    boolean gains(int owners, int place, Placement placement) {
        return !isMetBy(owners, placement) && counted(owners | (1 << place), placement) > counted(owners, placement);
    }

    /**
     * The smallest set of candidates that meets this, nearest first, or all candidates when none does.
     *
     * @param nearest places in order of preference
     */
    int nearest(int candidates, int[] nearest, Placement placement) {
        int chosen = 0;
        int[] left = inRegion.clone();
        for (int place : nearest) {
            int bit = 1 << place;
            for (int region = 0; region < left.length; region++) {
                if ((candidates & bit & placement.regionMasks[region]) != 0 && left[region] > 0) {
                    left[region]--;
                    chosen |= bit;
                }
            }
        }
        for (int place : nearest) {
            int bit = 1 << place;
            if (Integer.bitCount(chosen) < inAll && (candidates & bit) != 0) {
                chosen |= bit;
            }
        }
        return chosen;
    }
}
