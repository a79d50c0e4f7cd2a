package io.murmur.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** The JMH benchmarks, from the launcher: whatever JMH's own command line takes is passed on to it. */
@Command(
        name = "parts",
        description = {
            "Run the JMH benchmarks: the codec, joins through the log, reads, the memory table, the tables.",
            "Takes the options and patterns of JMH: -l lists the benchmarks, -h the options."
        })
final class Parts implements Callable<Integer> {

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
        return 0;
    }
}
