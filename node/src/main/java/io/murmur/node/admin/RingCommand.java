package io.murmur.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Who owns what. */
@Command(
        name = "ring",
        mixinStandardHelpOptions = true,
        description = "Show which nodes own which partitions, neighbours with the same owners together.",
        footer = {"", "Example: ./murmur ring --http 127.0.0.1:8101"})
public final class RingCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private NodeHttp node = new NodeHttp();

    @Option(names = "--json", description = "print the node's page as it is")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        JsonNode ring = node.ring();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(ring.toPrettyString());
            return 0;
        }
        JsonNode owners = ring.path("owners");
        JsonNode next = ring.path("nextOwners");
        out.printf(
                "Ring of epoch %d: %d partitions, %d replicas, voters %s%n",
                ring.path("epoch").asLong(),
                ring.path("partitions").asInt(),
                ring.path("replicas").asInt(),
                names(ring.path("voters")));
        int first = 0;
        for (int partition = 1; partition <= owners.size(); partition++) {
            if (partition == owners.size() || !line(owners, next, partition).equals(line(owners, next, first))) {
                String range = first == partition - 1 ? String.valueOf(first) : first + "-" + (partition - 1);
                out.printf("%11s  %s%n", range, line(owners, next, first));
                first = partition;
            }
        }
        out.flush();
        return 0;
    }

    private static String line(JsonNode owners, JsonNode next, int partition) {
        List<String> then = names(next.path(partition));
        return String.join(" ", names(owners.path(partition)))
                + (then.isEmpty() ? "" : " -> " + String.join(" ", then));
    }

    private static List<String> names(JsonNode list) {
        List<String> names = new ArrayList<>();
        list.forEach(name -> names.add(name.asText()));
        return names;
    }
}
