package io.murmur.node.admin;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A change that somebody else began, such as a node that joins. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = {
            "Watch the change of the ring that is under way, as a node that joins, until it is over.",
            "",
            "Exit code 1 when it is given up."
        },
        footer = {"", "Example: ./murmur watch"})
public final class WatchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private NodeHttp node = new NodeHttp();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        ClusterPage page = node.cluster();
        ClusterPage.Change change = page.change();
        if (change == null) {
            out.printf("no change of the ring is under way; the ring is of epoch %d%n", page.epoch());
            out.flush();
            return 0;
        }
        out.printf("%s, in the ring of epoch %d%n", change.what(), page.epoch());
        out.flush();
        return new ChangeWatch(node, out).untilOver(change, page.epoch()) ? 0 : 1;
    }
}
