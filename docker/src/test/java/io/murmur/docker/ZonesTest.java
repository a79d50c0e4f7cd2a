package io.murmur.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.murmur.client.BlockingCache;
import io.murmur.client.CallOptions;
import io.murmur.client.Codec;
import io.murmur.client.MurmurClient;
import io.murmur.kernel.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.testcontainers.containers.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.lifecycle.Startables;

/**
 * Faults of nodes and networks under a load, on one cluster, one after the other. The client is in zone-a and reaches nodes by the network
 * between the zones. Each test shows first that the fault is there, and leaves a cluster that is whole.
 */
@Tag("docker")
@Testcontainers(disabledWithoutDocker = true)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ZonesTest {

    private static final Duration HEALING = Duration.ofMinutes(2);

    /** A line of a page of metrics, up to its labels or its value. */
    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_]+)[ {]");

    /** In an expression of PromQL. */
    private static final Pattern METRIC = Pattern.compile("\\b(murmur|jvm|process)_[a-z_]+");

    private static final Path DASHBOARD = Path.of("grafana", "murmur.json");

    private ZoneCluster cluster;
    private boolean isWhole = true;

    @BeforeAll
    void start() {
        cluster = ZoneCluster.start();
    }

    @BeforeEach
    void calm() {
        assertThat(isWhole)
                .as("a test before has left a cluster that is not whole")
                .isTrue();
        isWhole = false;
        cluster.awaitCalm();
        isWhole = true;
    }

    @AfterAll
    void close() {
        cluster.close();
    }

    @Test
    @Order(1)
    void theExampleOfTheReadmeWorks() {
        try (MurmurClient client = MurmurClient.builder().seed("a1:7101").build()) {
            BlockingCache<String, String> cache =
                    client.cache("default", Codec.string(), Codec.string()).blocking();
            cache.put("greeting", "hello", CallOptions.at(Level.QUORUM).withTimeToLive(Duration.ofMinutes(10)));

            assertThat(cache.get("greeting", CallOptions.at(Level.QUORUM))).contains("hello");
        }
    }

    @Test
    @Order(2)
    void theMajorityGoesOnWhenAZoneIsCutOffAndTheMinorityRefusesQuorumAndServesOne() {
        NodeContainer inMajority = cluster.node("a1");
        NodeContainer inMinority = cluster.node("c1");
        try (Load load = load("cut")) {
            load.awaitWrites(200);
            Map.Entry<String, String> known = load.anAcknowledged();
            List<NodeContainer> minority = new ArrayList<>(cluster.nodesOf("zone-c"));
            minority.sort(Comparator.comparing(NodeContainer::interzoneAddress).reversed());
            List<String> addresses =
                    minority.stream().map(NodeContainer::interzoneAddress).toList();

            minority.forEach(NodeContainer::cutOff);

            assertThat(minority).allMatch(node -> node.interzoneAddress() == null);
            assertThat(reaches(inMajority, "c1")).isFalse();
            assertThat(reaches(inMinority, "a1")).isFalse();
            assertThat(reaches(inMinority, "c2")).isTrue();
            awaitStanding(inMajority, "c1", "dead");
            awaitStanding(inMinority, "a1", "dead");

            long settled = System.nanoTime();
            load.awaitWrites(500);
            assertThat(Load.failures(load.since(settled))).isEmpty();

            String unavailable = "unavailable: the level needs 2 owners and only 1 are alive";
            assertThat(refusal(inMinority, "put", "minority", "quorum", "--level", "QUORUM"))
                    .contains(unavailable);
            assertThat(refusal(inMinority, "get", known.getKey(), "--level", "QUORUM"))
                    .contains(unavailable);
            assertThat(said(inMinority, "get", known.getKey(), "--level", "ONE"))
                    .isEqualTo(known.getValue());
            said(inMinority, "put", "minority", "one", "--level", "ONE");

            // In this order each gets an address that it did not have before.
            minority.forEach(NodeContainer::connectAgain);
            assertThat(minority).extracting(NodeContainer::interzoneAddress).doesNotContainNull();
            for (int i = 0; i < addresses.size(); i++) {
                assertThat(minority.get(i).interzoneAddress()).isNotEqualTo(addresses.get(i));
            }
            cluster.awaitCalm();
            assertThatAllIsFoundAndEqual(load);
            assertThat(said(inMajority, "get", "minority", "--level", "QUORUM")).isEqualTo("one");
        }
    }

    @Test
    @Order(3)
    void aKilledNodeCostsNoAcknowledgedWrite() {
        NodeContainer victim = cluster.node("b1");
        try (Load load = load("kill")) {
            load.awaitWrites(200);

            victim.killNow();

            assertThat(victim.state().getExitCodeLong()).isEqualTo(128 + 9);
            awaitStanding(cluster.node("a1"), "b1", "dead");
            long settled = System.nanoTime();
            load.awaitWrites(300);
            assertThat(Load.failures(load.since(settled))).isEmpty();

            victim.startAgain();
            cluster.awaitCalm();
            assertThatAllIsFoundAndEqual(load);
        }
    }

    @Test
    @Order(4)
    void aNodePausedForHalfAMinuteCostsNoAcknowledgedWrite() {
        NodeContainer victim = cluster.node("b2");
        Duration pause = Duration.ofSeconds(30);
        try (Load load = load("pause")) {
            load.awaitWrites(200);

            long paused = System.nanoTime();
            victim.pause();

            assertThat(victim.state().getPaused()).isTrue();
            assertThat(answers(victim)).isFalse();
            awaitStanding(cluster.node("a1"), "b2", "dead");
            long settled = System.nanoTime();
            load.awaitWrites(300);
            Await.pass(pause.minusNanos(System.nanoTime() - paused));
            assertThat(Load.failures(load.since(settled))).isEmpty();

            victim.unpause();
            cluster.awaitCalm();
            assertThatAllIsFoundAndEqual(load);
        }
    }

    @Test
    @Order(5)
    void aRollingRestartFailsNoRequest() {
        try (Load load = load("restart")) {
            load.awaitWrites(200);
            for (NodeContainer node : cluster.nodes()) {
                String startedBefore = node.state().getStartedAt();

                node.stopGracefully();

                assertThat(node.state().getExitCodeLong()).as(node.name()).isEqualTo(128 + 15);
                load.awaitWrites(50);
                node.startAgain();
                assertThat(node.state().getStartedAt()).isNotEqualTo(startedBefore);
                cluster.awaitCalm();
                load.awaitWrites(50);
            }
            assertThatAllIsFoundAndEqual(load);
            assertThat(load.failures()).isEmpty();
        }
    }

    @Test
    @Order(6)
    void lossAndDelayBetweenZonesSlowWritesAndLoseNone() {
        double loss = 0.02;
        Duration delay = Duration.ofMillis(25);
        List<LinkFaults> faults = new ArrayList<>();
        try (Load load = load("slow")) {
            load.awaitWrites(200);
            long begun = System.nanoTime();
            for (String zone : ZoneCluster.ZONES) {
                for (NodeContainer node : cluster.nodesOf(zone)) {
                    faults.add(new LinkFaults(node, cluster.nodesNotOf(zone), loss, delay));
                }
            }
            long there = System.nanoTime();
            load.awaitWrites(1_000);

            // There and back is late by twice the delay, and a majority needs another zone.
            assertThat(faults).allSatisfy(fault -> {
                assertThat(fault.lost()).isPositive();
                assertThat(fault.roundTrip()).isGreaterThanOrEqualTo(delay.multipliedBy(2));
            });
            assertThat(Load.medianWrite(load.since(there))).isGreaterThanOrEqualTo(delay.multipliedBy(2));
            for (LinkFaults fault : faults) {
                assertThat(fault.end()).isGreaterThan(100);
            }
            assertThat(Load.failures(load.since(begun))).isEmpty();

            cluster.awaitCalm();
            assertThatAllIsFoundAndEqual(load);
        } finally {
            faults.forEach(LinkFaults::close);
        }
    }

    @Test
    @Order(7)
    void aFreshNodeJoinsAndFailsNoRequest() {
        try (Load load = load("join")) {
            load.awaitWrites(200);
            long epoch = cluster.epoch();

            NodeContainer fresh = cluster.make("zone-a", 3, Map.of());
            fresh.start();

            cluster.awaitCalm();
            assertThat(cluster.epoch()).isGreaterThan(epoch);
            assertThat(fresh.page("/anti-entropy/digests").path("digests")).isNotEmpty();
            assertThatAllIsFoundAndEqual(load);
            assertThat(load.failures()).isEmpty();
        }
    }

    @Test
    @Order(8)
    void aZoneThatIsLostForGoodIsReplaced() {
        NodeContainer survivor = cluster.node("a1");
        try (Load load = load("replace")) {
            load.awaitWrites(200);
            long epoch = cluster.epoch();

            List<NodeContainer> lost = cluster.nodesOf("zone-c");
            lost.forEach(NodeContainer::killNow);
            lost.forEach(cluster::destroy);

            assertThat(lost).noneMatch(NodeContainer::isRunning);
            awaitStanding(survivor, "c1", "dead");
            awaitStanding(survivor, "c2", "dead");
            long settled = System.nanoTime();
            load.awaitWrites(200);

            Startables.deepStart(
                            cluster.make("zone-c", 3, Map.of("MURMUR_REPLACE", "c1")),
                            cluster.make("zone-c", 4, Map.of("MURMUR_REPLACE", "c2")))
                    .join();

            cluster.awaitCalm();
            assertThat(cluster.epoch()).isGreaterThan(epoch);
            assertThatAllIsFoundAndEqual(load);
            assertThat(Load.failures(load.since(settled))).isEmpty();
        }
    }

    /** Last, so that what is counted has happened. */
    @Test
    @Order(9)
    void theDashboardAsksForMetricsThatThereAre() throws IOException {
        Set<String> exposed = new TreeSet<>();
        for (NodeContainer node : cluster.nodes()) {
            Matcher sample = SAMPLE.matcher(node.get("/metrics").body());
            while (sample.find()) {
                exposed.add(sample.group(1));
            }
        }
        Set<String> asked = new TreeSet<>();
        for (JsonNode expression :
                new ObjectMapper().readTree(DASHBOARD.toFile()).findValues("expr")) {
            Matcher metric = METRIC.matcher(expression.asText());
            while (metric.find()) {
                asked.add(metric.group());
            }
        }

        assertThat(asked).hasSizeGreaterThan(20);
        assertThat(exposed).containsAll(asked);
    }

    private Load load(String name) {
        return new Load(name, cluster.client());
    }

    private void assertThatAllIsFoundAndEqual(Load load) {
        load.stop();
        load.assertNothingLost();
        cluster.awaitEqualOwners(HEALING);
    }

    private static void awaitStanding(NodeContainer viewer, String of, String standing) {
        Await.until(
                viewer.name() + " sees that " + of + " is " + standing,
                ZoneCluster.PATIENCE,
                () -> viewer.standing(of).equals(standing));
    }

    /** Whether a connection can be made from one node's container to another, by its name. */
    private static boolean reaches(NodeContainer from, String to) {
        try {
            return from.execInContainer(
                                    "timeout", "3", "bash", "-c", "exec 3<>/dev/tcp/" + to + "/" + NodeContainer.PORT)
                            .getExitCode()
                    == 0;
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** What a command in a node's container printed, which has to go well. */
    private static String said(NodeContainer node, String... command) {
        Container.ExecResult result = call(node, command);
        assertThat(result.getExitCode()).as(result.getStderr()).isZero();
        return result.getStdout().strip();
    }

    /** Why a command in a node's container failed, which it has to. */
    private static String refusal(NodeContainer node, String... command) {
        Container.ExecResult result = call(node, command);
        assertThat(result.getExitCode()).as(result.getStdout()).isEqualTo(1);
        return result.getStderr();
    }

    /** A call by the command line, with time for a small machine to start it. */
    private static Container.ExecResult call(NodeContainer node, String... command) {
        List<String> patient = new ArrayList<>(List.of(command));
        patient.addAll(List.of("--timeout", "20000"));
        return node.murmur(patient);
    }

    private static boolean answers(NodeContainer node) {
        try {
            return node.get("/health/live").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
