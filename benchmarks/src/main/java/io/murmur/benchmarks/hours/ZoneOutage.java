package io.murmur.benchmarks.hours;

import java.io.IOException;
import java.util.List;

/** A whole zone is gone for a while. */
final class ZoneOutage implements Scenario {

    private static final int IN_ZONE_C = 2;
    private static final int ALSO_IN_ZONE_C = 5;

    @Override
    public String name() {
        return "zone";
    }

    @Override
    public String what() {
        return "six nodes in three zones: both nodes of one zone stand still (SIGSTOP), which is to the others as if the zone were cut off;"
                + " no connection is broken, all are silent";
    }

    @Override
    public int members() {
        return 6;
    }

    @Override
    public Judge play(Stage stage) throws IOException, InterruptedException {
        stage.hold(stage.lengths().before());
        double cut = stage.mark("zone c is silent");
        Standstill.of(
                List.of(stage.cluster().process(IN_ZONE_C), stage.cluster().process(ALSO_IN_ZONE_C)),
                () -> stage.holdUntil(cut + stage.lengths().during()));
        double back = stage.mark("zone c is back");
        stage.hold(stage.lengths().after());
        double end = stage.second();
        return timeline -> Away.verdicts(timeline, new Away(cut, back, back, end));
    }
}
