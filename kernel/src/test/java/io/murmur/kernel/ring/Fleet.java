package io.murmur.kernel.ring;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Members that come, go and change at random, under a seed. */
final class Fleet {

    private final RandomGenerator random;
    private final List<Member> members = new ArrayList<>();
    private final int regions;
    private final int zonesPerRegion;
    private final int maxWeight;

    private Fleet(RandomGenerator random, int regions, int zonesPerRegion, int maxWeight) {
        this.random = random;
        this.regions = regions;
        this.zonesPerRegion = zonesPerRegion;
        this.maxWeight = maxWeight;
    }

    /** A few to many nodes in uneven zones of some regions, in half of the cases of uneven weights. */
    static Fleet random(long seed, int mostNodes) {
        Random random = new Random(seed);
        Fleet fleet = new Fleet(
                random, random.nextInt(1, 4), random.nextInt(1, 7), random.nextBoolean() ? 1 : random.nextInt(2, 9));
        int nodes = random.nextInt(1, mostNodes + 1);
        for (int i = 0; i < nodes; i++) {
            fleet.join();
        }
        return fleet;
    }

    /** Nodes of equal weight in one region, dealt to the zones in turn. */
    static Fleet equal(long seed, int nodes, int zones) {
        Fleet fleet = new Fleet(new Random(seed), 1, zones, 1);
        for (int i = 0; i < nodes; i++) {
            fleet.joinZone("zone-" + i % zones);
        }
        return fleet;
    }

    List<Member> members() {
        return List.copyOf(members);
    }

    List<Member> shuffled() {
        List<Member> shuffled = new ArrayList<>(members);
        Collections.shuffle(shuffled, new Random(random.nextLong()));
        return shuffled;
    }

    Member join() {
        // Twice at random, so that early zones are larger than late ones.
        int zone = random.nextInt(random.nextInt(zonesPerRegion) + 1);
        return add("region-" + random.nextInt(regions), "zone-" + zone, random.nextInt(1, maxWeight + 1));
    }

    Member joinZone(String zone) {
        return add("region-0", zone, 1);
    }

    Member leave() {
        return members.remove(random.nextInt(members.size()));
    }

    void changeWeight() {
        int place = random.nextInt(members.size());
        Member old = members.get(place);
        members.set(place, member(old.id(), old.region(), old.zone(), random.nextInt(1, maxWeight + 1)));
    }

    void changeZone() {
        int place = random.nextInt(members.size());
        Member old = members.get(place);
        members.set(place, member(old.id(), old.region(), "zone-" + random.nextInt(zonesPerRegion), old.weight()));
    }

    /** One change of any kind; at least one member stays. */
    void change() {
        switch (random.nextInt(4)) {
            case 0 -> join();
            case 1 -> changeWeight();
            case 2 -> changeZone();
            default -> {
                if (members.size() > 1) {
                    leave();
                }
            }
        }
    }

    private Member add(String region, String zone, int weight) {
        Member member = member(id(), region, zone, weight);
        members.add(member);
        return member;
    }

    private NodeId id() {
        long high = random.nextLong();
        return new NodeId(high, random.nextLong());
    }

    private static Member member(NodeId id, String region, String zone, int weight) {
        return new Member(id, "node-" + id.abbreviated(), "localhost", 7000, region, zone, weight);
    }
}
