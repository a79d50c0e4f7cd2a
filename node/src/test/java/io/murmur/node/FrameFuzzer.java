package io.murmur.node;

import io.murmur.client.internal.SystemClock;
import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.AtomicOperation;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.kernel.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/** Makes frames that are wrong in every way: in their length, checksum or body, cut short, or right in form and nonsense in meaning. */
final class FrameFuzzer {

    private final SplittableRandom random;
    private final List<byte[]> wellFormed = new ArrayList<>();

    FrameFuzzer(long seed) {
        this.random = new SplittableRandom(seed);
        MessageCodec codec = new MessageCodec(new SystemClock());
        for (Message message : messages()) {
            WireWriter out = new WireWriter();
            codec.write(message, out);
            wellFormed.add(out.toByteArray());
        }
    }

    private static List<Message> messages() {
        long deadline = Requests.inFiveSeconds();
        Key key = Key.of("default", "key{7}");
        NodeId node = new NodeId(5, 6);
        Version version = new Version(1L << 40, node);
        Cell.Live live = new Cell.Live(version, Cell.NEVER, new byte[] {1, 2, 3});
        ClientRequest.Entry entry = new ClientRequest.Entry(key, new byte[] {4, 5});
        return List.of(
                RawConnection.hello(null, "fuzz"),
                RawConnection.hello(node, "fuzz"),
                new Handshake.Welcome(1, "murmur", node, "fuzz", 1),
                new Handshake.Rejected("no"),
                new Handshake.Farewell(),
                Requests.get(1, "key", Level.QUORUM),
                Requests.put(2, "key", new byte[20], Level.ONE),
                new ClientRequest.Delete(3, 1, deadline, key, new Level.Count(2)),
                new ClientRequest.GetAll(4, 1, deadline, List.of(key, key, key), null),
                new ClientRequest.PutAll(5, 1, deadline, List.of(entry, entry), 1000, Level.ANY),
                new ClientRequest.GetRing(6, 1, deadline),
                new ClientRequest.Change(22, 1, deadline, key, new AtomicOperation.Increment(-3, 1000)),
                new ClientRequest.Change(
                        23,
                        1,
                        deadline,
                        key,
                        new AtomicOperation.CompareAndSet(new byte[] {1}, new byte[] {2}, 0),
                        true),
                new ClientReply.One(24, 1, new ClientReply.Changed(false, new byte[] {1, 2}, version)),
                new ClientReply.One(7, 1, new ClientReply.Written(version, 1, 2, 0)),
                new ClientReply.One(21, 1, new ClientReply.Written(version, 1, 2, 0), trace(key, node)),
                new ClientReply.Many(8, 1, List.of(new ClientReply.Value(live, version, 2))),
                new ClientReply.One(9, 1, new ClientReply.Failed(new Failure.Overloaded("here"))),
                new PeerRequest.Join(10, 1, deadline, key, live),
                new PeerRequest.Join(11, 1, deadline, key, new Cell.Tombstone(version)),
                new PeerRequest.Read(12, 1, deadline, key),
                new PeerRequest.ReadDigest(13, 1, deadline, key),
                new PeerRequest.Hint(19, 1, deadline, node, key, live),
                new PeerReply.Joined(14, 1, version),
                new PeerReply.Kept(20, 1),
                new PeerRequest.Prepare(21, 1, deadline, key, version, version),
                new PeerRequest.Accept(
                        22, 1, deadline, key, live, List.of(new PeerReply.Link(version, version)), version),
                new PeerReply.Promised(23, 1, live, true, List.of(new PeerReply.Link(version, version))),
                new PeerReply.Accepted(24, 1),
                new PeerReply.Outbid(25, 1, version),
                new PeerReply.CellIs(15, 1, live),
                new PeerReply.DigestIs(16, 1, new Digest(version, 17)),
                new PeerReply.Refused(18, 1, new Failure.BadRequest("no")));
    }

    private static Trace trace(Key key, NodeId node) {
        Trace.Answer refused = new Trace.Answer.Refused(new Failure.StorageFailed("full", Failure.Effect.UNKNOWN));
        Trace.Step step = new Trace.Step(node, Trace.Ask.HINT, node, Trace.Reason.ABSENCE, 1, 10, 20, refused);
        return new Trace(
                Trace.Kind.PUT,
                key,
                3,
                node,
                Level.QUORUM,
                1L << 40,
                30,
                new Trace.Outcome.Done(2),
                List.of(step, step),
                0);
    }

    /** The next frame, or what pretends to be one. */
    byte[] next() {
        byte[] frame = wellFormed.get(random.nextInt(wellFormed.size())).clone();
        return switch (random.nextInt(6)) {
            case 0 -> randomBytes(1 + random.nextInt(200));
            case 1 -> broken(frame);
            case 2 -> sealed(mutated(frame));
            case 3 -> sealed(concatenated(new byte[8], randomBytes(1 + random.nextInt(100))));
            case 4 -> withLength(frame, random.nextInt());
            default -> Arrays.copyOf(frame, random.nextInt(frame.length));
        };
    }

    /** A frame whose checksum is wrong for sure, which ends any connection that comes to read it. */
    byte[] last() {
        byte[] frame = wellFormed.get(0).clone();
        frame[4] ^= 1;
        return frame;
    }

    private byte[] broken(byte[] frame) {
        frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
        return frame;
    }

    private byte[] mutated(byte[] frame) {
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = 8 + random.nextInt(frame.length - 8);
            frame[at] = (byte) (random.nextBoolean() ? random.nextInt() : frame[at] ^ (1 << random.nextInt(8)));
        }
        return frame;
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    private static byte[] withLength(byte[] frame, int length) {
        ByteBuffer.wrap(frame).putInt(0, length);
        return frame;
    }

    /** With the length and the checksum that its body asks for, so that the body is read. */
    private static byte[] sealed(byte[] frame) {
        CRC32C crc = new CRC32C();
        crc.update(frame, 8, frame.length - 8);
        ByteBuffer.wrap(frame).putInt(0, frame.length - 8).putInt(4, (int) crc.getValue());
        return frame;
    }
}
