package io.murmur.quorum;

import io.murmur.kernel.Level;

/**
 * What a level asks of each of a placement's lists of owners: so many in all, and so many in each region. Pure.
 *
 * <p>It is met when it is met in every list. So what meets a majority while a partition moves meets every majority of the owners before
 * and every majority of those after (Raft section 6), for reads and writes alike.
 *
 * @param inAll for each list, owners wherever they are
 * @param inRegion for each list, owners by the placement's regions
 */
record Requirement(int[] inAll, int[][] inRegion) {

    static Requirement of(Level level, Placement placement) {
        int lists = placement.lists.length;
        Requirement requirement = new Requirement(new int[lists], new int[lists][placement.regionMasks.length]);
        for (int list = 0; list < lists; list++) {
            requirement.ask(level, placement, list);
        }
        return requirement;
    }

    private void ask(Level level, Placement placement, int list) {
        switch (level) {
            case Level.Count count -> inAll[list] = count.replicas();
            case Level.Named named -> {
                int owners = placement.lists[list];
                int size = Integer.bitCount(owners);
                switch (named) {
                    // ANY is met by a hint as well, which is no owner's.
                    case ANY, ONE -> inAll[list] = 1;
                    case TWO -> inAll[list] = 2;
                    case THREE -> inAll[list] = 3;
                    case QUORUM, SERIAL -> inAll[list] = majority(size);
                    case ALL -> inAll[list] = Math.max(1, size);
                    case LOCAL_ONE -> askLocally(list, 1);
                    case LOCAL_QUORUM ->
                        askLocally(list, majority(Integer.bitCount(owners & placement.regionMasks[0])));
                    case EACH_QUORUM -> askEachRegion(list, owners, placement);
                }
            }
        }
    }

    private static int majority(int owners) {
        return owners / 2 + 1;
    }

    private void askLocally(int list, int owners) {
        inAll[list] = owners;
        inRegion[list][0] = owners;
    }

    private void askEachRegion(int list, int owners, Placement placement) {
        int sum = 0;
        for (int region = 0; region < placement.regionMasks.length; region++) {
            int here = Integer.bitCount(owners & placement.regionMasks[region]);
            inRegion[list][region] = here == 0 ? 0 : majority(here);
            sum += inRegion[list][region];
        }
        inAll[list] = Math.max(1, sum);
    }

    /** Whether these owners are enough. */
    boolean isMetBy(int owners, Placement placement) {
        for (int list = 0; list < inAll.length; list++) {
            if (!isMetIn(list, owners, placement)) {
                return false;
            }
        }
        return true;
    }

    /** Whether these are enough of the owners, whoever is yet to be one. */
    boolean isMetByOwners(int owners, Placement placement) {
        return isMetIn(0, owners, placement);
    }

    /** As {@link #counted}, of the owners. */
    int countedOwners(int owners, Placement placement) {
        return countedIn(0, owners, placement);
    }

    /** As {@link #required}, of the owners. */
    int requiredOwners() {
        return inAll[0];
    }

    private boolean isMetIn(int list, int owners, Placement placement) {
        int inList = owners & placement.lists[list];
        if (Integer.bitCount(inList) < inAll[list]) {
            return false;
        }
        int[] wanted = inRegion[list];
        for (int region = 0; region < wanted.length; region++) {
            if (Integer.bitCount(inList & placement.regionMasks[region]) < wanted[region]) {
                return false;
            }
        }
        return true;
    }

    /**
     * How many of these owners count towards the requirement: those in a region that nothing is asked of may not. Of two lists, in the one
     * that lacks more.
     */
    int counted(int owners, Placement placement) {
        return countedIn(lackingMost(owners, placement), owners, placement);
    }

    /** How many owners are required of the list that {@link #counted} speaks of. */
    int required(int owners, Placement placement) {
        return inAll[lackingMost(owners, placement)];
    }

    private int lackingMost(int owners, Placement placement) {
        int lacking = 0;
        for (int list = 1; list < inAll.length; list++) {
            if (inAll[list] - countedIn(list, owners, placement)
                    > inAll[lacking] - countedIn(lacking, owners, placement)) {
                lacking = list;
            }
        }
        return lacking;
    }

    private int countedIn(int list, int owners, Placement placement) {
        int inList = owners & placement.lists[list];
        int[] wanted = inRegion[list];
        int bounded = 0;
        int sum = 0;
        for (int region = 0; region < wanted.length; region++) {
            int here = Integer.bitCount(inList & placement.regionMasks[region]);
            sum += wanted[region];
            bounded += Math.min(here, wanted[region]);
        }
        return sum == 0 ? Integer.bitCount(inList) : bounded;
    }

    /** Whether a further owner would bring these closer to the requirement in some list. */
    boolean gains(int owners, int place, Placement placement) {
        for (int list = 0; list < inAll.length; list++) {
            if (gainsIn(list, owners, place, placement)) {
                return true;
            }
        }
        return false;
    }

    private boolean gainsIn(int list, int owners, int place, Placement placement) {
        return !isMetIn(list, owners, placement)
                && countedIn(list, owners | (1 << place), placement) > countedIn(list, owners, placement);
    }

    /** Whether a further owner would bring these closer in every list they do not suffice in. */
    private boolean gainsWhereLacking(int owners, int place, Placement placement) {
        boolean gains = false;
        for (int list = 0; list < inAll.length; list++) {
            if (gainsIn(list, owners, place, placement)) {
                gains = true;
            } else if (!isMetIn(list, owners, placement)) {
                return false;
            }
        }
        return gains;
    }

    /**
     * The smallest set of candidates that meets this, nearest first, or no more than all candidates when none does.
     *
     * @param nearest places in order of preference
     */
    int nearest(int candidates, int[] nearest, Placement placement) {
        int chosen = 0;
        // While several lists lack owners, whoever is in all of them counts for all: mostly no more are asked than at
        // rest.
        for (int place : nearest) {
            if (isIn(candidates, place) && gainsWhereLacking(chosen, place, placement)) {
                chosen |= 1 << place;
            }
        }
        for (int place : nearest) {
            if (isIn(candidates & ~chosen, place) && gains(chosen, place, placement)) {
                chosen |= 1 << place;
            }
        }
        return chosen;
    }

    /**
     * The fewest candidates, nearest first, that bring these owners closer by one in every list they do not suffice in; none when they
     * suffice or nobody would. At rest it is one, while a partition moves it may be two.
     */
    int closer(int owners, int candidates, int[] nearest, Placement placement) {
        for (int place : nearest) {
            if (isIn(candidates, place) && gainsWhereLacking(owners, place, placement)) {
                return 1 << place;
            }
        }
        int chosen = 0;
        for (int list = 0; list < inAll.length; list++) {
            for (int place : nearest) {
                if (isIn(candidates, place) && gainsIn(list, owners, place, placement)) {
                    chosen |= 1 << place;
                    break;
                }
            }
        }
        return chosen;
    }

    private static boolean isIn(int places, int place) {
        return (places & (1 << place)) != 0;
    }
}
