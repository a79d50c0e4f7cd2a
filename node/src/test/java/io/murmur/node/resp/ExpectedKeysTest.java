package io.murmur.node.resp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.data.Key;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A key that was made for looking ahead is the one that the read of it uses. */
class ExpectedKeysTest {

    private static final Key A = Key.of("default", "a");
    private static final Key B = Key.of("default", "b");

    private final Session session =
            new Session(1, new EmbeddedChannel().eventLoop(), CacheSettings.named("default"), new NoLine());

    private Key key(String text) {
        return session.key(text.getBytes(US_ASCII));
    }

    @Test
    void isTheSameObjectOnceEach() {
        session.expect(List.of(A, A, B));

        assertThat(key("a")).isSameAs(A);
        assertThat(key("b")).isSameAs(B);
        // All have been read: none is kept.
        assertThat(key("a")).isEqualTo(A).isNotSameAs(A);
    }

    @Test
    void isMadeAnewWhereAnotherIsRead() {
        session.expect(List.of(A, B));

        assertThat(key("c")).isEqualTo(Key.of("default", "c"));
        assertThat(key("a")).isSameAs(A);
    }

    @Test
    void isMadeAnewWhereAnotherCacheIsRead() {
        session.expect(List.of(A, B));
        session.use(CacheSettings.named("orders"));

        assertThat(key("a")).isEqualTo(Key.of("orders", "a"));
    }
}
