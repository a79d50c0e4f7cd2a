package io.murmur.node.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RequestQueueTest {

    private final List<String> told = new ArrayList<>();
    private final RequestQueue queue = new RequestQueue(
            new RequestDecoder(new RequestDecoder.Bounds(10, 1 << 20, 1 << 20)),
            keys -> told.add(String.join(
                    " ", keys.stream().map(key -> new String(key, ISO_8859_1)).toList())));

    private static ByteBuf lines(String... lines) {
        return Unpooled.copiedBuffer(String.join("\n", lines) + "\n", ISO_8859_1);
    }

    private String next(ByteBuf in) throws ProtocolException {
        Request request = Objects.requireNonNull(queue.next(in));
        List<String> words = new ArrayList<>();
        for (int place = 0; place < request.size(); place++) {
            words.add(request.text(place));
        }
        return String.join(" ", words);
    }

    @Test
    void theKeysOfReadsInARowAreToldBeforeTheFirstOfThem() throws ProtocolException {
        ByteBuf in = lines("get a", "GET b", "get c");

        assertThat(next(in)).isEqualTo("get a");
        assertThat(told).containsExactly("a b c");
        assertThat(next(in)).isEqualTo("GET b");
        assertThat(next(in)).isEqualTo("get c");
        assertThat(queue.next(in)).isNull();
        assertThat(told).hasSize(1);
    }

    @Test
    void aLoneReadIsNotWorthTelling() throws ProtocolException {
        ByteBuf in = lines("get a", "set b c");

        assertThat(next(in)).isEqualTo("get a");
        assertThat(next(in)).isEqualTo("set b c");
        assertThat(told).isEmpty();
    }

    @Test
    void whatIsNoSuchReadIsTheLastDecodedBeforeItsTurn() throws ProtocolException {
        for (String other : List.of("auth a b", "mget a b", "get", "get a b", "get " + "k".repeat(1025), "set b c")) {
            told.clear();
            ByteBuf in = lines("get a", "get b", other, "get d");

            assertThat(next(in)).isEqualTo("get a");
            // How the rest is to be read may depend on it.
            assertThat(in.toString(ISO_8859_1)).isEqualTo("get d\n");
            assertThat(next(in)).isEqualTo("get b");
            assertThat(next(in)).isEqualTo(other);
            assertThat(next(in)).isEqualTo("get d");
            assertThat(told).containsExactly("a b");
        }
    }

    @Test
    void noMoreThanSoManyAreDecodedBeforeTheirTurn() throws ProtocolException {
        ByteBuf in =
                lines(Collections.nCopies(RequestQueue.MOST_KEYS + 2, "get a").toArray(new String[0]));

        for (int read = 0; read < RequestQueue.MOST_KEYS; read++) {
            assertThat(next(in)).isEqualTo("get a");
            assertThat(in.toString(ISO_8859_1)).isEqualTo("get a\nget a\n");
        }
        assertThat(next(in)).isEqualTo("get a");
        assertThat(told).containsExactly("a ".repeat(RequestQueue.MOST_KEYS).strip(), "a a");
    }

    @Test
    void whatIsMalformedIsSaidInItsTurn() throws ProtocolException {
        ByteBuf in = lines("get a", "get b", "*1\r\n!\r");

        assertThat(next(in)).isEqualTo("get a");
        assertThat(queue.areAhead()).isTrue();
        assertThat(next(in)).isEqualTo("get b");
        assertThat(queue.areAhead()).isTrue();
        assertThatThrownBy(() -> queue.next(in)).isInstanceOf(ProtocolException.class);
        assertThat(told).containsExactly("a b");
    }

    @Test
    void halfARequestWaitsForItsOtherHalf() throws ProtocolException {
        ByteBuf in = lines("get a", "get b", "*2\r\n$3\r\nget\r\n$3\r\nab\r");
        in.writerIndex(in.writerIndex() - 2);

        assertThat(next(in)).isEqualTo("get a");
        assertThat(next(in)).isEqualTo("get b");
        assertThat(queue.areAhead()).isFalse();
        assertThat(queue.next(in)).isNull();
        assertThat(next(Unpooled.copiedBuffer("c\r\n", ISO_8859_1))).isEqualTo("get abc");
    }

    @Test
    void whatIsForgottenDoesNotCome() throws ProtocolException {
        ByteBuf in = lines("get a", "get b", "*1\r\n!\r");
        next(in);

        queue.clear();

        assertThat(queue.areAhead()).isFalse();
        assertThat(queue.next(null)).isNull();
    }
}
