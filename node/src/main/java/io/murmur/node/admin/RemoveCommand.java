package io.murmur.node.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A dead member goes. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = {
            "Take a dead member out of the ring.",
            "",
            "The other owners have what it had, but for what was written at levels below a majority to it alone. A member"
                    + " that is alive is asked to leave instead."
        },
        footer = {"", "Example: ./murmur remove b"})
public final class RemoveCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ChangeOptions options = new ChangeOptions();

    @Parameters(paramLabel = "NODE", description = "the name of the member, or its id")
    private String node = "";

    @Option(names = "--even-if-alive", description = "although others can reach it")
    private boolean evenIfAlive;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ObjectNode change = NodeHttp.JSON.createObjectNode().put("change", "remove");
        change.put("node", node).put("evenIfAlive", evenIfAlive);
        return options.run(change, spec.commandLine().getOut());
    }
}
