package io.murmur.simulation;

import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.WireWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All links. A message becomes a frame by the sender's codec and a message again by the receiver's, so no object is ever shared, and
 * it may be lost, repeated, delayed and overtaken on the way.
 *
 * <p>A client's link is a connection: its messages may be late or lost, as when it breaks, but never come twice. (A request that did
 * would be done twice, the second time above whatever was written in between.)
 */
final class SimulatedNetwork {

    /** Connections hide the loss of packets; what they lose, they lose by breaking. */
    private static final double CLIENT_SHARE_OF_LOSS = 0.1;

    private final Agenda agenda;
    private final RandomGenerator random;
    private final TraceDigest digest;
    private final Transcript transcript;
    private final Names names;
    private final Counts counts;
    private final Map<NodeId, Port> ports = new LinkedHashMap<>();
    private final List<Cut> cuts = new ArrayList<>();
    private final Set<NodeId> deafToRings = new HashSet<>();
    private final WireWriter writer = new WireWriter();
    private NetworkConditions conditions;

    SimulatedNetwork(
            Agenda agenda,
            RandomGenerator random,
            TraceDigest digest,
            Transcript transcript,
            Names names,
            Counts counts,
            NetworkConditions conditions) {
        this.agenda = agenda;
        this.random = random;
        this.digest = digest;
        this.transcript = transcript;
        this.names = names;
        this.counts = counts;
        this.conditions = conditions;
    }

    Port port(NodeId id, String name, boolean isNode) {
        Port port = new Port(id, name, isNode, ports.size());
        if (ports.put(id, port) != null) {
            throw new IllegalArgumentException("two endpoints with the id " + id);
        }
        names.name(id, name);
        return port;
    }

    void conditions(NetworkConditions next) {
        conditions = next;
    }

    NetworkConditions conditions() {
        return conditions;
    }

    Cut cut(Set<NodeId> from, Set<NodeId> to) {
        Cut cut = new Cut(from, to, agenda.nowNanos());
        cuts.add(cut);
        return cut;
    }

    void mend(Cut cut) {
        cuts.remove(cut);
    }

    /** Whether messages about rings get to a node. */
    void deafen(NodeId node, boolean isDeaf) {
        if (isDeaf) {
            deafToRings.add(node);
        } else {
            deafToRings.remove(node);
        }
    }

    /** Whether no message about rings gets to a node. */
    boolean isDeaf(NodeId node) {
        return deafToRings.contains(node);
    }

    void mendAll() {
        cuts.clear();
        deafToRings.clear();
    }

    /** Since when no message passes from one to the other, or null when it does. */
    @Nullable
    Long cutSinceNanos(NodeId from, NodeId to) {
        for (Cut cut : cuts) {
            if (cut.separates(from, to)) {
                return cut.sinceNanos();
            }
        }
        return null;
    }

    void send(Port from, NodeId to, Message message) {
        Port.Plug sender = from.plug();
        if (sender == null) {
            return;
        }
        writer.clear();
        sender.codec().write(message, writer);
        byte[] frame = writer.toByteArray();
        counts.add("messages sent");
        Port target = ports.get(to);
        if (target == null) {
            lost(from, to, message, "nobody there");
        } else if (target.equals(from)) {
            travel(from, target, frame, message, 0, "to itself, ");
        } else if (cutSinceNanos(from.id, to) != null) {
            lost(from, to, message, "cut off");
        } else if (message instanceof RingMessage && deafToRings.contains(to)) {
            lost(from, to, message, "not heard");
        } else {
            boolean betweenNodes = from.isNode && target.isNode;
            if (random.nextDouble() < conditions.loss() * (betweenNodes ? 1 : CLIENT_SHARE_OF_LOSS)) {
                lost(from, to, message, "lost");
                return;
            }
            travel(from, target, frame, message, delayNanos(), "");
            if (betweenNodes && random.nextDouble() < conditions.duplication()) {
                counts.add("messages repeated");
                travel(from, target, frame, message, delayNanos(), "again, ");
            }
        }
    }

    private void lost(Port from, NodeId to, Message message, String how) {
        counts.add("messages lost");
        transcript.write(
                agenda.nowNanos(), from.name + " -> " + names.of(to), () -> names.of(message) + "  (" + how + ")");
    }

    private long delayNanos() {
        long mostMicros = random.nextDouble() < conditions.stragglers()
                ? conditions.maxStragglerMicros()
                : conditions.maxDelayMicros();
        return 1_000 * random.nextLong(conditions.minDelayMicros(), mostMicros + 1);
    }

    private void travel(Port from, Port to, byte[] frame, Message message, long delayNanos, String remark) {
        transcript.write(
                agenda.nowNanos(),
                from.name + " -> " + to.name,
                () -> names.of(message) + String.format(Locale.ROOT, "  (%s%.3f ms)", remark, delayNanos / 1e6));
        agenda.after(delayNanos, () -> arrive(from, to, frame));
    }

    private void arrive(Port from, Port to, byte[] frame) {
        Port.Plug receiver = to.plug();
        if (receiver == null) {
            counts.add("messages lost");
            transcript.write(agenda.nowNanos(), to.name, () -> "is down: a message of " + from.name + " vanishes");
            return;
        }
        digest.add(((long) from.number << 32) | to.number);
        digest.add(checksum(frame));
        receiver.receiver().accept(from.id, receiver.codec().read(frame));
    }

    /** The frame's own CRC32C, behind its length. */
    private static long checksum(byte[] frame) {
        return ((frame[4] & 0xFFL) << 24) | ((frame[5] & 0xFFL) << 16) | ((frame[6] & 0xFFL) << 8) | (frame[7] & 0xFFL);
    }
}
