package io.murmur.node.resp.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.CacheSettings;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.Levels;
import io.murmur.node.resp.NoLine;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.node.resp.Session;
import io.netty.channel.DefaultEventLoop;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A slot with more keys than one answer may have. */
@Timeout(60)
class KeysOfSlotTest {

    private static final byte[] LONG_KEY = new byte[1 << 16];
    private static final int KEYS = 100;

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final ClusterCommands commands = new ClusterCommands(
            CompletableFuture::new,
            (cache, slot, each) -> {
                int given = 0;
                while (given < KEYS && each.test(LONG_KEY)) {
                    given++;
                }
                return CompletableFuture.completedFuture(given == KEYS);
            },
            false);

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private Reply say(String... words) throws Exception {
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        Request request = new Request(Arrays.stream(words)
                .map(word -> word.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new));
        Command command = commands.commands().get(0).subcommands().stream()
                .filter(one -> one.name().equals(words[0] + "|" + words[1]))
                .findFirst()
                .orElseThrow();
        Session session = new Session(1, loop, CacheSettings.named("test"), new NoLine());
        command.handler().run(new Call(request, session, Levels.OF_CACHE, answer::complete));
        return answer.get();
    }

    @Test
    void anAnswerIsBoundedByBytes() throws Exception {
        assertThat(((Reply.Items) say("cluster", "getkeysinslot", "1", "1000")).items())
                .hasSize(16);
        assertThat(((Reply.Items) say("cluster", "getkeysinslot", "1", "3")).items())
                .hasSize(3);
        assertThat(((Reply.Items) say("cluster", "getkeysinslot", "1", "0")).items())
                .isEmpty();
    }

    @Test
    void allAreCounted() throws Exception {
        assertThat(say("cluster", "countkeysinslot", "1")).isEqualTo(Reply.number(KEYS));
    }
}
