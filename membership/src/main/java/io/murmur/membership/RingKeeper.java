package io.murmur.membership;

import io.murmur.kernel.Network;
import io.murmur.kernel.Timers;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's part in the agreement on rings: it votes, it proposes, and it keeps the newest decided ring.
 *
 * <p><b>The problem.</b> All nodes must follow the same rings in the same order, though any of them may stop and any message may be lost,
 * and there is no leader to ask. Two different rings of one epoch would leave a partition with two disjoint quorums (invariant 7).
 *
 * <p><b>The idea.</b> The ring of epoch e + 1 is one decision of Paxos (Lamport, "Paxos Made Simple", 2001), and its acceptors are the
 * voters named in the ring of epoch e. Whoever wants a change reads the newest ring, applies a step of {@link
 * io.murmur.kernel.ring.RingSteps} and has the voters accept the result: a register that is changed by compare and swap, as in CASPaxos
 * (Rystsov 2018), which needs neither a log nor a leader. There, changing the acceptors takes care and extra steps; here each epoch has a
 * decision of its own, whose acceptors are fixed by the decision before, so that a change of voters is a change like any other. A voter
 * that does not know the ring before cannot tell whether it may vote: it says that it is {@code Behind}, is told, and votes.
 *
 * <p>The decision of epoch e is over, for good, once somebody knows its ring: that ring travels freely ({@code Decided}), and a voter that
 * has adopted it may forget what it promised for it.
 *
 * <p><b>Adopting.</b> A ring is kept on disk first, then seen by {@link #ring()}, then told to listeners: a node that has refused work by
 * a ring, or finished a catch-up by it, never goes back behind that ring, not even by a crash. Rings may be skipped, never unlearned.
 *
 * <p><b>The first ring</b> has no ring before it: its acceptors are the seeds, all of them; see {@link Genesis}.
 *
 * <p><b>The trade-off.</b> A step costs two round trips and three syncs at a majority, some tens of milliseconds, and steps that collide
 * are tried again after random pauses. Rings change rarely. Where no majority of the voters is up, the ring stays as it is, and data is
 * served by it.
 *
 * <p>On the control loop's thread, but for {@link #ring()}.
 */
public final class RingKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(RingKeeper.class);

    /** Messages that wait for a ring to be kept, at most; whoever sent others tries again. */
    private static final int MOST_PARKED = 64;

    private final NodeId self;
    private final MembershipSettings settings;
    private final RingStore store;
    private final Network network;
    private final Timers timers;
    private final RandomGenerator random;
    private final Voter voter;
    private final Proposer proposer;
    private final RingAsks asks;
    private final List<Consumer<Ring>> listeners = new ArrayList<>();
    private final List<Runnable> parked = new ArrayList<>();
    private volatile @Nullable Ring ring;
    private @Nullable Ring keeping;
    private @Nullable Ring waiting;
    private long decidedHere;
    private long messages;

    private RingKeeper(
            NodeId self,
            MembershipSettings settings,
            RingStore store,
            Network network,
            Timers timers,
            RandomGenerator random,
            @Nullable Ring ring,
            Vote vote,
            long round) {
        this.self = self;
        this.settings = settings;
        this.store = store;
        this.network = network;
        this.timers = timers;
        this.random = random;
        this.ring = ring;
        this.voter = new Voter(store, network, vote, this::seeToIt);
        this.proposer = new Proposer(self, settings, store, network, timers, random, new OwnRings(), round);
        this.asks = new RingAsks(network, timers, Duration.ofMillis(settings.askAgainMillis()), this::newestEpoch);
    }

    private final class OwnRings implements Proposer.Rings {
        @Override
        public @Nullable Ring ring() {
            return ring;
        }

        @Override
        public boolean isAdopting() {
            return keeping != null;
        }

        @Override
        public void decided(Ring decided) {
            decidedHere = Math.max(decidedHere, decided.epoch());
            heard(decided);
        }
    }

    /**
     * Takes up what a former life of this node kept. Blocks on the disk.
     *
     * @throws IOException when that is damaged; the message says what to do
     */
    public static RingKeeper open(
            NodeId self,
            MembershipSettings settings,
            RingStore store,
            Network network,
            Timers timers,
            RandomGenerator random)
            throws IOException {
        Ring ring = RingFiles.loadRing(store);
        long next = ring == null ? 1 : ring.epoch() + 1;
        Vote vote = RingFiles.loadVote(store);
        if (vote == null || vote.epoch() < next) {
            vote = Vote.none(next);
        }
        if (vote.epoch() > next) {
            throw new IOException("ring/" + RingFiles.DECIDED + " in the data folder is of epoch " + (next - 1)
                    + ", but this node has voted by a later one: the file is an old copy; copy it from a node of the cluster that"
                    + " is up");
        }
        RingKeeper keeper =
                new RingKeeper(self, settings, store, network, timers, random, ring, vote, RingFiles.loadRound(store));
        if (vote.accepted() != null) {
            keeper.seeToIt();
        }
        return keeper;
    }

    /** The newest ring that was adopted, or null before the first. Callable from any thread. */
    public @Nullable Ring ring() {
        return ring;
    }

    private long epoch() {
        Ring known = ring;
        return known == null ? 0 : known.epoch();
    }

    /** Tells this of every ring adopted from now on, in the order of their epochs. */
    public void onAdopted(Consumer<Ring> listener) {
        listeners.add(listener);
    }

    // ---- what is wanted of the ring

    /**
     * Has the ring changed.
     *
     * @param then is told once, at once or within about {@link MembershipSettings#changeMillis}
     */
    public void change(RingChange change, Consumer<Answer> then) {
        if (ring == null) {
            then.accept(new Answer.Refused("this node knows no ring yet; ask a member of the cluster", true));
        } else {
            proposer.wish(new Step.Change(change), then);
        }
    }

    /**
     * Proposes a cluster's first ring; see {@link Genesis}.
     *
     * @param first of epoch 1
     * @param seeds all of which must agree
     * @param then is told once; that it has begun may be by another ring than this
     */
    void found(Ring first, List<NodeId> seeds, Consumer<Answer> then) {
        proposer.wish(new Step.Found(first, seeds), then);
    }

    /**
     * This node has caught up with all it will own by the change under way in this ring. Goes on until the ring shows it, or that change
     * is over; not across a restart.
     */
    void synced(Ring joint) {
        proposer.wishForEver(new Step.Synced(self, Step.beginningOf(joint)));
    }

    /** What this node has accepted and hears no more of is decided in the end, so that no change comes as a surprise days later. */
    private void seeToIt() {
        Ring accepted = voter.accepted();
        Duration delay = Duration.ofMillis(settings.finishMillis() + random.nextLong(settings.finishMillis()));
        timers.after(delay, () -> {
            Ring now = voter.accepted();
            // Of the first ring the seeds are unknown here; whoever proposed it goes on.
            if (now != null && now.equals(accepted) && ring != null) {
                proposer.wishForEver(new Step.Finish(now));
            }
        });
    }

    // ---- what others know

    /** A node's message tells of a newer ring than this node's: it is asked for it. */
    public void newerAt(NodeId node) {
        epochSeen(node, newestEpoch() + 1);
    }

    /** A node has told its ring's epoch. When that is newer, it is asked for the ring. */
    public void epochSeen(NodeId node, long epoch) {
        if (!node.equals(self)) {
            asks.seen(node, epoch);
        }
    }

    /** Takes in a message. */
    public void receive(NodeId from, RingMessage message) {
        switch (message) {
            case RingMessage.Prepare prepare -> vote(from, prepare, prepare.epoch());
            case RingMessage.Accept accept -> vote(from, accept, accept.ring().epoch());
            case RingMessage.Promise promise -> proposer.receive(from, promise);
            case RingMessage.Accepted accepted -> proposer.receive(from, accepted);
            case RingMessage.Outbid outbid -> proposer.receive(from, outbid);
            case RingMessage.Behind behind -> proposer.receive(from, behind);
            case RingMessage.AskRing ask -> {
                Ring known = ring;
                if (known != null && known.epoch() > ask.epoch()) {
                    network.send(from, new RingMessage.Decided(ask.id(), known));
                }
            }
            case RingMessage.Decided decided -> {
                asks.answered(from);
                heard(decided.ring());
            }
            case RingMessage.Change change -> change(change.change(), answer -> answer(from, change.id(), answer));
            case RingMessage.ChangeAnswered ignored -> {
                // Nodes ask for changes themselves.
            }
        }
    }

    private void answer(NodeId to, long id, Answer answer) {
        RingMessage.ChangeAnswered answered = switch (answer) {
            case Answer.Begun begun -> new RingMessage.ChangeAnswered(id, begun.epoch(), null);
            case Answer.Refused refused -> new RingMessage.ChangeAnswered(id, 0, refused.why());
            case Answer.Unknown unknown -> new RingMessage.ChangeAnswered(id, 0, "unknown: " + unknown.why());
        };
        network.send(to, answered);
    }

    private void vote(NodeId from, RingMessage message, long epoch) {
        Ring known = ring;
        if (known != null && epoch <= known.epoch()) {
            network.send(from, new RingMessage.Decided(message.id(), known));
        } else if (epoch > epoch() + 1) {
            waitForTheRingBefore(from, message, epoch);
        } else if (known == null || known.voters().contains(self)) {
            switch (message) {
                case RingMessage.Prepare prepare -> voter.prepare(from, prepare);
                case RingMessage.Accept accept -> voter.accept(from, accept);
                default -> throw new IllegalStateException("no vote: " + message);
            }
        }
    }

    private void waitForTheRingBefore(NodeId from, RingMessage message, long epoch) {
        if (epoch <= newestEpoch() + 1) {
            if (parked.size() < MOST_PARKED) {
                parked.add(() -> receive(from, message));
            }
        } else {
            network.send(from, new RingMessage.Behind(message.id(), epoch()));
            asks.seen(from, epoch - 1);
        }
    }

    // ---- adopting

    /** Of the newest ring heard of, be it kept already or not. */
    private long newestEpoch() {
        Ring newest = waiting != null ? waiting : keeping != null ? keeping : ring;
        return newest == null ? 0 : newest.epoch();
    }

    private void heard(Ring decided) {
        if (decided.epoch() <= newestEpoch()) {
            return;
        }
        if (keeping == null) {
            keep(decided);
        } else {
            waiting = decided;
        }
    }

    private void keep(Ring decided) {
        keeping = decided;
        store.keep(RingFiles.DECIDED, RingFiles.ring(decided), () -> adopt(decided));
    }

    private void adopt(Ring adopted) {
        Ring former = ring;
        ring = adopted;
        keeping = null;
        voter.decideAfter(adopted.epoch());
        LOG.debug("{}: {}", self.abbreviated(), adopted);
        if (adopted.epoch() == decidedHere) {
            tell(adopted, former);
        }
        Ring next = waiting;
        waiting = null;
        if (next != null) {
            keep(next);
        }
        asks.adopted();
        proposer.adopted(adopted);
        List<Runnable> messagesForIt = List.copyOf(parked);
        parked.clear();
        messagesForIt.forEach(Runnable::run);
        // One that is added meanwhile has looked at this ring itself.
        List.copyOf(listeners).forEach(listener -> listener.accept(adopted));
    }

    /** Whoever took part before or takes part now; who does not hear it will ask. */
    private void tell(Ring decided, @Nullable Ring former) {
        Set<NodeId> nodes = new LinkedHashSet<>();
        decided.participants().stream().map(Member::id).forEach(nodes::add);
        if (former != null) {
            former.participants().stream().map(Member::id).forEach(nodes::add);
        }
        nodes.remove(self);
        nodes.forEach(node -> network.send(node, new RingMessage.Decided(++messages, decided)));
    }
}
