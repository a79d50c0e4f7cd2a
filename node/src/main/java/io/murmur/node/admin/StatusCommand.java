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
        description =
                "Show the nodes as one of them sees them: state, zone, owned share, load, suspicion (phi), epoch.",
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
        ClusterPage page = node.cluster();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(page.whole().toPrettyString());
            return 0;
        }
        out.printf("Cluster '%s' as '%s' sees it, ring of epoch %d%n", page.cluster(), page.asked(), page.epoch());
        ClusterPage.Change change = page.change();
        if (change != null) {
            out.printf("Under way: %s; caught up %s, behind %s%n", change.what(), change.synced(), change.behind());
        }
        out.printf(
                "%-14s %-11s %-8s %-21s %-20s %6s %6s %6s %9s %6s %6s  %s%n",
                "node",
                "state",
                "role",
                "address",
                "region/zone",
                "weight",
                "owns",
                "share",
                "load",
                "phi",
                "epoch",
                "id");
        for (ClusterPage.Line line : page.nodes()) {
            out.printf(
                    Locale.ROOT,
                    "%-14s %-11s %-8s %-21s %-20s %6d %6d %5.1f%% %9s %6.1f %6d  %s%s%n",
                    line.name(),
                    line.state(),
                    line.role(),
                    line.address(),
                    line.region() + "/" + line.zone(),
                    line.weight(),
                    line.partitions(),
                    line.share() * 100,
                    bytes(line.loadBytes()),
                    line.phi(),
                    line.epoch(),
                    line.id().substring(0, Math.min(8, line.id().length())),
                    line.votes() ? " votes" : "");
        }
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
