package io.murmur.node;

import io.murmur.kernel.Disk;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.kernel.wire.MalformedException;
import io.murmur.kernel.wire.RingCodec;
import io.murmur.kernel.wire.WireReader;
import io.murmur.kernel.wire.WireWriter;
import io.murmur.node.config.ConfigurationException;
import io.murmur.node.config.InitialMember;
import io.murmur.node.config.NodeConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How a new cluster's first ring comes about. Every initial member is told the same list of names and addresses; the nodes learn each
 * other's ids as they greet; whoever has been let in by all computes the ring, the same as everyone else, and keeps it. From then on the ring on disk
 * counts, and a node that greets with a member's name and another id is not that member: its data folder is not the member's.
 *
 * <p>Greetings come from any event loop, so this is the one place of the node with a lock; it is never on a request's path.
 */
final class InitialMembership {

    private static final String FILE = "ring/ring";

    private final NodeConfiguration configuration;
    private final Disk disk;
    private final Map<String, NodeId> met = new HashMap<>();
    private final Set<String> welcomedBy = new HashSet<>();
    private volatile @Nullable Ring ring;
    private @Nullable Consumer<Ring> formed;

    /**
     * @throws ConfigurationException when the configuration contradicts the ring on disk
     * @throws IOException when the ring on disk cannot be read
     */
    InitialMembership(NodeConfiguration configuration, NodeId self, Disk disk) throws IOException {
        this.configuration = configuration;
        this.disk = disk;
        Ring kept = load(disk);
        if (kept == null) {
            welcomed(configuration.name(), self);
        } else {
            check(kept, self);
            ring = atTheirAddresses(kept);
        }
    }

    /** Calls this once the ring is there and kept: at once, or from within {@link #welcomed}. */
    synchronized void whenFormed(Consumer<Ring> listener) {
        formed = listener;
        if (ring != null) {
            listener.accept(ring);
        }
    }

    /** The ring, or null while members are still to be met. */
    @Nullable
    Ring ring() {
        return ring;
    }

    /** The members that have not been met, by name; empty once there is a ring. */
    synchronized List<String> awaited() {
        List<String> names = new ArrayList<>();
        if (ring == null) {
            for (InitialMember member : configuration.members()) {
                if (!welcomedBy.contains(member.name())) {
                    names.add(member.name());
                }
            }
        }
        return names;
    }

    /**
     * A node asks to be let in and says who it is.
     *
     * @return why it cannot be let in, or null when all is well
     */
    synchronized @Nullable String greeted(String name, NodeId id) {
        Ring known = ring;
        if (known != null) {
            return known.member(id) != null ? null : stranger(name, id, known);
        }
        if (configuration.members().stream().noneMatch(member -> member.name().equals(name))) {
            return "'" + name + "' is not among the initial members of cluster '" + configuration.cluster()
                    + "'; give every node the same 'members'";
        }
        NodeId former = met.putIfAbsent(name, id);
        if (former != null && !former.equals(id)) {
            return "two nodes call themselves '" + name + "': " + former + " and " + id
                    + "; stop one, or restart the cluster's nodes if its data folder was emptied meanwhile";
        }
        return null;
    }

    /**
     * A node has let this one in and says who it is. Only this counts as having met it: a node whose former data folder is lost is greeted
     * by the others, who know a ring, but let in by none, and so never makes a ring of its own beside theirs.
     *
     * @return why it must not be talked to, or null when all is well
     */
    synchronized @Nullable String welcomed(String name, NodeId id) {
        String objection = greeted(name, id);
        if (objection == null && ring == null) {
            welcomedBy.add(name);
            if (welcomedBy.size() == configuration.members().size()) {
                form();
            }
        }
        return objection;
    }

    private static String stranger(String name, NodeId id, Ring known) {
        for (Member member : known.members()) {
            if (member.name().equals(name)) {
                return "the ring knows '" + name + "' as " + member.id() + ", not as " + id
                        + ": its data folder is not the one it had. Start it on its former data folder; what it held stays"
                        + " safe on the other owners meanwhile";
            }
        }
        return "'" + name + "' (" + id + ") is no member of the ring of epoch " + known.epoch();
    }

    private void form() {
        List<Member> members = new ArrayList<>();
        for (InitialMember member : configuration.members()) {
            members.add(new Member(
                    Objects.requireNonNull(met.get(member.name())),
                    member.name(),
                    member.host(),
                    member.port(),
                    member.region(),
                    member.zone(),
                    member.weight()));
        }
        Ring first = RingPlanner.first(configuration.partitions(), configuration.replicas(), members);
        try {
            keep(disk, first);
        } catch (IOException e) {
            throw new UncheckedIOException("the ring could not be kept", e);
        }
        ring = first;
        if (formed != null) {
            formed.accept(first);
        }
    }

    /** What was fixed when the cluster was made is not changed by changing a file. */
    private void check(Ring kept, NodeId self) {
        Member own = kept.member(self);
        if (own == null) {
            throw new ConfigurationException("the ring in the data folder does not know this node's id " + self
                    + ": the folder was put together from two nodes' folders; restore it from one");
        }
        same("name", own.name(), configuration.name());
        same("partitions", kept.partitions(), configuration.partitions());
        same("replicas", kept.replicas(), configuration.replicas());
        same("zone", own.zone(), configuration.zone());
        same("region", own.region(), configuration.region());
        same(
                "members",
                sortedNames(kept.members().stream().map(Member::name)),
                sortedNames(configuration.members().stream().map(InitialMember::name)));
    }

    private static List<String> sortedNames(Stream<String> names) {
        return names.sorted().toList();
    }

    /** A member's address is only an attribute: it may change, as long as the list says so on every node. */
    private Ring atTheirAddresses(Ring kept) {
        List<Member> members = new ArrayList<>();
        for (Member member : kept.members()) {
            for (InitialMember now : configuration.members()) {
                if (now.name().equals(member.name())) {
                    members.add(new Member(
                            member.id(),
                            member.name(),
                            now.host(),
                            now.port(),
                            member.region(),
                            member.zone(),
                            member.weight()));
                }
            }
        }
        List<List<NodeId>> owners = new ArrayList<>();
        for (int partition = 0; partition < kept.partitions(); partition++) {
            owners.add(kept.owners(partition));
        }
        return new Ring(kept.epoch(), kept.partitions(), kept.replicas(), members, owners);
    }

    private static void same(String key, Object kept, Object configured) {
        if (!kept.equals(configured)) {
            throw new ConfigurationException(key + " is '" + configured + "' but the cluster was made with '" + kept
                    + "'; set it back: it cannot be changed by configuration once the ring is made");
        }
    }

    private static void keep(Disk disk, Ring ring) throws IOException {
        WireWriter out = new WireWriter();
        out.writeInt(0);
        RingCodec.writeRing(out, ring);
        byte[] bytes = out.toByteArray();
        int checksum = checksum(bytes);
        for (int i = 0; i < 4; i++) {
            bytes[i] = (byte) (checksum >>> (24 - 8 * i));
        }
        Identity.replace(disk, FILE, bytes);
    }

    private static @Nullable Ring load(Disk disk) throws IOException {
        if (!disk.list("ring").contains(FILE)) {
            return null;
        }
        byte[] bytes = Identity.read(disk, FILE);
        try {
            WireReader in = new WireReader(bytes);
            if (in.readInt() != checksum(bytes)) {
                throw new MalformedException("wrong checksum");
            }
            Ring ring = RingCodec.readRing(in);
            in.expectEnd();
            return ring;
        } catch (MalformedException e) {
            throw new IOException(
                    FILE + " in the data folder is damaged (" + e.getMessage()
                            + "); copy it from another node of the cluster",
                    e);
        }
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, Math.min(4, bytes.length), Math.max(0, bytes.length - 4));
        return (int) crc.getValue();
    }
}
