package io.murmur.benchmarks.scale;

import io.murmur.benchmarks.ResultOptions;
import io.murmur.benchmarks.Results;
import io.murmur.kernel.ring.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What clusters of some sizes cost, on paper. */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compute what clusters of some sizes cost each node, each client and each call, with the planner, the codecs, the gossiper and the"
                    + " coordinators that ship; no node is started. docs/scale.md explains the rows.",
            "Bytes and counts are the same on any machine of the same JVM, and times are of this one."
        })
public final class ScaleCommand implements Callable<Integer> {

    private static final int FEWEST_NODES = 2;
    private static final int MOST_NODES = 9_999;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--nodes",
            split = ",",
            paramLabel = "N",
            defaultValue = "3,10,100,1000",
            description = "sizes, in three zones (default: ${DEFAULT-VALUE})")
    private List<Integer> sizes = List.of();

    @Option(
            names = "--partitions",
            defaultValue = "" + Ring.DEFAULT_PARTITIONS,
            description = "of the ring, a power of two up to 16384 (default: ${DEFAULT-VALUE})")
    private int partitions;

    @Option(names = "--replicas", defaultValue = "3", description = "of each partition (default: ${DEFAULT-VALUE})")
    private int replicas;

    @Option(names = "--shards", defaultValue = "8", description = "of each node, 1 to 256 (default: ${DEFAULT-VALUE})")
    private int shards;

    @Mixin
    private ResultOptions results = new ResultOptions();

    @Option(
            names = "--name",
            defaultValue = "scale",
            description = "of the files with the outcome (default: ${DEFAULT-VALUE})")
    private String name = "scale";

    @Override
    public Integer call() throws Exception {
        if (sizes.stream().anyMatch(nodes -> nodes < FEWEST_NODES || nodes > MOST_NODES)) {
            throw wrong("--nodes must be " + FEWEST_NODES + " to " + MOST_NODES + ", separated by commas: " + sizes);
        }
        if (shards < 1 || shards > 256) {
            throw wrong("--shards must be 1 to 256: " + shards);
        }
        Results report = new Results(
                spec.commandLine().getOut(),
                "What size costs",
                String.join(" ", spec.commandLine().getParseResult().originalArgs()),
                "nothing was started");
        report.line("");
        report.line(String.format(
                Locale.ROOT,
                "Three zones, %d partitions, %d replicas, nodes of %d shards. Computed with the classes that ship; times are of this machine.",
                partitions,
                replicas,
                shards));
        ConnectionHeap each = ConnectionHeap.measure();
        List<Costs> all = new ArrayList<>();
        for (int nodes : sizes) {
            Costs costs;
            try {
                costs = Costs.of(nodes, partitions, replicas, shards, each);
            } catch (IllegalArgumentException e) {
                throw wrong(String.valueOf(e.getMessage()));
            }
            all.add(costs);
            Map<String, Object> facts = costs.facts();
            facts.put("ring.partitions", partitions);
            facts.put("ring.replicas", replicas);
            facts.put("shards", shards);
            report.fact(facts);
        }
        ownership(report, all);
        ring(report, all);
        join(report, all);
        gossip(report, all);
        connections(report, all);
        calls(report, all);
        report.write(results.folder(), name);
        return 0;
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    private void table(Results report, String title, List<Costs> all) {
        List<String> columns = new ArrayList<>(List.of(title));
        all.forEach(costs -> columns.add(String.format(Locale.ROOT, "%,d nodes", costs.nodes())));
        report.header(columns.toArray(String[]::new));
    }

    private static void row(Results report, List<Costs> all, String what, Function<Costs, String> figure) {
        List<Object> cells = new ArrayList<>(List.of(what));
        all.forEach(costs -> cells.add(figure.apply(costs)));
        report.row(cells.toArray());
    }

    private void ownership(Results report, List<Costs> all) {
        table(report, "ownership", all);
        row(
                report,
                all,
                "partitions of a node, least..most",
                costs ->
                        costs.spread().leastPartitions() + ".." + costs.spread().mostPartitions());
        row(
                report,
                all,
                "the fullest node beyond the mean",
                costs -> percent(costs.spread().excess()));
        row(
                report,
                all,
                "shards with any partition, of " + shards + ", at the node with the fewest",
                costs -> whole(costs.spread().leastBusyShards()));
        row(
                report,
                all,
                "nodes that share any partition with one, mean (most)",
                costs -> String.format(
                        Locale.ROOT,
                        "%.1f (%d)",
                        costs.spread().meanCoOwners(),
                        costs.spread().mostCoOwners()));
        row(report, all, "digests of slots, bytes of a node", costs -> bytes(costs.treeBytes()));
    }

    private void ring(Results report, List<Costs> all) {
        table(report, "ring", all);
        row(report, all, "encoded", costs -> bytes(costs.ring().encoded()));
        row(report, all, "in heap", costs -> bytes(costs.ring().heap()));
        row(
                report,
                all,
                "encoded while a node joins",
                costs -> bytes(costs.join().ringBytes()));
        row(report, all, "the first planned, ms", costs -> millis(costs.foundMillis()));
        row(report, all, "a join planned, ms of one control loop", costs -> millis(costs.planMillis()));
        row(report, all, "read, ms of every control loop", costs -> millis(costs.readMillis()));
        row(report, all, "who is behind, ms of every control loop", costs -> millis(costs.behindMillis()));
    }

    private void join(Results report, List<Costs> all) {
        table(report, "one node joins", all);
        row(
                report,
                all,
                "replicas that move (that the newcomer is to own)",
                costs -> costs.join().moved() + " (" + costs.join().due() + ")");
        row(
                report,
                all,
                "share of all data that moves",
                costs -> percent((double) costs.join().moved() / (partitions * Math.min(replicas, costs.nodes()))));
        row(
                report,
                all,
                "rings decided (for places in front alone)",
                costs -> costs.join().rings() + " (" + costs.join().emptyRings() + ")");
        row(
                report,
                all,
                "voters, and how many must agree",
                costs -> costs.join().voters() + ", " + (costs.join().voters() / 2 + 1));
        row(report, all, "deciding: bytes in all", costs -> bytes(costs.join().decideBytes()));
        row(
                report,
                all,
                "telling all nodes: bytes in all",
                costs -> bytes(costs.join().tellBytes()));
        row(
                report,
                all,
                "of that handed over at once, in direct memory of one node",
                costs -> bytes(costs.join().tellOnceBytes()));
        row(report, all, "bytes of each client", costs -> bytes(costs.join().bytesOfClient()));
    }

    private void gossip(Results report, List<Costs> all) {
        table(report, "gossip", all);
        row(report, all, "nodes named in a SYN", costs -> whole(costs.gossip().named()));
        row(
                report,
                all,
                "SYN + answers, bytes",
                costs -> bytes(costs.gossip().synBytes()) + " + "
                        + bytes(costs.gossip().ackBytes()));
        row(
                report,
                all,
                "bytes a second sent by a node, loads at rest",
                costs -> bytes(Math.round(costs.gossip().bytesPerSecondAtRest())));
        row(
                report,
                all,
                "the same while all loads change",
                costs -> bytes(Math.round(costs.gossip().bytesPerSecond())));
        row(report, all, "heap of a node", costs -> bytes(costs.gossip().heapBytes()));
        row(report, all, "listing all nodes, ms", costs -> millis(costs.gossip().viewMillis()));
        row(
                report,
                all,
                "of a second of the control loop, while all loads change",
                costs -> percent(costs.viewShare()));
    }

    private void connections(Results report, List<Costs> all) {
        table(report, "connections", all);
        row(
                report,
                all,
                "of a node with the others, both ways",
                costs -> whole(costs.sockets().betweenNodes()));
        row(report, all, "heap of these, Murmur's own, bytes", costs -> bytes(costs.connectionHeap()));
        row(report, all, "of each client", costs -> whole(costs.sockets().ofClient()));
    }

    private void calls(Results report, List<Costs> all) {
        table(report, "one call at QUORUM (messages, bytes)", all);
        row(
                report,
                all,
                "PUT",
                costs -> costs.put().messages() + ", " + costs.put().bytes());
        row(
                report,
                all,
                "GET",
                costs -> costs.get().messages() + ", " + costs.get().bytes());
    }

    private static String whole(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String bytes(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String millis(double number) {
        return String.format(Locale.ROOT, "%.2f", number);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
