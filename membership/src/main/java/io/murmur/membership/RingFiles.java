package io.murmur.membership;

import io.murmur.kernel.message.Ballot;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.wire.MalformedException;
import io.murmur.kernel.wire.RingCodec;
import io.murmur.kernel.wire.WireReader;
import io.murmur.kernel.wire.WireWriter;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is kept under which name in a {@link RingStore}, in bytes. Each begins with the version of its format. */
final class RingFiles {

    /** The newest decided ring that was adopted. */
    static final String DECIDED = "decided";

    /** The {@link Vote}. */
    static final String VOTE = "vote";

    /** The greatest round of a ballot this node may have used. */
    static final String ROUND = "round";

    /** Whether this node was a member and is none any more. */
    static final String LEFT = "left";

    private static final byte FORMAT = 1;

    private RingFiles() {}

    static byte[] ring(Ring ring) {
        WireWriter out = begin();
        RingCodec.writeRing(out, ring);
        return out.toByteArray();
    }

    static @Nullable Ring loadRing(RingStore store) throws IOException {
        return load(store, DECIDED, RingCodec::readRing);
    }

    static byte[] vote(Vote vote) {
        WireWriter out = begin();
        out.writeVarint(vote.epoch());
        RingCodec.writeBallot(out, vote.promised());
        Ballot acceptedIn = vote.acceptedIn();
        Ring accepted = vote.accepted();
        out.writeByte(accepted == null ? 0 : 1);
        if (accepted != null && acceptedIn != null) {
            RingCodec.writeBallot(out, acceptedIn);
            RingCodec.writeRing(out, accepted);
        }
        return out.toByteArray();
    }

    static @Nullable Vote loadVote(RingStore store) throws IOException {
        return load(store, VOTE, in -> {
            long epoch = in.readVarint();
            Ballot promised = RingCodec.readBallot(in);
            boolean hasAccepted = in.readBoolean();
            return new Vote(
                    epoch,
                    promised,
                    hasAccepted ? RingCodec.readBallot(in) : null,
                    hasAccepted ? RingCodec.readRing(in) : null);
        });
    }

    static byte[] round(long round) {
        WireWriter out = begin();
        out.writeVarint(round);
        return out.toByteArray();
    }

    static long loadRound(RingStore store) throws IOException {
        Long round = load(store, ROUND, WireReader::readVarint);
        return round == null ? 0 : round;
    }

    static byte[] left(boolean hasLeft) {
        WireWriter out = begin();
        out.writeByte(hasLeft ? 1 : 0);
        return out.toByteArray();
    }

    static boolean loadLeft(RingStore store) throws IOException {
        Boolean hasLeft = load(store, LEFT, WireReader::readBoolean);
        return hasLeft != null && hasLeft;
    }

    private static WireWriter begin() {
        WireWriter out = new WireWriter();
        out.writeByte(FORMAT);
        return out;
    }

    private static <T> @Nullable T load(RingStore store, String name, Function<WireReader, T> content)
            throws IOException {
        byte[] bytes = store.load(name);
        if (bytes == null) {
            return null;
        }
        try {
            WireReader in = new WireReader(bytes);
            byte format = in.readByte();
            if (format != FORMAT) {
                throw new IOException("ring/" + name + " in the data folder has format " + format
                        + ", which this version does not know; start the version that wrote it");
            }
            T value = content.apply(in);
            in.expectEnd();
            return value;
        } catch (MalformedException e) {
            throw damaged(name, String.valueOf(e.getMessage()));
        }
    }

    /** What to do depends on the file: a ring is known elsewhere as well, a promise is not. */
    static IOException damaged(String name, String how) {
        String remedy = name.equals(DECIDED)
                ? "copy it from a node of the cluster that is up"
                : "what this node has promised is known to nobody else: do not delete the file, but start the node on an empty"
                        + " data folder and let it replace the one it was";
        return new IOException("ring/" + name + " in the data folder is damaged (" + how + "); " + remedy);
    }
}
