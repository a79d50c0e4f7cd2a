package io.murmur.gossip;

import io.murmur.kernel.Liveness;
import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.message.EndpointDigest;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.message.EndpointState;
import io.murmur.kernel.message.EndpointStatus;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.message.GossipMessage.Ack;
import io.murmur.kernel.message.GossipMessage.Ack2;
import io.murmur.kernel.message.GossipMessage.Ping;
import io.murmur.kernel.message.GossipMessage.PingRequest;
import io.murmur.kernel.message.GossipMessage.Pong;
import io.murmur.kernel.message.GossipMessage.Syn;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's part in the gossip: each second it compares what it knows with a random live node, sometimes with one that is away and with a
 * seed; so everybody comes to know everybody's state, and whose heartbeat has stopped.
 *
 * <p>All on the control loop's thread, except {@link #isAlive}, which may be called on any. A node that leaves its control loop waiting
 * for long is taken for dead by the others, and rightly so.
 */
public final class Gossiper implements Liveness {

    private static final Logger LOG = LoggerFactory.getLogger(Gossiper.class);

    private final GossipSeams seams;
    private final GossipSettings settings;
    private final GossipListener listener;
    private final ObserverTime time;
    private final Hearsay hearsay;
    private final Exchange exchange;
    private final Detection detection;
    private final Rotation rotation;
    private final Errands errands = new Errands();
    /** What the listener is to be told when the work at hand is done: it may call back. */
    private final Queue<Runnable> news = new ArrayDeque<>();

    /** Who counts as alive, for those who ask on other threads. */
    private final Set<NodeId> alive = ConcurrentHashMap.newKeySet();

    private final NodeId self;
    private long lastId;
    private EndpointLoad load;
    private long loadToldNanos;
    private boolean telling;
    private @Nullable Timer nextRound;

    /**
     * @param own the first state: its generation must be greater than that of any life before, and at most {@link
     *     GossipSettings#generationAhead} ahead of everybody's wall clock
     */
    public Gossiper(GossipSeams seams, GossipSettings settings, EndpointState own, GossipListener listener) {
        this.seams = seams;
        this.settings = settings;
        this.listener = listener;
        this.self = own.digest().node();
        long now = seams.clock().monotonicNanos();
        this.time = new ObserverTime(
                settings.interval().plus(settings.detection().ownPause()).toNanos(), now);
        this.hearsay = new Hearsay(own, settings, state -> detection().acquaint(state), new Heard());
        this.exchange = new Exchange(hearsay, settings.messageBytes());
        this.detection = new Detection(
                settings, hearsay, seams.network(), seams.random(), this::nextId, this::millis, new Believed());
        this.rotation = new Rotation(seams.random());
        this.lastId = seams.random().nextLong() >>> 2;
        this.load = own.attributes().load();
        this.loadToldNanos = now;
        hearsay.now(now, seams.clock().wallMillis());
    }

    private Detection detection() {
        return detection;
    }

    /** Begins, with the first round at a random moment within the interval, so that nodes started together do not gossip in step. */
    public void start() {
        long within = seams.random().nextLong(settings.interval().toNanos());
        nextRound = seams.timers().after(Duration.ofNanos(within), this::round);
    }

    /** Ends the rounds. Messages that still come are answered nevertheless. */
    public void stop() {
        if (nextRound != null) {
            nextRound.cancel();
            nextRound = null;
        }
    }

    /**
     * Tells everybody who is alive that this node is {@link EndpointStatus#STOPPING}, so that nobody waits for it, and stops. Its next life
     * says that it is up.
     */
    public void farewell() {
        stop();
        update(attributes -> attributes.withStatus(EndpointStatus.STOPPING));
        Ack2 goodbye = new Ack2(nextId(), List.of(), List.of(hearsay.own()));
        for (Endpoint endpoint : detection.live()) {
            seams.network().send(endpoint.node, goodbye);
        }
    }

    // ---- the own state

    /** What is told of this node. */
    public EndpointState own() {
        return hearsay.own();
    }

    /** This node's ring has this epoch from now on. Without effect unless it is greater than the last. */
    public void ringEpoch(long epoch) {
        hearsay.ringEpoch(epoch);
    }

    /** Changes the own attributes; each change is told to the whole cluster, at about 150 bytes for each node. */
    public void update(UnaryOperator<EndpointAttributes> change) {
        EndpointAttributes next = change.apply(hearsay.ownAttributes());
        if (!next.equals(hearsay.ownAttributes())) {
            hearsay.attributes(next);
        }
    }

    /** How much this node stores and does just now; told at most once in {@link GossipSettings#loadInterval}. */
    public void load(EndpointLoad now) {
        load = now;
    }

    // ---- the others

    /** Whether the node is believed to be alive; the own node is. Callable from any thread, and then as of a moment ago. */
    @Override
    public boolean isAlive(NodeId node) {
        return node.equals(self) || alive.contains(node);
    }

    /** All that is known and believed, by node, the own node included. */
    public List<EndpointView> endpoints() {
        long now = millis();
        List<EndpointView> views = new ArrayList<>();
        views.add(new EndpointView(hearsay.own(), Standing.ALIVE, 0, now));
        for (Endpoint endpoint : hearsay.acquaintances()) {
            views.add(new EndpointView(
                    endpoint.state(), endpoint.standing(), detection.phi(endpoint), now - endpoint.changedAtMillis));
        }
        views.sort(Comparator.comparing(view -> view.state().digest().node()));
        return List.copyOf(views);
    }

    /** What the node last said of itself, or null when it is not known. */
    public @Nullable EndpointState endpoint(NodeId node) {
        if (node.equals(self)) {
            return hearsay.own();
        }
        Endpoint endpoint = hearsay.get(node);
        return endpoint == null ? null : endpoint.state();
    }

    /** How often any node has become a suspect here. */
    public long suspicions() {
        return detection.suspicions();
    }

    /**
     * The node was removed from the ring: it is not known any more, and in quarantine, so that rumour does not bring it back. Only a newer
     * life of it is heard of before that is over. The listener is not told that it is dead.
     */
    public void forget(NodeId node) {
        hearsay.now(seams.clock().monotonicNanos(), seams.clock().wallMillis());
        Endpoint endpoint = hearsay.forget(node);
        if (endpoint != null) {
            detection.forget(endpoint);
            alive.remove(node);
        }
    }

    /** Requests to this node go unanswered: it is asked in the next round, rather than when its turn comes. */
    public void doubt(NodeId node) {
        Endpoint endpoint = hearsay.get(node);
        if (endpoint != null) {
            detection.doubt(endpoint);
        }
    }

    // ---- messages

    /** A message has come from another node. */
    public void receive(NodeId from, GossipMessage message) {
        hearsay.now(seams.clock().monotonicNanos(), seams.clock().wallMillis());
        switch (message) {
            case Syn syn -> send(from, exchange.answer(syn, from));
            case Ack ack -> {
                send(from, exchange.answer(ack, from));
                answered(from, ack.id());
            }
            case Ack2 ack2 -> send(from, exchange.answer(ack2, from));
            case Ping ping -> send(from, pong(ping.id()));
            case PingRequest request -> ask(from, request);
            case Pong pong -> {
                hearsay.hear(pong.digest(), from);
                answered(from, pong.id());
                Errands.Errand errand = errands.take(pong.id(), from);
                if (errand != null) {
                    send(errand.client(), new Pong(errand.id(), pong.digest()));
                }
            }
        }
        EndpointDigest newer = hearsay.takeNewerRing();
        if (newer != null) {
            news.add(() -> listener.newerRing(newer.node(), newer.ringEpoch()));
        }
        tellNews();
    }

    /** Each answer moves the heartbeat: it proves that the node lives now, and not when it last had its round. */
    private Pong pong(long id) {
        hearsay.beat();
        return new Pong(id, hearsay.ownDigest());
    }

    private void ask(NodeId client, PingRequest request) {
        if (request.target().equals(self)) {
            send(client, pong(request.id()));
            return;
        }
        long id = nextId();
        errands.add(id, new Errands.Errand(client, request.id(), request.target()));
        Endpoint endpoint = hearsay.get(request.target());
        if (endpoint != null) {
            detection.askedForAnother(endpoint, id);
        }
        send(request.target(), new Ping(id));
    }

    private void answered(NodeId from, long id) {
        Endpoint endpoint = hearsay.get(from);
        if (endpoint != null) {
            detection.answered(endpoint, id);
        }
    }

    private void send(NodeId to, @Nullable GossipMessage message) {
        if (message != null) {
            seams.network().send(to, message);
        }
    }

    // ---- rounds

    private void round() {
        nextRound = seams.timers().after(settings.interval(), this::round);
        long now = seams.clock().monotonicNanos();
        hearsay.now(now, seams.clock().wallMillis());
        boolean paused = time.round(now);
        hearsay.beat();
        tellLoad(now);
        detection.round(paused);
        contactSome();
        tellNews();
    }

    /** Everybody hears of everybody's, so that in a large cluster each tells its own less often. */
    private void tellLoad(long now) {
        long intervals = 1L + hearsay.acquaintances().size() / settings.loadsAtOnce();
        if (!load.equals(hearsay.ownAttributes().load())
                && now - loadToldNanos >= intervals * settings.loadInterval().toNanos()) {
            loadToldNanos = now;
            update(attributes -> attributes.withLoad(load));
        }
    }

    /** As Cassandra does it: a live one, now and then one that is away, and a seed often enough that no two islands last. */
    private void contactSome() {
        int live = detection.live().size();
        int absent = detection.absent().size();
        Endpoint peer = rotation.next(detection.live());
        if (peer != null) {
            contact(peer.node);
        }
        if (seams.random().nextInt(live + 1) < absent) {
            contact(detection.absent().get(seams.random().nextInt(absent)).node);
        }
        List<NodeId> seeds =
                seams.seeds().get().stream().filter(seed -> !seed.equals(self)).toList();
        boolean metSeed = peer != null && seeds.contains(peer.node);
        if (!seeds.isEmpty() && (!metSeed || live < seeds.size())) {
            if (live == 0 || seams.random().nextInt(live + absent) < seeds.size()) {
                contact(seeds.get(seams.random().nextInt(seeds.size())));
            }
        }
    }

    private void contact(NodeId node) {
        long id = nextId();
        Endpoint endpoint = hearsay.get(node);
        if (endpoint != null) {
            detection.asked(endpoint, id);
        }
        seams.network().send(node, exchange.syn(id));
    }

    private long nextId() {
        return ++lastId;
    }

    private long millis() {
        return time.millis(seams.clock().monotonicNanos());
    }

    // ---- news

    private void tellNews() {
        if (telling) {
            return;
        }
        telling = true;
        try {
            for (Runnable next = news.poll(); next != null; next = news.poll()) {
                next.run();
            }
        } finally {
            telling = false;
        }
    }

    private static String name(Endpoint endpoint) {
        return endpoint.attributes.member().name() + " (" + endpoint.node.abbreviated() + ")";
    }

    /** What is heard goes to the detection, and what the listener wants to know to the news. */
    private final class Heard implements Findings {
        @Override
        public void met(Endpoint endpoint, boolean direct) {
            detection.met(endpoint, direct);
            changed(endpoint);
        }

        @Override
        public void lives(Endpoint endpoint, boolean direct) {
            detection.lives(endpoint, direct);
        }

        @Override
        public void reborn(Endpoint endpoint, boolean direct) {
            long generation = endpoint.digest.generation();
            news.add(() -> listener.restarted(endpoint.node, generation));
            detection.reborn(endpoint, direct);
        }

        @Override
        public void changed(Endpoint endpoint) {
            EndpointAttributes attributes = endpoint.attributes;
            news.add(() -> listener.learned(endpoint.node, attributes));
            detection.changed(endpoint);
        }

        @Override
        public void generationRaised(long generation) {
            LOG.warn(
                    "others know this node in a later life; its generation is {} now. Was its clock set back?",
                    generation);
            news.add(() -> listener.generationRaised(generation));
        }
    }

    private final class Believed implements Detection.News {
        @Override
        public void alive(Endpoint endpoint) {
            LOG.info("{} is alive", name(endpoint));
            alive.add(endpoint.node);
            news.add(() -> listener.alive(endpoint.node));
        }

        @Override
        public void dead(Endpoint endpoint) {
            LOG.info("{} is away: {}", name(endpoint), endpoint.standing());
            alive.remove(endpoint.node);
            news.add(() -> listener.dead(endpoint.node));
        }
    }
}
