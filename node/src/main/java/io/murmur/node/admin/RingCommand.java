package io.murmur.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
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
        description = {
            "Show how many partitions each node owns, or which.",
            "",
            "first: of how many it is the first owner. next: how many it owns when the change under way is done."
        },
        footer = {"", "Example: ./murmur ring --partitions"})
public final class RingCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private NodeHttp node = new NodeHttp();

    @Option(
            names = "--partitions",
            description = "list the owners of each partition, and its next ones; neighbours with the same together")
    private boolean partitions;

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
        out.printf(
                "Ring of epoch %d: %d partitions, %d replicas, voters: %s%n",
                ring.path("epoch").asLong(),
                ring.path("partitions").asInt(),
                ring.path("replicas").asInt(),
                String.join(", ", names(ring.path("voters")).stream().sorted().toList()));
        if (ring.path("change").isObject()) {
            out.printf("Under way: %s%n", ring.path("change").path("what").asText());
        }
        if (partitions) {
            list(ring.path("owners"), ring.path("nextOwners"), out);
        } else {
            count(ring, out);
        }
        out.flush();
        return 0;
    }

    private static void count(JsonNode ring, PrintWriter out) {
        boolean isMoving = ring.has("nextOwners");
        List<JsonNode> members = new ArrayList<>();
        ring.path("members").forEach(members::add);
        members.sort(Comparator.comparing(member -> member.path("name").asText()));
        List<String> headers = new ArrayList<>(List.of("node", "region/zone", "weight", "partitions", "first"));
        if (isMoving) {
            headers.add("next");
        }
        Table table = new Table(headers.toArray(String[]::new));
        for (JsonNode member : members) {
            List<String> cells = new ArrayList<>();
            cells.add(member.path("name").asText());
            cells.add(member.path("region").asText() + "/" + member.path("zone").asText());
            for (String count : List.of("weight", "partitions", "firstOwnerOf")) {
                cells.add(member.path(count).asText());
            }
            if (isMoving) {
                cells.add(member.path("nextPartitions").asText());
            }
            table.row(cells.toArray(String[]::new));
        }
        table.print(out);
    }

    private static void list(JsonNode owners, JsonNode next, PrintWriter out) {
        int first = 0;
        for (int partition = 1; partition <= owners.size(); partition++) {
            if (partition == owners.size() || !line(owners, next, partition).equals(line(owners, next, first))) {
                String range = first == partition - 1 ? String.valueOf(first) : first + "-" + (partition - 1);
                out.printf("%11s  %s%n", range, line(owners, next, first));
                first = partition;
            }
        }
    }

    private static String line(JsonNode owners, JsonNode next, int partition) {
        List<String> now = names(owners.path(partition));
        List<String> then = names(next.path(partition));
        return String.join(" ", now) + (then.isEmpty() || then.equals(now) ? "" : " -> " + String.join(" ", then));
    }

    private static List<String> names(JsonNode list) {
        List<String> names = new ArrayList<>();
        list.forEach(name -> names.add(name.asText()));
        return names;
    }
}
