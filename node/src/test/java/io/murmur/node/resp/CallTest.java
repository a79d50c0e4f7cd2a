package io.murmur.node.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.CacheSettings;
import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallTest {

    private final List<Reply> answers = new ArrayList<>();
    private final Call call = new Call(
            new Request(new byte[] {'a'}),
            new Session(1, new DefaultEventLoop(), CacheSettings.named("test"), new NoLine()),
            Levels.OF_CACHE,
            answers::add);

    @Test
    void whatIsThrownOnTheWayIsTheAnswer() {
        call.goOn(() -> {
            throw new Refusal("ERR no");
        });
        assertThat(answers).containsExactly(Reply.error("ERR no"));
    }

    @Test
    void whatFailsUnexpectedlyIsAnswered() {
        call.goOn(() -> {
            throw new IllegalStateException("oops");
        });
        assertThat(answers).containsExactly(Reply.error("ERR internal error; the node's log says more"));
    }

    @Test
    void whatIsThrownBehindTheAnswerDoesNotAnswerAgain() {
        call.goOn(() -> {
            call.answer(Reply.OK);
            throw new IllegalStateException("oops");
        });
        assertThat(answers).containsExactly(Reply.OK);
    }
}
