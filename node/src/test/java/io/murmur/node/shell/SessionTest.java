package io.murmur.node.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.message.Credentials;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SessionTest {

    private final FakeServer first = new FakeServer();
    private final FakeServer second = new FakeServer();
    private final List<String> told = new ArrayList<>();
    private final Session session = session(null);

    SessionTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        session.close();
        first.close();
        second.close();
    }

    private Session session(Credentials.@Nullable Password user) {
        Wire.Manner manner = new Wire.Manner(null, user, 3, push -> told.add("push"));
        return new Session(first.address(), address -> Wire.open(address, manner), told::add);
    }

    private static List<byte[]> words(String command) {
        return Arrays.stream(command.split(" ")).map(Words::bytes).toList();
    }

    private Answer call(String command) throws IOException {
        return session.call(words(command));
    }

    /** The first node tells of itself and the second. */
    private void knowBoth() throws IOException {
        first.answer(
                "CLUSTER SLOTS",
                "*1\r\n*4\r\n:0\r\n:16383\r\n" + node(first.address().port())
                        + node(second.address().port()));
        session.connect();
    }

    private static String node(int port) {
        return "*3\r\n$9\r\n127.0.0.1\r\n:" + port + "\r\n$1\r\nn\r\n";
    }

    @Test
    void aCommandIsSentOnceAndAnswered() throws IOException {
        assertThat(call("PING")).isEqualTo(new Answer.Status("PONG"));
        assertThat(call("NONE")).isEqualTo(new Answer.Failed("ERR unknown command"));
        assertThat(first.commands()).containsExactly("PING", "NONE");
    }

    @Test
    void aCommandWhoseConnectionBreaksIsUnknownAndNotSentAgain() throws IOException {
        knowBoth();
        first.answer("INCR", FakeServer.BREAKS);

        assertThatThrownBy(() -> call("INCR k"))
                .isInstanceOf(Session.Lost.class)
                .hasMessageContaining(first.address().toString())
                .hasMessageEndingWith("whether INCR was carried out is not known");
        assertThat(session.isConnected()).isFalse();
        assertThat(second.commands()).isEmpty();
    }

    @Test
    void whenANodeIsGoneTheNextCommandGoesToAnotherItHasToldOf() throws IOException {
        knowBoth();
        first.close();

        assertThat(call("PING")).isEqualTo(new Answer.Status("PONG"));

        assertThat(session.at()).isEqualTo(second.address());
        assertThat(second.commands()).containsExactly("PING");
        assertThat(told)
                .singleElement()
                .asString()
                .contains("now at " + second.address())
                .contains(first.address() + ": nothing listens there");
    }

    @Test
    void aNodeThatClosedTheConnectionIsConnectedToAgainWithoutAWord() throws IOException {
        session.connect();
        first.breakAll();

        assertThat(call("PING")).isEqualTo(new Answer.Status("PONG"));

        assertThat(told).isEmpty();
        assertThat(first.commands()).containsExactly("PING");
    }

    @Test
    void whatWasSaidOfAConnectionIsSaidOfTheNext() throws IOException {
        knowBoth();
        for (String words : List.of("MURMUR LEVEL", "AUTH", "CLIENT SETNAME")) {
            first.answer(words, "+OK\r\n");
            second.answer(words, "+OK\r\n");
        }
        second.answer("AUTH", "-WRONGPASS no\r\n");
        call("MURMUR LEVEL READ one");
        call("MURMUR LEVEL LEVEL quorum");
        call("MURMUR LEVEL READ two");
        call("MURMUR LEVEL");
        call("AUTH secret");
        call("CLIENT SETNAME me");
        call("SELECT 1");
        first.close();

        call("PING");

        assertThat(second.commands())
                .as("each once, in the order of the last time; not what was refused")
                .containsExactly(
                        "MURMUR LEVEL LEVEL quorum",
                        "MURMUR LEVEL READ two",
                        "MURMUR LEVEL",
                        "AUTH secret",
                        "CLIENT SETNAME me",
                        "PING");
        assertThat(told).anyMatch(line -> line.endsWith("refuses AUTH: WRONGPASS no"));
        assertThat(told).noneMatch(line -> line.contains("secret"));
    }

    @Test
    void whenNobodyIsThereEachIsNamed() throws IOException {
        knowBoth();
        first.close();
        second.close();

        assertThatThrownBy(() -> call("PING"))
                .isNotInstanceOf(Session.Lost.class)
                .hasMessageContaining("no node can be reached")
                .hasMessageContaining(first.address() + ": nothing listens there")
                .hasMessageContaining(second.address() + ": nothing listens there");
    }

    @Test
    void oneGoesWhereOneIsToldAndStaysWhenThatIsNotThere() throws IOException {
        session.connect();
        session.connect(second.address());
        call("PING");
        assertThat(second.commands()).containsExactly("PING");

        first.close();
        assertThatThrownBy(() -> session.connect(first.address())).hasMessageContaining("cannot be reached");
        assertThat(session.at()).isEqualTo(second.address());
        assertThat(call("PING")).isEqualTo(new Answer.Status("PONG"));
    }

    @Test
    void aCommandCanBeGivenUp() throws Exception {
        session.connect();
        first.answer("SLOW", FakeServer.SILENCE);
        CountDownLatch ended = new CountDownLatch(1);
        List<Throwable> failures = new ArrayList<>();
        Thread.ofVirtual().start(() -> {
            try {
                call("SLOW");
            } catch (IOException e) {
                failures.add(e);
            }
            ended.countDown();
        });
        while (!first.commands().contains("SLOW")) {
            Thread.onSpinWait();
        }

        session.interrupt();
        ended.await();

        assertThat(failures)
                .singleElement()
                .asString()
                .contains("interrupted; whether SLOW was carried out is not known");
    }

    @Test
    void aUserIsSaidInTheGreetingAndARefusalIsTold() throws IOException {
        Credentials.Password user = new Credentials.Password("alice", "secret");
        try (Session alice = session(user)) {
            alice.connect();
            assertThat(first.received().get(0)).isEqualTo("HELLO 3 AUTH alice secret");
        }

        first.answer("HELLO", "-WRONGPASS invalid username-password pair\r\n");
        try (Session alice = session(user)) {
            assertThatThrownBy(alice::connect).hasMessageContaining("WRONGPASS");
        }
    }

    @Test
    void aServerThatKnowsNoGreetingIsToldTheUserAlone() throws IOException {
        first.answer("HELLO", "-ERR unknown command\r\n").answer("AUTH", "+OK\r\n");
        try (Session alice = session(new Credentials.Password("alice", "secret"))) {
            alice.connect();
        }

        assertThat(first.commands()).containsExactly("AUTH alice secret");
    }

    @Test
    void whatIsSaidUnaskedIsNoAnswer() throws IOException {
        first.answer("GET", ">2\r\n+invalidate\r\n*0\r\n$1\r\nv\r\n");

        assertThat(((Answer.Bulk) call("GET k")).bytes()).asString().isEqualTo("v");
        assertThat(told).containsExactly("push");
    }

    @Test
    void nodesAreReadOutOfTheAnswerAboutSlots() {
        Answer bulk = new Answer.Bulk(Words.bytes("10.0.0.1"));
        Answer node = new Answer.Items(List.of(bulk, new Answer.Int(7)));
        Answer itself = new Answer.Items(List.of(new Answer.Nil(), new Answer.Int(8)));
        Answer broken = new Answer.Items(List.of(bulk, new Answer.Int(70_000)));
        Answer range = new Answer.Items(List.of(new Answer.Int(0), new Answer.Int(9), node, itself, broken, node));

        assertThat(Session.nodes(new Answer.Items(List.of(range)), new Address("here", 1)))
                .containsExactly(new Address("10.0.0.1", 7), new Address("here", 8));
        assertThat(Session.nodes(new Answer.Failed("ERR no cluster"), new Address("here", 1)))
                .isEmpty();
    }

    @Test
    void addressesAreReadAsTheyAreWritten() {
        assertThat(Address.parse("[::1]:6379"))
                .isEqualTo(new Address("::1", 6379))
                .hasToString("[::1]:6379");
        assertThat(Address.parse("node:1")).isEqualTo(new Address("node", 1)).hasToString("node:1");
        for (String wrong : List.of("node", ":1", "node:0", "node:65536", "node:x", "")) {
            assertThatThrownBy(() -> Address.parse(wrong)).hasMessageContaining("HOST:PORT");
        }
    }
}
