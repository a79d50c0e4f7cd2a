package io.murmur.node.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A living member hands its partitions over and goes. */
@Command(
        name = "leave",
        mixinStandardHelpOptions = true,
        description = {
            "Have a living member hand its partitions over and leave the ring.",
            "",
            "Clients notice nothing. Its process runs on until it is stopped, and owns nothing; what it held stays in its"
                    + " data folder."
        },
        footer = {"", "Example: ./murmur leave d"})
public final class LeaveCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ChangeOptions options = new ChangeOptions();

    @Parameters(paramLabel = "NODE", description = "the name of the member, or its id")
    private String node = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        ObjectNode change = NodeHttp.JSON.createObjectNode().put("change", "leave");
        change.put("node", node);
        return options.run(change, spec.commandLine().getOut());
    }
}
