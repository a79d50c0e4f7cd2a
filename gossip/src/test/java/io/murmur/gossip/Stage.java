package io.murmur.gossip;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Network;
import io.murmur.kernel.Timers;
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
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One gossiper among actors that do what the test says, in time that the test moves. */
final class Stage implements Clock, Timers, Network, GossipListener {

    static final long WALL_SECONDS = 1_700_000_000L;
    static final long GENERATION = WALL_SECONDS - 1000;

    /** Another node. */
    static final class Actor {
        final NodeId node;
        long generation = GENERATION;
        long heartbeat = 1;
        long version = 1;
        long ringEpoch = 1;
        EndpointStatus status = EndpointStatus.UP;
        /** Sends a SYN of its own state each second. */
        boolean talks = true;
        /** Answers what it is sent. */
        boolean answers = true;
        /** Whose pings it passes on, and whom it reaches. */
        boolean helps = true;

        Actor(int number) {
            this.node = new NodeId(number, number);
        }

        EndpointDigest digest() {
            return new EndpointDigest(node, generation, heartbeat, version, ringEpoch);
        }

        EndpointState state() {
            Member member = new Member(node, "actor-" + node.low(), "host", 7000, "east", "a", 100);
            return new EndpointState(
                    digest(), new EndpointAttributes(member, 8000, 6379, status, EndpointLoad.NONE, "test", 1));
        }
    }

    record Sent(NodeId to, GossipMessage message) {}

    private final Map<NodeId, Actor> actors = new TreeMap<>();
    private final Queue<Runnable> mail = new ArrayDeque<>();
    private @Nullable Runnable round;
    private long roundAtNanos;
    private long nowNanos;

    final List<Sent> sent = new ArrayList<>();
    final List<String> news = new ArrayList<>();
    final List<NodeId> seeds = new ArrayList<>();
    final Actor self = new Actor(1);
    final Gossiper gossiper;

    Stage(GossipSettings settings) {
        gossiper = new Gossiper(
                new GossipSeams(this, this, this, new Random(1), () -> seeds), settings, self.state(), this);
        gossiper.start();
    }

    Stage() {
        this(GossipSettings.DEFAULT);
    }

    /** Another node that is there, known and alive. */
    Actor meet(int number) {
        Actor actor = cast(number);
        introduce(actor);
        seconds(2);
        return actor;
    }

    /** Another node that is there, and of which nothing is known. */
    Actor cast(int number) {
        Actor actor = new Actor(number);
        actors.put(actor.node, actor);
        return actor;
    }

    /** It tells its own state. */
    void introduce(Actor actor) {
        say(actor, new Ack2(0, List.of(), List.of(actor.state())));
    }

    void say(Actor actor, GossipMessage message) {
        gossiper.receive(actor.node, message);
        deliver();
    }

    void seconds(int count) {
        for (int i = 0; i < count; i++) {
            second();
        }
    }

    private void second() {
        long until = nowNanos + 1_000_000_000L;
        actors.values().stream().filter(actor -> actor.talks).forEach(actor -> {
            actor.heartbeat++;
            say(actor, new Syn(0, List.of(actor.digest())));
        });
        while (round != null && roundAtNanos <= until) {
            nowNanos = Math.max(nowNanos, roundAtNanos);
            Objects.requireNonNull(round).run();
            deliver();
        }
        nowNanos = Math.max(nowNanos, until);
    }

    /** The own process stands still; what comes meanwhile waits until the round that is long due has been run. */
    void pause(int seconds) {
        nowNanos += seconds * 1_000_000_000L;
        Objects.requireNonNull(round).run();
        deliver();
    }

    private void deliver() {
        for (Runnable next = mail.poll(); next != null; next = mail.poll()) {
            next.run();
        }
    }

    <T extends GossipMessage> List<T> sent(Class<T> kind, @Nullable Actor to) {
        return sent.stream()
                .filter(one -> to == null || one.to.equals(to.node))
                .flatMap(one -> kind.isInstance(one.message) ? Stream.of(kind.cast(one.message)) : Stream.empty())
                .toList();
    }

    Standing standing(Actor actor) {
        return gossiper.endpoints().stream()
                .filter(view -> view.state().digest().node().equals(actor.node))
                .findFirst()
                .orElseThrow()
                .standing();
    }

    /** What is known of it. */
    EndpointDigest digest(Actor actor) {
        return Objects.requireNonNull(gossiper.endpoint(actor.node)).digest();
    }

    // ---- the actors

    @Override
    public void send(NodeId to, Message message) {
        GossipMessage gossip = (GossipMessage) message;
        sent.add(new Sent(to, gossip));
        Actor actor = actors.get(to);
        if (actor != null && (actor.answers || gossip instanceof PingRequest)) {
            mail.add(() -> act(actor, gossip));
        }
    }

    private void act(Actor actor, GossipMessage message) {
        switch (message) {
            case Syn syn ->
                gossiper.receive(actor.node, new Ack(syn.id(), List.of(actor.digest()), List.of(), List.of()));
            case Ack ack -> {
                if (ack.requests().contains(actor.node)) {
                    gossiper.receive(actor.node, new Ack2(ack.id(), List.of(), List.of(actor.state())));
                }
            }
            case Ack2 ack2 -> {
                if (ack2.requests().contains(actor.node)) {
                    gossiper.receive(actor.node, new Ack2(ack2.id(), List.of(), List.of(actor.state())));
                }
            }
            case Ping ping -> {
                actor.heartbeat++;
                gossiper.receive(actor.node, new Pong(ping.id(), actor.digest()));
            }
            case PingRequest request -> {
                Actor target = actors.get(request.target());
                if (actor.helps && target != null && target.helps) {
                    target.heartbeat++;
                    gossiper.receive(actor.node, new Pong(request.id(), target.digest()));
                }
            }
            case Pong ignored -> {}
        }
    }

    // ---- the seams

    @Override
    public long monotonicNanos() {
        return nowNanos;
    }

    @Override
    public long wallMillis() {
        return WALL_SECONDS * 1000 + nowNanos / 1_000_000;
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        round = task;
        roundAtNanos = nowNanos + delay.toNanos();
        return () -> round = null;
    }

    // ---- the news

    @Override
    public void learned(NodeId node, EndpointAttributes attributes) {
        news.add("learned " + node.low() + " " + attributes.status());
    }

    @Override
    public void alive(NodeId node) {
        news.add("alive " + node.low());
    }

    @Override
    public void dead(NodeId node) {
        news.add("dead " + node.low());
    }

    @Override
    public void restarted(NodeId node, long generation) {
        news.add("restarted " + node.low() + " " + (generation - GENERATION));
    }

    @Override
    public void newerRing(NodeId holder, long epoch) {
        news.add("ring " + epoch + " at " + holder.low());
    }

    @Override
    public void generationRaised(long generation) {
        news.add("raised " + (generation - GENERATION));
    }
}
