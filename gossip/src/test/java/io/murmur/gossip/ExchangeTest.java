package io.murmur.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.gossip.Stage.Actor;
import io.murmur.kernel.message.EndpointDigest;
import io.murmur.kernel.message.GossipMessage.Ack;
import io.murmur.kernel.message.GossipMessage.Ack2;
import io.murmur.kernel.message.GossipMessage.Syn;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.GossipCodec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages of 2 KiB among a thousand nodes, of which some 80 fit. */
class ExchangeTest {

    private static final int NODES = 1000;
    private static final int MESSAGE_BYTES = 2 << 10;
    /** Frame, id, and the counts of lists. */
    private static final int FRAMING_BYTES = 32;

    private final NodeId other = new NodeId(77, 77);
    private final List<Actor> actors = new ArrayList<>();
    private final Hearsay hearsay = hearsay();
    private final Exchange exchange = new Exchange(hearsay, MESSAGE_BYTES);

    private static Hearsay hearsay() {
        Hearsay hearsay = new Hearsay(
                new Actor(1).state(),
                GossipSettings.DEFAULT,
                state -> new Endpoint(
                        state, new PhiAccrual(10, 1000, 100, 0), new FlapDamping(5_000, 120_000, 600_000), 0),
                new Findings() {
                    @Override
                    public void met(Endpoint endpoint, boolean direct) {}

                    @Override
                    public void lives(Endpoint endpoint, boolean direct) {}

                    @Override
                    public void reborn(Endpoint endpoint, boolean direct) {}

                    @Override
                    public void changed(Endpoint endpoint) {}

                    @Override
                    public void generationRaised(long generation) {}
                });
        hearsay.now(0, Stage.WALL_SECONDS * 1000);
        return hearsay;
    }

    @BeforeEach
    void learnOfAll() {
        for (int i = 2; i <= NODES; i++) {
            Actor actor = new Actor(i);
            actors.add(actor);
            hearsay.hear(actor.state(), other);
        }
    }

    @Test
    void aSynHoldsTheOwnDigestAndThenTheNewest() {
        List<Actor> moved = List.of(actors.get(3), actors.get(500), actors.get(17));
        for (Actor actor : moved) {
            actor.heartbeat++;
            hearsay.hear(actor.digest(), other);
        }

        Syn syn = exchange.syn(1);

        assertThat(nodes(syn.digests()))
                .startsWith(hearsay.self(), actors.get(17).node, actors.get(500).node, actors.get(3).node);
        assertThat(GossipCodec.frameBytes(syn)).isLessThanOrEqualTo(MESSAGE_BYTES + FRAMING_BYTES);
        assertThat(syn.digests()).doesNotHaveDuplicates().hasSizeGreaterThan(70);
    }

    @Test
    void everyoneIsMentionedInTheEndThoughNothingMovesWithThem() {
        Set<NodeId> mentioned = new HashSet<>();
        int syns = 0;
        while (mentioned.size() < NODES) {
            mentioned.addAll(nodes(exchange.syn(1).digests()));
            syns++;
            assertThat(syns).isLessThan(80);
        }
    }

    @Test
    void anAckHoldsWhatTheOtherDoesNotKnowTheNewestFirst() {
        Actor moved = actors.get(400);
        moved.heartbeat += 3;
        hearsay.hear(moved.digest(), other);

        Ack ack = exchange.answer(new Syn(1, List.of(new Actor(7777).digest())), other);

        assertThat(nodes(ack.digests())).startsWith(hearsay.self(), moved.node);
        assertThat(ack.requests()).containsExactly(new Actor(7777).node);
        assertThat(GossipCodec.frameBytes(ack)).isLessThanOrEqualTo(MESSAGE_BYTES + FRAMING_BYTES);
        assertThat(ack.digests()).hasSizeGreaterThan(70);
    }

    @Test
    void anAckHoldsNothingThatTheOtherKnows() {
        List<EndpointDigest> all =
                new ArrayList<>(actors.stream().map(Actor::digest).toList());
        Actor moved = actors.get(400);
        moved.heartbeat += 3;
        hearsay.hear(moved.digest(), other);

        Ack ack = exchange.answer(new Syn(1, all), other);

        assertThat(nodes(ack.digests())).containsExactly(hearsay.self(), moved.node);
        assertThat(ack.states()).isEmpty();
        assertThat(ack.requests()).isEmpty();
    }

    @Test
    void changedStatesAndRequestsDoNotCrowdOutHeartbeats() {
        List<EndpointDigest> stale = new ArrayList<>();
        for (Actor actor : actors.subList(0, 500)) {
            stale.add(actor.digest());
            actor.version++;
            actor.heartbeat++;
            hearsay.hear(actor.state(), other);
        }
        for (int i = NODES + 1; i < NODES + 200; i++) {
            stale.add(new Actor(i).digest());
        }

        Ack ack = exchange.answer(new Syn(1, stale), other);

        assertThat(ack.states()).hasSizeGreaterThan(5);
        assertThat(ack.requests()).hasSizeGreaterThan(20);
        assertThat(ack.digests()).hasSizeGreaterThan(10);
        assertThat(GossipCodec.frameBytes(ack)).isLessThanOrEqualTo(MESSAGE_BYTES + FRAMING_BYTES);
    }

    @Test
    void statesThatDoNotFitWait() {
        List<NodeId> all = actors.stream().map(actor -> actor.node).toList();

        Ack2 ack2 = Objects.requireNonNull(exchange.answer(new Ack2(1, all, List.of()), other));

        assertThat(ack2.states()).hasSizeGreaterThan(20);
        assertThat(GossipCodec.frameBytes(ack2)).isLessThanOrEqualTo(MESSAGE_BYTES + FRAMING_BYTES);
    }

    @Test
    void requestsEndWithTheirAnswer() {
        Ack2 answer =
                Objects.requireNonNull(exchange.answer(new Ack2(1, List.of(actors.getFirst().node), List.of()), other));

        assertThat(answer.requests()).isEmpty();
        assertThat(exchange.answer(answer, other)).isNull();
    }

    @Test
    void whoKnowsNothingLearnsOfAllInAFewExchanges() {
        Hearsay newcomer = hearsay();
        Exchange asking = new Exchange(newcomer, MESSAGE_BYTES);

        for (int rounds = 0; newcomer.acquaintances().size() < NODES - 1; rounds++) {
            assertThat(rounds).isLessThan(200);
            Ack ack = exchange.answer(asking.syn(rounds), other);
            Ack2 ack2 = asking.answer(ack, hearsay.self());
            Ack2 last = ack2 == null ? null : exchange.answer(ack2, other);
            if (last != null) {
                asking.answer(last, hearsay.self());
            }
        }
    }

    private static List<NodeId> nodes(List<EndpointDigest> digests) {
        return digests.stream().map(EndpointDigest::node).toList();
    }
}
