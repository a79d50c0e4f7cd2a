package io.murmur.node;

import io.murmur.antientropy.CatchUp;
import io.murmur.client.internal.Opening;
import io.murmur.gossip.GossipSettings;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Disk;
import io.murmur.kernel.Fatal;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.message.EndpointStatus;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.membership.DiskRingStore;
import io.murmur.membership.PartitionSyncs;
import io.murmur.node.config.NodeConfiguration;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control loop: binds {@link Membership} to a loop of its own, with its own links to the others, and tells the shards of rings and
 * addresses. What is public here may be called from any thread.
 */
final class Control implements Membership.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Control.class);
    private static final int LOAD_SECONDS = 5;
    static final String RELEASE = "0.1.0";

    private final NodeConfiguration configuration;
    private final NodeId self;
    private final EventLoop loop;
    private final Disk disk;
    private final Executor background;
    private final List<Shard> shards;
    private final Membership membership;
    private final CountDownLatch member = new CountDownLatch(1);
    /** By id, as met at a seed's address: whom rumour has not told of yet. */
    private final Map<String, NodeId> met = new LinkedHashMap<>();

    private @Nullable PeerLinks links;
    private volatile @Nullable Ring ring;
    private volatile String awaited = "starting";

    /**
     * @param shards filled before {@link #start}
     * @throws IOException when what the disk holds of rings is damaged
     */
    Control(
            NodeConfiguration configuration,
            NodeId self,
            long generation,
            Clock clock,
            EventLoop loop,
            Disk disk,
            Executor background,
            Fatal fatal,
            List<Shard> shards)
            throws IOException {
        this.configuration = configuration;
        this.self = self;
        this.loop = loop;
        this.disk = disk;
        this.background = background;
        this.shards = shards;
        this.membership = new Membership(
                new Membership.Seams(
                        clock,
                        new LoopTimers(loop),
                        this::send,
                        new Random(new SecureRandom().nextLong()),
                        new DiskRingStore(disk, background, loop, fatal),
                        this::catchUp,
                        this::seeds),
                new Membership.Settings(
                        new Member(
                                self,
                                configuration.name(),
                                configuration.advertisedHost(),
                                configuration.port(),
                                configuration.region(),
                                configuration.zone(),
                                configuration.weight()),
                        generation,
                        configuration.isSeed(),
                        configuration.otherSeeds().size(),
                        configuration.initialNodes(),
                        configuration.partitions(),
                        configuration.replicas(),
                        configuration.join(),
                        configuration.replace(),
                        configuration.caches().values().stream().anyMatch(cache -> cache.replicas() == 1),
                        GossipSettings.DEFAULT),
                this);
        Ring kept = membership.ring();
        check(kept);
        ring = kept;
        if (kept != null && isMember(kept)) {
            member.countDown();
        }
    }

    private boolean isMember(Ring of) {
        return of.members().stream().anyMatch(one -> one.id().equals(self));
    }

    /** What was fixed when the cluster was made is not changed by changing a file. */
    private void check(@Nullable Ring kept) throws IOException {
        if (kept != null && kept.partitions() != configuration.partitions()) {
            throw new IOException("partitions is " + configuration.partitions() + " but the cluster was made with "
                    + kept.partitions() + "; set it back: it cannot be changed once the ring is made");
        }
    }

    /** Opens the links and begins to gossip. */
    void start(
            Opening opening,
            LongAdder dropped,
            PeerLinks.WayBack wayBack,
            Dispatcher dispatcher,
            int httpPort,
            int respPort,
            LoadMeter meter) {
        run(() -> {
            links = new PeerLinks(
                    self,
                    loop,
                    opening,
                    dropped,
                    node -> false,
                    new PeerLinks.Listener() {
                        @Override
                        public void received(NodeId from, Message message) {
                            dispatcher.dispatch(from, message);
                        }

                        @Override
                        public void met(NodeId node, String address) {
                            Control.this.met(node, address);
                        }
                    },
                    wayBack);
            try {
                membership.start(member -> new EndpointAttributes(
                        member,
                        httpPort,
                        respPort,
                        EndpointStatus.JOINING,
                        EndpointLoad.NONE,
                        RELEASE,
                        MessageCodec.PROTOCOL));
            } catch (IOException e) {
                refused(String.valueOf(e.getMessage()));
            }
            connect();
            tellLoad(meter);
        });
    }

    private void run(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private void tellLoad(LoadMeter meter) {
        meter.measure().thenAcceptAsync(membership::load, loop);
        loop.schedule(() -> tellLoad(meter), LOAD_SECONDS, TimeUnit.SECONDS);
    }

    private void met(NodeId node, String address) {
        if (configuration.otherSeeds().contains(address)) {
            met.put(address, node);
        }
        membership.met();
    }

    private List<NodeId> seeds() {
        return List.copyOf(new LinkedHashSet<>(met.values()));
    }

    private void send(NodeId to, Message message) {
        if (links != null) {
            links.send(to, message);
        }
    }

    // ---- from the others, and from operators

    void receive(NodeId from, GossipMessage message) {
        run(() -> membership.receive(from, message));
    }

    void receive(NodeId from, RingMessage message) {
        run(() -> membership.receive(from, message));
    }

    /** Reads what the control loop knows, on it; completes there. */
    <T> CompletableFuture<T> look(Function<Membership.View, T> question) {
        return CompletableFuture.supplyAsync(() -> question.apply(membership.view()), this::run);
    }

    /** Has the ring changed; answers on the control loop with the ring in which the change has begun, or with why not. */
    void change(RingChange change, BiConsumer<@Nullable Ring, @Nullable String> then) {
        run(() -> membership.change(change, then));
    }

    /** How this loop's links stand. */
    CompletableFuture<List<OpenConnection>> links() {
        return CompletableFuture.supplyAsync(() -> links == null ? List.of() : links.seen(), loop);
    }

    // ---- for the shards

    @Nullable
    Ring ring() {
        return ring;
    }

    /** What a ring is waited for, for people. */
    String awaited() {
        return awaited;
    }

    boolean isConvicted(NodeId node) {
        return membership.isConvicted(node);
    }

    RingSource rings() {
        return new RingSource() {
            @Override
            public Ring current() {
                Ring current = ring;
                if (current == null) {
                    throw new IllegalStateException("no ring yet");
                }
                return current;
            }

            @Override
            public void newerAt(NodeId node) {
                loop.execute(() -> membership.newerAt(node));
            }
        };
    }

    boolean awaitMembership(long timeout, TimeUnit unit) throws InterruptedException {
        return member.await(timeout, unit);
    }

    /** Catches up on the shard that owns the partition, and answers here. */
    private PartitionSyncs.Handle catchUp(int partition, Consumer<@Nullable String> then) {
        Shard shard = shards.get(partition % shards.size());
        ShardCatchUp handle = new ShardCatchUp(shard.loop);
        shard.loop.execute(() -> handle.begin(shard.sync().catchUp(partition, outcome -> {
            String failure = Membership.failure(outcome);
            loop.execute(() -> then.accept(failure));
        })));
        return handle;
    }

    /** On the shard's loop, but for {@link #cancel}. */
    private static final class ShardCatchUp implements PartitionSyncs.Handle {

        private final EventLoop shard;
        private @Nullable CatchUp begun;

        ShardCatchUp(EventLoop shard) {
            this.shard = shard;
        }

        void begin(CatchUp catchUp) {
            begun = catchUp;
        }

        @Override
        public void cancel() {
            shard.execute(() -> {
                if (begun != null) {
                    begun.cancel();
                }
            });
        }
    }

    // ---- what membership tells

    @Override
    public void adopted(Ring next) {
        if (next.partitions() != configuration.partitions()) {
            refused("partitions is " + configuration.partitions() + " here and " + next.partitions()
                    + " in the cluster; set it to the cluster's and start again");
            return;
        }
        Ring former = ring;
        ring = next;
        LOG.info("ring of epoch {}: {}", next.epoch(), Membership.describe(former, next));
        if (isMember(next) && (former == null || former.equals(next) || !isMember(former))) {
            LOG.info(
                    "ready: {} members, epoch {}, on {}, HTTP on {}:{}",
                    next.members().size(),
                    next.epoch(),
                    configuration.address(),
                    configuration.httpHost(),
                    configuration.httpPort());
            member.countDown();
        }
        connect();
        Set<String> addresses = ringAddresses(next);
        for (Shard shard : shards) {
            shard.loop.execute(() -> shard.ringChanged(addresses));
        }
    }

    /** But for the own one, where a dead node may have stood before this one. */
    private Set<String> ringAddresses(@Nullable Ring of) {
        Set<String> addresses = new LinkedHashSet<>();
        if (of != null) {
            for (Member other : of.participants()) {
                addresses.add(other.address());
            }
        }
        addresses.remove(configuration.address());
        return addresses;
    }

    @Override
    public void addressesChanged() {
        connect();
    }

    /** The control loop talks to the seeds, to whom the ring names, and to whom rumour has told of. */
    private void connect() {
        if (links != null) {
            Set<String> addresses = new LinkedHashSet<>(configuration.otherSeeds());
            addresses.addAll(ringAddresses(ring));
            Collection<String> rumoured = membership.addresses();
            addresses.addAll(rumoured);
            addresses.remove(configuration.address());
            links.connectTo(addresses);
        }
    }

    @Override
    public void awaits(String what) {
        if (!what.equals(awaited)) {
            LOG.info("{}", what);
        }
        awaited = what;
    }

    @Override
    public void refused(String why) {
        LOG.warn("this node is no member: {}", why);
        awaited = why;
    }

    @Override
    public void generationRaised(long generation) {
        background.execute(() -> {
            try {
                Identity.keepGeneration(disk, generation);
            } catch (IOException e) {
                LOG.warn("generation {} could not be kept; the next start may be taken for this one", generation, e);
            }
        });
    }

    /** Tells the others that this node stops, so that none waits for it. */
    void farewell() {
        loop.submit(membership::farewell).awaitUninterruptibly();
    }

    void close() {
        loop.submit(() -> {
                    membership.stop();
                    if (links != null) {
                        links.close();
                    }
                })
                .awaitUninterruptibly();
    }
}
