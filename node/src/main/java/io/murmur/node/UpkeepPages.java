package io.murmur.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.ring.Ring;
import io.murmur.node.UpkeepJson.HintsOfShard;
import io.murmur.node.UpkeepJson.OnePartition;
import io.murmur.node.UpkeepJson.Only;
import io.murmur.node.UpkeepJson.PartitionHere;
import io.murmur.node.UpkeepJson.SyncOfShard;
import io.murmur.node.config.NodeConfiguration;
import io.murmur.node.http.Answer;
import io.murmur.node.http.Pages;
import io.murmur.node.http.Refusal;
import io.murmur.node.http.Request;
import io.murmur.node.http.Response;
import io.murmur.node.http.Routes;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What keeps owners equal: to be looked at, and repairs to be asked for. */
final class UpkeepPages implements Pages {

    private final Node node;
    private final UpkeepJson json;
    private final DigestsPage digests;
    private final Repairs repairs;

    UpkeepPages(Node node) {
        this.node = node;
        NodeConfiguration configuration = node.configuration();
        this.json = new UpkeepJson(new ObjectMapper(), node.self(), configuration.name(), node.clock());
        this.digests = new DigestsPage(node);
        int leastReplicas = configuration.caches().values().stream()
                .mapToInt(CacheSettings::replicas)
                .min()
                .orElse(1);
        this.repairs = new Repairs(node.self(), leastReplicas, node.shards());
    }

    @Override
    public void addTo(Routes routes) {
        routes.get(
                "/hints",
                (request, answer) -> answer.when(Shard.askEach(node.shards(), HintsOfShard::of)
                        .thenApplyAsync(
                                shards -> Response.json(json.hints(node.ringIfFormed(), shards)), node.pageThread())));
        routes.get(
                "/anti-entropy",
                (request, answer) -> answer.when(Shard.askEach(node.shards(), SyncOfShard::of)
                        .thenApplyAsync(shards -> Response.json(json.antiEntropy(shards)), node.pageThread())));
        routes.get(
                "/anti-entropy/digests",
                (request, answer) ->
                        answer.when(digests.page(node.ringOrRefusal()).thenApply(Response::json)));
        routes.get("/partitions", this::partitions, "only");
        routes.get("/partitions/{p}", this::partition);
        routes.get("/keys/{cache}/{key}", this::key, "trace", "level");
        routes.get("/repairs/{id}", this::repair);
        routes.post("/repairs", this::beginRepair);
    }

    private void partitions(Request request, Answer answer) throws Refusal {
        Ring ring = node.ringOrRefusal();
        Only only = only(request.parameter("only"));
        answer.when(Shard.askEach(node.shards(), shard -> partitionsOf(shard, ring))
                .thenApplyAsync(
                        shards -> {
                            Map<Integer, PartitionHere> all = new HashMap<>();
                            shards.forEach(all::putAll);
                            return Response.json(json.partitions(ring, all, only));
                        },
                        node.pageThread()));
    }

    private static @Nullable Only only(@Nullable String said) throws Refusal {
        if (said == null) {
            return null;
        }
        for (Only only : Only.values()) {
            if (only.word().equals(said)) {
                return only;
            }
        }
        throw Refusal.wrong("only is '" + said + "'; there are "
                + Arrays.stream(Only.values()).map(Only::word).collect(Collectors.joining(", ")));
    }

    /** On the shard's loop. */
    private Map<Integer, PartitionHere> partitionsOf(Shard shard, Ring ring) {
        Map<Integer, PartitionHere> here = new HashMap<>();
        Set<Integer> owed = PartitionHere.owed(shard);
        for (int partition = shard.index;
                partition < ring.partitions();
                partition += node.shards().size()) {
            here.put(partition, PartitionHere.of(shard, node.store(), ring, partition, owed));
        }
        return here;
    }

    private void partition(Request request, Answer answer) throws Refusal {
        Ring ring = node.ringOrRefusal();
        int partition = partition(request.variable("p"), ring);
        Shard shard = node.shards().get(partition % node.shards().size());
        answer.when(node.control().look(view -> view).thenCompose(view -> {
            Ring seen = view.ring() == null ? ring : view.ring();
            return shard.ask(here -> OnePartition.of(here, node.store(), seen, partition))
                    .thenApplyAsync(
                            here -> Response.json(json.partition(seen, view.endpoints(), partition, shard.index, here)),
                            node.pageThread());
        }));
    }

    private static int partition(String text, Ring ring) throws Refusal {
        long partition = Request.number(text);
        if (partition < 0 || partition >= ring.partitions()) {
            throw Refusal.unknown(RepairRequest.noPartition(text, ring));
        }
        return (int) partition;
    }

    private void key(Request request, Answer answer) throws Refusal {
        CacheSettings cache = node.cacheOrRefusal(request.variable("cache"));
        Ring ring = node.ringOrRefusal();
        Key key = key(cache, request);
        TracedRead read = TracedRead.askedFor(request, key);
        Shard shard = node.shards().get(node.shardOfSlot(key.slot()));
        answer.when(shard.ask(here -> look(here, key, cache.replicas(), read))
                .thenCompose(looked -> looked)
                .thenApplyAsync(
                        looked -> {
                            ObjectNode page = json.key(key, looked.copies(), looked.horizonMillis());
                            if (looked.reply() != null) {
                                TracedRead.write(page, looked.reply(), ring);
                            }
                            return Response.json(page);
                        },
                        node.pageThread()));
    }

    /**
     * What has been seen of a key.
     *
     * @param horizonMillis this node's for the key's slot
     * @param reply to the traced read; null when none was asked for
     */
    private record Looked(
            KeyCopies.Seen copies,
            long horizonMillis,
            @Nullable ClientReply reply) {}

    /** On the key's shard; completes there. */
    private CompletableFuture<Looked> look(Shard shard, Key key, int replicas, @Nullable TracedRead read) {
        CompletableFuture<KeyCopies.Seen> copies = new CompletableFuture<>();
        shard.copies().ask(key, replicas, copies::complete);
        return copies.thenCompose(seen -> {
            long horizonMillis = node.store().horizons(shard.index).of(key.slot());
            if (read == null) {
                return CompletableFuture.completedFuture(new Looked(seen, horizonMillis, null));
            }
            // Behind the look at the copies, since it may mend them.
            long deadlineNanos = node.clock().monotonicNanos()
                    + node.configuration().readTimeout().toNanos();
            return read.make(shard, deadlineNanos).thenApply(reply -> new Looked(seen, horizonMillis, reply));
        });
    }

    /** The key that the path names. */
    static Key key(CacheSettings cache, Request request) throws Refusal {
        try {
            return new Key(cache.name(), request.variableBytes("key"));
        } catch (IllegalArgumentException e) {
            throw Refusal.wrong(String.valueOf(e.getMessage()));
        }
    }

    private void repair(Request request, Answer answer) throws Refusal {
        String id = request.variable("id");
        Repairs.Repair repair = repairs.repair(Request.number(id));
        if (repair == null) {
            throw Refusal.unknown(
                    "no repair '" + id + "' has been asked for since this node started, or it is long over");
        }
        answer.json(json.repair(repair));
    }

    private void beginRepair(Request request, Answer answer) throws Refusal {
        Ring ring = node.ringOrRefusal();
        Collection<Integer> partitions;
        try {
            partitions = RepairRequest.read(
                    request.text(),
                    ring,
                    node.self(),
                    node.configuration().caches().keySet());
        } catch (RepairRequest.Wrong e) {
            throw Refusal.wrong(String.valueOf(e.getMessage()));
        }
        Repairs.Repair repair = repairs.begin(partitions, ring);
        if (repair == null) {
            throw new Refusal(
                    HttpResponseStatus.TOO_MANY_REQUESTS,
                    Repairs.MOST_UNDER_WAY + " repairs led by this node are under way; wait for one to end");
        }
        answer.with(Response.json(HttpResponseStatus.ACCEPTED, json.repair(repair)));
    }
}
