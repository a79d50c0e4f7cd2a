package io.murmur.node;

import io.murmur.antientropy.OwnReplica;
import io.murmur.antientropy.SyncSeams;
import io.murmur.antientropy.SyncSettings;
import io.murmur.antientropy.SyncShard;
import io.murmur.client.internal.Opening;
import io.murmur.client.internal.SystemClock;
import io.murmur.client.internal.Transport;
import io.murmur.handoff.HintSeams;
import io.murmur.handoff.HintSettings;
import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Fatal;
import io.murmur.kernel.Hints;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.Slots;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import io.murmur.node.config.NodeConfiguration;
import io.murmur.node.config.RespSettings;
import io.murmur.node.http.HttpAccess;
import io.murmur.node.http.HttpServer;
import io.murmur.node.http.Refusal;
import io.murmur.node.security.Security;
import io.murmur.quorum.QuorumSettings;
import io.murmur.quorum.QuorumShard;
import io.murmur.quorum.ShardSeams;
import io.murmur.storage.FileDisk;
import io.murmur.storage.ReplicaStore;
import io.murmur.storage.StoreSettings;
import io.murmur.storage.StoreThreads;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node, put together here and taken apart in the reverse order. Several may run in one process.
 *
 * <p>Threads: {@code shards} event loops that own the data and the connections, one acceptor that serves HTTP as well, one for the commit
 * log, one for gossip and the ring, one that makes pages of what the others know, a few for table reads, flushes and compaction. None of
 * them is ever interrupted.
 */
public final class Node implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final int BACKGROUND_THREADS = 3;
    private static final int CONNECT_TIMEOUT_MILLIS = 500;

    /** A client that lives hangs up as soon as it has its answers; one that does not must not hold up the end. */
    private static final long CLIENTS_LEAVE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final int THREADS_END_SECONDS = 10;

    /** Of taking a node apart. */
    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    private final NodeConfiguration configuration;
    private final Clock clock = new SystemClock();
    private final FileDisk disk;
    private final @Nullable Security security;
    private final NodeId self;
    private final EventLoopGroup acceptor;
    private final EventLoopGroup loops;
    private final EventLoopGroup controlLoop;
    private final ExecutorService logThread;
    private final ExecutorService background;
    private final ExecutorService hintThread;
    private final ExecutorService pageThread;
    private final ReplicaStore store;
    private final Control control;
    private final Server server;
    private final HttpServer http;
    private final @Nullable RespPort resp;
    private final List<Shard> shards = new ArrayList<>();
    private final Deque<Step> takeApart = new ArrayDeque<>();
    private final LongAdder droppedMessages = new LongAdder();
    private final AtomicBoolean stopping = new AtomicBoolean();

    private Node(NodeConfiguration configuration, Fatal fatal) throws IOException {
        this.configuration = configuration;
        try {
            this.disk = FileDisk.open(configuration.data());
            takeApart.push(disk::close);
            this.security = configuration.security() == null
                    ? null
                    : Security.open(configuration.security(), configuration.name(), clock);
            if (security != null) {
                takeApart.push(security::close);
            }
            this.self = Identity.loadOrMake(disk);
            long generation = Identity.nextGeneration(disk, clock.wallMillis() / 1000);
            this.acceptor = Transport.loops(1, configuration.name() + "-acceptor");
            this.loops = Transport.loops(configuration.shards(), configuration.name() + "-shard");
            this.controlLoop = Transport.loops(1, configuration.name() + "-control");
            takeApart.push(this::shutDownLoops);
            this.logThread = threads(1, "log");
            this.background = threads(BACKGROUND_THREADS, "background");
            this.hintThread = threads(1, "hints");
            this.pageThread = threads(1, "pages");

            List<EventLoop> eventLoops = new ArrayList<>();
            for (int index = 0; index < configuration.shards(); index++) {
                eventLoops.add(loops.next());
            }
            long start = clock.monotonicNanos();
            this.store = ReplicaStore.open(
                    storeSettings(configuration, this::shardOfSlot),
                    disk,
                    clock,
                    new StoreThreads(logThread, background, List.copyOf(eventLoops), new LoopTimers(eventLoops.get(0))),
                    fatal);
            // The loops end before the store, so that nothing joins behind its last sync.
            takeApart.push(store::close);
            takeApart.push(this::shutDownLoops);
            long millis = (clock.monotonicNanos() - start) / 1_000_000;
            LOG.info("recovered {} in {} ms as {}", configuration.data(), millis, self);

            this.control = new Control(
                    configuration, self, generation, clock, controlLoop.next(), disk, background, fatal, shards);
            this.server = new Server(configuration, self, clock, control::ring, control::awaited, security);
            Dispatcher dispatcher = new Dispatcher(shards, this::shardOfSlot, control);
            Handshake.Hello hello =
                    new Handshake.Hello(MessageCodec.PROTOCOL, configuration.cluster(), self, configuration.name());
            for (int index = 0; index < configuration.shards(); index++) {
                shards.add(shard(index, eventLoops.get(index), hello, dispatcher, fatal));
            }
            HttpToken token = HttpToken.of(configuration);
            this.http = new HttpServer(
                    NodePages.of(this),
                    new HttpAccess(token.secret().value(), token.where(), security),
                    HttpServer.Bounds.DEFAULT);
            http.listen(
                    httpLoop(),
                    bootstrap ->
                            Server.bind(bootstrap, configuration.httpHost(), configuration.httpPort(), "http.port"));
            server.listen(acceptor, loops, dispatcher);
            RespSettings respSettings = configuration.resp();
            this.resp = respSettings == null ? null : new RespPort(this, respSettings, dispatcher);
            if (resp != null && respSettings != null) {
                resp.server()
                        .listen(
                                acceptor,
                                loops,
                                bootstrap ->
                                        Server.bind(bootstrap, configuration.host(), respSettings.port(), "resp.port"));
            }
            if (security != null) {
                security.start(() -> {
                    server.usersChanged();
                    http.usersChanged();
                    if (resp != null) {
                        resp.server().usersChanged();
                    }
                });
            }
            control.start(opening(hello), droppedMessages, server, dispatcher, http.port(), respPort(), loadMeter());
        } catch (IOException | RuntimeException e) {
            takeApart(e);
            throw e;
        }
    }

    /** The index of the shard that a slot belongs to. */
    int shardOfSlot(int slot) {
        int slotsPerPartition = Slots.COUNT / configuration.partitions();
        return (slot / slotsPerPartition) % configuration.shards();
    }

    private ExecutorService threads(int count, String role) {
        ExecutorService threads =
                Executors.newFixedThreadPool(count, new DefaultThreadFactory(configuration.name() + "-" + role, true));
        takeApart.push(() -> {
            threads.shutdown();
            if (!threads.awaitTermination(THREADS_END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a {} thread is still at work; what it was writing will be written anew", role);
            }
        });
        return threads;
    }

    /**
     * Starts a node: recovers its data, listens, connects to the others. Ready when {@link #awaitReady} says so.
     *
     * @param fatal what to do when the disk can no longer be trusted
     * @throws IOException with one line for the operator: folder or port cannot be had
     */
    public static Node start(NodeConfiguration configuration, Fatal fatal) throws IOException {
        return new Node(configuration, fatal);
    }

    private static StoreSettings storeSettings(NodeConfiguration configuration, IntUnaryOperator shardOfSlot) {
        StoreSettings defaults = StoreSettings.of(configuration.shards(), shardOfSlot);
        return new StoreSettings(
                configuration.shards(),
                shardOfSlot,
                configuration.memoryTableBytes(),
                configuration.hotBytes(),
                configuration.logSegmentBytes(),
                defaults.maxLogSegments(),
                configuration.syncInterval(),
                defaults.maxPendingBytes(),
                configuration.freeDiskFloor());
    }

    private Shard shard(int index, EventLoop loop, Handshake.Hello hello, Dispatcher dispatcher, Fatal fatal) {
        PeerLinks links = new PeerLinks(
                self,
                loop,
                opening(hello),
                droppedMessages,
                control::isConvicted,
                new PeerLinks.Listener() {
                    @Override
                    public void received(NodeId from, Message message) {
                        dispatcher.dispatch(from, message);
                    }

                    @Override
                    public void met(NodeId node, String address) {
                        // The control loop has links of its own, and keeps the books.
                    }
                },
                server);
        LoopTimers timers = new LoopTimers(loop);
        Random random = new Random(new SecureRandom().nextLong());
        ShardHints hints = new ShardHints(
                new HintSeams(
                        self, clock, timers, links, links, random, control.rings(), disk, hintThread, loop, fatal),
                HintSettings.of(index, configuration.shards()).withWindow(configuration.hintWindow()));
        ShardSeams seams = new ShardSeams(
                self,
                clock,
                timers,
                links,
                store.shard(index),
                links,
                random,
                control.rings(),
                configuration.hints() ? hints : Hints.NONE);
        QuorumSettings defaults = QuorumSettings.of(configuration.caches(), index);
        QuorumSettings settings = new QuorumSettings(
                configuration.caches(),
                configuration.limits(),
                configuration.readTimeout(),
                configuration.writeTimeout(),
                configuration.maxClockDrift(),
                configuration.maxPending(),
                defaults.maxReplyBytes(),
                configuration.hedgeShare(),
                defaults.backgroundRepairShare(),
                configuration.purgeAfter(),
                configuration.slowRequestThreshold(),
                index);
        QuorumShard quorum = new QuorumShard(seams, settings, store.greatestReading(), store.greatestPromise());
        OwnReplica replica = new OwnReplica(
                store.shard(index),
                store.horizons(index),
                store.rebuild(index),
                quorum.promises(),
                observer -> store.observe(index, observer));
        SyncShard sync = new SyncShard(
                new SyncSeams(self, clock, timers, links, replica, links, random, control.rings()),
                SyncSettings.of(index, configuration.shards(), replicasOfCaches())
                        .withBytesPerSecond(configuration.streamingBytesPerSecond() / configuration.shards())
                        .withRounds(configuration.repairInterval(), configuration.purgeAfter()),
                hints);
        KeyCopies copies = new KeyCopies(
                new KeyCopies.Seams(clock, timers, links, links, random, control.rings()),
                index,
                configuration.readTimeout());
        return new Shard(index, loop, links, quorum, sync, hints, copies);
    }

    private Map<String, Integer> replicasOfCaches() {
        Map<String, Integer> replicas = new TreeMap<>();
        configuration.caches().forEach((name, cache) -> replicas.put(name, cache.replicas()));
        return replicas;
    }

    private Opening opening(Handshake.Hello hello) {
        Bootstrap bootstrap = new Bootstrap()
                .channel(Transport.channel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS);
        return new Opening(hello, bootstrap, security == null ? null : security::dialling, clock, new WireWriter());
    }

    /** The loop of the HTTP port: the only one of its group. */
    EventLoop httpLoop() {
        return acceptor.next();
    }

    /** Makes pages: what a loop knows it tells as records, and goes on serving while texts are made of them. */
    Executor pageThread() {
        return pageThread;
    }

    /** A new one, for one who measures. */
    LoadMeter loadMeter() {
        return new LoadMeter(shards, store, clock);
    }

    @Nullable
    Ring ringIfFormed() {
        return control.ring();
    }

    /** This node's ring. */
    Ring ringOrRefusal() throws Refusal {
        Ring ring = control.ring();
        if (ring == null) {
            throw Refusal.notYet("there is no ring yet");
        }
        return ring;
    }

    /** The cache of this name. */
    CacheSettings cacheOrRefusal(String name) throws Refusal {
        CacheSettings cache = configuration.caches().get(name);
        if (cache == null) {
            throw Refusal.unknown(
                    RepairRequest.unknownCache(name, configuration.caches().keySet()));
        }
        return cache;
    }

    Control control() {
        return control;
    }

    /** Whether clients may come: there is a ring, the data is there and whole, and the node is not stopping. */
    public boolean isReady() {
        return notReadyBecause() == null;
    }

    /** Why clients may not come, or null when they may. */
    @Nullable
    String notReadyBecause() {
        if (stopping.get()) {
            return "stopping";
        }
        Ring ring = control.ring();
        if (ring == null) {
            return control.awaited();
        }
        if (ring.members().stream().noneMatch(member -> member.id().equals(self))) {
            return ring.member(self) == null
                    ? control.awaited()
                    : "joining: catching up with the partitions it is to own";
        }
        List<String> damage = store.damage();
        return damage.isEmpty() ? null : damage.get(0);
    }

    /** Waits until this node is a member of a ring; false when that takes longer. */
    public boolean awaitReady(long timeout, TimeUnit unit) throws InterruptedException {
        return control.awaitMembership(timeout, unit);
    }

    /** The port of the HTTP server, which may have been picked at start. */
    public int httpPort() {
        return http.port();
    }

    /** The port for Redis clients, which may have been picked at start; 0 when there is none. */
    public int respPort() {
        return resp == null ? 0 : resp.server().port();
    }

    @Nullable
    RespPort resp() {
        return resp;
    }

    @Nullable
    Security security() {
        return security;
    }

    HttpServer http() {
        return http;
    }

    NodeConfiguration configuration() {
        return configuration;
    }

    NodeId self() {
        return self;
    }

    Clock clock() {
        return clock;
    }

    List<Shard> shards() {
        return shards;
    }

    ReplicaStore store() {
        return store;
    }

    Server server() {
        return server;
    }

    long droppedMessages() {
        return droppedMessages.sum();
    }

    /** Stops gracefully: takes nothing new, finishes what is on its way, makes everything durable, closes. Blocks. */
    @Override
    public void close() throws IOException {
        if (!stopping.compareAndSet(false, true)) {
            return;
        }
        LOG.info("stopping: finishing calls on their way");
        control.farewell();
        server.drain();
        if (resp != null) {
            resp.server().drain();
        }
        awaitDrained();
        server.closeConnections();
        if (resp != null) {
            resp.server().closeConnections();
        }
        stopHints();
        for (Shard shard : shards) {
            shard.loop.submit(shard.links::close).awaitUninterruptibly();
        }
        control.close();
        IOException failure = new IOException("it did not stop cleanly");
        takeApart(failure);
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
        LOG.info("stopped");
    }

    /** Gives back what was taken, the latest first; what fails is told to the exception and hinders nothing else. */
    private void takeApart(Exception failure) {
        while (!takeApart.isEmpty()) {
            try {
                takeApart.pop().run();
            } catch (IOException | RuntimeException e) {
                failure.addSuppressed(e);
            } catch (InterruptedException e) {
                failure.addSuppressed(e);
                Thread.currentThread().interrupt();
            }
        }
    }

    private void shutDownLoops() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        acceptor.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        controlLoop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private void awaitDrained() {
        CountDownLatch drained = new CountDownLatch(shards.size());
        long now = clock.monotonicNanos();
        long deadline = now + configuration.drainTimeout().toNanos();
        long clientsDeadline = Math.min(deadline, now + CLIENTS_LEAVE_NANOS);
        for (Shard shard : shards) {
            shard.loop.execute(() -> checkDrained(shard, drained, clientsDeadline, deadline));
        }
        try {
            if (!drained.await(configuration.drainTimeout().toMillis() + 1000, TimeUnit.MILLISECONDS)) {
                LOG.warn("gave up waiting for calls on their way");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What owners still miss is left to them as hints, and all that is being written of hints is written to its end. */
    private void stopHints() {
        CountDownLatch stopped = new CountDownLatch(shards.size());
        for (Shard shard : shards) {
            shard.loop.execute(() -> shard.stopHints(stopped::countDown));
        }
        try {
            if (!stopped.await(THREADS_END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("gave up waiting for hints that are being written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** While a client is there, another call may come. */
    private void checkDrained(Shard shard, CountDownLatch drained, long clientsDeadline, long deadline) {
        long now = clock.monotonicNanos();
        boolean isAwaited = server.hasClients() && now - clientsDeadline < 0;
        boolean isDone = shard.quorum().pendingCalls() == 0 && !isAwaited;
        if (isDone || now - deadline > 0) {
            drained.countDown();
        } else {
            shard.loop.schedule(
                    () -> checkDrained(shard, drained, clientsDeadline, deadline), 5, TimeUnit.MILLISECONDS);
        }
    }
}
