package io.murmur.membership;

import io.murmur.kernel.Network;
import io.murmur.kernel.Timers;
import io.murmur.kernel.message.Ballot;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingSteps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The proposer of Paxos. It holds what is wanted of the ring and has the voters of the newest ring decide on the next, one ballot at a
 * time, until each wish is fulfilled, refused or out of time.
 *
 * <p>A ring found among the promises may be decided already, so it comes first, and the wish is thought over again from there. A wish whose
 * own ring has been sent to be accepted may be fulfilled at any time after, by anybody; it is never answered with a refusal until the
 * decision is known.
 */
final class Proposer {

    /** Wishes that wait at most; more are refused. */
    private static final int MOST_WISHES = 64;

    /** What the proposer needs of its node. */
    interface Rings {

        /** The newest adopted ring, or null before the first. */
        @Nullable
        Ring ring();

        /** Whether a newer one is about to be adopted. */
        boolean isAdopting();

        /** This ring has been decided. */
        void decided(Ring ring);
    }

    private static final class Wish {
        final Step step;
        final Consumer<Answer> then;
        Timers.@Nullable Timer deadline;

        /** The ring that was sent to be accepted, as long as it may be decided. */
        @Nullable
        Ring sent;

        Wish(Step step, Consumer<Answer> then) {
            this.step = step;
            this.then = then;
        }
    }

    private final NodeId self;
    private final MembershipSettings settings;
    private final RingStore store;
    private final Network network;
    private final Timers timers;
    private final RandomGenerator random;
    private final Rings rings;
    private final Backoff backoff;
    private final List<Wish> wishes = new ArrayList<>();
    private long round;
    private long messages;
    private @Nullable Attempt attempt;
    private @Nullable Wish attempted;
    private List<NodeId> lastSilent = List.of();
    private Timers.@Nullable Timer patience;
    private Timers.@Nullable Timer pause;

    /** @param round the greatest this node may have used so far */
    Proposer(
            NodeId self,
            MembershipSettings settings,
            RingStore store,
            Network network,
            Timers timers,
            RandomGenerator random,
            Rings rings,
            long round) {
        this.self = self;
        this.settings = settings;
        this.store = store;
        this.network = network;
        this.timers = timers;
        this.random = random;
        this.rings = rings;
        this.round = round;
        this.backoff = new Backoff(random, settings.leastPauseMillis(), settings.mostPauseMillis());
    }

    // ---- wishes

    /** Tries for {@link MembershipSettings#changeMillis}, and answers within about that time. */
    void wish(Step step, Consumer<Answer> then) {
        if (wishes.size() >= MOST_WISHES) {
            then.accept(
                    new Answer.Refused("too many changes of the ring are waiting at this node; ask again later", true));
            return;
        }
        Wish wish = new Wish(step, then);
        wish.deadline = timers.after(Duration.ofMillis(settings.changeMillis()), () -> giveUp(wish));
        wishes.add(wish);
        advance();
    }

    /** Tries until the step is taken or makes no sense any more; the same step twice is one wish. */
    void wishForEver(Step step) {
        if (wishes.stream().noneMatch(wish -> wish.deadline == null && wish.step.equals(step))) {
            wishes.add(new Wish(step, answer -> {}));
            advance();
        }
    }

    private void giveUp(Wish wish) {
        if (!wishes.contains(wish)) {
            return;
        }
        Ring ring = rings.ring();
        if (attempted == wish && attempt != null) {
            lastSilent = attempt.silent();
        }
        String who = "no majority of the voters" + names(ring, voters(wish.step, ring)) + " answered"
                + (lastSilent.isEmpty() ? " in time" : " (nothing was heard of" + names(ring, lastSilent) + ")");
        Answer answer = wish.sent == null
                ? new Answer.Refused(who + "; the ring stays as it is, and data is served", true)
                : new Answer.Unknown(who + ", but some may have agreed: the change may still begin; look at the ring");
        if (attempted == wish) {
            endAttempt();
        }
        answer(wish, answer);
        advance();
    }

    private void answer(Wish wish, Answer answer) {
        wishes.remove(wish);
        if (wish.deadline != null) {
            wish.deadline.cancel();
        }
        wish.then.accept(answer);
    }

    private static String names(@Nullable Ring ring, List<NodeId> nodes) {
        return nodes.stream()
                .map(id -> {
                    var member = ring == null ? null : ring.member(id);
                    return member == null ? " " + id.abbreviated() : " '" + member.name() + "'";
                })
                .collect(Collectors.joining(","));
    }

    // ---- rings

    /** The newest ring is another: whatever was tried is over, and every wish is thought over from here. */
    void adopted(Ring ring) {
        if (attempt != null && attempt.epoch() <= ring.epoch()) {
            endAttempt();
        }
        for (Wish wish : List.copyOf(wishes)) {
            Ring sent = wish.sent;
            if (wish.step.isTaken(ring) || ring.equals(sent)) {
                answer(wish, new Answer.Begun(ring.epoch()));
            } else if (sent != null && (sent.epoch() == ring.epoch() || wish.deadline == null)) {
                // Another was decided, so this one never will be; or it is still to be done, whatever came of it
                // before.
                wish.sent = null;
            } else if (sent != null && sent.epoch() < ring.epoch()) {
                answer(
                        wish,
                        new Answer.Unknown("the change may have begun and ended since: the ring is of epoch "
                                + ring.epoch() + " now"));
            }
        }
        if (pause != null) {
            pause.cancel();
        }
        // Everybody hears of a ring at about the same time; who has more to change should not all begin at once.
        pause = timers.after(Duration.ofMillis(random.nextLong(settings.leastPauseMillis())), this::resume);
    }

    private void resume() {
        pause = null;
        advance();
    }

    private void advance() {
        while (attempt == null && pause == null && !rings.isAdopting() && !wishes.isEmpty()) {
            Wish wish = wishes.getFirst();
            Ring ring = rings.ring();
            if (wish.step.isTaken(ring)) {
                answer(wish, new Answer.Begun(ring == null ? 0 : ring.epoch()));
                continue;
            }
            try {
                begin(wish, ring, wish.step.from(ring));
            } catch (RingSteps.Refused e) {
                answer(wish, new Answer.Refused(String.valueOf(e.getMessage()), e.isForNow()));
            }
        }
    }

    // ---- ballots

    private static List<NodeId> voters(Step step, @Nullable Ring ring) {
        if (ring != null) {
            return ring.voters();
        }
        return step instanceof Step.Found found ? found.seeds() : List.of();
    }

    private void begin(Wish wish, @Nullable Ring ring, Ring next) {
        List<NodeId> voters = voters(wish.step, ring);
        // Nobody has agreed on who the seeds are: with all of them, no seed that lost its memory can turn a decision
        // round.
        int enough = ring == null ? voters.size() : Attempt.majority(voters.size());
        round++;
        Attempt fresh = new Attempt(new Ballot(round, self), voters, enough, next);
        attempt = fresh;
        attempted = wish;
        // A ballot is used once and never again, not even by a later life of this node.
        store.keep(RingFiles.ROUND, RingFiles.round(round), () -> {
            if (attempt == fresh) {
                patience = timers.after(
                        Duration.ofMillis(settings.ballotMillis() + random.nextLong(settings.leastPauseMillis())),
                        this::failed);
                sendAll(fresh);
            }
        });
    }

    private void sendAll(Attempt current) {
        for (NodeId voter : current.voters()) {
            send(current, voter);
        }
    }

    private void send(Attempt current, NodeId voter) {
        network.send(
                voter,
                current.isAccepting()
                        ? new RingMessage.Accept(++messages, current.ballot(), current.value())
                        : new RingMessage.Prepare(++messages, current.epoch(), current.ballot()));
    }

    private void failed() {
        if (attempt != null) {
            lastSilent = attempt.silent();
        }
        endAttempt();
        if (pause == null) {
            pause = timers.after(backoff.next(), this::resume);
        }
    }

    private void endAttempt() {
        attempt = null;
        attempted = null;
        if (patience != null) {
            patience.cancel();
            patience = null;
        }
    }

    void receive(NodeId from, RingMessage.Promise promise) {
        Attempt current = attempt;
        Wish wish = attempted;
        if (current == null || wish == null || !current.promise(from, promise)) {
            return;
        }
        Ring value = current.value();
        if (value.equals(wish.sent) || value.equals(current.proposed())) {
            wish.sent = value;
        }
        sendAll(current);
    }

    void receive(NodeId from, RingMessage.Accepted accepted) {
        Attempt current = attempt;
        if (current != null && current.accepted(from, accepted)) {
            endAttempt();
            backoff.reset();
            rings.decided(current.value());
        }
    }

    void receive(NodeId from, RingMessage.Outbid outbid) {
        round = Math.max(round, outbid.promised().round());
        if (attempt != null && attempt.outbid(from, outbid)) {
            failed();
        }
    }

    void receive(NodeId from, RingMessage.Behind behind) {
        Attempt current = attempt;
        Ring ring = rings.ring();
        if (current != null
                && ring != null
                && behind.epoch() < ring.epoch()
                && current.epoch() == ring.epoch() + 1
                && current.mayTell(from)) {
            network.send(from, new RingMessage.Decided(++messages, ring));
            send(current, from);
        }
    }
}
