package io.murmur.node;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import io.murmur.kernel.ring.Ring;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The digest of what this node holds of each partition it owns, of the caches with as many replicas as the ring: owners whose digests are
 * equal hold the same. For whoever wants to know without
 * any client's call whether replicas are equal.
 */
final class DigestsPage {

    private final Node node;
    private @Nullable CompletableFuture<ObjectNode> underWay;

    DigestsPage(Node node) {
        this.node = node;
    }

    /** Whoever asks while it is being counted gets the same. Always on one thread. */
    CompletableFuture<ObjectNode> page(Ring ring) {
        CompletableFuture<ObjectNode> current = underWay;
        if (current == null || current.isDone()) {
            current = digests(node, ring).thenApplyAsync(found -> of(ring, found), node.pageThread());
            underWay = current;
        }
        return current;
    }

    /** By partition; completes on the loop of the shard that was last. */
    static CompletableFuture<Map<Integer, SlotDigest>> digests(Node node, Ring ring) {
        List<CompletableFuture<Map<Integer, SlotDigest>>> found =
                node.shards().stream().map(shard -> digests(node, ring, shard)).toList();
        return CompletableFuture.allOf(found.toArray(new CompletableFuture<?>[0]))
                .thenApply(ignored -> {
                    Map<Integer, SlotDigest> all = new TreeMap<>();
                    found.forEach(some -> all.putAll(some.join()));
                    return all;
                });
    }

    private static CompletableFuture<Map<Integer, SlotDigest>> digests(Node node, Ring ring, Shard shard) {
        int shards = node.shards().size();
        List<Integer> owned = IntStream.range(0, ring.partitions())
                .filter(partition -> partition % shards == shard.index)
                .filter(partition -> ring.isOwner(node.self(), partition, ring.replicas()))
                .boxed()
                .toList();
        return shard.ask(here -> {
                    CompletableFuture<Map<Integer, SlotDigest>> found = new CompletableFuture<>();
                    here.sync().digests(owned, found::complete);
                    return found;
                })
                .thenCompose(found -> found);
    }

    private static ObjectNode of(Ring ring, Map<Integer, SlotDigest> found) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        page.put("epoch", ring.epoch());
        ObjectNode digests = page.putObject("digests");
        found.forEach((partition, digest) ->
                digests.put(String.valueOf(partition), Long.toHexString(digest.sum()) + " of " + digest.entries()));
        return page;
    }
}
