package io.murmur.kernel.wire;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.Slots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rings in bytes; owners are written as places in the list of members. */
public final class RingCodec {

    private static final int MAX_MEMBERS = 10_000;
    private static final int MAX_TEXT = 255;

    private RingCodec() {}

    public static void writeRing(WireWriter out, Ring ring) {
        out.writeVarint(ring.epoch());
        out.writeVarint(ring.partitions());
        out.writeVarint(ring.replicas());
        List<Member> members = ring.members();
        out.writeVarint(members.size());
        Map<NodeId, Integer> places = new HashMap<>();
        for (Member member : members) {
            places.put(member.id(), places.size());
            CellCodec.writeNode(out, member.id());
            out.writeText(member.name());
            out.writeText(member.host());
            out.writeVarint(member.port());
            out.writeText(member.region());
            out.writeText(member.zone());
            out.writeVarint(member.weight());
        }
        for (int partition = 0; partition < ring.partitions(); partition++) {
            List<NodeId> owners = ring.owners(partition);
            out.writeVarint(owners.size());
            for (NodeId owner : owners) {
                out.writeVarint(places.getOrDefault(owner, -1));
            }
        }
    }

    public static Ring readRing(WireReader in) {
        long epoch = in.readVarint();
        int partitions = in.readCount(Slots.COUNT);
        int replicas = in.readCount(255);
        int size = in.readCount(Math.min(MAX_MEMBERS, in.remaining()));
        List<Member> members = new ArrayList<>(size);
        try {
            for (int i = 0; i < size; i++) {
                members.add(new Member(
                        CellCodec.readNode(in),
                        in.readText(MAX_TEXT),
                        in.readText(MAX_TEXT),
                        in.readCount(65535),
                        in.readText(MAX_TEXT),
                        in.readText(MAX_TEXT),
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
