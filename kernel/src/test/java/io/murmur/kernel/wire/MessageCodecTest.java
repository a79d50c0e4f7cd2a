package io.murmur.kernel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.Level;
import io.murmur.kernel.Limits;
import io.murmur.kernel.SettableClock;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.AtomicOperation;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Credentials;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageCodecTest {

    /** Two machines: their clocks have nothing to do with each other. */
    private final MessageCodec sender = new MessageCodec(new SettableClock(Messages.NOW_NANOS, 0));

    private static final long RECEIVED_NANOS = -77_000_000_000_000L;
    private final MessageCodec receiver = new MessageCodec(new SettableClock(RECEIVED_NANOS, 0));

    @Provide
    Arbitrary<Message> messages() {
        return Messages.any();
    }

    @Test
    void everyKindOfMessageAndFailureIsGenerated() {
        assertThat(names(Messages.byKind().keySet().stream())).isEqualTo(names(leaves(Message.class)));
        assertThat(names(Messages.failuresByKind().keySet().stream())).isEqualTo(names(leaves(Failure.class)));
        assertThat(names(Messages.operationsByKind().keySet().stream()))
                .isEqualTo(names(leaves(AtomicOperation.class)));
    }

    @Property(seed = "1", tries = 4000)
    void whatIsWrittenIsRead(@ForAll("messages") Message message) {
        Message read = receiver.read(frame(message));

        assertThat(read)
                .usingRecursiveComparison()
                .withStrictTypeChecking()
                .ignoringFields("deadlineNanos")
                .isEqualTo(message);
    }

    @Property(seed = "2", tries = 4000)
    void whatIsReadIsWrittenAsTheSameBytes(@ForAll("messages") Message message) {
        byte[] frame = frame(message);

        assertThat(frame(sender.read(frame))).isEqualTo(frame);
    }

    @Property(seed = "3", tries = 2000)
    void aDeadlineTravelsAsWhatIsLeftOfIt(@ForAll("messages") Message message) {
        if (message instanceof Message.Request sent) {
            Message.Request received = (Message.Request) receiver.read(frame(message));

            long leftMicros = Math.max(0, (sent.deadlineNanos() - Messages.NOW_NANOS) / 1000);
            assertThat(received.deadlineNanos() - RECEIVED_NANOS).isEqualTo(leftMicros * 1000);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {36L * 60, 3 * 3600, 100L * 365 * 86400})
    void aDeadlineThatIsVeryFarIsCutAndNotRefused(long seconds) {
        Message request = get(Messages.NOW_NANOS + Duration.ofSeconds(seconds).toNanos());

        Message.Request received = (Message.Request) receiver.read(frame(request));

        assertThat(received.deadlineNanos() - RECEIVED_NANOS).isEqualTo(Integer.MAX_VALUE * 1000L);
    }

    @Property(seed = "4", tries = 500)
    void aFrameCutShortIsMalformed(@ForAll("messages") Message message) {
        byte[] frame = frame(message);
        for (int length = 0; length < frame.length; length++) {
            assertMalformed(Arrays.copyOf(frame, length));
        }
    }

    @Property(seed = "5", tries = 500)
    void aBodyCutShortIsMalformedEvenWhenLengthAndChecksumAreRight(@ForAll("messages") Message message) {
        byte[] frame = frame(message);
        int whole = frame(asInTheFirstVersion(message)).length;
        for (int length = MessageCodec.HEADER_BYTES; length < frame.length; length++) {
            if (length != whole) {
                assertMalformed(Frames.framed(frame, MessageCodec.HEADER_BYTES, length));
            }
        }
    }

    /** Greetings are whole without what has come to them since. */
    private static Message asInTheFirstVersion(Message message) {
        return switch (message) {
            case Handshake.Hello m -> new Handshake.Hello(m.protocol(), m.cluster(), m.node(), m.name());
            case Handshake.Rejected m -> new Handshake.Rejected(m.reason());
            default -> message;
        };
    }

    @Property(seed = "6", tries = 500)
    void aFrameWithBytesBehindItIsMalformed(@ForAll("messages") Message message, @ForAll byte extra) {
        // The cause of a rejection is a byte behind it, which those of other causes go without.
        Assume.that(!(message instanceof Handshake.Rejected));
        byte[] frame = frame(message);
        byte[] longer = Arrays.copyOf(frame, frame.length + 1);
        longer[frame.length] = extra;

        assertMalformed(longer);
        assertMalformed(Frames.framed(longer, MessageCodec.HEADER_BYTES, longer.length));
    }

    @Property(seed = "7", tries = 200)
    void aFrameWithAnyBitFlippedIsMalformed(@ForAll("messages") Message message) {
        byte[] frame = frame(message);
        for (int bit = 0; bit < frame.length * 8; bit++) {
            frame[bit / 8] ^= (byte) (1 << bit % 8);
            assertMalformed(frame);
            frame[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Test
    void framesFollowEachOtherInOneBuffer() {
        WireWriter out = new WireWriter();
        sender.write(new Handshake.Rejected("first"), out);
        int first = out.size();
        sender.write(new Handshake.Rejected("second"), out);

        byte[] both = out.toByteArray();

        assertThat(receiver.read(Arrays.copyOf(both, first))).isEqualTo(new Handshake.Rejected("first"));
        assertThat(receiver.read(Arrays.copyOfRange(both, first, both.length)))
                .isEqualTo(new Handshake.Rejected("second"));
    }

    @Test
    void textForPeopleThatIsTooLongIsCut() {
        String detail = "ä".repeat(5000);

        PeerReply.Refused read = (PeerReply.Refused) receiver.read(
                frame(new PeerReply.Refused(1, 1, new Failure.StorageFailed(detail, Failure.Effect.UNKNOWN))));
        Handshake.Rejected rejected = (Handshake.Rejected) receiver.read(frame(new Handshake.Rejected("x" + detail)));

        assertThat(read.failure()).isEqualTo(new Failure.StorageFailed("ä".repeat(2048), Failure.Effect.UNKNOWN));
        assertThat(rejected.reason()).isEqualTo("x" + "ä".repeat(2047));
    }

    /** Written out, since it must stay as it is: versions that differ in all else tell each other apart by it. */
    @Test
    void theGreetingsBeginAsTheyDidInTheFirstVersion() {
        byte[] hello = frame(new Handshake.Hello(2, "c", null, "x"));
        byte[] rejected = frame(new Handshake.Rejected("no"));

        assertThat(Arrays.copyOfRange(hello, 8, hello.length)).containsExactly(1, 2, 1, 'c', 0, 1, 'x');
        assertThat(Arrays.copyOfRange(rejected, 8, rejected.length)).containsExactly(3, 2, 'n', 'o');
        byte[] shown = frame(new Handshake.Hello(2, "c", null, "x", new Credentials.Token("t")));
        assertThat(Arrays.copyOfRange(shown, 8, shown.length)).startsWith(1, 2, 1, 'c', 0, 1, 'x');
    }

    @Test
    void noSecretShowsInTheTextOfAMessage() {
        Handshake.Hello password = new Handshake.Hello(3, "c", null, "x", new Credentials.Password("alice", "hunter2"));
        Handshake.Hello token = new Handshake.Hello(3, "c", null, "x", new Credentials.Token("hunter2"));

        assertThat(password.toString()).contains("alice").doesNotContain("hunter2");
        assertThat(token.toString()).doesNotContain("hunter2");
        String tooLong = "hunter2".repeat(100);
        assertThatThrownBy(() -> frame(new Handshake.Hello(3, "c", null, "x", new Credentials.Token(tooLong))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void aNameThatIsTooLongIsCutWhereItIsForPeopleOnly() {
        NodeId node = new NodeId(1, 2);
        Handshake.Welcome read = (Handshake.Welcome)
                receiver.read(frame(new Handshake.Welcome(1, "c".repeat(255), node, "n".repeat(300), 1)));

        assertThat(read.name()).isEqualTo("n".repeat(255));
        assertCannotBeSaid(new Handshake.Welcome(1, "c".repeat(256), node, "n", 1));
    }

    @Test
    void whatCouldNotBeReadIsNotWritten() {
        Version version = new Version(1, new NodeId(1, 1));
        byte[] large = new byte[Limits.VALUE_CEILING_BYTES + 1];
        List<Key> keys = Collections.nCopies(ClientRequest.MAX_BATCH + 1, Key.of("c", "k"));

        assertCannotBeSaid(new ClientRequest.GetAll(1, 1, 0, keys, null));
        assertCannotBeSaid(new ClientRequest.Put(1, 1, 0, Key.of("c", "k"), large, 0, null));
        assertCannotBeSaid(new PeerRequest.Join(1, 1, 0, Key.of("c", "k"), new Cell.Live(version, Cell.NEVER, large)));
        assertCannotBeSaid(new PeerReply.Refused(1, 1, new Failure.Unavailable(-1, 2)));
        assertCannotBeSaid(new ClientReply.One(1, 1, new ClientReply.Written(version, 1, -2, 0)));
    }

    @Test
    void aBodyBeyondItsBoundIsNotWritten() {
        Version version = new Version(1, new NodeId(1, 1));
        Cell.Live large = new Cell.Live(version, Cell.NEVER, new byte[Limits.VALUE_CEILING_BYTES]);
        ClientReply.Result value = new ClientReply.Value(large, version, 1);

        assertCannotBeSaid(new ClientReply.Many(1, 1, List.of(value, value, value)));
    }

    @Test
    void theLargestKeyAndValueFitIntoAFrame() {
        Key key = new Key("c".repeat(64), new byte[Limits.KEY_CEILING_BYTES]);
        Message put =
                new ClientRequest.Put(1, 1, Messages.NOW_NANOS, key, new byte[Limits.VALUE_CEILING_BYTES], 0, null);

        ClientRequest.Put read = (ClientRequest.Put) receiver.read(frame(put));

        assertThat(read.key()).isEqualTo(key);
        assertThat(read.value()).hasSize(Limits.VALUE_CEILING_BYTES);
    }

    @Test
    void aTraceHasABoundedNumberOfSteps() {
        NodeId node = new NodeId(1, 2);
        Trace.Step step = new Trace.Step(
                node, Trace.Ask.CELL, null, Trace.Reason.LEVEL, 1, 0, Trace.Step.NEVER, Trace.Answer.Plain.NONE);
        Message most = traced(Collections.nCopies(Trace.MOST_STEPS, step));

        assertThat(receiver.read(frame(most))).isEqualTo(most);
        assertCannotBeSaid(traced(Collections.nCopies(Trace.MOST_STEPS + 1, step)));
    }

    private static ClientReply.One traced(List<Trace.Step> steps) {
        return new ClientReply.One(
                1,
                1,
                new ClientReply.Failed(new Failure.Overloaded("here")),
                new Trace(
                        Trace.Kind.GET,
                        Key.of("c", "k"),
                        7,
                        new NodeId(3, 4),
                        Level.QUORUM,
                        5,
                        6,
                        new Trace.Outcome.Underway(),
                        steps,
                        0));
    }

    /** The last bytes of such a frame: ask, target, reason, attempt, asked, answered, answer, omitted. */
    @ParameterizedTest
    @ValueSource(ints = {8, 7, 6, 2})
    void aTraceWithAnUnknownConstantIsMalformed(int beforeTheEnd) {
        Trace.Step step = new Trace.Step(
                new NodeId(1, 2), Trace.Ask.HINT, null, Trace.Reason.SAMPLE, 1, 0, 0, Trace.Answer.Plain.NOT_KEPT);
        byte[] frame = frame(traced(List.of(step)));

        frame[frame.length - beforeTheEnd] = 0x7E;

        assertMalformed(Frames.framed(frame, MessageCodec.HEADER_BYTES, frame.length));
    }

    private void assertCannotBeSaid(Message message) {
        WireWriter out = new WireWriter();
        sender.write(new Handshake.Rejected("before"), out);
        byte[] before = out.toByteArray();

        assertThatThrownBy(() -> sender.write(message, out)).isInstanceOf(IllegalArgumentException.class);
        assertThat(out.toByteArray()).isEqualTo(before);
    }

    private void assertMalformed(byte[] frame) {
        assertThatThrownBy(() -> receiver.read(frame)).isInstanceOf(MalformedException.class);
    }

    private byte[] frame(Message message) {
        WireWriter out = new WireWriter();
        sender.write(message, out);
        return out.toByteArray();
    }

    private static ClientRequest.Get get(long deadlineNanos) {
        return new ClientRequest.Get(1, 1, deadlineNanos, Key.of("c", "k"), null);
    }

    /** The records of a sealed family. */
    private static Stream<Class<?>> leaves(Class<?> family) {
        return family.isSealed()
                ? Stream.of(family.getPermittedSubclasses()).flatMap(MessageCodecTest::leaves)
                : Stream.of(family);
    }

    private static Set<String> names(Stream<? extends Class<?>> classes) {
        Set<String> names = new TreeSet<>();
        classes.forEach(kind -> names.add(kind.getName()));
        return names;
    }
}
