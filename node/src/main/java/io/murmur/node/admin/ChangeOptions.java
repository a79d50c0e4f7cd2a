package io.murmur.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands that change the ring have in common: they ask a node, and watch. Exit code 1 when the change is given up. */
final class ChangeOptions {

    @Mixin
    private NodeHttp node = new NodeHttp();

    @Option(
            names = "--no-wait",
            description = "return as soon as the change has begun; ./murmur watch shows how it goes on")
    private boolean noWait;

    int run(ObjectNode change, PrintWriter out) throws IOException, InterruptedException {
        JsonNode answer = node.change(change);
        ClusterPage.Change begun = ClusterPage.Change.of(answer);
        long epoch = answer.path("epoch").asLong();
        out.printf("%s, in the ring of epoch %d%n", begun.what(), epoch);
        out.flush();
        return noWait || new ChangeWatch(node, out).untilOver(begun, epoch) ? 0 : 1;
    }
}
