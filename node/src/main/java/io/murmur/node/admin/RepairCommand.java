package io.murmur.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Partitions are compared among their owners at once, instead of when it is their turn. */
@Command(
        name = "repair",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compare partitions among all their owners now, and mend what differs.",
            "",
            "Anti-entropy does so by itself, each partition once in 'repair-interval'; this does not wait for it. Each"
                    + " partition is led by the first of its owners that is alive and whose HTTP port can be reached from here."
                    + " Breaking it off leaves the nodes at it.",
            "Exit code 0: all owners of each partition were compared and are equal; 1: an owner was away, or something else"
                    + " was amiss, which is told."
        },
        footer = {
            "",
            "Examples:",
            "  ./murmur repair",
            "  ./murmur repair --partition 17",
            "  ./murmur repair --cache sessions --key user:4711"
        })
public final class RepairCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private NodeHttp node = new NodeHttp();

    @Option(names = "--partition", paramLabel = "P", description = "only this partition (default: all)")
    private @Nullable Integer partition;

    @Option(
            names = "--cache",
            paramLabel = "NAME",
            description =
                    "the cache that is meant. A partition holds keys of all caches and is compared as a whole: without"
                            + " --key this chooses no fewer partitions, and the keys of other caches are mended as well")
    private @Nullable String cache;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "only the partition that this key is in; of cache 'default' unless --cache says otherwise")
    private @Nullable String key;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (key != null && partition != null) {
            throw new ParameterException(
                    spec.commandLine(), "a key is in one partition: --key and --partition exclude each other");
        }
        ClusterPage cluster = node.cluster();
        JsonNode ring = node.ring();
        int inAll = ring.path("partitions").asInt();
        List<Integer> wanted = wanted(inAll);
        PrintWriter out = spec.commandLine().getOut();
        if (cache != null && key == null) {
            out.printf(
                    "A partition holds keys of all caches: those of other caches than '%s' are compared as well.%n",
                    cache);
            out.flush();
        }
        return new RepairRun(node, cluster, ring, cache, out).run(wanted) ? 0 : 1;
    }

    private static int partitionOf(String cache, String key, int inAll) throws IOException {
        try {
            return Key.of(cache, key).slot() / (Slots.COUNT / inAll);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private List<Integer> wanted(int inAll) throws IOException {
        if (key != null) {
            return List.of(partitionOf(cache == null ? "default" : cache, key, inAll));
        }
        if (partition == null) {
            return IntStream.range(0, inAll).boxed().toList();
        }
        if (partition < 0 || partition >= inAll) {
            throw new IOException("there is no partition " + partition + "; they are numbered 0 to " + (inAll - 1));
        }
        return List.of(partition);
    }
}
