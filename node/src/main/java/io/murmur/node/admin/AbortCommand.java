package io.murmur.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The change under way is given up. */
@Command(
        name = "abort",
        mixinStandardHelpOptions = true,
        description = "Give up the change of the ring that is under way: the owners stay what they were.",
        footer = {"", "Example: ./murmur abort"})
public final class AbortCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private NodeHttp node = new NodeHttp();

    @Override
    public Integer call() throws IOException, InterruptedException {
        JsonNode answer = node.change(NodeHttp.JSON.createObjectNode().put("change", "abort"));
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%s; the ring is of epoch %d%n",
                answer.path("what").asText(), answer.path("epoch").asLong());
        out.flush();
        return 0;
    }
}
