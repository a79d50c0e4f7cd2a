package io.murmur.node.admin;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Who is there. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Show the nodes as one of them sees them.",
            "",
            "state: alive; suspect: silent, and others are being asked; unreachable: heard of, but it does not answer the"
                    + " node asked; dead; stopped: it said so; left: it was a member. role: member, joining, leaving, or none."
                    + " partitions: owned now. share: of all that are owned, 100 % for all nodes together. load: bytes"
                    + " stored. phi: how odd its silence is. epoch: of its ring. votes: on the next ring."
        },
        footer = {"", "Example: ./murmur status --http 127.0.0.1:8101"})
public final class StatusCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private NodeHttp node = new NodeHttp();

    @Option(names = "--json", description = "print the node's page as it is")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ClusterPage page = node.clusterInItsOwnWords();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(page.whole().toPrettyString());
            return 0;
        }
        out.printf("Cluster '%s' as '%s' sees it, ring of epoch %d%n", page.cluster(), page.asked(), page.epoch());
        ClusterPage.Change change = page.change();
        if (change != null) {
            out.printf(
                    "Under way: %s; %d of %d partitions, behind: %s%n",
                    change.what(), page.done(), page.toDo(), String.join(", ", change.behind()));
        }
        for (ClusterPage.Line line : page.nodes()) {
            if (!line.lastFailure().isEmpty()) {
                out.printf("%s tries again: %s%n", line.name(), line.lastFailure());
            }
        }
        Table table = new Table(
                "node",
                "state",
                "role",
                "address",
                "region/zone",
                "weight",
                "partitions",
                "share",
                "load",
                "phi",
                "epoch",
                "votes",
                "id");
        for (ClusterPage.Line line : page.nodes()) {
            boolean isKnown = !line.state().equals("unheard of");
            table.row(
                    line.name(),
                    line.state(),
                    line.role(),
                    line.address(),
                    line.region() + "/" + line.zone(),
                    Integer.toString(line.weight()),
                    Integer.toString(line.partitions()),
                    String.format(Locale.ROOT, "%.1f %%", line.share() * 100),
                    isKnown ? bytes(line.loadBytes()) : "-",
                    line.isHeardOf() ? String.format(Locale.ROOT, "%.1f", line.phi()) : "-",
                    isKnown ? Long.toString(line.epoch()) : "-",
                    line.votes() ? "yes" : "no",
                    line.id().substring(0, Math.min(8, line.id().length())));
        }
        table.print(out);
        out.flush();
        return 0;
    }

    private static String bytes(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }
}
