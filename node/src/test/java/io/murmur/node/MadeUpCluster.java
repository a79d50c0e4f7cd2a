package io.murmur.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.murmur.antientropy.SyncStatistics;
import io.murmur.client.internal.SystemClock;
import io.murmur.gossip.EndpointView;
import io.murmur.gossip.Standing;
import io.murmur.handoff.HintStatistics;
import io.murmur.handoff.HintedNode;
import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.message.EndpointDigest;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.message.EndpointState;
import io.murmur.kernel.message.EndpointStatus;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.node.config.ConfigurationReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a node may know of others, of which there are none: as many as wanted, with names that no node would be started with. */
final class MadeUpCluster {

    static final long NOW = 1_700_000_000_000L;

    private final List<Member> members = new ArrayList<>();
    private final Map<NodeId, Standing> standings = new TreeMap<>();
    private final Map<NodeId, EndpointLoad> loads = new TreeMap<>();
    private final Map<NodeId, Long> epochs = new TreeMap<>();
    private final int partitions;
    private double phi;

    MadeUpCluster(int partitions) {
        this.partitions = partitions;
    }

    /** One more; the first one is who tells. */
    Member add(String name, String zone) {
        NodeId id = new NodeId(0, members.size() + 1);
        Member member = new Member(id, name, "host", 7000, "region", zone, 1);
        members.add(member);
        standings.put(id, Standing.ALIVE);
        loads.put(id, EndpointLoad.NONE);
        return member;
    }

    void remove(Member member) {
        members.remove(member);
        standings.remove(member.id());
    }

    void stands(Member member, Standing standing) {
        standings.put(member.id(), standing);
    }

    void tells(Member member, EndpointLoad load) {
        loads.put(member.id(), load);
    }

    /** The ring that a node says it goes by. */
    void goesBy(Member member, long epoch) {
        epochs.put(member.id(), epoch);
    }

    /** Time goes on, and nothing else. */
    void age() {
        phi += .1;
    }

    Ring ring() {
        return RingPlanner.first(partitions, 3, members);
    }

    PictureFeed feed() {
        ObjectMapper json = new ObjectMapper();
        Member self = members.get(0);
        return new PictureFeed(
                json,
                new ClusterJson(json, ConfigurationReader.read(null, Map.of(), Map.of("name", "a")), self.id()),
                new UpkeepJson(json, self.id(), self.name(), new SystemClock()),
                self.id(),
                List.of("default"));
    }

    /**
     * @param own what the first one has measured of itself
     * @param hinted whom it holds hints for
     */
    PictureFeed.Moment moment(@Nullable EndpointLoad own, HintedNode... hinted) {
        return moment(ring(), own, hinted);
    }

    PictureFeed.Moment moment(Ring ring, @Nullable EndpointLoad own, HintedNode... hinted) {
        List<EndpointView> endpoints = standings.entrySet().stream()
                .map(entry ->
                        new EndpointView(state(member(entry.getKey())), entry.getValue(), phi, (long) (phi * 1000)))
                .toList();
        HintStatistics none = new HintStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of(), 0, 0);
        PictureFeed.OfShard shard = new PictureFeed.OfShard(
                Optional.of(new UpkeepJson.HintsOfShard(none, List.of(hinted), Set.of())),
                new UpkeepJson.SyncOfShard(
                        0,
                        new SyncStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                        OptionalInt.empty()));
        return new PictureFeed.Moment(
                NOW,
                new Membership.View(ring, endpoints, Duration.ofMinutes(1), null, null),
                null,
                own,
                List.of(shard));
    }

    private Member member(NodeId id) {
        return members.stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
    }

    private EndpointState state(Member member) {
        return new EndpointState(
                new EndpointDigest(member.id(), 1, 1, 1, epochs.getOrDefault(member.id(), 1L)),
                new EndpointAttributes(
                        member,
                        8000,
                        6379,
                        EndpointStatus.UP,
                        loads.getOrDefault(member.id(), EndpointLoad.NONE),
                        "test",
                        1));
    }
}
