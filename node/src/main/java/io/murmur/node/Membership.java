package io.murmur.node;

import io.murmur.antientropy.CatchUp.CaughtUp;
import io.murmur.antientropy.CatchUp.Failed;
import io.murmur.antientropy.CatchUp.Outcome;
import io.murmur.gossip.EndpointView;
import io.murmur.gossip.GossipListener;
import io.murmur.gossip.GossipSeams;
import io.murmur.gossip.GossipSettings;
import io.murmur.gossip.Gossiper;
import io.murmur.gossip.Standing;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Network;
import io.murmur.kernel.Timers;
import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.message.EndpointDigest;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.message.EndpointState;
import io.murmur.kernel.message.EndpointStatus;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingSteps;
import io.murmur.kernel.ring.Transition;
import io.murmur.membership.Admission;
import io.murmur.membership.Answer;
import io.murmur.membership.CatchUp;
import io.murmur.membership.CatchUpProgress;
import io.murmur.membership.FormerSelf;
import io.murmur.membership.Genesis;
import io.murmur.membership.MembershipSettings;
import io.murmur.membership.PartitionSyncs;
import io.murmur.membership.RingKeeper;
import io.murmur.membership.RingStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of the others, put together: gossip ({@link Gossiper}), the ring ({@link RingKeeper}), how a cluster is founded ({@link
 * Genesis}), how this node gets in ({@link Admission}) and how it catches up ({@link CatchUp}). On seams, so that the simulator runs it as
 * it ships; all on the control loop, but for {@link #isConvicted}.
 */
public final class Membership {

    /**
     * The world.
     *
     * @param seeds ids of the other seeds met so far
     */
    public record Seams(
            Clock clock,
            Timers timers,
            Network network,
            RandomGenerator random,
            RingStore store,
            PartitionSyncs syncs,
            Supplier<List<NodeId>> seeds) {}

    /**
     * What this node goes by.
     *
     * @param generation which life of it this is
     * @param isSeed whether it may found a cluster
     * @param otherSeeds how many seeds there are besides it
     * @param initialNodes how many nodes a new cluster begins with
     * @param joins whether it joins the cluster that it finds
     * @param replaces name or id of the dead member whose place it is to take; empty for none
     * @param hasSingleCopies whether some cache has one replica
     */
    public record Settings(
            Member self,
            long generation,
            boolean isSeed,
            int otherSeeds,
            int initialNodes,
            int partitions,
            int replicas,
            boolean joins,
            String replaces,
            boolean hasSingleCopies,
            GossipSettings gossip) {}

    /** Who is told; on the control loop. */
    public interface Listener {
        /** This ring counts from now on, and is on disk. */
        void adopted(Ring ring);

        /** Nodes are reached elsewhere, or there are others. */
        void addressesChanged();

        /** What this node waits for while it has no place in a ring. */
        void awaits(String what);

        /** This node cannot get in, and gives up. */
        void refused(String why);

        /** To be kept: the next life's generation must be greater. */
        void generationRaised(long generation);
    }

    /**
     * What is known at a moment.
     *
     * @param listening for how long this node has taken part in gossip: who has not been heard of for lack of time is not dead
     * @param ended the change of the ring that ended last, since this process started
     */
    record View(
            @Nullable Ring ring,
            List<EndpointView> endpoints,
            Duration listening,
            @Nullable CatchUpProgress progress,
            @Nullable EndedChange ended) {

        /** Longer than rumour takes from any node that is alive, and than a conviction takes. */
        static final Duration TO_BE_HEARD = Duration.ofSeconds(30);

        /** What is believed of a node; null when this one has never heard of it. */
        @Nullable
        Standing standing(NodeId node) {
            return endpoints.stream()
                    .filter(endpoint -> endpoint.state().digest().node().equals(node))
                    .map(EndpointView::standing)
                    .findAny()
                    .orElse(null);
        }

        /** Whether a node counts as dead: as one does that has not been heard of for so long. */
        boolean isDead(NodeId node) {
            Standing standing = standing(node);
            return standing == null ? listening.compareTo(TO_BE_HEARD) >= 0 : standing == Standing.DEAD;
        }
    }

    private static final Duration FOUNDING_INTERVAL = Duration.ofMillis(500);

    /** Partitions caught up with at a time. */
    private static final int AT_ONCE = 2;

    private final Seams seams;
    private final Settings settings;
    private final Listener listener;
    private final RingKeeper keeper;
    private final Genesis genesis;
    private final CatchUp catchUp;
    private @Nullable Gossiper gossiper;
    private long startedNanos;
    private final Set<NodeId> formerMembers = new LinkedHashSet<>();
    private @Nullable Ring former;
    private @Nullable EndedChange ended;
    private boolean isAdmitted;
    private boolean wasMember;
    private boolean stopped;

    /** Replaced as a whole; read by the shards. */
    private volatile Set<NodeId> convicted = Set.of();

    /** @throws IOException when what the disk holds of rings is damaged; the message says what to do */
    public Membership(Seams seams, Settings settings, Listener listener) throws IOException {
        this.seams = seams;
        this.settings = settings;
        this.listener = listener;
        NodeId self = settings.self().id();
        this.keeper = RingKeeper.open(
                self, MembershipSettings.DEFAULT, seams.store(), seams.network(), seams.timers(), seams.random());
        int seeds = settings.otherSeeds() + (settings.isSeed() ? 1 : 0);
        this.genesis = new Genesis(
                self,
                new Genesis.Terms(settings.partitions(), settings.replicas(), settings.initialNodes(), seeds),
                keeper);
        this.catchUp = new CatchUp(self, keeper, seams.syncs(), seams.clock(), seams.timers(), seams.random(), AT_ONCE);
    }

    /**
     * Begins.
     *
     * @param attributes what is told of this node beside who it is
     */
    public void start(Function<Member, EndpointAttributes> attributes) throws IOException {
        Member self = settings.self();
        gossiper = new Gossiper(
                new GossipSeams(seams.clock(), seams.timers(), seams.network(), seams.random(), this::contacts),
                settings.gossip(),
                new EndpointState(
                        new EndpointDigest(self.id(), settings.generation(), 0, 0, 0), attributes.apply(self)),
                new Rumours());
        // The shards go by a ring before anybody catches up by it.
        keeper.onAdopted(this::adopted);
        catchUp.start();
        Ring kept = keeper.ring();
        if (kept != null) {
            adopted(kept);
        }
        startedNanos = seams.clock().monotonicNanos();
        gossiper.start();
        found();
    }

    /** The current ring, null while there is none. From any thread. */
    public @Nullable Ring ring() {
        return keeper.ring();
    }

    private Gossiper gossiper() {
        return Objects.requireNonNull(gossiper, "not started");
    }

    /** Whom to speak to unheard: the seeds, and of the ring who is not heard of yet, since all seeds may be gone when this node restarts. */
    private List<NodeId> contacts() {
        Set<NodeId> contacts = new LinkedHashSet<>(seams.seeds().get());
        Ring ring = keeper.ring();
        if (ring != null) {
            for (Member member : ring.participants()) {
                if (gossiper().endpoint(member.id()) == null) {
                    contacts.add(member.id());
                }
            }
        }
        return List.copyOf(contacts);
    }

    // ---- founding

    private void found() {
        if (!stopped && keeper.ring() == null) {
            met();
            seams.timers().after(FOUNDING_INTERVAL, this::found);
        }
    }

    /** More may be known of the others. */
    public void met() {
        if (gossiper == null || stopped || keeper.ring() != null) {
            return;
        }
        List<Member> ringless = new ArrayList<>();
        boolean isRingKnown = false;
        for (EndpointView view : gossiper.endpoints()) {
            if (view.state().digest().ringEpoch() > 0) {
                isRingKnown = true;
            } else if (view.standing() != Standing.DEAD) {
                ringless.add(view.state().attributes().member());
            }
        }
        Set<NodeId> seeds = new LinkedHashSet<>(seams.seeds().get());
        if (settings.isSeed()) {
            seeds.add(settings.self().id());
        }
        listener.awaits("no ring yet: " + genesis.consider(new Genesis.Met(ringless, seeds, isRingKnown)));
    }

    // ---- rings

    private void adopted(Ring ring) {
        NodeId self = settings.self().id();
        EndedChange over = EndedChange.between(former, ring);
        ended = over == null ? ended : over;
        former = ring;
        gossiper().ringEpoch(ring.epoch());
        gossiper().update(attributes -> attributes.withStatus(status(ring)));
        wasMember |= isMember(ring.members(), self);
        listener.adopted(ring);
        forgetTheDead(ring);
        admit(ring);
    }

    private static boolean isMember(Collection<Member> members, NodeId node) {
        return members.stream().anyMatch(member -> member.id().equals(node));
    }

    private EndpointStatus status(Ring ring) {
        NodeId self = settings.self().id();
        Transition transition = ring.transition();
        if (!isMember(ring.members(), self)) {
            return wasMember && ring.member(self) == null ? EndpointStatus.LEFT : EndpointStatus.JOINING;
        }
        return transition == null || isMember(transition.members(), self) ? EndpointStatus.UP : EndpointStatus.LEAVING;
    }

    /** Who was removed or replaced is not heard of again; who left may still be spoken to. */
    private void forgetTheDead(Ring ring) {
        for (EndpointView view : gossiper().endpoints()) {
            NodeId node = view.state().digest().node();
            if (view.standing() == Standing.DEAD && formerMembers.contains(node) && ring.member(node) == null) {
                gossiper().forget(node);
            }
        }
        formerMembers.clear();
        ring.participants().forEach(member -> formerMembers.add(member.id()));
    }

    /** Sees to it that this node gets in, or, when it is in, that the ring has its address. */
    private void admit(Ring ring) {
        if (isAdmitted) {
            return;
        }
        NodeId replaced = null;
        if (ring.member(settings.self().id()) == null) {
            if (!settings.replaces().isEmpty()) {
                replaced = named(ring, settings.replaces());
                if (replaced == null) {
                    listener.refused("there is no member '" + settings.replaces() + "' to replace; correct 'replace'");
                    isAdmitted = true;
                    return;
                }
            } else if (!settings.joins()) {
                listener.awaits("no member of the ring: waits for 'replace', since 'join' is false");
                return;
            }
            listener.awaits(replaced == null ? "asks to join" : "asks to replace '" + settings.replaces() + "'");
        }
        isAdmitted = true;
        try {
            Admission.start(
                    settings.self(),
                    replaced,
                    keeper,
                    seams.store(),
                    seams.timers(),
                    seams.random(),
                    this::formerSelf,
                    listener::refused);
        } catch (IOException e) {
            listener.refused(String.valueOf(e.getMessage()));
        }
    }

    /** With a cache of one replica its only copies would be given up: they may be in another folder than this one. */
    private FormerSelf.Verdict formerSelf(NodeId member) {
        if (settings.hasSingleCopies() || settings.replicas() == 1) {
            return FormerSelf.Verdict.LEAVE_IT;
        }
        return view().isDead(member) ? FormerSelf.Verdict.TAKE_ITS_PLACE : FormerSelf.Verdict.WAIT;
    }

    private static @Nullable NodeId named(Ring ring, String text) {
        for (Member member : ring.members()) {
            if (member.name().equals(text) || member.id().toString().equals(text)) {
                return member.id();
            }
        }
        return null;
    }

    // ---- what comes in

    public void receive(NodeId from, GossipMessage message) {
        if (gossiper != null && !stopped) {
            gossiper.receive(from, message);
        }
    }

    public void receive(NodeId from, RingMessage message) {
        if (gossiper != null && !stopped) {
            keeper.receive(from, message);
        }
    }

    /** A node has a newer ring. */
    public void newerAt(NodeId node) {
        keeper.newerAt(node);
    }

    /**
     * Has the ring changed.
     *
     * @param then told once: the ring in which the change has begun, or why it has not
     */
    public void change(RingChange change, BiConsumer<@Nullable Ring, @Nullable String> then) {
        keeper.change(change, answer -> {
            switch (answer) {
                case Answer.Begun ignored -> then.accept(keeper.ring(), null);
                case Answer.Refused refused -> then.accept(null, refused.why());
                case Answer.Unknown unknown -> then.accept(null, "unknown: " + unknown.why());
            }
        });
    }

    View view() {
        return new View(
                keeper.ring(),
                gossiper == null ? List.of() : gossiper.endpoints(),
                gossiper == null
                        ? Duration.ZERO
                        : Duration.ofNanos(seams.clock().monotonicNanos() - startedNanos),
                catchUp.progress(),
                ended);
    }

    /** Where the nodes that rumour has told of are reached. */
    Collection<String> addresses() {
        Set<String> addresses = new LinkedHashSet<>();
        if (gossiper != null) {
            for (EndpointView view : gossiper.endpoints()) {
                addresses.add(view.state().attributes().member().address());
            }
        }
        return addresses;
    }

    /** What this node stores and does, so that the others may hear of it. */
    void load(EndpointLoad load) {
        if (gossiper != null) {
            CatchUpProgress progress = catchUp.progress();
            gossiper.load(progress == null ? load : load.withPartitionsCaughtUp(progress.partitionsDone()));
        }
    }

    /** Whether the failure detector holds that a node is away. Of who was never heard of it holds nothing. From any thread. */
    public boolean isConvicted(NodeId node) {
        return convicted.contains(node);
    }

    /** Tells the others that this node stops. */
    public void farewell() {
        if (gossiper != null) {
            gossiper.farewell();
        }
    }

    public void stop() {
        stopped = true;
        if (gossiper != null) {
            gossiper.stop();
        }
    }

    /** What a catch-up's end means to membership: null when all is there, else why not. */
    public static @Nullable String failure(Outcome outcome) {
        return switch (outcome) {
            case CaughtUp ignored -> null;
            case Failed failed -> failed.reason();
        };
    }

    /** What is new in a ring, for people. */
    static String describe(@Nullable Ring former, Ring next) {
        Transition transition = next.transition();
        if (transition != null) {
            return RingSteps.describe(next, transition.change()) + "; behind: "
                    + RingSteps.behind(next).size();
        }
        EndedChange ended = EndedChange.between(former, next);
        return (ended == null ? "" : ended + "; ") + next.members().size() + " members";
    }

    private final class Rumours implements GossipListener {

        @Override
        public void learned(NodeId node, EndpointAttributes attributes) {
            listener.addressesChanged();
        }

        @Override
        public void alive(NodeId node) {
            convict(node, false);
            met();
        }

        @Override
        public void dead(NodeId node) {
            convict(node, true);
        }

        private void convict(NodeId node, boolean isDead) {
            Set<NodeId> next = new HashSet<>(convicted);
            if (isDead ? next.add(node) : next.remove(node)) {
                convicted = next;
            }
        }

        @Override
        public void restarted(NodeId node, long generation) {}

        @Override
        public void newerRing(NodeId holder, long epoch) {
            keeper.epochSeen(holder, epoch);
        }

        @Override
        public void generationRaised(long generation) {
            listener.generationRaised(generation);
        }
    }
}
