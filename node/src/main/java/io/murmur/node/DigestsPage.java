package io.murmur.node;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.kernel.message.SyncReply.SlotDigest;
import io.murmur.kernel.ring.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The digest of what this node holds of each partition it owns: owners whose digests are equal hold the same. For whoever wants to know without
 * any client's call whether replicas are equal.
 */
final class DigestsPage {

    private DigestsPage() {}

    /**
     * @param then is given the page, on whichever shard's loop was last
     */
    static void write(Node node, Ring ring, Consumer<ObjectNode> then) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        page.put("epoch", ring.epoch());
        ObjectNode digests = page.putObject("digests");
        List<Shard> shards = node.shards();
        AtomicInteger left = new AtomicInteger(shards.size());
        for (Shard shard : shards) {
            List<Integer> owned = new ArrayList<>();
            for (int partition = shard.index; partition < ring.partitions(); partition += shards.size()) {
                if (ring.isOwner(node.self(), partition, ring.replicas())) {
                    owned.add(partition);
                }
            }
            shard.loop.execute(() -> shard.sync().digests(owned, found -> {
                synchronized (page) {
                    found.forEach((partition, digest) -> put(digests, partition, digest));
                }
                if (left.decrementAndGet() == 0) {
                    then.accept(page);
                }
            }));
        }
    }

    private static void put(ObjectNode digests, int partition, SlotDigest digest) {
        digests.put(String.valueOf(partition), Long.toHexString(digest.sum()) + " of " + digest.entries());
    }
}
