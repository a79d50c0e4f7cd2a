package io.murmur.benchmarks.scale;

import io.murmur.gossip.GossipListener;
import io.murmur.gossip.GossipSeams;
import io.murmur.gossip.GossipSettings;
import io.murmur.gossip.Gossiper;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Timers;
import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.message.EndpointDigest;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.message.EndpointState;
import io.murmur.kernel.message.EndpointStatus;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.GossipCodec;
import io.murmur.kernel.wire.MessageCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * A round of gossip between two real gossipers that know all others, in a cluster that has been up for a day and in which nobody is missing. Of
 * each other node one of the two has heard the newer heartbeat, by chance, and of nobody's attributes: what these cost is counted apart.
 *
 * @param synBytes the frame that begins a round
 * @param ackBytes the answer, and the answer to that
 * @param named nodes whose digests the first of them has
 * @param stateBytes of one node's state
 * @param statesPerSecond how many states of others change each second when every load changes all the time
 * @param heapBytes what a gossiper holds of the others, with the heartbeats' gaps that it will remember
 * @param viewMillis listing all others once, as the control loop does whenever one's attributes change
 */
record GossipCost(
        int synBytes,
        int ackBytes,
        int named,
        int stateBytes,
        double statesPerSecond,
        long heapBytes,
        double viewMillis) {

    private static final GossipSettings SETTINGS = GossipSettings.DEFAULT;
    private static final long DAY_SECONDS = Duration.ofDays(1).toSeconds();
    private static final long WALL_MILLIS = 1_800_000_000_000L;
    private static final long RING_EPOCH = 100;

    private static final Clock CLOCK = new Clock() {
        @Override
        public long monotonicNanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return WALL_MILLIS;
        }
    };

    /** A gossiper, what it has said, and what it wants to do later. */
    private static final class Speaker {
        private final Gossiper gossiper;
        private final List<Runnable> due = new ArrayList<>();
        private final List<GossipMessage> saidToOther = new ArrayList<>();

        Speaker(EndpointState own, NodeId other) {
            Timers timers = (delay, task) -> {
                due.add(task);
                return () -> due.remove(task);
            };
            this.gossiper = new Gossiper(
                    new GossipSeams(
                            CLOCK,
                            timers,
                            (to, message) -> {
                                if (to.equals(other)) {
                                    saidToOther.add((GossipMessage) message);
                                }
                            },
                            new Random(1),
                            () -> List.of(other)),
                    SETTINGS,
                    own,
                    new Nobody());
        }

        /** Has its round; answers with which SYN it begins. */
        GossipMessage.Syn round() {
            gossiper.start();
            List.copyOf(due).forEach(Runnable::run);
            return saidToOther.stream()
                    .filter(GossipMessage.Syn.class::isInstance)
                    .map(GossipMessage.Syn.class::cast)
                    .findFirst()
                    .orElseThrow();
        }

        /** Hears a message; answers with the bytes of what it says to that. */
        int answer(NodeId from, GossipMessage message, List<GossipMessage> answers) {
            saidToOther.clear();
            gossiper.receive(from, message);
            answers.addAll(saidToOther);
            return saidToOther.stream().mapToInt(Frames::bytes).sum();
        }
    }

    private static final class Nobody implements GossipListener {
        @Override
        public void learned(NodeId node, EndpointAttributes attributes) {}

        @Override
        public void alive(NodeId node) {}

        @Override
        public void dead(NodeId node) {}

        @Override
        public void restarted(NodeId node, long generation) {}

        @Override
        public void newerRing(NodeId holder, long epoch) {}

        @Override
        public void generationRaised(long generation) {}
    }

    static GossipCost of(int nodes) throws Exception {
        List<Member> members = PaperCluster.members(nodes);
        EndpointState first = state(members.get(0), DAY_SECONDS);
        EndpointState second = state(members.get(1), DAY_SECONDS);
        NodeId firstId = members.get(0).id();
        NodeId secondId = members.get(1).id();
        Speaker asking = acquainted(members, first, secondId, 0);
        Speaker asked = acquainted(members, second, firstId, 1);
        GossipMessage.Syn syn = asking.round();
        List<GossipMessage> acks = new ArrayList<>();
        int ackBytes = asked.answer(firstId, syn, acks);
        for (GossipMessage ack : acks) {
            ackBytes += asking.answer(secondId, ack, new ArrayList<>());
        }
        long heap = LiveHeap.bytesOf(() -> acquainted(members, first, secondId, 0));
        long gaps = (long) SETTINGS.detection().window() * Integer.BYTES * (nodes - 1);
        // As the gossiper counts: whole intervals.
        long intervals = 1L + (nodes - 1) / SETTINGS.loadsAtOnce();
        return new GossipCost(
                Frames.bytes(syn),
                ackBytes,
                syn.digests().size(),
                GossipCodec.stateBytes(second),
                (double) (nodes - 1) / (intervals * SETTINGS.loadInterval().toSeconds()),
                heap + gaps,
                Took.millis(asking.gossiper::endpoints));
    }

    /** Bytes that a node sends each second: one round of its own and, on the average, one answer; and each changed state once. */
    double bytesPerSecond() {
        return bytesPerSecondAtRest() + statesPerSecond * stateBytes;
    }

    /** Without the states: what {@code ./murmur simulate gossip} counts, where no load changes. */
    double bytesPerSecondAtRest() {
        return (synBytes + ackBytes) / (SETTINGS.interval().toMillis() / 1e3);
    }

    /** Who knows all; of every other node the newer heartbeat, when chance says so. */
    private static Speaker acquainted(List<Member> members, EndpointState own, NodeId other, int side) {
        Speaker speaker = new Speaker(own, other);
        SplittableRandom chance = new SplittableRandom(members.size());
        List<EndpointState> others = new ArrayList<>();
        for (Member member : members) {
            long newer = chance.nextInt(2) == side ? 1 : 0;
            if (!member.id().equals(own.digest().node())) {
                others.add(state(member, DAY_SECONDS + newer));
            }
        }
        speaker.gossiper.receive(other, new GossipMessage.Ack2(0, List.of(), others));
        return speaker;
    }

    private static EndpointState state(Member member, long heartbeat) {
        return new EndpointState(
                new EndpointDigest(
                        member.id(),
                        WALL_MILLIS / 1000 - DAY_SECONDS,
                        heartbeat,
                        DAY_SECONDS / SETTINGS.loadInterval().toSeconds(),
                        RING_EPOCH),
                new EndpointAttributes(
                        member,
                        8101,
                        6379,
                        EndpointStatus.UP,
                        new EndpointLoad(64L << 30, 50_000, 2_500, 0, 0),
                        "0.1.0",
                        MessageCodec.PROTOCOL));
    }
}
