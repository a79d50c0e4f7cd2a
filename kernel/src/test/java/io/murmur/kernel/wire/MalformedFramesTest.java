package io.murmur.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.murmur.kernel.SettableClock;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.Slots;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant 9: bad input is refused by one exception and costs little. Fuzzed bodies have right checksums: a checksum is no guard. */
class MalformedFramesTest {

    private static final int CASES_PER_SEED = 50_000;

    private final MessageCodec codec = new MessageCodec(new SettableClock(0, 0));
    private final WireWriter out = new WireWriter();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void randomBytesAreAMessageOrMalformedAndCostLittle(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < CASES_PER_SEED; i++) {
            byte[] body = new byte[random.nextInt(200)];
            random.nextBytes(body);
            if (body.length > 0 && random.nextInt(10) > 0) {
                body[0] = (byte) random.nextInt(80);
            }
            readOrRefuse(Frames.framed(body));
        }
    }

    @Property(seed = "5", tries = 400)
    void damagedMessagesAreAMessageOrMalformedAndCostLittle(@ForAll("messages") Message message, @ForAll long seed) {
        out.clear();
        codec.write(message, out);
        byte[] body = Arrays.copyOfRange(out.toByteArray(), MessageCodec.HEADER_BYTES, out.size());
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            readOrRefuse(Frames.framed(damaged(body, random)));
        }
    }

    @Provide
    Arbitrary<Message> messages() {
        return Messages.any();
    }

    @Test
    void aLengthThatIsNotThereAllocatesNothing() {
        for (long claimed : List.of(1L << 20, 8L << 20, Integer.MAX_VALUE + 0L, 1L << 32, Long.MAX_VALUE, -1L)) {
            WireWriter body = new WireWriter();
            body.writeByte(11); // PUT
            body.writeLong(1);
            body.writeVarint(1);
            body.writeVarint(1000);
            body.writeText("cache", 64);
            body.writeVarint(claimed);

            assertThat(allocatedBytes(Frames.framed(body.toByteArray()))).isLessThan(16 << 10);
        }
    }

    @Test
    void aRingOfManyPartitionsAndReplicasCostsInProportionToItsBytes() {
        WireWriter body = new WireWriter();
        body.writeByte(22); // RING_IS
        body.writeLong(1);
        body.writeVarint(1);
        body.writeVarint(1);
        body.writeVarint(Slots.COUNT);
        body.writeVarint(255);
        body.writeVarint(0);
        for (int partition = 0; partition < Slots.COUNT; partition++) {
            body.writeVarint(0); // no owners
        }
        body.writeVarint(0); // no voters
        for (int partition = 0; partition < Slots.COUNT; partition++) {
            body.writeVarint(0); // since the same epoch
        }
        body.writeByte(0); // at rest
        byte[] frame = Frames.framed(body.toByteArray());

        readOrRefuse(frame);
        assertThat(codec.read(frame)).isNotNull();
    }

    /** One to three bytes changed, put in, taken out or repeated. */
    private static byte[] damaged(byte[] body, Random random) {
        List<Byte> bytes = new ArrayList<>();
        for (byte next : body) {
            bytes.add(next);
        }
        for (int i = random.nextInt(3); i >= 0 && !bytes.isEmpty(); i--) {
            int place = random.nextInt(bytes.size());
            switch (random.nextInt(5)) {
                case 0 -> bytes.set(place, (byte) random.nextInt());
                case 1 -> bytes.set(place, (byte) (bytes.get(place) ^ (1 << random.nextInt(8))));
                case 2 -> bytes.add(place, (byte) random.nextInt());
                case 3 -> bytes.remove(place);
                default -> bytes.set(place, (byte) (random.nextBoolean() ? 0xFF : 0x7F));
            }
        }
        byte[] damaged = new byte[bytes.size()];
        for (int i = 0; i < damaged.length; i++) {
            damaged[i] = bytes.get(i);
        }
        return damaged;
    }

    /** What can be read can be written again; what cannot, throws MalformedException. Neither allocates much more than the frame. */
    private void readOrRefuse(byte[] frame) {
        long mostBytes = (16 << 10) + 200L * frame.length;
        long allocated = allocatedBytes(frame);
        if (allocated > mostBytes) {
            allocated = allocatedBytes(frame); // The first message of its kind has loaded classes too.
        }
        assertThat(allocated)
                .as("bytes allocated for a frame of %d", frame.length)
                .isLessThanOrEqualTo(mostBytes);
    }

    private long allocatedBytes(byte[] frame) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Message message;
        try {
            message = codec.read(frame);
        } catch (MalformedException e) {
            return threads.getCurrentThreadAllocatedBytes() - before;
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        out.clear();
        codec.write(message, out);
        return allocated;
    }
}
