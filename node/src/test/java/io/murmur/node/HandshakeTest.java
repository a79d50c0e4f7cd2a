package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.MessageCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in at a node's port, and what breaking the rules costs: the connection, and nobody else anything. */
class HandshakeTest {

    private static final NodeId STRANGER = new NodeId(1, 2);

    @TempDir
    private Path folder = Path.of(".");

    private TestCluster cluster;
    private Node node;
    private int port;

    @SuppressWarnings("NullAway.Init")
    HandshakeTest() {}

    @BeforeEach
    void startANodeOfItsOwn() throws Exception {
        cluster = TestCluster.started(folder, "a");
        node = cluster.node("a");
        port = cluster.port("a");
    }

    @AfterEach
    void stillServesOthersAndStops() throws IOException {
        try (TestCluster stopping = cluster;
                RawConnection other = RawConnection.greeted(stopping.port("a"))) {
            assertThat(Requests.get(other, "nothing")).isEmpty();
        }
    }

    private String refusal(Handshake.Hello hello) throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send(hello);
            String reason = connection.receive() instanceof Handshake.Rejected rejected ? rejected.reason() : "none";
            assertThat(connection.isClosedByOtherSide()).isTrue();
            return reason;
        }
    }

    /** Looks after a later write to the same slot, which is visible no sooner. */
    private boolean cameToBeWritten(String key) throws IOException {
        try (RawConnection connection = RawConnection.greeted(port)) {
            connection.send(Requests.put(1, "later{slot}", new byte[] {1}, Level.ONE));
            assertThat(connection.receive()).isInstanceOf(ClientReply.One.class);
            return !Requests.get(connection, key).isEmpty();
        }
    }

    @Test
    void aClientIsWelcomedByNameAndToldTheEpoch() throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send(new Handshake.Hello(MessageCodec.PROTOCOL, "", null, "any cluster will do"));

            assertThat(connection.receive())
                    .isEqualTo(new Handshake.Welcome(MessageCodec.PROTOCOL, "murmur", node.self(), "a", 1));
        }
    }

    @Test
    void readsThatComeTogetherAreAllAnsweredWhateverComesBetween() throws IOException {
        try (RawConnection connection = RawConnection.greeted(port)) {
            connection.send(Requests.put(1, "there", new byte[] {1}, Level.ONE));
            assertThat(connection.receive()).isInstanceOf(ClientReply.One.class);

            List<byte[]> frames = new ArrayList<>();
            for (int id = 2; id < 42; id++) {
                frames.add(RawConnection.frame(
                        id == 21
                                ? Requests.put(id, "other", new byte[] {2}, Level.ONE)
                                : Requests.get(id, id % 2 == 0 ? "there" : "absent", Level.ONE)));
            }
            connection.send(frames.toArray(new byte[0][]));

            Set<Long> answered = new HashSet<>();
            for (int id = 2; id < 42; id++) {
                ClientReply.One one = Objects.requireNonNull((ClientReply.One) connection.receive());
                assertThat(answered.add(one.id())).isTrue();
                switch (one.result()) {
                    case ClientReply.Value value ->
                        assertThat(value.cell() != null).isEqualTo(one.id() % 2 == 0);
                    case ClientReply.Written ignored -> assertThat(one.id()).isEqualTo(21);
                    default -> throw new AssertionError(one.toString());
                }
            }
        }
    }

    @Test
    void anotherClustersClientIsToldWhichClusterThisIs() throws IOException {
        assertThat(refusal(new Handshake.Hello(MessageCodec.PROTOCOL, "other", null, "x")))
                .contains("'murmur'")
                .contains("'other'");
    }

    @Test
    void anOlderProtocolIsRefusedWithBothVersions() throws IOException {
        assertThat(refusal(new Handshake.Hello(0, "murmur", null, "x")))
                .contains("version 0")
                .contains(Integer.toString(MessageCodec.PROTOCOL));
    }

    @Test
    void aNodeThatIsNoMemberMayTalkSinceItMayWantToJoin() throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send(RawConnection.hello(STRANGER, "z"));

            assertThat(connection.receive()).isInstanceOf(Handshake.Welcome.class);
        }
    }

    @Test
    void aNodeWithThisNodesOwnIdIsRefusedAsItsCopy() throws IOException {
        assertThat(refusal(RawConnection.hello(node.self(), "a"))).contains("copy");
    }

    @Test
    void aNameThatWouldForgeALogLineIsShownWithoutItsLineBreaks() throws IOException {
        assertThat(refusal(RawConnection.hello(node.self(), "x\n\u0085\u009B\u2028\u202912:00 [a] INFO all is well")))
                .contains("x?????12:00");
    }

    @Test
    void aFirstMessageThatIsNoGreetingCostsTheConnection() throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send(Requests.get(1, "key", Level.ONE));

            assertThat(connection.isClosedByOtherSide()).isTrue();
        }
    }

    @Test
    void aSecondGreetingCostsTheConnection() throws IOException {
        try (RawConnection connection = RawConnection.greeted(port)) {
            connection.send(RawConnection.hello(null, "again"));

            assertThat(connection.isClosedByOtherSide()).isTrue();
        }
    }

    @Test
    void aClientThatSpeaksAsANodeLosesItsConnection() throws IOException {
        try (RawConnection connection = RawConnection.greeted(port)) {
            connection.send(new PeerRequest.Read(1, 1, Requests.inFiveSeconds(), Key.of("default", "key")));

            assertThat(connection.isClosedByOtherSide()).isTrue();
        }
    }

    @Test
    void anotherProtocolCostsTheConnection() throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(connection.isClosedByOtherSide()).isTrue();
            assertThat(node.server().malformed()).isEqualTo(1);
        }
    }

    @Test
    void nothingBehindABrokenFrameIsObeyed() throws IOException {
        try (RawConnection connection = RawConnection.greeted(port)) {
            byte[] broken = RawConnection.frame(Requests.get(1, "key", Level.ONE));
            broken[broken.length - 1] ^= 1;
            byte[] put = RawConnection.frame(Requests.put(2, "behind{slot}", new byte[] {1}, Level.ONE));

            connection.send(broken, put);

            assertThat(connection.isClosedByOtherSide()).isTrue();
        }
        assertThat(cameToBeWritten("behind{slot}")).isFalse();
        assertThat(node.server().malformed()).isEqualTo(1);
    }

    @Test
    void nothingBehindARefusedGreetingIsObeyed() throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            byte[] wrong = RawConnection.frame(new Handshake.Hello(MessageCodec.PROTOCOL, "other", null, "x"));
            byte[] right = RawConnection.frame(RawConnection.hello(null, "x"));
            byte[] put = RawConnection.frame(Requests.put(2, "behind{slot}", new byte[] {1}, Level.ONE));

            connection.send(wrong, right, put);

            assertThat(connection.receive()).isInstanceOf(Handshake.Rejected.class);
            assertThat(connection.isClosedByOtherSide()).isTrue();
        }
        assertThat(cameToBeWritten("behind{slot}")).isFalse();
    }

    @Test
    void aLongFrameIsNotWaitedForBeforeTheGreeting() throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send(new byte[] {0, 0x10, 0, 0, 1, 2, 3, 4});

            assertThat(connection.isClosedByOtherSide()).isTrue();
            assertThat(node.server().malformed())
                    .as("refused by its length, not by the clock")
                    .isEqualTo(1);
        }
    }

    @Test
    void whoeverDoesNotGreetSoonIsClosed() throws IOException {
        try (RawConnection silent = new RawConnection(port);
                RawConnection slow = new RawConnection(port)) {
            slow.send(new byte[] {0, 0});

            assertThat(silent.isClosedByOtherSide()).isTrue();
            assertThat(slow.isClosedByOtherSide()).isTrue();
        }
    }

    @Test
    void aHalfClosedConnectionIsClosedWhole() throws IOException {
        try (RawConnection connection = RawConnection.greeted(port)) {
            connection.halfClose();

            assertThat(connection.isClosedByOtherSide()).isTrue();
            Await.until("the node forgets the connection", () -> node.server().connections() == 0);
        }
    }

    @Test
    void callsBeyondAConnectionsBoundAreRefusedAsOverloaded() throws IOException {
        try (RawConnection connection = RawConnection.greeted(port)) {
            byte[][] puts = new byte[5000][];
            for (int i = 0; i < puts.length; i++) {
                puts[i] = RawConnection.frame(Requests.put(i, "key-" + i, new byte[10], Level.ONE));
            }

            connection.send(puts);

            int answered = 0;
            for (int i = 0; i < puts.length; i++) {
                ClientReply.One reply = (ClientReply.One) Objects.requireNonNull(connection.receive());
                assertThat(Requests.text(reply.result())).isIn("written at 1", "overloaded");
                answered++;
            }
            assertThat(answered).isEqualTo(puts.length);
        }
    }

    @Test
    void aClientThatComesBeforeThereIsARingIsToldWhatItWaitsFor() throws IOException {
        TestCluster two = new TestCluster(folder.resolve("two"), List.of("b", "c"), Map.of());
        try (two) {
            two.start("b");
            try (RawConnection connection = new RawConnection(two.port("b"))) {
                connection.send(RawConnection.hello(null, "client"));

                assertThat(connection.receive())
                        .isInstanceOfSatisfying(
                                Handshake.Rejected.class,
                                rejected -> assertThat(rejected.reason()).contains("no ring yet"));
            }
        }
    }
}
