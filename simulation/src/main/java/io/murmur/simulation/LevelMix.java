package io.murmur.simulation;

import io.murmur.kernel.Level;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The levels of a run. The main ones are chosen so that reads meet writes; a share of weak ones, which few others meet, disturbs them.
 *
 * @param weakShare of the calls, 0 to 1
 * @param looseShare of the writes, 0 to 1: at ANY, or sloppy at their level, so that hints count
 */
record LevelMix(List<Level> writes, List<Level> reads, double weakShare, double looseShare) {

    private static final List<Level> WEAK = List.of(Level.ONE, Level.LOCAL_ONE);

    /** A level and whether stand-ins may count. */
    record WriteLevel(Level level, boolean sloppy) {
        boolean isLoose() {
            return sloppy || level.equals(Level.ANY);
        }
    }

    private record Pair(List<Level> writes, List<Level> reads) {}

    private static final List<Pair> IN_ONE_REGION = List.of(
            new Pair(List.of(Level.QUORUM), List.of(Level.QUORUM)),
            new Pair(List.of(Level.QUORUM), List.of(Level.QUORUM, Level.ALL, Level.TWO)),
            new Pair(List.of(Level.LOCAL_QUORUM), List.of(Level.LOCAL_QUORUM)),
            new Pair(List.of(new Level.Count(2)), List.of(new Level.Count(2))),
            new Pair(List.of(Level.ALL), List.of(Level.ONE)),
            new Pair(List.of(Level.ONE), List.of(Level.ALL)),
            new Pair(List.of(Level.EACH_QUORUM), List.of(Level.LOCAL_QUORUM)),
            new Pair(List.of(Level.QUORUM, Level.ALL), List.of(Level.QUORUM, Level.ONE)));

    private static final List<Pair> IN_TWO_REGIONS = List.of(
            new Pair(List.of(Level.QUORUM), List.of(Level.QUORUM)),
            new Pair(List.of(Level.LOCAL_QUORUM), List.of(Level.LOCAL_QUORUM)),
            new Pair(List.of(Level.EACH_QUORUM), List.of(Level.LOCAL_QUORUM)),
            new Pair(List.of(Level.EACH_QUORUM, Level.QUORUM), List.of(Level.LOCAL_QUORUM, Level.QUORUM)),
            new Pair(List.of(Level.ALL), List.of(Level.LOCAL_ONE)));

    /** Majorities, which meet whatever the owners are: for a ring that changes. */
    static final LevelMix MAJORITIES = new LevelMix(
            List.of(Level.QUORUM, Level.QUORUM, Level.ALL), List.of(Level.QUORUM, Level.LOCAL_QUORUM), 0.1, 0);

    static LevelMix draw(RandomGenerator random, int regions) {
        List<Pair> pairs = regions == 1 ? IN_ONE_REGION : IN_TWO_REGIONS;
        Pair pair = pairs.get(random.nextInt(pairs.size()));
        double weakShare = switch (random.nextInt(4)) {
            case 0 -> 0.25;
            case 1 -> 0.05;
            default -> 0;
        };
        return new LevelMix(pair.writes(), pair.reads(), weakShare, 0);
    }

    /** The same, and in every other run such a share of loose writes: where there are none, what they hide shows. */
    LevelMix withLoose(double share, RandomGenerator random) {
        return share > 0 && random.nextBoolean() ? new LevelMix(writes, reads, weakShare, share) : this;
    }

    WriteLevel write(RandomGenerator random) {
        Level level = pick(random, writes);
        if (looseShare == 0 || random.nextDouble() >= looseShare) {
            return new WriteLevel(level, false);
        }
        return random.nextBoolean() ? new WriteLevel(Level.ANY, false) : new WriteLevel(level, true);
    }

    Level read(RandomGenerator random) {
        return pick(random, reads);
    }

    private Level pick(RandomGenerator random, List<Level> main) {
        List<Level> from = random.nextDouble() < weakShare ? WEAK : main;
        return from.get(random.nextInt(from.size()));
    }

    @Override
    public String toString() {
        return "writes at " + writes + ", reads at " + reads + ", " + Math.round(weakShare * 100) + "% weak"
                + (looseShare == 0 ? "" : ", " + Math.round(looseShare * 100) + "% of the writes loose");
    }
}
