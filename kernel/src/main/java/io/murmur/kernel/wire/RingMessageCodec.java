package io.murmur.kernel.wire;

import io.murmur.kernel.message.Ballot;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.Ring;

/** {@link RingMessage}s in bytes: the type, the id, and the message's own fields. */
final class RingMessageCodec {

    private static final int PREPARE = 50;
    private static final int PROMISE = 51;
    private static final int ACCEPT = 52;
    private static final int ACCEPTED = 53;
    private static final int OUTBID = 54;
    private static final int BEHIND = 55;
    private static final int ASK_RING = 56;
    private static final int DECIDED = 57;
    private static final int CHANGE = 58;
    private static final int CHANGE_ANSWERED = 59;

    private RingMessageCodec() {}

    static boolean isType(int type) {
        return type >= PREPARE && type <= CHANGE_ANSWERED;
    }

    static void write(WireWriter out, RingMessage message) {
        switch (message) {
            case RingMessage.Prepare m -> {
                begin(out, PREPARE, m);
                out.writeVarint(m.epoch());
                RingCodec.writeBallot(out, m.ballot());
            }
            case RingMessage.Promise m -> {
                begin(out, PROMISE, m);
                out.writeVarint(m.epoch());
                RingCodec.writeBallot(out, m.ballot());
                out.writeByte(m.accepted() == null ? 0 : 1);
                if (m.acceptedIn() != null && m.accepted() != null) {
                    RingCodec.writeBallot(out, m.acceptedIn());
                    RingCodec.writeRing(out, m.accepted());
                }
            }
            case RingMessage.Accept m -> {
                begin(out, ACCEPT, m);
                RingCodec.writeBallot(out, m.ballot());
                RingCodec.writeRing(out, m.ring());
            }
            case RingMessage.Accepted m -> {
                begin(out, ACCEPTED, m);
                out.writeVarint(m.epoch());
                RingCodec.writeBallot(out, m.ballot());
            }
            case RingMessage.Outbid m -> {
                begin(out, OUTBID, m);
                out.writeVarint(m.epoch());
                RingCodec.writeBallot(out, m.promised());
            }
            case RingMessage.Behind m -> {
                begin(out, BEHIND, m);
                out.writeVarint(m.epoch());
            }
            case RingMessage.AskRing m -> {
                begin(out, ASK_RING, m);
                out.writeVarint(m.epoch());
            }
            case RingMessage.Decided m -> {
                begin(out, DECIDED, m);
                RingCodec.writeRing(out, m.ring());
            }
            case RingMessage.Change m -> {
                begin(out, CHANGE, m);
                RingCodec.writeChange(out, m.change());
            }
            case RingMessage.ChangeAnswered m -> {
                begin(out, CHANGE_ANSWERED, m);
                out.writeVarint(m.epoch());
                out.writeByte(m.refusal() == null ? 0 : 1);
                if (m.refusal() != null) {
                    out.writeProse(m.refusal(), MessageCodec.MAX_PROSE_BYTES);
                }
            }
        }
    }

    private static void begin(WireWriter out, int type, RingMessage message) {
        out.writeByte(type);
        out.writeLong(message.id());
    }

    static RingMessage read(int type, WireReader in) {
        long id = in.readLong();
        return switch (type) {
            case PREPARE -> new RingMessage.Prepare(id, in.readVarint(), RingCodec.readBallot(in));
            case PROMISE -> {
                long epoch = in.readVarint();
                Ballot ballot = RingCodec.readBallot(in);
                boolean hasAccepted = in.readBoolean();
                Ballot acceptedIn = hasAccepted ? RingCodec.readBallot(in) : null;
                Ring accepted = hasAccepted ? RingCodec.readRing(in) : null;
                yield new RingMessage.Promise(id, epoch, ballot, acceptedIn, accepted);
            }
            case ACCEPT -> new RingMessage.Accept(id, RingCodec.readBallot(in), RingCodec.readRing(in));
            case ACCEPTED -> new RingMessage.Accepted(id, in.readVarint(), RingCodec.readBallot(in));
            case OUTBID -> new RingMessage.Outbid(id, in.readVarint(), RingCodec.readBallot(in));
            case BEHIND -> new RingMessage.Behind(id, in.readVarint());
            case ASK_RING -> new RingMessage.AskRing(id, in.readVarint());
            case DECIDED -> new RingMessage.Decided(id, RingCodec.readRing(in));
            case CHANGE -> new RingMessage.Change(id, RingCodec.readChange(in));
            case CHANGE_ANSWERED ->
                new RingMessage.ChangeAnswered(
                        id, in.readVarint(), in.readBoolean() ? in.readText(MessageCodec.MAX_PROSE_BYTES) : null);
            default -> throw new MalformedException("not about rings: " + type);
        };
    }
}
