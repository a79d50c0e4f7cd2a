package io.murmur.node.resp.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.Levels;
import io.murmur.node.resp.NoLine;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.node.resp.Session;
import io.netty.channel.DefaultEventLoop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WaitCommandTest {

    private static final NodeId WRITER = new NodeId(0, 1);

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final Session session = new Session(1, loop, CacheSettings.named("test"), new NoLine());
    private final List<Key> asked = new ArrayList<>();
    private CompletableFuture<Integer> holders = CompletableFuture.completedFuture(3);

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private static Key key(String name) {
        return new Key("test", name.getBytes(StandardCharsets.UTF_8));
    }

    private void wrote(String key, int version, int acknowledged) {
        session.wrote(key(key), new Version(version, WRITER), acknowledged);
    }

    private Reply say(String line) throws Exception {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        WaitCommand command = new WaitCommand((key, version) -> {
            asked.add(key);
            return holders;
        });
        Request request = new Request(Arrays.stream(line.split(" "))
                .map(word -> word.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new));
        Call call = new Call(request, session, Levels.OF_CACHE, answer::complete);
        loop.execute(() -> command.commands().get(0).handler().run(call));
        return answer.get();
    }

    @Test
    void whatIsKnownOfOlderWritesIsToldOnceAndNotForGood() throws Exception {
        for (int i = 0; i < 130; i++) {
            wrote("key-" + i, i, 1);
        }
        assertThat(say("WAIT 1 0")).isEqualTo(Reply.ZERO);
        assertThat(say("WAIT 2 0")).isEqualTo(Reply.number(2));
    }

    @Test
    void theLastWriteOfAKeyStandsForThoseBefore() throws Exception {
        for (int i = 0; i < 1000; i++) {
            wrote("a", i, 1);
        }
        assertThat(say("WAIT 2 0")).isEqualTo(Reply.number(2));
        assertThat(asked).containsExactly(key("a"));
    }

    @Test
    void whatSufficesIsNotAskedForAgain() throws Exception {
        wrote("a", 1, 2);
        assertThat(say("WAIT 1 0")).isEqualTo(Reply.ONE);
        assertThat(asked).isEmpty();
        assertThat(say("WAIT 2 0")).isEqualTo(Reply.number(2));
        assertThat(say("WAIT 2 0")).isEqualTo(Reply.number(2));
        assertThat(asked).hasSize(1);
    }

    @Test
    void theTimeoutHoldsThoughAnOwnerIsSilent() throws Exception {
        holders = new CompletableFuture<>();
        wrote("a", 1, 2);
        assertThat(say("WAIT 2 20")).isEqualTo(Reply.ONE);
    }

    @Test
    void itLooksUntilThereAreEnough() throws Exception {
        holders = CompletableFuture.completedFuture(1);
        wrote("a", 1, 1);
        assertThat(say("WAIT 1 50")).isEqualTo(Reply.ZERO);
        assertThat(asked).hasSizeGreaterThan(1);
    }
}
