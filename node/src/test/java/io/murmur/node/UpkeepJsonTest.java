package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.murmur.handoff.HintStatistics;
import io.murmur.handoff.HintedNode;
import io.murmur.handoff.Loss;
import io.murmur.kernel.Clock;
import io.murmur.kernel.Horizons;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.node.KeyCopies.Answer;
import io.murmur.node.KeyCopies.Copy;
import io.murmur.node.UpkeepJson.HintsOfShard;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which copies agree, and how shards' numbers become one. */
class UpkeepJsonTest {

    private static final long NOW = 1_700_000_000_000L;
    private static final Member A = member(1, "a");
    private static final Member B = member(2, "b");
    private static final Ring RING = RingPlanner.first(4, 2, List.of(A, B));
    private static final Key KEY = Key.of("default", "key");

    private static final Clock CLOCK = new Clock() {
        @Override
        public long wallMillis() {
            return NOW;
        }

        @Override
        public long monotonicNanos() {
            return 0;
        }
    };

    private final UpkeepJson pages = new UpkeepJson(new ObjectMapper(), A.id(), "a", CLOCK);

    private static Member member(long id, String name) {
        return new Member(new NodeId(0, id), name, name, 7000, "region", "zone-" + name, 1);
    }

    private static Version version(long millis) {
        return new Version(millis << 16, A.id());
    }

    private static Cell value(long millis, String text) {
        return new Cell.Live(version(millis), Cell.NEVER, text.getBytes(StandardCharsets.UTF_8));
    }

    private JsonNode page(long horizon, Answer ofA, Answer ofB) {
        List<Copy> copies = List.of(new Copy(A.id(), false, ofA), new Copy(B.id(), false, ofB));
        return pages.key(KEY, new KeyCopies.Seen(RING, RING.partitionOf(KEY.slot()), copies), horizon);
    }

    private static Answer holds(@Nullable Cell cell) {
        return new Answer.Holds(cell);
    }

    private static List<String> agreeing(JsonNode page) {
        return page.path("copies").findValuesAsText("agrees");
    }

    @Test
    void whoHoldsLessThanTheNewestDoesNotAgree() {
        JsonNode page = page(Horizons.NONE, holds(value(NOW - 5, "old")), holds(value(NOW, "new")));

        assertThat(agreeing(page)).containsExactly("false", "true");
        assertThat(page.path("allAgree").asBoolean(true)).isFalse();
        assertThat(agreeing(page(Horizons.NONE, holds(value(NOW, "new")), holds(null))))
                .containsExactly("true", "false");
        assertThat(page(Horizons.NONE, holds(value(NOW, "new")), holds(value(NOW, "new")))
                        .path("allAgree")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void twoValuesOfOneVersionDoNotAgree() {
        assertThat(agreeing(page(Horizons.NONE, holds(value(NOW, "x")), holds(value(NOW, "y")))))
                .containsExactly("false", "true");
    }

    @Test
    void whatIsForgottenAgreesWithADeletionThatMayBe() {
        Cell deletion = new Cell.Tombstone(version(NOW - 10));

        assertThat(agreeing(page(NOW - 5, holds(deletion), holds(null)))).containsExactly("true", "true");
        assertThat(agreeing(page(NOW - 20, holds(deletion), holds(null)))).containsExactly("true", "false");
    }

    @Test
    void whoGivesNoAnswerIsNotTakenToAgree() {
        JsonNode page = page(Horizons.NONE, holds(null), new Answer.Nothing("it is away"));

        assertThat(page.path("allAgree").asBoolean(true)).isFalse();
        assertThat(page.path("copies").path(1).path("why").asText()).isEqualTo("it is away");
        assertThat(page.path("copies").path(1).has("agrees")).isFalse();
    }

    @Test
    void anExpiredValueIsSaidToBe() {
        Cell expired = new Cell.Live(version(NOW - 10), NOW - 1, new byte[3]);

        JsonNode copy = page(Horizons.NONE, holds(expired), holds(expired))
                .path("copies")
                .path(0);

        assertThat(copy.path("expired").asBoolean()).isTrue();
        assertThat(copy.path("expires").asText()).isEqualTo("2023-11-14T22:13:19.999Z");
    }

    private static HintStatistics counts(long held, Map<Loss, Long> lost) {
        return new HintStatistics(held, held * 100, held * 200, held + 3, 1, 2, 0, 0, 0, 0, lost, 1, 0);
    }

    private static HintedNode target(long hints, @Nullable Long oldest, boolean isBeingHandedOver) {
        return new HintedNode(B.id(), true, hints, hints * 100, 1, oldest, isBeingHandedOver, 50);
    }

    @Test
    void hintsOfAllShardsAreToldForEachTarget() {
        HintsOfShard one =
                new HintsOfShard(counts(2, Map.of(Loss.EXPIRED, 4L)), List.of(target(2, NOW - 3000, false)), Set.of(7));
        HintsOfShard other = new HintsOfShard(
                counts(5, Map.of(Loss.EXPIRED, 1L)), List.of(target(5, NOW - 9000, true)), Set.of(2, 7));

        JsonNode page = pages.hints(RING, List.of(Optional.of(one), Optional.empty(), Optional.of(other)));

        assertThat(page.path("hints").asInt()).isEqualTo(7);
        assertThat(page.path("shardsNotReadBack").asInt()).isEqualTo(1);
        assertThat(page.path("owedPartitions").toString()).isEqualTo("[2,7]");
        assertThat(page.at("/sinceStart/dropped/expired").asInt()).isEqualTo(5);
        assertThat(page.at("/sinceStart/dropped/away-too-long").asInt(-1)).isZero();
        JsonNode target = page.path("targets").path(0);
        assertThat(page.path("targets")).hasSize(1);
        assertThat(target.path("name").asText()).isEqualTo("b");
        assertThat(target.path("hints").asInt()).isEqualTo(7);
        assertThat(target.path("oldestAgeSeconds").asDouble()).isEqualTo(9);
        assertThat(target.path("handingOver").asBoolean()).isTrue();
        assertThat(target.path("bytesPerSecond").asInt()).isEqualTo(100);
    }
}
