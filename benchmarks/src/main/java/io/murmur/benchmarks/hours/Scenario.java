package io.murmur.benchmarks.hours;

import java.io.IOException;
import java.util.List;

/** A bad hour: what happens, and what is looked at afterwards. */
interface Scenario {

    int FOUNDERS = 3;

    /** What it is chosen by. */
    String name();

    /** What happens, in a sentence. */
    String what();

    /** Nodes that are members when the load begins, one more in each zone after the other. */
    default int members() {
        return FOUNDERS;
    }

    /** Members, and those that may join. */
    default int nodes() {
        return members();
    }

    /** Settings of every node, as KEY=VALUE. */
    default List<String> settings() {
        return List.of();
    }

    /** Plays it under a load that goes on until this returns. Whatever it does to processes, it undoes. */
    Judge play(Stage stage) throws IOException, InterruptedException;

    /** Says how it went, when all calls are answered. */
    interface Judge {
        List<Verdict> verdicts(Timeline timeline);
    }
}
