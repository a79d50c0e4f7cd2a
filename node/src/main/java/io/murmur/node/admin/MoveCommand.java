package io.murmur.node.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A member stands in another zone, or takes another share. */
@Command(
        name = "move",
        mixinStandardHelpOptions = true,
        description = "Say that a member stands in another zone, or takes another share of the load.",
        footer = {"", "Example: ./murmur move b --zone zone-c --weight 2"})
public final class MoveCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ChangeOptions options = new ChangeOptions();

    @Parameters(paramLabel = "NODE", description = "the name of the member, or its id")
    private String node = "";

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "its zone from now on, in the region where it is (default: as it is)")
    private @Nullable String zone;

    @Option(names = "--weight", paramLabel = "N", description = "its share from now on, 1 to 1000 (default: as it is)")
    private @Nullable Integer weight;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ObjectNode change = NodeHttp.JSON.createObjectNode().put("change", "move");
        change.put("node", node);
        if (zone != null) {
            change.put("zone", zone);
        }
        if (weight != null) {
            change.put("weight", weight);
        }
        return options.run(change, spec.commandLine().getOut());
    }
}
