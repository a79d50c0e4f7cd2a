package io.murmur.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.SyncReply.Head;
import io.murmur.kernel.message.SyncReply.HeadsAre;
import io.murmur.kernel.ring.NodeId;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadJoinTest {

    private static final NodeId WRITER = new NodeId(1, 1);
    private static final long NOW = 1_000;

    /** All in one slot, hence in the order of their last letters. */
    private static Key key(String name) {
        return Key.of("sessions", "{tag}" + name);
    }

    private static Head live(String name, long version) {
        return new Head(key(name), new Version(version, WRITER), Cell.NEVER);
    }

    private static Head until(String name, long version, long millis) {
        return new Head(key(name), new Version(version, WRITER), millis);
    }

    private static HeadsAre whole(Head... heads) {
        return new HeadsAre(1, 1, List.of(heads), false);
    }

    private static HeadsAre cut(Head... heads) {
        return new HeadsAre(1, 1, List.of(heads), true);
    }

    private static KeysOutcome.Page join(HeadsAre... pages) {
        return HeadJoin.of(Arrays.asList(pages), NOW);
    }

    @Test
    void aKeyThatOneOwnerHoldsIsThere() {
        assertThat(join(whole(live("a", 1)), whole(live("b", 1))).live()).containsExactly(key("a"), key("b"));
    }

    @Test
    void theGreatestVersionSaysWhetherAKeyIsThere() {
        KeysOutcome.Page page = join(
                whole(live("a", 1), until("b", 2, 0), live("c", 3)),
                whole(until("a", 2, 0), live("b", 1), live("c", 2)));

        assertThat(page.live()).containsExactly(key("c"));
    }

    @Test
    void ofOneVersionATombstoneWins() {
        assertThat(join(whole(live("a", 1)), whole(until("a", 1, 0))).live()).isEmpty();
        assertThat(join(whole(until("a", 1, 0)), whole(live("a", 1))).live()).isEmpty();
    }

    @Test
    void whatHasExpiredIsNotThere() {
        assertThat(join(whole(until("a", 1, NOW), until("b", 1, NOW + 1))).live())
                .containsExactly(key("b"));
    }

    @Test
    void nothingIsSaidBehindTheEndOfAPageThatHasMore() {
        KeysOutcome.Page page = join(
                cut(live("a", 1), live("b", 1)), cut(live("a", 1), live("d", 1)), whole(live("b", 2), live("c", 1)));

        assertThat(page.live()).containsExactly(key("a"), key("b"));
        assertThat(page.last()).isEqualTo(key("b"));
    }

    @Test
    void wholePagesAreTheEnd() {
        assertThat(join(whole(), whole(live("a", 1))).last()).isNull();
    }
}
