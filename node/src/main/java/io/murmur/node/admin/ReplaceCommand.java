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

/** A new node takes the place of a dead member. */
@Command(
        name = "replace",
        mixinStandardHelpOptions = true,
        description = {
            "Have a running node that is no member take the place of a dead one.",
            "",
            "Start it with '--set join=false', that it does not join instead. Started with '--replace' it does all by"
                    + " itself, without this command."
        },
        footer = {"", "Example: ./murmur replace b --by e"})
public final class ReplaceCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ChangeOptions options = new ChangeOptions();

    @Parameters(paramLabel = "DEAD", description = "the name of the dead member, or its id")
    private String dead = "";

    @Option(names = "--by", required = true, paramLabel = "NODE", description = "the name or id of the new node")
    private String by = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        ObjectNode change = NodeHttp.JSON.createObjectNode().put("change", "replace");
        change.put("node", dead).put("by", by);
        return options.run(change, spec.commandLine().getOut());
    }
}
