package io.murmur.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.Storage.ScanOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.kernel.ring.Slots;
import io.murmur.simulation.ClientSeams;
import io.murmur.simulation.ClusterScenario;
import io.murmur.simulation.Transcript;
import io.murmur.simulation.World;
import io.murmur.simulation.WorldSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A value whose only surviving copy is a hint, on a node that comes back when the value has been deleted and its deletion forgotten by all
 * owners (invariant 5).
 */
class OldHintTest {

    private static final List<NodeId> NODES =
            List.of(new NodeId(1, 1), new NodeId(2, 2), new NodeId(3, 3), new NodeId(4, 4));
    private static final Ring RING =
            RingPlanner.first(16, 3, NODES.stream().map(OldHintTest::member).toList());

    /** Its last owner misses the write, and who is no owner coordinates it. */
    private final Key key = Key.of(ClusterScenario.CACHE.name(), "key");

    private final List<NodeId> owners = RING.owners(RING.partitionOf(key.slot()));
    private final NodeId absentee = owners.get(2);
    private final NodeId keeper =
            NODES.stream().filter(node -> !owners.contains(node)).findFirst().orElseThrow();
    private final List<Message> replies = new ArrayList<>();
    private long lastId;
    private @Nullable ClientSeams client;

    private static Member member(NodeId id) {
        return new Member(id, "n" + id.low(), "host", 7000, "region", "zone", 1);
    }

    @Test
    void aHintFromBeforeTheHorizonBringsNothingBack() {
        World world = hintThatComesLate(PlantedBug.NONE);

        assertThat(valueRead(world)).isNull();
        assertThat(held(world, absentee)).isEmpty();
    }

    @Test
    void takingItAllTheSameIsCaught() {
        World world = hintThatComesLate(PlantedBug.TAKE_A_HINT_OLDER_THAN_THE_HORIZON);

        assertThat(valueRead(world)).isNotNull();
    }

    private World hintThatComesLate(PlantedBug bug) {
        World world = new World(1, WorldSettings.DEFAULT, MurmurProcess.with(bug, Memory.BRIEF), Transcript.NONE);
        NODES.forEach(node -> world.addNode(node, member(node).name()));
        world.publish(RING);
        ClientSeams client = world.addClient(new NodeId(9, 9), "client", (from, reply) -> replies.add(reply));
        world.startAll();
        world.run(Duration.ofSeconds(1));

        world.kill(absentee);
        world.run(Duration.ofSeconds(1));
        ClientReply.Result written = ask(
                world,
                client,
                keeper,
                id -> new ClientRequest.Put(
                        id, RING.epoch(), deadline(client), key, new byte[] {1}, ClientRequest.TTL_NONE, Level.QUORUM));
        assertThat(written).isInstanceOf(ClientReply.Written.class);
        world.run(Duration.ofSeconds(3));
        world.kill(keeper);
        world.start(absentee);
        world.run(Duration.ofSeconds(2));
        ClientReply.Result deleted = ask(
                world,
                client,
                owners.get(0),
                id -> new ClientRequest.Delete(id, RING.epoch(), deadline(client), key, Level.ALL));
        assertThat(deleted).isInstanceOf(ClientReply.Written.class);

        world.run(Duration.ofMinutes(2));
        owners.forEach(
                owner -> assertThat(held(world, owner)).as("all have forgotten").isEmpty());

        world.start(keeper);
        world.run(Duration.ofSeconds(30));
        this.client = client;
        return world;
    }

    private byte @Nullable [] valueRead(World world) {
        ClientSeams reader = Objects.requireNonNull(client);
        ClientReply.Result read = ask(
                world,
                reader,
                owners.get(0),
                id -> new ClientRequest.Get(id, RING.epoch(), deadline(reader), key, Level.ALL));
        assertThat(read).isInstanceOf(ClientReply.Value.class);
        Cell.Live live = ((ClientReply.Value) read).cell();
        return live == null ? null : live.value();
    }

    private static long deadline(ClientSeams client) {
        return client.clock().monotonicNanos() + 1_000_000_000L;
    }

    private ClientReply.Result ask(World world, ClientSeams client, NodeId node, LongFunction<ClientRequest> request) {
        replies.clear();
        client.network().send(node, request.apply(++lastId));
        assertThat(world.runUntil(() -> !replies.isEmpty(), Duration.ofSeconds(5)))
                .isTrue();
        return ((ClientReply.One) replies.get(0)).result();
    }

    private List<Cell> held(World world, NodeId node) {
        List<List<Cell>> found = new ArrayList<>();
        world.look(
                node,
                process -> Objects.requireNonNull(process.replica())
                        .storage()
                        .scan(0, Slots.COUNT - 1, null, 1_000, outcome -> {
                            if (outcome instanceof ScanOutcome.Page page) {
                                found.add(page.entries().stream()
                                        .map(entry -> entry.cell())
                                        .toList());
                            }
                        }));
        assertThat(world.runUntil(() -> !found.isEmpty(), Duration.ofSeconds(5)))
                .isTrue();
        return found.get(0);
    }
}
