package io.murmur.kernel.wire;

import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.message.EndpointDigest;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.message.EndpointState;
import io.murmur.kernel.message.EndpointStatus;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Slots;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** Gossip in bytes; and how many they will be, for those who fill messages up to a bound. */
public final class GossipCodec {

    static final int SYN = 60;
    static final int ACK = 61;
    static final int ACK2 = 62;
    static final int PING = 63;
    static final int PING_REQUEST = 64;
    static final int PONG = 65;

    private static final int NODE_BYTES = 16;
    private static final int LEAST_DIGEST_BYTES = NODE_BYTES + 4;
    private static final int LEAST_STATE_BYTES = LEAST_DIGEST_BYTES + 16;

    private static final int MAX_PORT = 65535;

    private static final List<EndpointStatus> STATUSES = List.of(EndpointStatus.values());

    private GossipCodec() {}

    static void write(WireWriter out, GossipMessage message) {
        switch (message) {
            case GossipMessage.Syn m -> {
                writeHead(out, SYN, m);
                writeDigests(out, m.digests());
            }
            case GossipMessage.Ack m -> {
                writeHead(out, ACK, m);
                writeDigests(out, m.digests());
                writeNodes(out, m.requests());
                writeStates(out, m.states());
            }
            case GossipMessage.Ack2 m -> {
                writeHead(out, ACK2, m);
                writeNodes(out, m.requests());
                writeStates(out, m.states());
            }
            case GossipMessage.Ping m -> writeHead(out, PING, m);
            case GossipMessage.PingRequest m -> {
                writeHead(out, PING_REQUEST, m);
                CellCodec.writeNode(out, m.target());
            }
            case GossipMessage.Pong m -> {
                writeHead(out, PONG, m);
                writeDigest(out, m.digest());
            }
        }
    }

    static GossipMessage read(int type, WireReader in) {
        long id = in.readLong();
        try {
            return switch (type) {
                case SYN -> new GossipMessage.Syn(id, readDigests(in));
                case ACK -> new GossipMessage.Ack(id, readDigests(in), readNodes(in), readStates(in));
                case ACK2 -> new GossipMessage.Ack2(id, readNodes(in), readStates(in));
                case PING -> new GossipMessage.Ping(id);
                case PING_REQUEST -> new GossipMessage.PingRequest(id, CellCodec.readNode(in));
                case PONG -> new GossipMessage.Pong(id, readDigest(in));
                default -> throw new MalformedException("not gossip: " + type);
            };
        } catch (IllegalArgumentException e) {
            throw new MalformedException("not gossip: " + e.getMessage());
        }
    }

    /** How many bytes the message's whole frame has. */
    public static int frameBytes(GossipMessage message) {
        return MessageCodec.HEADER_BYTES
                + 1
                + Long.BYTES
                + switch (message) {
                    case GossipMessage.Syn m -> listBytes(m.digests(), GossipCodec::digestBytes);
                    case GossipMessage.Ack m ->
                        listBytes(m.digests(), GossipCodec::digestBytes)
                                + listBytes(m.requests(), node -> NODE_BYTES)
                                + listBytes(m.states(), GossipCodec::stateBytes);
                    case GossipMessage.Ack2 m ->
                        listBytes(m.requests(), node -> NODE_BYTES) + listBytes(m.states(), GossipCodec::stateBytes);
                    case GossipMessage.Ping ignored -> 0;
                    case GossipMessage.PingRequest ignored -> NODE_BYTES;
                    case GossipMessage.Pong m -> digestBytes(m.digest());
                };
    }

    /** How many bytes a digest takes within a message. */
    public static int digestBytes(EndpointDigest digest) {
        return NODE_BYTES
                + varintBytes(digest.generation())
                + varintBytes(digest.heartbeat())
                + varintBytes(digest.version())
                + varintBytes(digest.ringEpoch());
    }

    /** How many bytes a request for a node's state takes within a message. */
    public static int requestBytes() {
        return NODE_BYTES;
    }

    /** How many bytes a state takes within a message. */
    public static int stateBytes(EndpointState state) {
        EndpointAttributes attributes = state.attributes();
        Member member = attributes.member();
        return digestBytes(state.digest())
                + textBytes(member.name())
                + textBytes(member.host())
                + varintBytes(member.port())
                + textBytes(member.region())
                + textBytes(member.zone())
                + varintBytes(member.weight())
                + varintBytes(attributes.httpPort())
                + varintBytes(attributes.respPort())
                + 1
                + loadBytes(attributes.load())
                + textBytes(attributes.release())
                + varintBytes(attributes.protocol());
    }

    private static void writeHead(WireWriter out, int type, GossipMessage message) {
        out.writeByte(type);
        out.writeLong(message.id());
    }

    private static void writeDigests(WireWriter out, List<EndpointDigest> digests) {
        out.writeCount(digests.size(), GossipMessage.MAX_ENTRIES);
        for (EndpointDigest digest : digests) {
            writeDigest(out, digest);
        }
    }

    private static List<EndpointDigest> readDigests(WireReader in) {
        return readList(in, LEAST_DIGEST_BYTES, GossipCodec::readDigest);
    }

    private static void writeDigest(WireWriter out, EndpointDigest digest) {
        CellCodec.writeNode(out, digest.node());
        out.writeVarint(digest.generation());
        out.writeVarint(digest.heartbeat());
        out.writeVarint(digest.version());
        out.writeVarint(digest.ringEpoch());
    }

    private static EndpointDigest readDigest(WireReader in) {
        return new EndpointDigest(
                CellCodec.readNode(in), in.readVarint(), in.readVarint(), in.readVarint(), in.readVarint());
    }

    private static void writeNodes(WireWriter out, List<NodeId> nodes) {
        out.writeCount(nodes.size(), GossipMessage.MAX_ENTRIES);
        for (NodeId node : nodes) {
            CellCodec.writeNode(out, node);
        }
    }

    private static List<NodeId> readNodes(WireReader in) {
        return readList(in, NODE_BYTES, CellCodec::readNode);
    }

    private static void writeStates(WireWriter out, List<EndpointState> states) {
        out.writeCount(states.size(), GossipMessage.MAX_ENTRIES);
        for (EndpointState state : states) {
            writeState(out, state);
        }
    }

    private static List<EndpointState> readStates(WireReader in) {
        return readList(in, LEAST_STATE_BYTES, GossipCodec::readState);
    }

    private static void writeState(WireWriter out, EndpointState state) {
        writeDigest(out, state.digest());
        EndpointAttributes attributes = state.attributes();
        Member member = attributes.member();
        out.writeText(member.name(), Member.MAX_TEXT_BYTES);
        out.writeText(member.host(), Member.MAX_TEXT_BYTES);
        out.writeCount(member.port(), MAX_PORT);
        out.writeText(member.region(), Member.MAX_TEXT_BYTES);
        out.writeText(member.zone(), Member.MAX_TEXT_BYTES);
        out.writeCount(member.weight(), Member.MAX_WEIGHT);
        out.writeCount(attributes.httpPort(), MAX_PORT);
        out.writeCount(attributes.respPort(), MAX_PORT);
        out.writeByte(STATUSES.indexOf(attributes.status()));
        writeLoad(out, attributes.load());
        out.writeText(attributes.release(), Member.MAX_TEXT_BYTES);
        out.writeCount(attributes.protocol(), Integer.MAX_VALUE);
    }

    private static EndpointState readState(WireReader in) {
        EndpointDigest digest = readDigest(in);
        Member member = new Member(
                digest.node(),
                in.readText(Member.MAX_TEXT_BYTES),
                in.readText(Member.MAX_TEXT_BYTES),
                in.readCount(MAX_PORT),
                in.readText(Member.MAX_TEXT_BYTES),
                in.readText(Member.MAX_TEXT_BYTES),
                in.readCount(Member.MAX_WEIGHT));
        return new EndpointState(
                digest,
                new EndpointAttributes(
                        member,
                        in.readCount(MAX_PORT),
                        in.readCount(MAX_PORT),
                        STATUSES.get(in.readCount(STATUSES.size() - 1)),
                        readLoad(in),
                        in.readText(Member.MAX_TEXT_BYTES),
                        in.readCount(Integer.MAX_VALUE)));
    }

    private static void writeLoad(WireWriter out, EndpointLoad load) {
        out.writeVarint(load.storedBytes());
        out.writeVarint(load.requestsPerSecond());
        out.writeVarint(load.p99Micros());
        out.writeVarint(load.hints());
        out.writeCount(load.partitionsCaughtUp(), Slots.COUNT);
    }

    private static EndpointLoad readLoad(WireReader in) {
        return new EndpointLoad(
                in.readVarint(), in.readVarint(), in.readVarint(), in.readVarint(), in.readCount(Slots.COUNT));
    }

    private static int loadBytes(EndpointLoad load) {
        return varintBytes(load.storedBytes())
                + varintBytes(load.requestsPerSecond())
                + varintBytes(load.p99Micros())
                + varintBytes(load.hints())
                + varintBytes(load.partitionsCaughtUp());
    }

    private static <T> List<T> readList(WireReader in, int leastBytes, Function<WireReader, T> one) {
        int count = in.readCount(Math.min(GossipMessage.MAX_ENTRIES, in.remaining() / leastBytes));
        List<T> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(one.apply(in));
        }
        return list;
    }

    private static <T> int listBytes(List<T> list, ToIntFunction<T> bytes) {
        int sum = varintBytes(list.size());
        for (T one : list) {
            sum += bytes.applyAsInt(one);
        }
        return sum;
    }

    private static int varintBytes(long value) {
        return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
    }

    private static int textBytes(String text) {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        return varintBytes(length) + length;
    }
}
