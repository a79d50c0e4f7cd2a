package io.murmur.kernel.wire;

import io.murmur.kernel.message.Ballot;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.Slots;
import io.murmur.kernel.ring.Transition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Rings, their changes and ballots in bytes, on the wire and on disk alike; owners are written as places in the list of members. */
public final class RingCodec {

    /** The most members a ring can have on the wire. */
    static final int MAX_MEMBERS = 10_000;

    private static final int MAX_PORT = 65535;

    private static final int JOIN = 1;
    private static final int LEAVE = 2;
    private static final int REMOVE = 3;
    private static final int REPLACE = 4;
    private static final int MOVE = 5;
    private static final int RELOCATE = 6;
    private static final int ABORT = 7;

    private RingCodec() {}

    public static void writeRing(WireWriter out, Ring ring) {
        out.writeVarint(ring.epoch());
        out.writeCount(ring.partitions(), Slots.COUNT);
        out.writeCount(ring.replicas(), Ring.MAX_REPLICAS);
        writeLayout(out, ring.members(), partition -> ring.owners(partition), ring.partitions());
        out.writeCount(ring.voters().size(), MAX_MEMBERS);
        ring.voters().forEach(voter -> CellCodec.writeNode(out, voter));
        long former = 0;
        for (int partition = 0; partition < ring.partitions(); partition++) {
            // Most partitions have been as they are since the same epoch as the one before.
            out.writeVarint(zigzag(ring.since(partition) - former));
            former = ring.since(partition);
        }
        Transition transition = ring.transition();
        out.writeByte(transition == null ? 0 : 1);
        if (transition != null) {
            writeChange(out, transition.change());
            writeLayout(out, transition.members(), transition.owners()::get, ring.partitions());
            out.writeCount(transition.synced().size(), MAX_MEMBERS);
            transition.synced().forEach(node -> CellCodec.writeNode(out, node));
        }
    }

    /** By partition, its owners. */
    private interface Owners {
        List<NodeId> of(int partition);
    }

    private static void writeLayout(WireWriter out, Collection<Member> members, Owners owners, int partitions) {
        out.writeCount(members.size(), MAX_MEMBERS);
        Map<NodeId, Integer> places = new HashMap<>();
        for (Member member : members) {
            places.put(member.id(), places.size());
            writeMember(out, member);
        }
        for (int partition = 0; partition < partitions; partition++) {
            List<NodeId> list = owners.of(partition);
            out.writeCount(list.size(), members.size());
            for (NodeId owner : list) {
                out.writeCount(Objects.requireNonNull(places.get(owner)), members.size() - 1);
            }
        }
    }

    private static void writeMember(WireWriter out, Member member) {
        CellCodec.writeNode(out, member.id());
        out.writeText(member.name(), Member.MAX_TEXT_BYTES);
        out.writeText(member.host(), Member.MAX_TEXT_BYTES);
        out.writeCount(member.port(), MAX_PORT);
        out.writeText(member.region(), Member.MAX_TEXT_BYTES);
        out.writeText(member.zone(), Member.MAX_TEXT_BYTES);
        out.writeCount(member.weight(), Member.MAX_WEIGHT);
    }

    private static Member readMember(WireReader in) {
        return new Member(
                CellCodec.readNode(in),
                in.readText(Member.MAX_TEXT_BYTES),
                in.readText(Member.MAX_TEXT_BYTES),
                in.readCount(MAX_PORT),
                in.readText(Member.MAX_TEXT_BYTES),
                in.readText(Member.MAX_TEXT_BYTES),
                in.readCount(Member.MAX_WEIGHT));
    }

    public static Ring readRing(WireReader in) {
        long epoch = in.readVarint();
        int partitions = in.readCount(Slots.COUNT);
        int replicas = in.readCount(Ring.MAX_REPLICAS);
        try {
            List<Member> members = new ArrayList<>();
            List<List<NodeId>> owners = readLayout(in, members, partitions);
            List<NodeId> voters = readNodes(in);
            List<Long> since = new ArrayList<>();
            long former = 0;
            for (int partition = 0; partition < partitions; partition++) {
                former += unzigzag(in.readVarint());
                since.add(former);
            }
            Transition transition = in.readBoolean() ? readTransition(in, partitions) : null;
            return new Ring(epoch, partitions, replicas, members, owners, voters, since, transition);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("not a ring: " + e.getMessage());
        }
    }

    private static Transition readTransition(WireReader in, int partitions) {
        RingChange change = readChange(in);
        List<Member> members = new ArrayList<>();
        List<List<NodeId>> owners = readLayout(in, members, partitions);
        return new Transition(change, members, owners, readNodes(in));
    }

    private static List<List<NodeId>> readLayout(WireReader in, List<Member> members, int partitions) {
        int size = in.readCount(Math.min(MAX_MEMBERS, in.remaining()));
        for (int i = 0; i < size; i++) {
            members.add(readMember(in));
        }
        List<List<NodeId>> owners = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            int count = in.readCount(size);
            List<NodeId> list = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                list.add(members.get(in.readCount(size - 1)).id());
            }
            owners.add(list);
        }
        return owners;
    }

    private static List<NodeId> readNodes(WireReader in) {
        int count = in.readCount(Math.min(MAX_MEMBERS, in.remaining()));
        List<NodeId> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(CellCodec.readNode(in));
        }
        return nodes;
    }

    public static void writeChange(WireWriter out, RingChange change) {
        switch (change) {
            case RingChange.Join join -> {
                out.writeByte(JOIN);
                writeMember(out, join.member());
            }
            case RingChange.Leave leave -> writeAbout(out, LEAVE, leave);
            case RingChange.Remove remove -> writeAbout(out, REMOVE, remove);
            case RingChange.Replace replace -> {
                out.writeByte(REPLACE);
                CellCodec.writeNode(out, replace.dead());
                writeMember(out, replace.by());
            }
            case RingChange.Move move -> {
                writeAbout(out, MOVE, move);
                out.writeText(move.zone(), Member.MAX_TEXT_BYTES);
                out.writeCount(move.weight(), Member.MAX_WEIGHT);
            }
            case RingChange.Relocate relocate -> {
                writeAbout(out, RELOCATE, relocate);
                out.writeText(relocate.host(), Member.MAX_TEXT_BYTES);
                out.writeCount(relocate.port(), MAX_PORT);
            }
            case RingChange.Abort abort -> writeAbout(out, ABORT, abort);
        }
    }

    private static void writeAbout(WireWriter out, int kind, RingChange change) {
        out.writeByte(kind);
        CellCodec.writeNode(out, change.subject());
    }

    public static RingChange readChange(WireReader in) {
        int kind = in.readByte();
        try {
            return switch (kind) {
                case JOIN -> new RingChange.Join(readMember(in));
                case LEAVE -> new RingChange.Leave(CellCodec.readNode(in));
                case REMOVE -> new RingChange.Remove(CellCodec.readNode(in));
                case REPLACE -> new RingChange.Replace(CellCodec.readNode(in), readMember(in));
                case MOVE ->
                    new RingChange.Move(
                            CellCodec.readNode(in),
                            in.readText(Member.MAX_TEXT_BYTES),
                            in.readCount(Member.MAX_WEIGHT));
                case RELOCATE ->
                    new RingChange.Relocate(
                            CellCodec.readNode(in), in.readText(Member.MAX_TEXT_BYTES), in.readCount(MAX_PORT));
                case ABORT -> new RingChange.Abort(CellCodec.readNode(in));
                default -> throw new MalformedException("unknown kind of change: " + kind);
            };
        } catch (IllegalArgumentException e) {
            throw new MalformedException("not a change: " + e.getMessage());
        }
    }

    public static void writeBallot(WireWriter out, Ballot ballot) {
        out.writeVarint(ballot.round());
        CellCodec.writeNode(out, ballot.node());
    }

    public static Ballot readBallot(WireReader in) {
        long round = in.readVarint();
        if (round < 0) {
            throw new MalformedException("a ballot of a negative round");
        }
        return new Ballot(round, CellCodec.readNode(in));
    }

    private static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }

    private static long unzigzag(long value) {
        return (value >>> 1) ^ -(value & 1);
    }
}
