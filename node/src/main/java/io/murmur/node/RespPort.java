package io.murmur.node;

import io.murmur.gossip.EndpointView;
import io.murmur.gossip.Standing;
import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.node.config.NodeConfiguration;
import io.murmur.node.config.RespSettings;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.Commands;
import io.murmur.node.resp.RespServer;
import io.murmur.node.resp.Session;
import io.murmur.node.resp.Statistics;
import io.murmur.node.resp.command.BitCommands;
import io.murmur.node.resp.command.ExpiryCommands;
import io.murmur.node.resp.command.KeyCommands;
import io.murmur.node.resp.command.ScanCommands;
import io.murmur.node.resp.command.StringCommands;
import io.murmur.node.resp.server.ClientCommands;
import io.murmur.node.resp.server.ClusterCommands;
import io.murmur.node.resp.server.CommandPages;
import io.murmur.node.resp.server.ConnectionCommands;
import io.murmur.node.resp.server.MurmurCommands;
import io.murmur.node.resp.server.NodeFacts;
import io.murmur.node.resp.server.ServerCommands;
import io.murmur.node.resp.server.Topology;
import io.murmur.node.resp.server.WaitCommand;
import io.murmur.storage.StoreCounters;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The port for Redis clients, put together: its commands, and what they ask of this node. */
final class RespPort implements RespServer.Host, NodeFacts {

    /** Keys looked at in one turn of a loop. */
    private static final int PAGE = 1000;

    private final Node node;
    private final RespSettings settings;
    private final Dispatcher dispatcher;
    private final Commands commands;
    private final Statistics statistics;
    private final RespServer server;
    private final ClusterKeyspace keyspace;

    RespPort(Node node, RespSettings settings, Dispatcher dispatcher) {
        this.node = node;
        this.settings = settings;
        this.dispatcher = dispatcher;
        NodeConfiguration configuration = node.configuration();
        this.keyspace = new ClusterKeyspace(
                dispatcher,
                node.clock(),
                configuration.readTimeout(),
                configuration.writeTimeout(),
                configuration.limits().maxKeyBytes(),
                () -> Objects.requireNonNull(node.ringIfFormed()));
        this.commands = new Commands(groups());
        this.statistics = new Statistics(commands);
        this.server = new RespServer(this, commands, statistics, node.security(), settings.maxConnections());
    }

    private List<CommandGroup> groups() {
        NodeConfiguration configuration = node.configuration();
        int most = maxValueBytes();
        Supplier<RespServer> port = () -> Objects.requireNonNull(server());
        return List.of(
                new ConnectionCommands(configuration.caches(), node.security()),
                new ClientCommands(port::get),
                new ServerCommands(this, port::get, this::statistics),
                new CommandPages(this::commands),
                new ClusterCommands(this::topology, this::keysOfSlot, node.security() != null),
                new MurmurCommands(configuration.caches()),
                new WaitCommand(this::holders),
                new StringCommands(keyspace, most),
                new BitCommands(keyspace, most),
                new ExpiryCommands(keyspace),
                new KeyCommands(keyspace),
                new ScanCommands(keyspace, new Random()));
    }

    RespServer server() {
        return server;
    }

    Statistics statistics() {
        return statistics;
    }

    Commands commands() {
        return commands;
    }

    // ---- what the port asks

    @Override
    public CacheSettings cache() {
        return settings.cache();
    }

    @Override
    public int maxValueBytes() {
        return node.configuration().limits().maxValueBytes();
    }

    @Override
    public @Nullable String notReadyBecause() {
        return node.ringIfFormed() == null ? node.control().awaited() : null;
    }

    @Override
    public void expect(Session session, List<byte[]> keys) {
        keyspace.expect(session, keys);
    }

    // ---- the cluster

    private CompletableFuture<Topology> topology() {
        return node.control()
                .look(view -> topology(view, node.self()))
                .thenCompose(known ->
                        node.shards().get(0).ask(shard -> known.reaching(place -> shard.links.isAlive(place))));
    }

    /** Of a node that was not heard of, the port is not known. */
    static Topology topology(Membership.View view, NodeId self) {
        Map<NodeId, Topology.Place> places = new LinkedHashMap<>();
        Ring ring = view.ring();
        if (ring != null) {
            for (Member member : ring.participants()) {
                boolean isAlive = member.id().equals(self) || !view.isDead(member.id());
                places.put(member.id(), new Topology.Place(member, 0, isAlive));
            }
        }
        for (EndpointView heard : view.endpoints()) {
            NodeId id = heard.state().digest().node();
            Topology.Place place = places.get(id);
            if (place != null) {
                boolean serves =
                        id.equals(self) || heard.standing() == Standing.ALIVE || heard.standing() == Standing.SUSPECT;
                places.put(
                        id,
                        new Topology.Place(
                                place.member(), heard.state().attributes().respPort(), serves));
            }
        }
        return new Topology(self, ring, places);
    }

    private CompletableFuture<Integer> holders(Key key, Version version) {
        CompletableFuture<Integer> counted = new CompletableFuture<>();
        CacheSettings cache = node.configuration().caches().get(key.cache());
        int replicas = cache == null ? settings.cache().replicas() : cache.replicas();
        dispatcher.copies(
                key,
                replicas,
                seen -> counted.complete((int) seen.copies().stream()
                        .filter(copy -> !copy.isNext() && holds(copy.answer(), version))
                        .count()));
        return counted;
    }

    private static boolean holds(KeyCopies.Answer answer, Version version) {
        return answer instanceof KeyCopies.Answer.Holds holds
                && holds.cell() != null
                && holds.cell().version().compareTo(version) >= 0;
    }

    private CompletableFuture<Boolean> keysOfSlot(String cache, int slot, Predicate<byte[]> each) {
        Shard shard = node.shards().get(node.shardOfSlot(slot));
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        shard.loop.execute(() -> scan(shard, cache, slot, null, each, done));
        return done;
    }

    private void scan(
            Shard shard,
            String cache,
            int slot,
            @Nullable Key after,
            Predicate<byte[]> each,
            CompletableFuture<Boolean> then) {
        node.store().shard(shard.index).scan(slot, slot, after, PAGE, outcome -> {
            switch (outcome) {
                case Storage.ScanOutcome.Page page -> {
                    long now = wallMillis();
                    for (Storage.Entry entry : page.entries()) {
                        if (entry.key().cache().equals(cache)
                                && Cell.visible(entry.cell(), now) != null
                                && !each.test(entry.key().bytes())) {
                            then.complete(false);
                            return;
                        }
                    }
                    if (page.more() && !page.entries().isEmpty()) {
                        Key last = page.entries().get(page.entries().size() - 1).key();
                        shard.loop.execute(() -> scan(shard, cache, slot, last, each, then));
                    } else {
                        then.complete(true);
                    }
                }
                case Storage.ScanOutcome.Refused refused ->
                    then.completeExceptionally(new IllegalStateException(refused.detail()));
            }
        });
    }

    // ---- what INFO and CONFIG tell

    @Override
    public NodeId id() {
        return node.self();
    }

    @Override
    public String name() {
        return node.configuration().name();
    }

    @Override
    public String cluster() {
        return node.configuration().cluster();
    }

    @Override
    public String release() {
        return Control.RELEASE;
    }

    @Override
    public int respPort() {
        return server.port();
    }

    @Override
    public String host() {
        return node.configuration().host();
    }

    @Override
    public Path data() {
        return node.configuration().data();
    }

    @Override
    public int shards() {
        return node.shards().size();
    }

    @Override
    public long slowMicros() {
        return node.configuration().slowRequestThreshold().toMillis() * 1000;
    }

    @Override
    public boolean isReady() {
        return node.isReady();
    }

    @Override
    public long wallMillis() {
        return node.clock().wallMillis();
    }

    @Override
    public long storedBytes() {
        StoreCounters stored = node.store().counters();
        return stored.tableBytes.get() + stored.memoryTableBytes.get();
    }

    @Override
    public CompletableFuture<Long> pendingCalls() {
        return Shard.askEach(node.shards(), shard -> (long) shard.quorum().pendingCalls())
                .thenApply(counts -> counts.stream().mapToLong(Long::longValue).sum());
    }

    @Override
    public long memoryHits() {
        StoreCounters stored = node.store().counters();
        return stored.hotHits.sum() + stored.memoryTableHits.sum();
    }

    @Override
    public long memoryMisses() {
        return node.store().counters().tableReads.sum();
    }
}
