package io.murmur.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.SettableClock;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.message.Message;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GossipCodecTest {

    private final MessageCodec codec = new MessageCodec(new SettableClock(0, 0));

    @Provide
    Arbitrary<Message> gossip() {
        return Messages.any().filter(GossipMessage.class::isInstance);
    }

    @Property(seed = "1", tries = 1000)
    void theFrameHasAsManyBytesAsWasSaid(@ForAll("gossip") Message message) {
        WireWriter out = new WireWriter();
        codec.write(message, out);

        assertThat(GossipCodec.frameBytes((GossipMessage) message)).isEqualTo(out.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {GossipCodec.SYN, GossipCodec.ACK})
    void moreEntriesThanBytesAreMalformed(int type) {
        WireWriter body = new WireWriter();
        body.writeByte(type);
        body.writeLong(1);
        body.writeVarint(GossipMessage.MAX_ENTRIES);

        assertMalformed(body);
    }

    @Test
    void aNegativeHeartbeatIsMalformed() {
        WireWriter body = new WireWriter();
        body.writeByte(GossipCodec.PONG);
        body.writeLong(1);
        body.writeLong(2);
        body.writeLong(3);
        for (long number : List.of(1L, -1L, 1L, 1L)) {
            body.writeVarint(number);
        }

        assertMalformed(body);
    }

    private void assertMalformed(WireWriter body) {
        assertThatThrownBy(() -> codec.read(Frames.framed(body.toByteArray()))).isInstanceOf(MalformedException.class);
    }
}
