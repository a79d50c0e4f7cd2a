package io.murmur.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands that change the ring have in common: they ask a node, and watch. */
final class ChangeOptions {

    @Mixin
    private NodeHttp node = new NodeHttp();

    @Option(names = "--no-wait", description = "return as soon as the change has begun")
    private boolean noWait;

    int run(ObjectNode change, PrintWriter out) throws IOException, InterruptedException {
        JsonNode answer = node.change(change);
        out.printf(
                "%s, in the ring of epoch %d%n",
                answer.path("what").asText(), answer.path("epoch").asLong());
        out.flush();
        if (!noWait) {
            new ChangeWatch(node, out).untilDone();
        }
        return 0;
    }
}
