package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingPlanner;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who counts as dead when nothing has been heard of it. {@link OperatorTest} posts the other requests to a node. */
class ChangeRequestTest {

    private static final Member A = member(1, "a");
    private static final Member B = member(2, "b");
    private static final Ring RING = RingPlanner.first(4, 2, List.of(A, B));

    private static Member member(long id, String name) {
        return new Member(new NodeId(0, id), name, name, 7000, "region", "zone-" + name, 1);
    }

    private static RingChange read(String json, Duration listening) throws ChangeRequest.Wrong {
        return ChangeRequest.read(json, new Membership.View(RING, List.of(), listening, null, null), RING);
    }

    @Test
    void whoCannotHaveBeenHeardOfYetIsNotTakenForDead() {
        Duration shortly = Duration.ofSeconds(3);

        assertThatThrownBy(() -> read("{\"change\": \"remove\", \"node\": \"b\"}", shortly))
                .isInstanceOf(ChangeRequest.Wrong.class)
                .hasMessageContaining("'b' has not been heard of yet")
                .hasMessageContaining("--even-if-alive");
        assertThatThrownBy(() -> read("{\"change\": \"replace\", \"node\": \"b\", \"by\": \"c\"}", shortly))
                .isInstanceOf(ChangeRequest.Wrong.class)
                .hasMessageContaining("'b' has not been heard of yet");
    }

    @Test
    void whoIsNotHeardOfForLongIsDead() throws ChangeRequest.Wrong {
        assertThat(read("{\"change\": \"remove\", \"node\": \"b\"}", Duration.ofSeconds(30)))
                .isEqualTo(new RingChange.Remove(B.id()));
    }

    @Test
    void whoInsistsRemovesAnybody() throws ChangeRequest.Wrong {
        assertThat(read("{\"change\": \"remove\", \"node\": \"b\", \"evenIfAlive\": true}", Duration.ZERO))
                .isEqualTo(new RingChange.Remove(B.id()));
    }
}
