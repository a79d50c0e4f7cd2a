package io.murmur.node.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The change under way is given up. */
@Command(
        name = "abort",
        mixinStandardHelpOptions = true,
        description = {"Give up the change of the ring that is under way: the owners stay what they were."},
        footer = {"", "Example: ./murmur abort"})
public final class AbortCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ChangeOptions options = new ChangeOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        ObjectNode change = NodeHttp.JSON.createObjectNode().put("change", "abort");
        return options.run(change, spec.commandLine().getOut());
    }
}
