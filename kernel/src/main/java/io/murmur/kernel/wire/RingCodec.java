package io.murmur.kernel.wire;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.Slots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Rings in bytes; owners are written as places in the list of members. */
public final class RingCodec {

    /** The most members a ring can have on the wire. */
    static final int MAX_MEMBERS = 10_000;

    private static final int MAX_PORT = 65535;

    private RingCodec() {}

    public static void writeRing(WireWriter out, Ring ring) {
        out.writeVarint(ring.epoch());
        out.writeCount(ring.partitions(), Slots.COUNT);
        out.writeCount(ring.replicas(), Ring.MAX_REPLICAS);
        List<Member> members = ring.members();
        out.writeCount(members.size(), MAX_MEMBERS);
        Map<NodeId, Integer> places = new HashMap<>();
        for (Member member : members) {
            places.put(member.id(), places.size());
            CellCodec.writeNode(out, member.id());
            out.writeText(member.name(), Member.MAX_TEXT_BYTES);
            out.writeText(member.host(), Member.MAX_TEXT_BYTES);
            out.writeCount(member.port(), MAX_PORT);
            out.writeText(member.region(), Member.MAX_TEXT_BYTES);
            out.writeText(member.zone(), Member.MAX_TEXT_BYTES);
            out.writeCount(member.weight(), Member.MAX_WEIGHT);
        }
        for (int partition = 0; partition < ring.partitions(); partition++) {
            List<NodeId> owners = ring.owners(partition);
            out.writeCount(owners.size(), members.size());
            for (NodeId owner : owners) {
                out.writeCount(Objects.requireNonNull(places.get(owner)), members.size() - 1);
            }
        }
    }

    public static Ring readRing(WireReader in) {
        long epoch = in.readVarint();
        int partitions = in.readCount(Slots.COUNT);
        int replicas = in.readCount(Ring.MAX_REPLICAS);
        int size = in.readCount(Math.min(MAX_MEMBERS, in.remaining()));
        List<Member> members = new ArrayList<>(size);
        try {
            for (int i = 0; i < size; i++) {
                members.add(new Member(
                        CellCodec.readNode(in),
                        in.readText(Member.MAX_TEXT_BYTES),
                        in.readText(Member.MAX_TEXT_BYTES),
                        in.readCount(MAX_PORT),
                        in.readText(Member.MAX_TEXT_BYTES),
                        in.readText(Member.MAX_TEXT_BYTES),
                        in.readCount(Member.MAX_WEIGHT)));
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
            return new Ring(epoch, partitions, replicas, members, owners);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("not a ring: " + e.getMessage());
        }
    }
}
