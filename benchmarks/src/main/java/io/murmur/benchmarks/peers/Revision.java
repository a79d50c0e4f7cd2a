package io.murmur.benchmarks.peers;

import io.murmur.benchmarks.RedisProcesses;
import java.io.IOException;
import java.util.List;

/** Which Murmur it is. */
final class Revision {

    private Revision() {}

    /** The commit that the sources are at, if they are under git, and whether they differ from it. */
    static String here() {
        String home = System.getProperty("murmur.home", ".");
        try {
            String described = RedisProcesses.output(
                            List.of("git", "-C", home, "describe", "--always", "--dirty", "--tags"))
                    .strip();
            return described.isEmpty() || described.startsWith("fatal") ? "not under git" : "commit " + described;
        } catch (IOException e) {
            return "git is not installed";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
