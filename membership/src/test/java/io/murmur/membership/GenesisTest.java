package io.murmur.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.simulation.NodeSeams;
import io.murmur.simulation.Transcript;
import io.murmur.simulation.World;
import io.murmur.simulation.WorldSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GenesisTest {

    private static final Genesis.Terms THREE = new Genesis.Terms(Nodes.PARTITIONS, 3, 3, 2);

    // ---- the decision

    @Test
    void aSeedThatHasMetAllSeedsAndEnoughNodesProposesTheRingOfThemAll() {
        Genesis.Decision decision =
                Genesis.decide(Nodes.id(0), THREE, new Genesis.Met(Nodes.members(4), Nodes.ids(2), false));

        assertThat(decision)
                .isEqualTo(new Genesis.Decision.Propose(
                        RingPlanner.first(Nodes.PARTITIONS, 3, Nodes.members(4)), Nodes.ids(2)));
    }

    @Test
    void otherwiseItSaysWhatItWaitsFor() {
        assertWaits(0, new Genesis.Met(Nodes.members(4), Nodes.ids(2), true), "the cluster has a ring");
        assertWaits(0, new Genesis.Met(Nodes.members(4), Nodes.ids(1), false), "waits to meet 1 of 2 seeds");
        assertWaits(0, new Genesis.Met(Nodes.members(4), Nodes.ids(3), false), "a seed lost its data folder");
        assertWaits(0, new Genesis.Met(Nodes.members(1), Nodes.ids(2), false), "waits for 2 more of 3 initial nodes");
        assertWaits(3, new Genesis.Met(Nodes.members(4), Nodes.ids(2), false), "waits for a seed");
    }

    @Test
    void twoNodesOfOneNameDoNotFoundACluster() {
        List<Member> members = new ArrayList<>(Nodes.members(3));
        members.add(new Member(Nodes.id(9), "b", "elsewhere", 1, "region", "zone-0", 1));

        assertWaits(0, new Genesis.Met(members, Nodes.ids(2), false), "two nodes call themselves 'b'");
    }

    private static void assertWaits(int self, Genesis.Met met, String why) {
        assertThat(Genesis.decide(Nodes.id(self), THREE, met))
                .isInstanceOfSatisfying(
                        Genesis.Decision.Wait.class,
                        wait -> assertThat(wait.why()).contains(why));
    }

    // ---- how it goes

    private final Map<NodeId, MembershipProcess> processes = new LinkedHashMap<>();
    private final Map<NodeId, Genesis.Met> met = new LinkedHashMap<>();
    private Genesis.Terms terms = THREE;
    private final World world = new World(1, WorldSettings.DEFAULT, this::start, Transcript.NONE);

    private MembershipProcess start(NodeSeams seams) throws Exception {
        MembershipProcess process = new MembershipProcess(seams, PlantedBug.NONE, ring -> {});
        processes.put(seams.id(), process);
        return process.founding(terms, () -> Objects.requireNonNull(met.get(seams.id())));
    }

    private void add(int number, Genesis.Met knows) {
        met.put(Nodes.id(number), knows);
        world.addNode(Nodes.id(number), Nodes.name(number));
    }

    private List<Ring> rings() {
        List<Ring> rings = new ArrayList<>();
        processes.values().forEach(process -> {
            if (process.ring() != null) {
                rings.add(process.ring());
            }
        });
        return rings;
    }

    @Test
    void seedsThatKnowDifferentNodesFoundOneCluster() {
        add(0, new Genesis.Met(Nodes.members(3), Nodes.ids(2), false));
        add(1, new Genesis.Met(Nodes.members(4), Nodes.ids(2), false));
        add(2, new Genesis.Met(Nodes.members(4), Nodes.ids(2), false));
        world.startAll();

        world.run(Duration.ofSeconds(5));

        assertThat(rings()).hasSize(3).allMatch(rings().getFirst()::equals);
    }

    @Test
    void seedsThatLostTheirDisksFoundNoSecondClusterAsLongAsOneRemembers() {
        terms = new Genesis.Terms(Nodes.PARTITIONS, 3, 3, 3);
        for (int node = 0; node < 3; node++) {
            add(node, new Genesis.Met(Nodes.members(3), Nodes.ids(3), false));
        }
        world.startAll();
        world.run(Duration.ofSeconds(5));
        assertThat(rings()).hasSize(3);
        Ring ring = rings().getFirst();
        // Two seeds are other nodes now, with others enough to found a cluster and no news of any; the third seed is
        // away.
        for (int node = 0; node < 3; node++) {
            world.kill(Nodes.id(node));
        }
        List<NodeId> seeds = List.of(Nodes.id(5), Nodes.id(6), Nodes.id(2));
        Genesis.Met others = new Genesis.Met(List.of(Nodes.member(5), Nodes.member(6), Nodes.member(7)), seeds, false);
        add(5, others);
        add(6, others);
        world.start(Nodes.id(5));
        world.start(Nodes.id(6));

        world.run(Duration.ofSeconds(20));
        assertThat(Objects.requireNonNull(processes.get(Nodes.id(5))).ring()).isNull();
        world.start(Nodes.id(2));
        world.run(Duration.ofSeconds(5));

        assertThat(Objects.requireNonNull(processes.get(Nodes.id(5))).ring()).isEqualTo(ring);
    }

    @Test
    void noClusterIsFoundedWhileASeedIsAway() {
        Genesis.Met all = new Genesis.Met(Nodes.members(3), Nodes.ids(2), false);
        add(0, all);
        add(1, all);
        add(2, all);
        world.startAll();
        Set<NodeId> others = new LinkedHashSet<>(Nodes.ids(3));
        others.remove(Nodes.id(1));
        Runnable mend = world.cut(others, Set.of(Nodes.id(1)));

        world.run(Duration.ofSeconds(20));
        assertThat(rings()).isEmpty();
        mend.run();
        world.run(Duration.ofSeconds(10));

        assertThat(rings()).isNotEmpty();
    }
}
