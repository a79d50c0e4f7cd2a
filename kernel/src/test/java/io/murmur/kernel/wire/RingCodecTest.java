package io.murmur.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RingCodecTest {

    @Provide
    Arbitrary<Ring> rings() {
        return Messages.rings();
    }

    @Property(seed = "1")
    void aRingThatIsWrittenIsRead(@ForAll("rings") Ring ring) {
        WireReader in = new WireReader(bytes(ring));

        assertThat(RingCodec.readRing(in)).isEqualTo(ring);
        assertThat(in.remaining()).isZero();
    }

    @Test
    void aRingOf200NodesAndThreeReplicasTakesAFewKilobytes() {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            members.add(new Member(new NodeId(i, i), "node-" + i, "10.0.0." + i, 7000, "r", "zone-" + i % 3, 1 + i % 4));
        }
        Ring ring = RingPlanner.first(1024, 3, members);

        byte[] bytes = bytes(ring);

        assertThat(RingCodec.readRing(new WireReader(bytes))).isEqualTo(ring);
        assertThat(bytes.length).isLessThan(20_000);
    }

    @Test
    void whatIsNoRingIsMalformed() {
        Ring ring = RingPlanner.first(8, 1, List.of(new Member(new NodeId(1, 1), "n", "h", 7000, "r", "z", 1)));
        byte[] bytes = bytes(ring);
        bytes[1] = 7; // partitions

        assertThatThrownBy(() -> RingCodec.readRing(new WireReader(bytes)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("power of two");
    }

    private static byte[] bytes(Ring ring) {
        WireWriter out = new WireWriter();
        RingCodec.writeRing(out, ring);
        return out.toByteArray();
    }
}
