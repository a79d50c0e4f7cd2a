package io.murmur.kernel.wire;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Level;
import io.murmur.kernel.Limits;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Credentials;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Frames in bytes and back. The clock turns deadlines into budgets and back, since no deadline means anything on another machine.
 *
 * <p>Reading anything but a whole, well-formed frame throws {@link MalformedException} and nothing else. Not for use by several threads.
 */
public final class MessageCodec {

    /** The newest protocol version this code speaks: 4 since there are atomic operations. */
    public static final int PROTOCOL = 4;

    /** Length and checksum. */
    public static final int HEADER_BYTES = 8;

    /** The most bytes a frame's body may have. */
    public static final int MAX_BODY_BYTES = 16 << 20;

    /** The longest budget, about 35 minutes; a deadline further away travels as this. */
    private static final int MAX_BUDGET_MICROS = Integer.MAX_VALUE;

    /** The longest name of a cluster, a node or a client. */
    private static final int MAX_NAME_BYTES = 255;

    /** The longest text for people. */
    static final int MAX_PROSE_BYTES = 4096;

    /** Bound on counts of owners: nobody owns a partition who is not a member. */
    static final int MAX_OWNERS = RingCodec.MAX_MEMBERS;

    private static final int HELLO = 1;
    private static final int WELCOME = 2;
    private static final int REJECTED = 3;
    private static final int FAREWELL = 4;
    private static final int GET = 10;
    private static final int PUT = 11;
    private static final int DELETE = 12;
    private static final int GET_ALL = 13;
    private static final int PUT_ALL = 14;
    private static final int GET_RING = 15;
    private static final int CHANGE = 16;
    private static final int ONE = 20;
    private static final int MANY = 21;
    private static final int RING_IS = 22;
    private static final int JOIN = 30;
    private static final int READ = 31;
    private static final int READ_DIGEST = 32;
    private static final int HINT = 33;
    private static final int PREPARE = 34;
    private static final int ACCEPT = 35;
    private static final int JOINED = 40;
    private static final int CELL_IS = 41;
    private static final int DIGEST_IS = 42;
    private static final int REFUSED = 43;
    private static final int KEPT = 44;
    private static final int PROMISED = 45;
    private static final int ACCEPTED = 46;
    private static final int OUTBID = 47;

    private static final int LEVEL_DEFAULT = 0;
    private static final int LEVEL_NAMED = 1;
    private static final int LEVEL_COUNT = 64;

    /** A level's code is its place here plus {@link #LEVEL_NAMED}: append, never reorder. */
    private static final List<Level.Named> NAMED_LEVELS = List.of(
            Level.Named.ANY,
            Level.Named.ONE,
            Level.Named.TWO,
            Level.Named.THREE,
            Level.Named.QUORUM,
            Level.Named.ALL,
            Level.Named.LOCAL_ONE,
            Level.Named.LOCAL_QUORUM,
            Level.Named.EACH_QUORUM,
            Level.Named.SERIAL);

    /** A standing's code is its place here: append, never reorder. */
    private static final List<PeerReply.Standing> STANDINGS =
            List.of(PeerReply.Standing.SETTLED, PeerReply.Standing.UNSETTLED, PeerReply.Standing.FORGOTTEN);

    /** A cause's code is its place here: append, never reorder. */
    private static final List<Handshake.Cause> REJECTED_CAUSES =
            List.of(Handshake.Cause.OTHER, Handshake.Cause.NOT_AUTHENTICATED);

    private static final int PASSWORD = 1;
    private static final int TOKEN = 2;

    private final Clock clock;
    private final CRC32C crc = new CRC32C();
    private final WireReader reader = new WireReader(new byte[0]);

    public MessageCodec(Clock clock) {
        this.clock = clock;
    }

    /**
     * Appends a message as one frame, header included.
     *
     * @throws IllegalArgumentException when it cannot be said: a name or a value beyond its bound, or a body of more than
     *     {@link #MAX_BODY_BYTES}; nothing has been appended then
     */
    public void write(Message message, WireWriter out) {
        int start = out.size();
        try {
            writeFrame(message, out, start);
        } catch (IllegalArgumentException e) {
            out.truncate(start);
            throw e;
        }
    }

    private void writeFrame(Message message, WireWriter out, int start) {
        out.writeLong(0);
        writeBody(message, out);
        int bodyStart = start + HEADER_BYTES;
        int length = out.size() - bodyStart;
        if (length > MAX_BODY_BYTES) {
            throw new IllegalArgumentException("a frame of " + length + " bytes for a "
                    + message.getClass().getSimpleName());
        }
        out.putInt(start, length);
        out.putInt(start + 4, checksum(out.array(), bodyStart, out.size()));
    }

    /** Reads one message from a frame's body, after its checksum has been compared. */
    public Message read(int checksum, byte[] bytes, int from, int to) {
        if (checksum(bytes, from, to) != checksum) {
            throw new MalformedException("wrong checksum");
        }
        reader.reset(bytes, from, to);
        Message message = readBody(reader);
        reader.expectEnd();
        return message;
    }

    /** Reads one message from a whole frame, header included. */
    public Message read(byte[] frame) {
        reader.reset(frame, 0, frame.length);
        if (reader.readInt() != frame.length - HEADER_BYTES) {
            throw new MalformedException("not the length of the frame");
        }
        return read(reader.readInt(), frame, HEADER_BYTES, frame.length);
    }

    private int checksum(byte[] bytes, int from, int to) {
        crc.reset();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    private void writeBody(Message message, WireWriter out) {
        switch (message) {
            case Handshake.Hello m -> {
                out.writeByte(HELLO);
                out.writeCount(m.protocol(), Integer.MAX_VALUE);
                out.writeText(m.cluster(), MAX_NAME_BYTES);
                out.writeByte(m.node() == null ? 0 : 1);
                if (m.node() != null) {
                    CellCodec.writeNode(out, m.node());
                }
                out.writeProse(m.name(), MAX_NAME_BYTES);
                writeCredentials(out, m.credentials());
            }
            case Handshake.Welcome m -> {
                out.writeByte(WELCOME);
                out.writeCount(m.protocol(), Integer.MAX_VALUE);
                out.writeText(m.cluster(), MAX_NAME_BYTES);
                CellCodec.writeNode(out, m.node());
                out.writeProse(m.name(), MAX_NAME_BYTES);
                out.writeVarint(m.epoch());
            }
            case Handshake.Rejected m -> {
                out.writeByte(REJECTED);
                out.writeProse(m.reason(), MAX_PROSE_BYTES);
                if (m.cause() != Handshake.Cause.OTHER) {
                    out.writeByte(REJECTED_CAUSES.indexOf(m.cause()));
                }
            }
            case Handshake.Farewell ignored -> out.writeByte(FAREWELL);
            case ClientRequest.Get m -> {
                writeRequest(out, GET, m);
                CellCodec.writeKey(out, m.key());
                writeLevel(out, m.level());
                writeBoolean(out, m.traced());
            }
            case ClientRequest.Put m -> {
                writeRequest(out, PUT, m);
                CellCodec.writeKey(out, m.key());
                writeValue(out, m.value());
                out.writeVarint(m.timeToLiveMillis());
                writeLevel(out, m.level());
                writeBoolean(out, m.sloppy());
                writeBoolean(out, m.traced());
            }
            case ClientRequest.Delete m -> {
                writeRequest(out, DELETE, m);
                CellCodec.writeKey(out, m.key());
                writeLevel(out, m.level());
                writeBoolean(out, m.sloppy());
                writeBoolean(out, m.traced());
            }
            case ClientRequest.GetAll m -> {
                writeRequest(out, GET_ALL, m);
                out.writeCount(m.keys().size(), ClientRequest.MAX_BATCH);
                for (Key key : m.keys()) {
                    CellCodec.writeKey(out, key);
                }
                writeLevel(out, m.level());
            }
            case ClientRequest.PutAll m -> {
                writeRequest(out, PUT_ALL, m);
                out.writeCount(m.entries().size(), ClientRequest.MAX_BATCH);
                for (ClientRequest.Entry entry : m.entries()) {
                    CellCodec.writeKey(out, entry.key());
                    writeValue(out, entry.value());
                }
                out.writeVarint(m.timeToLiveMillis());
                writeLevel(out, m.level());
                writeBoolean(out, m.sloppy());
            }
            case ClientRequest.GetRing m -> writeRequest(out, GET_RING, m);
            case ClientRequest.Change m -> {
                writeRequest(out, CHANGE, m);
                CellCodec.writeKey(out, m.key());
                OperationCodec.write(out, m.operation());
                writeBoolean(out, m.traced());
            }
            case ClientReply.One m -> {
                writeReply(out, ONE, m);
                writeResult(out, m.result());
                TraceCodec.write(out, m.trace());
            }
            case ClientReply.Many m -> {
                writeReply(out, MANY, m);
                out.writeCount(m.results().size(), ClientRequest.MAX_BATCH);
                for (ClientReply.Result result : m.results()) {
                    writeResult(out, result);
                }
            }
            case ClientReply.RingIs m -> {
                writeReply(out, RING_IS, m);
                RingCodec.writeRing(out, m.ring());
            }
            case PeerRequest.Join m -> {
                writeRequest(out, JOIN, m);
                CellCodec.writeKey(out, m.key());
                CellCodec.writeCell(out, m.cell());
            }
            case PeerRequest.Hint m -> {
                writeRequest(out, HINT, m);
                CellCodec.writeNode(out, m.target());
                CellCodec.writeKey(out, m.key());
                CellCodec.writeCell(out, m.cell());
            }
            case PeerRequest.Read m -> {
                writeRequest(out, READ, m);
                CellCodec.writeKey(out, m.key());
            }
            case PeerRequest.ReadDigest m -> {
                writeRequest(out, READ_DIGEST, m);
                CellCodec.writeKey(out, m.key());
            }
            case PeerRequest.Prepare m -> {
                writeRequest(out, PREPARE, m);
                CellCodec.writeKey(out, m.key());
                CellCodec.writeVersion(out, m.ballot());
                writeOptionalVersion(out, m.since());
            }
            case PeerRequest.Accept m -> {
                writeRequest(out, ACCEPT, m);
                CellCodec.writeKey(out, m.key());
                CellCodec.writeCell(out, m.cell());
                writeLinks(out, m.links());
                writeOptionalVersion(out, m.next());
            }
            case PeerReply.Joined m -> {
                writeReply(out, JOINED, m);
                writeOptionalVersion(out, m.superseding());
            }
            case PeerReply.Kept m -> writeReply(out, KEPT, m);
            case PeerReply.CellIs m -> {
                writeReply(out, CELL_IS, m);
                CellCodec.writeCell(out, m.cell());
                writeStanding(out, m.standing());
            }
            case PeerReply.DigestIs m -> {
                writeReply(out, DIGEST_IS, m);
                out.writeByte(m.digest() == null ? 0 : 1);
                if (m.digest() != null) {
                    CellCodec.writeDigest(out, m.digest());
                }
                writeStanding(out, m.standing());
            }
            case PeerReply.Promised m -> {
                writeReply(out, PROMISED, m);
                CellCodec.writeCell(out, m.cell());
                writeBoolean(out, m.settled());
                writeLinks(out, m.links());
            }
            case PeerReply.Accepted m -> writeReply(out, ACCEPTED, m);
            case PeerReply.Outbid m -> {
                writeReply(out, OUTBID, m);
                CellCodec.writeVersion(out, m.version());
            }
            case PeerReply.Refused m -> {
                writeReply(out, REFUSED, m);
                writeFailure(out, m.failure());
            }
            case RingMessage m -> RingMessageCodec.write(out, m);
            case SyncRequest m -> {
                writeRequest(out, SyncCodec.typeOf(m), m);
                SyncCodec.write(out, m);
            }
            case SyncReply m -> {
                writeReply(out, SyncCodec.typeOf(m), m);
                SyncCodec.write(out, m);
            }
            case GossipMessage m -> GossipCodec.write(out, m);
        }
    }

    private Message readBody(WireReader in) {
        int type = in.readByte();
        return switch (type) {
            case HELLO ->
                new Handshake.Hello(
                        in.readCount(Integer.MAX_VALUE),
                        in.readText(MAX_NAME_BYTES),
                        in.readBoolean() ? CellCodec.readNode(in) : null,
                        in.readText(MAX_NAME_BYTES),
                        readCredentials(in));
            case WELCOME ->
                new Handshake.Welcome(
                        in.readCount(Integer.MAX_VALUE),
                        in.readText(MAX_NAME_BYTES),
                        CellCodec.readNode(in),
                        in.readText(MAX_NAME_BYTES),
                        in.readVarint());
            case REJECTED -> new Handshake.Rejected(in.readText(MAX_PROSE_BYTES), readCause(in));
            case FAREWELL -> new Handshake.Farewell();
            case GET, PUT, DELETE, GET_ALL, PUT_ALL, GET_RING, CHANGE, JOIN, READ, READ_DIGEST, HINT, PREPARE, ACCEPT ->
                readRequest(type, in.readLong(), in.readVarint(), readDeadline(in), in);
            case ONE, MANY, RING_IS, JOINED, CELL_IS, DIGEST_IS, REFUSED, KEPT, PROMISED, ACCEPTED, OUTBID ->
                readReply(type, in.readLong(), in.readVarint(), in);
            case GossipCodec.SYN,
                    GossipCodec.ACK,
                    GossipCodec.ACK2,
                    GossipCodec.PING,
                    GossipCodec.PING_REQUEST,
                    GossipCodec.PONG -> GossipCodec.read(type, in);
            default -> readFurther(type, in);
        };
    }

    private Message readFurther(int type, WireReader in) {
        if (RingMessageCodec.isType(type)) {
            return RingMessageCodec.read(type, in);
        }
        if (SyncCodec.isRequest(type)) {
            return SyncCodec.readRequest(type, in.readLong(), in.readVarint(), readDeadline(in), in);
        }
        if (SyncCodec.isReply(type)) {
            return SyncCodec.readReply(type, in.readLong(), in.readVarint(), in);
        }
        throw new MalformedException("unknown type of message: " + type);
    }

    /** Nothing for none, as in every version before there were any. */
    private static void writeCredentials(WireWriter out, @Nullable Credentials credentials) {
        switch (credentials) {
            case null -> {}
            case Credentials.Password m -> {
                out.writeByte(PASSWORD);
                out.writeText(m.user(), Credentials.MAX_USER_BYTES);
                out.writeText(m.password(), Credentials.MAX_SECRET_BYTES);
            }
            case Credentials.Token m -> {
                out.writeByte(TOKEN);
                out.writeText(m.token(), Credentials.MAX_SECRET_BYTES);
            }
        }
    }

    private static @Nullable Credentials readCredentials(WireReader in) {
        if (in.remaining() == 0) {
            return null;
        }
        int kind = in.readByte();
        return switch (kind) {
            case PASSWORD ->
                new Credentials.Password(
                        in.readText(Credentials.MAX_USER_BYTES), in.readText(Credentials.MAX_SECRET_BYTES));
            case TOKEN -> new Credentials.Token(in.readText(Credentials.MAX_SECRET_BYTES));
            default -> throw new MalformedException("unknown kind of credentials: " + kind);
        };
    }

    private static Handshake.Cause readCause(WireReader in) {
        int code = in.remaining() == 0 ? 0 : in.readByte();
        if (code < 0 || code >= REJECTED_CAUSES.size()) {
            throw new MalformedException("unknown cause of a rejection: " + code);
        }
        return REJECTED_CAUSES.get(code);
    }

    private static Message.Request readRequest(int type, long id, long epoch, long deadline, WireReader in) {
        return switch (type) {
            case GET ->
                new ClientRequest.Get(id, epoch, deadline, CellCodec.readKey(in), readLevel(in), in.readBoolean());
            case PUT ->
                new ClientRequest.Put(
                        id,
                        epoch,
                        deadline,
                        CellCodec.readKey(in),
                        readValue(in),
                        in.readVarint(),
                        readLevel(in),
                        in.readBoolean(),
                        in.readBoolean());
            case DELETE ->
                new ClientRequest.Delete(
                        id, epoch, deadline, CellCodec.readKey(in), readLevel(in), in.readBoolean(), in.readBoolean());
            case GET_ALL -> {
                int count = in.readCount(ClientRequest.MAX_BATCH);
                List<Key> keys = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    keys.add(CellCodec.readKey(in));
                }
                yield new ClientRequest.GetAll(id, epoch, deadline, List.copyOf(keys), readLevel(in));
            }
            case PUT_ALL -> {
                int count = in.readCount(ClientRequest.MAX_BATCH);
                List<ClientRequest.Entry> entries = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    entries.add(new ClientRequest.Entry(CellCodec.readKey(in), readValue(in)));
                }
                yield new ClientRequest.PutAll(
                        id, epoch, deadline, List.copyOf(entries), in.readVarint(), readLevel(in), in.readBoolean());
            }
            case GET_RING -> new ClientRequest.GetRing(id, epoch, deadline);
            case CHANGE ->
                new ClientRequest.Change(
                        id, epoch, deadline, CellCodec.readKey(in), OperationCodec.read(in), in.readBoolean());
            case JOIN -> new PeerRequest.Join(id, epoch, deadline, CellCodec.readKey(in), CellCodec.readCell(in));
            case HINT ->
                new PeerRequest.Hint(
                        id, epoch, deadline, CellCodec.readNode(in), CellCodec.readKey(in), CellCodec.readCell(in));
            case READ -> new PeerRequest.Read(id, epoch, deadline, CellCodec.readKey(in));
            case READ_DIGEST -> new PeerRequest.ReadDigest(id, epoch, deadline, CellCodec.readKey(in));
            case PREPARE ->
                new PeerRequest.Prepare(
                        id, epoch, deadline, CellCodec.readKey(in), CellCodec.readVersion(in), readOptionalVersion(in));
            case ACCEPT ->
                new PeerRequest.Accept(
                        id,
                        epoch,
                        deadline,
                        CellCodec.readKey(in),
                        CellCodec.readCell(in),
                        readLinks(in),
                        readOptionalVersion(in));
            default -> throw new MalformedException("not a request: " + type);
        };
    }

    private static Message.Reply readReply(int type, long id, long epoch, WireReader in) {
        return switch (type) {
            case ONE -> new ClientReply.One(id, epoch, readResult(in), TraceCodec.read(in));
            case MANY -> {
                int count = in.readCount(ClientRequest.MAX_BATCH);
                List<ClientReply.Result> results = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    results.add(readResult(in));
                }
                yield new ClientReply.Many(id, epoch, List.copyOf(results));
            }
            case RING_IS -> new ClientReply.RingIs(id, epoch, RingCodec.readRing(in));
            case JOINED -> new PeerReply.Joined(id, epoch, readOptionalVersion(in));
            case CELL_IS -> new PeerReply.CellIs(id, epoch, CellCodec.readOptionalCell(in), readStanding(in));
            case DIGEST_IS ->
                new PeerReply.DigestIs(id, epoch, in.readBoolean() ? CellCodec.readDigest(in) : null, readStanding(in));
            case PROMISED ->
                new PeerReply.Promised(id, epoch, CellCodec.readOptionalCell(in), in.readBoolean(), readLinks(in));
            case ACCEPTED -> new PeerReply.Accepted(id, epoch);
            case OUTBID -> new PeerReply.Outbid(id, epoch, CellCodec.readVersion(in));
            case KEPT -> new PeerReply.Kept(id, epoch);
            case REFUSED -> new PeerReply.Refused(id, epoch, readFailure(in));
            default -> throw new MalformedException("not a reply: " + type);
        };
    }

    private static void writeStanding(WireWriter out, PeerReply.Standing standing) {
        out.writeByte(STANDINGS.indexOf(standing));
    }

    private static PeerReply.Standing readStanding(WireReader in) {
        int code = in.readByte();
        if (code < 0 || code >= STANDINGS.size()) {
            throw new MalformedException("unknown standing: " + code);
        }
        return STANDINGS.get(code);
    }

    private static void writeLinks(WireWriter out, List<PeerReply.Link> links) {
        out.writeCount(links.size(), PeerReply.MOST_LINKS);
        for (PeerReply.Link link : links) {
            CellCodec.writeVersion(out, link.version());
            writeOptionalVersion(out, link.basis());
        }
    }

    private static List<PeerReply.Link> readLinks(WireReader in) {
        int count = in.readCount(PeerReply.MOST_LINKS);
        List<PeerReply.Link> links = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            links.add(new PeerReply.Link(CellCodec.readVersion(in), readOptionalVersion(in)));
        }
        return List.copyOf(links);
    }

    private void writeRequest(WireWriter out, int type, Message.Request request) {
        out.writeByte(type);
        out.writeLong(request.id());
        out.writeVarint(request.epoch());
        long budgetMicros = (request.deadlineNanos() - clock.monotonicNanos()) / 1000;
        out.writeCount(Math.clamp(budgetMicros, 0, MAX_BUDGET_MICROS), MAX_BUDGET_MICROS);
    }

    private static void writeReply(WireWriter out, int type, Message.Reply reply) {
        out.writeByte(type);
        out.writeLong(reply.id());
        out.writeVarint(reply.epoch());
    }

    private long readDeadline(WireReader in) {
        return clock.monotonicNanos() + in.readCount(MAX_BUDGET_MICROS) * 1000L;
    }

    static void writeValue(WireWriter out, byte[] value) {
        out.writeBytes(value, Limits.VALUE_CEILING_BYTES);
    }

    static byte[] readValue(WireReader in) {
        return in.readBytes(Limits.VALUE_CEILING_BYTES);
    }

    static void writeBoolean(WireWriter out, boolean value) {
        out.writeByte(value ? 1 : 0);
    }

    static void writeOptionalVersion(WireWriter out, @Nullable Version version) {
        out.writeByte(version == null ? 0 : 1);
        if (version != null) {
            CellCodec.writeVersion(out, version);
        }
    }

    static @Nullable Version readOptionalVersion(WireReader in) {
        return in.readBoolean() ? CellCodec.readVersion(in) : null;
    }

    static void writeLevel(WireWriter out, @Nullable Level level) {
        switch (level) {
            case null -> out.writeByte(LEVEL_DEFAULT);
            case Level.Named named -> out.writeByte(LEVEL_NAMED + NAMED_LEVELS.indexOf(named));
            case Level.Count count -> {
                out.writeByte(LEVEL_COUNT);
                out.writeByte(count.replicas());
            }
        }
    }

    static @Nullable Level readLevel(WireReader in) {
        int code = in.readByte();
        if (code == LEVEL_DEFAULT) {
            return null;
        }
        if (code == LEVEL_COUNT) {
            int replicas = in.readByte() & 0xFF;
            if (replicas == 0) {
                throw new MalformedException("a level of no replicas");
            }
            return new Level.Count(replicas);
        }
        if (code < LEVEL_NAMED || code >= LEVEL_NAMED + NAMED_LEVELS.size()) {
            throw new MalformedException("unknown level: " + code);
        }
        return NAMED_LEVELS.get(code - LEVEL_NAMED);
    }

    private static final int VALUE = 0;
    private static final int WRITTEN = 1;
    private static final int FAILED = 2;
    private static final int CHANGED = 3;

    private static void writeResult(WireWriter out, ClientReply.Result result) {
        switch (result) {
            case ClientReply.Value value -> {
                out.writeByte(VALUE);
                CellCodec.writeCell(out, value.cell());
                if (value.cell() == null) {
                    writeOptionalVersion(out, value.seen());
                }
                out.writeCount(value.answered(), MAX_OWNERS);
            }
            case ClientReply.Written written -> {
                out.writeByte(WRITTEN);
                CellCodec.writeVersion(out, written.version());
                out.writeCount(written.acknowledged(), MAX_OWNERS);
                out.writeCount(written.required(), MAX_OWNERS);
                out.writeCount(written.standIns(), MAX_OWNERS);
            }
            case ClientReply.Changed changed -> {
                out.writeByte(CHANGED);
                OperationCodec.write(out, changed);
            }
            case ClientReply.Failed failed -> {
                out.writeByte(FAILED);
                writeFailure(out, failed.failure());
            }
        }
    }

    private static ClientReply.Result readResult(WireReader in) {
        int kind = in.readByte();
        return switch (kind) {
            case VALUE ->
                switch (CellCodec.readOptionalCell(in)) {
                    case null -> new ClientReply.Value(null, readOptionalVersion(in), in.readCount(MAX_OWNERS));
                    case Cell.Live live -> new ClientReply.Value(live, live.version(), in.readCount(MAX_OWNERS));
                    case Cell.Tombstone ignored -> throw new MalformedException("a tombstone as a value");
                };
            case WRITTEN ->
                new ClientReply.Written(
                        CellCodec.readVersion(in),
                        in.readCount(MAX_OWNERS),
                        in.readCount(MAX_OWNERS),
                        in.readCount(MAX_OWNERS));
            case FAILED -> new ClientReply.Failed(readFailure(in));
            case CHANGED -> OperationCodec.readChanged(in);
            default -> throw new MalformedException("unknown kind of result: " + kind);
        };
    }

    static void writeFailure(WireWriter out, Failure failure) {
        switch (failure) {
            case Failure.Unavailable f -> {
                out.writeByte(0);
                out.writeCount(f.alive(), MAX_OWNERS);
                out.writeCount(f.required(), MAX_OWNERS);
            }
            case Failure.Timeout f -> {
                out.writeByte(1);
                out.writeCount(f.acknowledged(), MAX_OWNERS);
                out.writeCount(f.required(), MAX_OWNERS);
                writeEffect(out, f.effect());
            }
            case Failure.Overloaded f -> {
                out.writeByte(2);
                out.writeProse(f.where(), MAX_PROSE_BYTES);
            }
            case Failure.ClockDrift f -> {
                out.writeByte(3);
                out.writeVarint(f.millisTooFarAhead());
                writeEffect(out, f.effect());
            }
            case Failure.StaleRing f -> {
                out.writeByte(4);
                out.writeVarint(f.epoch());
                writeEffect(out, f.effect());
            }
            case Failure.StorageFailed f -> {
                out.writeByte(5);
                out.writeProse(f.detail(), MAX_PROSE_BYTES);
                writeEffect(out, f.effect());
            }
            case Failure.BadRequest f -> {
                out.writeByte(6);
                out.writeProse(f.detail(), MAX_PROSE_BYTES);
            }
            case Failure.Forbidden f -> {
                out.writeByte(7);
                out.writeProse(f.detail(), MAX_PROSE_BYTES);
            }
        }
    }

    static Failure readFailure(WireReader in) {
        int kind = in.readByte();
        return switch (kind) {
            case 0 -> new Failure.Unavailable(in.readCount(MAX_OWNERS), in.readCount(MAX_OWNERS));
            case 1 -> new Failure.Timeout(in.readCount(MAX_OWNERS), in.readCount(MAX_OWNERS), readEffect(in));
            case 2 -> new Failure.Overloaded(in.readText(MAX_PROSE_BYTES));
            case 3 -> new Failure.ClockDrift(in.readVarint(), readEffect(in));
            case 4 -> new Failure.StaleRing(in.readVarint(), readEffect(in));
            case 5 -> new Failure.StorageFailed(in.readText(MAX_PROSE_BYTES), readEffect(in));
            case 6 -> new Failure.BadRequest(in.readText(MAX_PROSE_BYTES));
            case 7 -> new Failure.Forbidden(in.readText(MAX_PROSE_BYTES));
            default -> throw new MalformedException("unknown kind of failure: " + kind);
        };
    }

    private static void writeEffect(WireWriter out, Failure.Effect effect) {
        out.writeByte(
                switch (effect) {
                    case NONE -> 0;
                    case UNKNOWN -> 1;
                });
    }

    private static Failure.Effect readEffect(WireReader in) {
        return in.readBoolean() ? Failure.Effect.UNKNOWN : Failure.Effect.NONE;
    }
}
