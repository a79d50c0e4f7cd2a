package io.murmur.simulation;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.AtomicOperation;
import io.murmur.kernel.message.Ballot;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How messages, versions and nodes are called in a transcript: short enough to read a run of them. */
final class Names {

    private final Map<NodeId, String> names = new HashMap<>();

    void name(NodeId id, String name) {
        names.put(id, name);
    }

    String of(NodeId id) {
        return names.getOrDefault(id, id.abbreviated());
    }

    /** A version as milliseconds since the world began, counter, and node. */
    String of(@Nullable Version version) {
        if (version == null) {
            return "nothing";
        }
        long sinceGenesis = version.wallMillis() - SimulatedClock.GENESIS_MILLIS;
        return "v" + sinceGenesis + "." + (version.reading() & 0xFFFF) + "@" + of(version.node());
    }

    String of(Message message) {
        return switch (message) {
            case ClientRequest request -> of(request);
            case ClientReply reply -> of(reply);
            case PeerRequest request -> of(request);
            case PeerReply reply -> of(reply);
            case SyncRequest request -> of(request);
            case SyncReply reply -> of(reply);
            case RingMessage ring -> of(ring);
            case Handshake handshake -> handshake.toString();
            case GossipMessage gossip -> gossip.toString();
        };
    }

    private String of(ClientRequest request) {
        return switch (request) {
            case ClientRequest.Get get -> "Get " + text(get.key()) + at(get.level());
            case ClientRequest.Put put ->
                "Put " + text(put.key()) + " = " + text(put.value()) + timeToLive(put.timeToLiveMillis())
                        + at(put.level(), put.sloppy());
            case ClientRequest.Delete delete -> "Delete " + text(delete.key()) + at(delete.level(), delete.sloppy());
            case ClientRequest.GetAll all ->
                "GetAll " + all.keys().stream().map(Names::text).collect(Collectors.joining(", ")) + at(all.level());
            case ClientRequest.PutAll all ->
                "PutAll "
                        + all.entries().stream()
                                .map(entry -> text(entry.key()) + " = " + text(entry.value()))
                                .collect(Collectors.joining(", "))
                        + timeToLive(all.timeToLiveMillis())
                        + at(all.level(), all.sloppy());
            case ClientRequest.Change change -> "Change " + text(change.key()) + " " + of(change.operation());
            case ClientRequest.GetRing ignored -> "GetRing";
        };
    }

    private static String of(AtomicOperation operation) {
        return switch (operation) {
            case AtomicOperation.PutIfAbsent it ->
                "PutIfAbsent " + text(it.value()) + timeToLive(it.timeToLiveMillis());
            case AtomicOperation.Replace it -> "Replace " + text(it.value()) + timeToLive(it.timeToLiveMillis());
            case AtomicOperation.CompareAndSet it ->
                "CompareAndSet " + text(it.expected()) + " to " + text(it.value()) + timeToLive(it.timeToLiveMillis());
            case AtomicOperation.CompareAndRemove it -> "CompareAndRemove " + text(it.expected());
            case AtomicOperation.GetAndPut it -> "GetAndPut " + text(it.value()) + timeToLive(it.timeToLiveMillis());
            case AtomicOperation.GetAndRemove ignored -> "GetAndRemove";
            case AtomicOperation.Increment it -> "Increment " + it.delta() + timeToLive(it.timeToLiveMillis());
        };
    }

    private String of(ClientReply reply) {
        return switch (reply) {
            case ClientReply.One one -> of(one.result());
            case ClientReply.Many many -> of(many.results());
            case ClientReply.RingIs ringIs -> ringIs.ring().toString();
        };
    }

    private String of(List<ClientReply.Result> results) {
        return results.stream().map(this::of).collect(Collectors.joining("; "));
    }

    private String of(ClientReply.Result result) {
        return switch (result) {
            case ClientReply.Value value -> "Value " + of(value.cell(), value.seen());
            case ClientReply.Written written ->
                "Written " + of(written.version()) + " at " + written.acknowledged() + " of " + written.required()
                        + (written.standIns() == 0 ? "" : ", " + written.standIns() + " by stand-ins");
            case ClientReply.Changed changed ->
                (changed.applied() ? "Changed" : "Unchanged")
                        + (changed.value() == null ? "" : " " + text(changed.value()))
                        + (changed.version() == null ? "" : " " + of(changed.version()));
            case ClientReply.Failed failed -> "Failed " + of(failed.failure());
        };
    }

    private String of(PeerRequest request) {
        return switch (request) {
            case PeerRequest.Join join -> "Join " + text(join.key()) + " " + of(join.cell());
            case PeerRequest.Hint hint ->
                "Hint for " + of(hint.target()) + " " + text(hint.key()) + " " + of(hint.cell());
            case PeerRequest.Read read -> "Read " + text(read.key());
            case PeerRequest.ReadDigest read -> "ReadDigest " + text(read.key());
            case PeerRequest.Prepare prepare -> "Prepare " + text(prepare.key()) + " in " + of(prepare.ballot());
            case PeerRequest.Accept accept ->
                "Accept " + text(accept.key()) + " " + of(accept.cell()) + " made of "
                        + of(accept.links().get(0).basis())
                        + (accept.next() == null ? "" : ", and promise " + of(accept.next()));
        };
    }

    private static String of(PeerReply.Standing standing) {
        return switch (standing) {
            case SETTLED -> "";
            case UNSETTLED -> ", not settled";
            case FORGOTTEN -> ", settled or not";
        };
    }

    private String of(PeerReply reply) {
        return switch (reply) {
            case PeerReply.Joined joined ->
                joined.superseding() == null ? "Joined" : "Joined, but superseded by " + of(joined.superseding());
            case PeerReply.Kept ignored -> "Kept";
            case PeerReply.CellIs cellIs -> "CellIs " + of(cellIs.cell()) + of(cellIs.standing());
            case PeerReply.DigestIs digestIs -> "DigestIs " + of(digestIs.digest()) + of(digestIs.standing());
            case PeerReply.Promised promised ->
                "Promised, holding " + of(promised.cell()) + (promised.settled() ? "" : ", not settled");
            case PeerReply.Accepted ignored -> "Accepted";
            case PeerReply.Outbid outbid -> "Outbid by " + of(outbid.version());
            case PeerReply.Refused refused -> "Refused " + of(refused.failure());
        };
    }

    private String of(SyncRequest request) {
        String partition = " of partition " + request.partition();
        return switch (request) {
            case SyncRequest.Page page ->
                "Page" + partition + (page.after() == null ? "" : " behind " + text(page.after()));
            case SyncRequest.SlotDigests ignored -> "SlotDigests" + partition;
            case SyncRequest.SlotVersions versions -> "SlotVersions of slot " + versions.slot();
            case SyncRequest.Cells cells -> "Cells of " + cells.keys().size() + " keys" + partition;
            case SyncRequest.Roots roots -> "Roots of " + roots.roots().size() + " partitions";
            case SyncRequest.LeafDigests digests -> "LeafDigests of slot " + digests.slot();
            case SyncRequest.Heads heads ->
                "Heads" + partition + (heads.after() == null ? "" : " behind " + text(heads.after()));
            case SyncRequest.Push push -> "Push of " + push.entries().size() + " cells" + partition;
            case SyncRequest.Purge purge ->
                "Purge of " + purge.partitions().size() + " partitions, before "
                        + (purge.horizonMillis() - SimulatedClock.GENESIS_MILLIS);
        };
    }

    private String of(SyncReply reply) {
        return switch (reply) {
            case SyncReply.Entries entries ->
                entries.entries().size() + " Entries" + (entries.more() ? ", and more" : "");
            case SyncReply.SlotDigestsAre digests -> digests.digests().size() + " SlotDigests";
            case SyncReply.SlotVersionsAre versions ->
                versions.keys().size() + " SlotVersions" + (versions.more() ? ", and more" : "");
            case SyncReply.LeafDigestsAre digests -> digests.digests().size() + " LeafDigests";
            case SyncReply.RootsAre roots ->
                roots.equal().size() + " Roots equal, " + roots.different().size() + " different";
            case SyncReply.HeadsAre heads -> heads.heads().size() + " Heads" + (heads.more() ? ", and more" : "");
            case SyncReply.Taken ignored -> "Taken";
            case SyncReply.Purged purged -> "Purged " + purged.partitions().size() + " partitions";
            case SyncReply.Refused refused -> "Refused " + of(refused.failure());
        };
    }

    private String of(RingMessage message) {
        return switch (message) {
            case RingMessage.Prepare m -> "Prepare ring " + m.epoch() + " in " + of(m.ballot());
            case RingMessage.Promise m ->
                "Promise ring " + m.epoch() + " in " + of(m.ballot())
                        + (m.acceptedIn() == null ? "" : ", accepted " + m.accepted() + " in " + of(m.acceptedIn()));
            case RingMessage.Accept m -> "Accept " + m.ring() + " in " + of(m.ballot());
            case RingMessage.Accepted m -> "Accepted ring " + m.epoch() + " in " + of(m.ballot());
            case RingMessage.Outbid m -> "Outbid for ring " + m.epoch() + " by " + of(m.promised());
            case RingMessage.Behind m -> "Behind, at ring " + m.epoch();
            case RingMessage.AskRing m -> "AskRing newer than " + m.epoch();
            case RingMessage.Decided m -> "Decided " + m.ring();
            case RingMessage.Change m -> "Change: " + m.change();
            case RingMessage.ChangeAnswered m ->
                m.refusal() == null ? "Change begun in ring " + m.epoch() : "Change refused: " + m.refusal();
        };
    }

    private String of(Ballot ballot) {
        return "ballot " + ballot.round() + "@" + of(ballot.node());
    }

    private String of(@Nullable Digest digest) {
        return digest == null ? "nothing" : of(digest.version()) + " #" + Integer.toHexString(digest.checksum());
    }

    private String of(@Nullable Cell cell) {
        return switch (cell) {
            case null -> "nothing";
            case Cell.Tombstone tombstone -> "deleted " + of(tombstone.version());
            case Cell.Live live ->
                "= " + text(live.value()) + " " + of(live.version())
                        + (live.expiresAtMillis() == Cell.NEVER
                                ? ""
                                : " until " + (live.expiresAtMillis() - SimulatedClock.GENESIS_MILLIS));
        };
    }

    private String of(Cell.@Nullable Live cell, @Nullable Version seen) {
        return cell == null ? "nothing, seen " + of(seen) : of(cell);
    }

    private static String of(Failure failure) {
        return failure.message() + " (effect " + failure.effect() + ")";
    }

    String of(Operation operation) {
        return String.format(
                Locale.ROOT,
                "%s by way of %s [%.3f..%.3f ms]: %s %s%s -> %s",
                operation.client(),
                of(operation.coordinator()),
                operation.invokedNanos() / 1e6,
                operation.completedNanos() / 1e6,
                of(operation.action()),
                text(operation.key()),
                at(operation.level(), operation.sloppy()),
                of(operation.result()));
    }

    private static String of(Operation.Action action) {
        return switch (action) {
            case Operation.Get ignored -> "get";
            case Operation.Put put -> "put " + quoted(put.value()) + timeToLive(put.timeToLiveMillis()) + " into";
            case Operation.Delete ignored -> "delete";
        };
    }

    private String of(Operation.Result result) {
        return switch (result) {
            case Operation.Read read ->
                (read.value() == null ? "nothing" : quoted(read.value())) + ", seen " + of(read.seen());
            case Operation.Written written ->
                "written " + of(written.version())
                        + (written.standIns() == 0 ? "" : ", " + written.standIns() + " by stand-ins");
            case Operation.Failed failed -> failed.why() + ", effect " + failed.effect();
        };
    }

    private static String quoted(String value) {
        return '"' + value + '"';
    }

    static String text(Key key) {
        return new String(key.bytes(), StandardCharsets.UTF_8);
    }

    private static String text(byte[] value) {
        return quoted(new String(value, StandardCharsets.UTF_8));
    }

    private static String at(@Nullable Level level) {
        return level == null ? "" : " at " + level;
    }

    private static String at(@Nullable Level level, boolean sloppy) {
        return at(level) + (sloppy ? ", sloppily" : "");
    }

    private static String timeToLive(long millis) {
        return millis > 0 ? " for " + millis + " ms" : "";
    }
}
