package io.murmur.node.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.CacheSettings;
import io.murmur.node.SecurityFiles;
import io.murmur.node.security.Security;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that end when the test says so. */
class RespConnectionTest {

    private static final byte[] LONG = new byte[100_000];
    private static final byte[] SHORT = new byte[1000];

    private final Map<String, Call> begun = new LinkedHashMap<>();
    private final List<Integer> expected = new ArrayList<>();
    private @Nullable String notReady;

    private final CommandGroup group = () -> List.of(
            Command.plain("ping", 1, "", "", call -> call.answer(new Reply.Simple("PONG"))),
            Command.reading("get", 2, KeyPlaces.ONE, "", "", this::begin),
            Command.writing("set", -2, KeyPlaces.ONE, "", "", this::begin),
            Command.reading("mget", -2, KeyPlaces.ALL, "", "", this::begin),
            Command.writing("del", -2, KeyPlaces.ALL, "", "", this::begin),
            Command.plain("all", 1, "", "", this::begin),
            Command.reading("long", 2, KeyPlaces.ONE, "", "", call -> call.answer(new Reply.Bulk(LONG))),
            Command.reading("short", 2, KeyPlaces.ONE, "", "", call -> call.answer(new Reply.Bulk(SHORT))),
            Command.plain("fail", 1, "", "", call -> {
                throw new IllegalStateException("on purpose");
            }),
            Command.holding(
                    "client", "", "", List.of(Command.plain("client|reply", 3, "", "", RespConnectionTest::reply))),
            Command.plain("quit", 1, "", "", call -> {
                call.session().line().closeBehindAnswers();
                call.answer(Reply.OK);
            }));

    private final RespServer server = server(1000, null);
    private final EmbeddedChannel channel = new EmbeddedChannel();

    RespConnectionTest() {
        channel.pipeline().addLast(server.connection(channel));
        channel.pipeline().fireChannelActive();
    }

    private RespServer server(int maxConnections, @Nullable Security security) {
        Commands commands = new Commands(List.of(group));
        RespServer.Host host = new RespServer.Host() {
            @Override
            public CacheSettings cache() {
                return CacheSettings.named("default");
            }

            @Override
            public int maxValueBytes() {
                return 1 << 20;
            }

            @Override
            public @Nullable String notReadyBecause() {
                return notReady;
            }

            @Override
            public void expect(Session session, List<byte[]> keys) {
                expected.add(keys.size());
            }
        };
        return new RespServer(host, commands, new Statistics(commands), security, maxConnections);
    }

    private void begin(Call call) {
        Request request = call.request();
        List<String> words = new ArrayList<>();
        for (int place = 0; place < request.size(); place++) {
            words.add(request.text(place));
        }
        begun.put(String.join(" ", words), call);
    }

    private static void reply(Call call) {
        if (call.request().is(2, "skip")) {
            call.session().skipNext();
            call.answer(Reply.SILENCE);
        } else {
            boolean isOn = call.request().is(2, "on");
            call.session().want(isOn ? Session.Answers.ALL : Session.Answers.NONE);
            call.answer(isOn ? Reply.OK : Reply.SILENCE);
        }
    }

    /** Lines as one would type them. */
    private void send(String... lines) {
        channel.writeInbound(Unpooled.copiedBuffer(String.join("\n", lines) + "\n", ISO_8859_1));
    }

    private void end(String command) {
        Call call = begun.remove(command);
        if (call == null) {
            throw new AssertionError(command + " has not begun, but " + begun.keySet());
        }
        call.answer(Reply.bulk(command));
        channel.runPendingTasks();
    }

    /** What has left since, with a bar for each end of line. */
    private String answers() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf buffer = channel.readOutbound(); buffer != null; buffer = channel.readOutbound()) {
            all.append(buffer.toString(ISO_8859_1));
            buffer.release();
        }
        return all.toString().replace("\r\n", "|");
    }

    @Test
    void answersLeaveInTheOrderOfCommandsWhicheverEndsFirst() {
        send("get a", "get b", "get c");
        assertThat(begun.keySet()).containsExactly("get a", "get b", "get c");

        end("get c");
        end("get b");
        assertThat(answers()).isEmpty();
        end("get a");
        assertThat(answers()).isEqualTo("$5|get a|$5|get b|$5|get c|");
    }

    @Test
    void whatIsAnsweredInOneTurnLeavesInOneWrite() {
        send("ping", "ping", "ping");

        ByteBuf first = channel.readOutbound();
        assertThat(first.toString(ISO_8859_1)).isEqualTo("+PONG\r\n+PONG\r\n+PONG\r\n");
        assertThat(channel.outboundMessages()).isEmpty();
        first.release();
    }

    @Test
    void callsOfOnePipelineAreCountedEachByItsCommand() {
        List<String> lines = new ArrayList<>(Collections.nCopies(100, "short a"));
        lines.addAll(List.of("fail", "short b", "get c"));
        send(lines.toArray(new String[0]));
        end("get c");

        assertThat(server.statistics().commands()).containsOnlyKeys("fail", "get", "short");
        assertThat(ran("short")).isEqualTo("101 calls, 0 failed");
        assertThat(ran("fail")).isEqualTo("1 calls, 1 failed");
        assertThat(ran("get")).isEqualTo("1 calls, 0 failed");
    }

    @Test
    void readsThatWereDecodedBeforeTheirTurnBeginWhenTheWriteBeforeThemHasEnded() {
        send("set a", "get b", "get a", "get c", "set c", "get d", "ping");
        assertThat(begun.keySet()).containsExactly("set a", "get b");
        assertThat(expected).containsExactly(3);

        end("set a");
        assertThat(begun.keySet()).containsExactly("get b", "get a", "get c");
        end("get c");
        assertThat(begun.keySet()).containsExactly("get b", "get a", "set c", "get d");
        end("get b");
        end("get a");
        end("set c");
        end("get d");
        assertThat(answers()).isEqualTo("$5|set a|$5|get b|$5|get a|$5|get c|$5|set c|$5|get d|+PONG|");
    }

    @Test
    void asLongAsAnythingDecodedWaitsNothingIsRead() {
        send("set a", "get b", "get a", "get c");
        assertThat(begun.keySet()).containsExactly("set a", "get b");
        assertThat(channel.config().isAutoRead()).isFalse();

        end("set a");
        assertThat(begun.keySet()).containsExactly("get b", "get a", "get c");
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void whatIsMalformedBehindReadsIsSaidBehindTheirAnswers() {
        send("set a", "get b", "get a", "*1\r\n!\r");
        end("set a");
        end("get b");
        end("get a");

        assertThat(answers()).isEqualTo("$5|set a|$5|get b|$5|get a|-ERR Protocol error: expected '$', got '!'|");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aStrangersKeysAreNotLookedAt(@TempDir Path folder) throws Exception {
        try (Security security = new SecurityFiles(folder).opened()) {
            EmbeddedChannel stranger = new EmbeddedChannel();
            RespConnection connection = server(10, security).connection(stranger);
            stranger.pipeline().addLast(connection);
            stranger.pipeline().fireChannelActive();

            stranger.writeInbound(Unpooled.copiedBuffer("get a\nget b\n", ISO_8859_1));
            assertThat(expected).isEmpty();
            connection.known(security.users().named("alice"));
            stranger.writeInbound(Unpooled.copiedBuffer("get a\nget b\n", ISO_8859_1));
            assertThat(expected).containsExactly(2);
        }
    }

    @Test
    void readsBehindTheConnectionsEndDoNotBegin() {
        send("set a", "get a", "get b", "get c");
        channel.close();
        end("set a");

        assertThat(begun.keySet()).isEmpty();
    }

    private String ran(String command) {
        Statistics.OfCommand counts =
                Objects.requireNonNull(server.statistics().commands().get(command));
        return counts.calls() + " calls, " + counts.failed() + " failed";
    }

    @Test
    void aReadWaitsForTheWriteOfItsKeyAndOthersDoNot() {
        send("set a", "get b", "get a", "get c");
        assertThat(begun.keySet()).containsExactly("set a", "get b");

        end("set a");
        assertThat(begun.keySet()).containsExactly("get b", "get a", "get c");
    }

    @Test
    void aWriteWaitsForWhateverHasAKeyInCommonWithIt() {
        send("mget x a", "set a");
        assertThat(begun.keySet()).containsExactly("mget x a");
        end("mget x a");
        send("set a 2");
        assertThat(begun.keySet()).containsExactly("set a");
        end("set a");
        assertThat(begun.keySet()).containsExactly("set a 2");
    }

    @Test
    void whatHasTooManyKeysToCompareWaitsAsIfItHadOneInCommon() {
        String long1 = "del" + " a".repeat(300);
        String long2 = "del" + " b".repeat(300);
        send(long1, "del c", long2, "del d");
        assertThat(begun.keySet()).containsExactly(long1, "del c");
        end(long1);
        assertThat(begun.keySet()).containsExactly("del c", long2, "del d");
    }

    @Test
    void aCommandWithoutKeysIsAlone() {
        send("get a", "all", "get b");
        assertThat(begun.keySet()).containsExactly("get a");
        end("get a");
        assertThat(begun.keySet()).containsExactly("all");
        end("all");
        assertThat(begun.keySet()).containsExactly("get b");
    }

    @Test
    void whoSendsWhatIsNoRespHearsSoBehindItsAnswersAndIsClosed() {
        send("get a", "*1\r\n$-5\r", "get b");
        assertThat(begun.keySet()).containsExactly("get a");
        assertThat(channel.isOpen()).isTrue();

        end("get a");
        assertThat(answers()).isEqualTo("$5|get a|-ERR Protocol error: invalid bulk length|");
        assertThat(channel.isOpen()).isFalse();
        assertThat(server.statistics().allMalformed()).isEqualTo(1);
    }

    @Test
    void behindQuitNothingIsObeyed() {
        send("quit", "get a");
        assertThat(answers()).isEqualTo("+OK|");
        assertThat(begun).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void unknownCommandsAndWrongNumbersOfWordsAreAnsweredInTheirPlace() {
        send("get a", "what 1 2", "get", "client what", "fail", "ping");
        end("get a");
        assertThat(answers())
                .isEqualTo("$5|get a|"
                        + "-ERR unknown command 'what', with args beginning with: '1' '2' |"
                        + "-ERR wrong number of arguments for 'get' command|"
                        + "-ERR unknown subcommand 'what'. Try CLIENT HELP.|"
                        + "-ERR internal error; the node's log says more|"
                        + "+PONG|");
    }

    @Test
    void whoWantsNoAnswersGetsNone() {
        send("client reply skip", "ping", "ping");
        assertThat(answers()).isEqualTo("+PONG|");
        send("client reply off", "ping", "what", "client reply skip", "ping");
        assertThat(answers()).isEmpty();
        send("client reply on", "ping");
        assertThat(answers()).isEqualTo("+OK|+PONG|");
    }

    @Test
    void aSkippedAnswerIsSkippedHoweverLateItComes() {
        send("client reply skip", "get a", "get b");
        end("get a");
        end("get b");
        assertThat(answers()).isEqualTo("$5|get b|");
    }

    @Test
    void keysAreServedWhenThereIsARing() {
        notReady = "no ring yet";
        send("ping", "get a");
        assertThat(answers()).isEqualTo("+PONG|-LOADING no ring yet|");
    }

    @Test
    void aBrowserIsNotAnswered() {
        send("POST / HTTP/1.1", "Host: localhost", "get a");
        assertThat(begun).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aPipelineHasBoundsHoweverLongItIs() {
        String[] gets = new String[5000];
        for (int i = 0; i < gets.length; i++) {
            gets[i] = "get key-" + i;
        }
        send(gets);
        // Before the first answers have shown how small they are.
        assertThat(begun).hasSize(16);
        assertThat(channel.config().isAutoRead()).isFalse();

        int most = 0;
        for (String get : gets) {
            end(get);
            most = Math.max(most, begun.size());
        }
        assertThat(most).isGreaterThan(500).isLessThanOrEqualTo(1024);
        assertThat(begun).isEmpty();
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(answers()).startsWith("$9|get key-0|").endsWith("$12|get key-4999|");
    }

    @Test
    void longRequestsAreFewAtATime() {
        // Answers have shown to be small, so that their sizes allow hundreds at a time.
        for (int i = 0; i < 100; i++) {
            send("ping");
        }
        answers();
        String value = "v".repeat(60_000);
        for (int i = 0; i < 400; i++) {
            send("set " + i + " " + value);
        }
        assertThat(begun.size()).isBetween(200, 280);
        assertThat(channel.config().isAutoRead()).isFalse();

        for (int i = 0; i < 400; i++) {
            Call call = Objects.requireNonNull(begun.remove("set " + i + " " + value));
            call.answer(Reply.OK);
            channel.runPendingTasks();
        }
        assertThat(answers()).isEqualTo("+OK|".repeat(400));
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void whileLongAnswersWaitForAnEarlierOneNothingBegins() {
        for (int i = 0; i < 100; i++) {
            send("ping");
        }
        answers();
        send("get a");
        send("long b\n".repeat(1000).split("\n"));
        // 160 of 100,000 bytes are the bound; all answers but the first are there.
        send("get c");
        assertThat(begun.keySet()).containsExactly("get a");
        assertThat(channel.config().isAutoRead()).isFalse();

        end("get a");
        answers();
        channel.runPendingTasks();
        assertThat(begun.keySet()).containsExactly("get c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"long a", "short a"})
    void whoDoesNotReadItsAnswersIsNotReadFrom(String command) {
        // What is flushed stays in the channel's buffer, since nothing takes it from there.
        EmbeddedChannel slow = new EmbeddedChannel();
        slow.config().setWriteBufferWaterMark(new WriteBufferWaterMark(100_000, 250_000));
        slow.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext ctx) {}
        });
        slow.pipeline().addLast(server.connection(slow));
        slow.pipeline().fireChannelActive();

        slow.writeInbound(Unpooled.copiedBuffer((command + "\n").repeat(5000), ISO_8859_1));
        slow.runPendingTasks();

        assertThat(slow.config().isAutoRead()).isFalse();
        assertThat(slow.unsafe().outboundBuffer().totalPendingWriteBytes()).isLessThan(2_000_000);
        slow.close();
    }

    @Test
    void whoComesWhileTheNodeStopsHearsSo() {
        server.drain();
        EmbeddedChannel late = new EmbeddedChannel();
        late.pipeline().addLast(server.connection(late));
        late.pipeline().fireChannelActive();

        ByteBuf refusal = late.readOutbound();
        assertThat(refusal.toString(ISO_8859_1)).isEqualTo("-ERR this node is stopping; connect to another\r\n");
        refusal.release();
        assertThat(late.isOpen()).isFalse();
    }

    @Test
    void oneConnectionTooManyIsRefused() {
        RespServer small = server(1, null);
        EmbeddedChannel first = new EmbeddedChannel();
        first.pipeline().addLast(small.connection(first));
        first.pipeline().fireChannelActive();
        EmbeddedChannel second = new EmbeddedChannel();
        second.pipeline().addLast(small.connection(second));
        second.pipeline().fireChannelActive();

        ByteBuf refusal = second.readOutbound();
        assertThat(refusal.toString(ISO_8859_1)).isEqualTo("-ERR max number of clients reached\r\n");
        refusal.release();
        assertThat(second.isOpen()).isFalse();
        assertThat(small.count()).isEqualTo(1);
        first.close();
        assertThat(small.count()).isZero();
    }

    @Test
    void aStrangerHasSoLongToSayWhoItIsAndSoHasWhoBecomesOne(@TempDir Path folder) throws Exception {
        try (Security security = new SecurityFiles(folder).opened()) {
            EmbeddedChannel stranger = new EmbeddedChannel();
            stranger.freezeTime();
            RespConnection connection = server(10, security).connection(stranger);
            stranger.pipeline().addLast(connection);
            stranger.pipeline().fireChannelActive();

            advance(stranger, 9);
            connection.known(security.users().named("alice"));
            connection.known(null);
            // Nor does it gain by repeating it.
            advance(stranger, 9);
            connection.known(null);
            assertThat(stranger.isOpen()).isTrue();
            advance(stranger, 1);
            assertThat(stranger.isOpen()).isFalse();
        }
    }

    private static void advance(EmbeddedChannel channel, int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void whatEndsBehindTheConnectionsEndIsLost() {
        send("get a");
        channel.close();
        end("get a");
        assertThat(answers()).isEmpty();
        assertThat(server.count()).isZero();
    }
}
