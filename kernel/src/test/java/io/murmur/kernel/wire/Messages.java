package io.murmur.kernel.wire;

import io.murmur.kernel.Level;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.AtomicOperation;
import io.murmur.kernel.message.Ballot;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Credentials;
import io.murmur.kernel.message.EndpointAttributes;
import io.murmur.kernel.message.EndpointDigest;
import io.murmur.kernel.message.EndpointLoad;
import io.murmur.kernel.message.EndpointState;
import io.murmur.kernel.message.EndpointStatus;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import io.murmur.kernel.ring.RingPlanner;
import io.murmur.kernel.ring.RingSteps;
import io.murmur.kernel.ring.Slots;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.arbitraries.StringArbitrary;
import org.jspecify.annotations.Nullable;

/** Any message of any kind, within what may be written. Deadlines lie up to ten seconds behind or ahead of {@link #NOW_NANOS}. */
final class Messages {

    /** When the messages were made, on the sender's clock. */
    static final long NOW_NANOS = 5_000_000_000L;

    private Messages() {}

    /** By kind, one for each; a test compares the kinds with the sealed family. */
    static Map<Class<? extends Message>, Arbitrary<? extends Message>> byKind() {
        Map<Class<? extends Message>, Arbitrary<? extends Message>> kinds =
                new TreeMap<>(Comparator.comparing(Class::getName));
        kinds.put(
                Handshake.Hello.class,
                Combinators.combine(
                                protocols(),
                                names(),
                                nodes().injectNull(0.3),
                                names(),
                                credentials().injectNull(0.5))
                        .as(Handshake.Hello::new));
        kinds.put(
                Handshake.Welcome.class,
                Combinators.combine(protocols(), names(), nodes(), names(), longs())
                        .as(Handshake.Welcome::new));
        kinds.put(
                Handshake.Rejected.class,
                Combinators.combine(texts(200), Arbitraries.of(Handshake.Cause.class))
                        .as(Handshake.Rejected::new));
        kinds.put(Handshake.Farewell.class, Arbitraries.just(new Handshake.Farewell()));
        kinds.put(
                ClientRequest.Get.class,
                Combinators.combine(longs(), longs(), deadlines(), keys(), levels(), booleans())
                        .as(ClientRequest.Get::new));
        kinds.put(
                ClientRequest.Put.class,
                Combinators.combine(longs(), longs(), deadlines(), keys(), values(), timesToLive(), levels(), flags())
                        .as((id, epoch, deadline, key, value, timeToLive, level, flags) -> new ClientRequest.Put(
                                id, epoch, deadline, key, value, timeToLive, level, flags.get(0), flags.get(1))));
        kinds.put(
                ClientRequest.Delete.class,
                Combinators.combine(longs(), longs(), deadlines(), keys(), levels(), booleans(), booleans())
                        .as(ClientRequest.Delete::new));
        kinds.put(
                ClientRequest.GetAll.class,
                Combinators.combine(longs(), longs(), deadlines(), keys().list().ofMaxSize(5), levels())
                        .as(ClientRequest.GetAll::new));
        Arbitrary<List<ClientRequest.Entry>> entries = Combinators.combine(keys(), values())
                .as(ClientRequest.Entry::new)
                .list()
                .ofMaxSize(4);
        kinds.put(
                ClientRequest.PutAll.class,
                Combinators.combine(longs(), longs(), deadlines(), entries, timesToLive(), levels(), booleans())
                        .as(ClientRequest.PutAll::new));
        kinds.put(
                ClientRequest.GetRing.class,
                Combinators.combine(longs(), longs(), deadlines()).as(ClientRequest.GetRing::new));
        kinds.put(
                ClientRequest.Change.class,
                Combinators.combine(longs(), longs(), deadlines(), keys(), operations(), booleans())
                        .as(ClientRequest.Change::new));
        kinds.put(
                ClientReply.One.class,
                Combinators.combine(longs(), longs(), results(), traces().injectNull(0.5))
                        .as(ClientReply.One::new));
        kinds.put(
                ClientReply.Many.class,
                Combinators.combine(longs(), longs(), results().list().ofMaxSize(4))
                        .as(ClientReply.Many::new));
        kinds.put(
                ClientReply.RingIs.class,
                Combinators.combine(longs(), longs(), rings()).as(ClientReply.RingIs::new));
        kinds.put(
                PeerRequest.Join.class,
                Combinators.combine(longs(), longs(), deadlines(), keys(), cells())
                        .as(PeerRequest.Join::new));
        kinds.put(
                PeerRequest.Hint.class,
                Combinators.combine(longs(), longs(), deadlines(), nodes(), keys(), cells())
                        .as(PeerRequest.Hint::new));
        kinds.put(
                PeerRequest.Read.class,
                Combinators.combine(longs(), longs(), deadlines(), keys()).as(PeerRequest.Read::new));
        kinds.put(
                PeerRequest.ReadDigest.class,
                Combinators.combine(longs(), longs(), deadlines(), keys()).as(PeerRequest.ReadDigest::new));
        kinds.put(
                PeerReply.Joined.class,
                Combinators.combine(longs(), longs(), versions().injectNull(0.5))
                        .as(PeerReply.Joined::new));
        kinds.put(
                PeerRequest.Prepare.class,
                Combinators.combine(
                                longs(),
                                longs(),
                                deadlines(),
                                keys(),
                                versions(),
                                versions().injectNull(0.5))
                        .as(PeerRequest.Prepare::new));
        kinds.put(
                PeerRequest.Accept.class,
                Combinators.combine(
                                longs(),
                                longs(),
                                deadlines(),
                                keys(),
                                cells(),
                                links(),
                                versions().injectNull(0.5))
                        .as(PeerRequest.Accept::new));
        kinds.put(
                PeerReply.Promised.class,
                Combinators.combine(longs(), longs(), cells().injectNull(0.3), booleans(), links())
                        .as(PeerReply.Promised::new));
        kinds.put(
                PeerReply.Accepted.class, Combinators.combine(longs(), longs()).as(PeerReply.Accepted::new));
        kinds.put(
                PeerReply.Outbid.class,
                Combinators.combine(longs(), longs(), versions()).as(PeerReply.Outbid::new));
        kinds.put(PeerReply.Kept.class, Combinators.combine(longs(), longs()).as(PeerReply.Kept::new));
        kinds.put(
                PeerReply.CellIs.class,
                Combinators.combine(longs(), longs(), cells().injectNull(0.3), standings())
                        .as(PeerReply.CellIs::new));
        kinds.put(
                PeerReply.DigestIs.class,
                Combinators.combine(longs(), longs(), cells().map(Digest::of).injectNull(0.3), standings())
                        .as(PeerReply.DigestIs::new));
        kinds.put(
                PeerReply.Refused.class,
                Combinators.combine(longs(), longs(), failures()).as(PeerReply.Refused::new));
        kinds.putAll(gossip());
        ringMessages(kinds);
        syncMessages(kinds);
        return kinds;
    }

    private static Arbitrary<AtomicOperation> operations() {
        return anyOf(operationsByKind().values());
    }

    /** By kind; a test compares the kinds with the sealed family. */
    static Map<Class<? extends AtomicOperation>, Arbitrary<? extends AtomicOperation>> operationsByKind() {
        Map<Class<? extends AtomicOperation>, Arbitrary<? extends AtomicOperation>> kinds =
                new TreeMap<>(Comparator.comparing(Class::getName));
        kinds.put(
                AtomicOperation.PutIfAbsent.class,
                Combinators.combine(values(), timesToLive()).as(AtomicOperation.PutIfAbsent::new));
        kinds.put(
                AtomicOperation.Replace.class,
                Combinators.combine(values(), timesToLive()).as(AtomicOperation.Replace::new));
        kinds.put(
                AtomicOperation.CompareAndSet.class,
                Combinators.combine(values(), values(), timesToLive()).as(AtomicOperation.CompareAndSet::new));
        kinds.put(AtomicOperation.CompareAndRemove.class, values().map(AtomicOperation.CompareAndRemove::new));
        kinds.put(
                AtomicOperation.GetAndPut.class,
                Combinators.combine(values(), timesToLive()).as(AtomicOperation.GetAndPut::new));
        kinds.put(AtomicOperation.GetAndRemove.class, Arbitraries.just(new AtomicOperation.GetAndRemove()));
        kinds.put(
                AtomicOperation.Increment.class,
                Combinators.combine(Arbitraries.longs(), timesToLive()).as(AtomicOperation.Increment::new));
        return kinds;
    }

    private static void ringMessages(Map<Class<? extends Message>, Arbitrary<? extends Message>> kinds) {
        kinds.put(
                RingMessage.Prepare.class,
                Combinators.combine(longs(), longs(), ballots()).as(RingMessage.Prepare::new));
        kinds.put(
                RingMessage.Promise.class,
                Combinators.combine(longs(), longs(), ballots(), ballots(), rings().injectNull(0.5))
                        .as((id, epoch, ballot, in, ring) ->
                                new RingMessage.Promise(id, epoch, ballot, ring == null ? null : in, ring)));
        kinds.put(
                RingMessage.Accept.class,
                Combinators.combine(longs(), ballots(), rings()).as(RingMessage.Accept::new));
        kinds.put(
                RingMessage.Accepted.class,
                Combinators.combine(longs(), longs(), ballots()).as(RingMessage.Accepted::new));
        kinds.put(
                RingMessage.Outbid.class,
                Combinators.combine(longs(), longs(), ballots()).as(RingMessage.Outbid::new));
        kinds.put(
                RingMessage.Behind.class, Combinators.combine(longs(), longs()).as(RingMessage.Behind::new));
        kinds.put(
                RingMessage.AskRing.class, Combinators.combine(longs(), longs()).as(RingMessage.AskRing::new));
        kinds.put(
                RingMessage.Decided.class, Combinators.combine(longs(), rings()).as(RingMessage.Decided::new));
        kinds.put(
                RingMessage.Change.class,
                Combinators.combine(longs(), changes()).as(RingMessage.Change::new));
        kinds.put(
                RingMessage.ChangeAnswered.class,
                Combinators.combine(longs(), longs(), texts(60).injectNull(0.5)).as(RingMessage.ChangeAnswered::new));
    }

    private static void syncMessages(Map<Class<? extends Message>, Arbitrary<? extends Message>> kinds) {
        Arbitrary<Integer> slots = Arbitraries.integers().between(0, Slots.COUNT - 1);
        Arbitrary<Integer> sizes = Arbitraries.integers().between(0, MessageCodec.MAX_BODY_BYTES);
        Arbitrary<Integer> replicas = Arbitraries.integers().between(0, Ring.MAX_REPLICAS);
        Arbitrary<Integer> leafBits = Arbitraries.integers().between(0, SyncRequest.MOST_LEAF_BITS);
        Arbitrary<List<Integer>> leaves = Arbitraries.integers()
                .between(0, (1 << SyncRequest.MOST_LEAF_BITS) - 1)
                .list()
                .ofMaxSize(5);
        Arbitrary<List<Integer>> partitions = slots.list().ofMinSize(1).ofMaxSize(5);
        Arbitrary<List<Storage.Entry>> entries = Combinators.combine(keys(), cells())
                .as(Storage.Entry::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
        kinds.put(
                SyncRequest.Page.class,
                Combinators.combine(
                                longs(), longs(), deadlines(), replicas, slots, slots, keys().injectNull(0.3), sizes)
                        .as((id, epoch, deadline, least, first, last, after, bytes) ->
                                new SyncRequest.Page(id, epoch, deadline, last, least, first, last, after, bytes)));
        kinds.put(
                SyncRequest.Roots.class,
                Combinators.combine(
                                longs(),
                                longs(),
                                deadlines(),
                                replicas,
                                Combinators.combine(slots, longs(), longs())
                                        .as(SyncRequest.Root::new)
                                        .list()
                                        .ofMinSize(1)
                                        .ofMaxSize(5))
                        .as(SyncRequest.Roots::new));
        kinds.put(
                SyncRequest.SlotDigests.class,
                Combinators.combine(longs(), longs(), deadlines(), slots, replicas)
                        .as(SyncRequest.SlotDigests::new));
        kinds.put(
                SyncRequest.LeafDigests.class,
                Combinators.combine(longs(), longs(), deadlines(), slots, replicas, slots, leafBits)
                        .as(SyncRequest.LeafDigests::new));
        kinds.put(
                SyncRequest.SlotVersions.class,
                Combinators.combine(
                                longs(),
                                longs(),
                                deadlines(),
                                replicas,
                                slots,
                                leafBits,
                                leaves,
                                keys().injectNull(0.3))
                        .as((id, epoch, deadline, least, slot, bits, some, after) -> new SyncRequest.SlotVersions(
                                id, epoch, deadline, slot, least, slot, bits, some, after)));
        kinds.put(
                SyncRequest.Push.class,
                Combinators.combine(longs(), longs(), deadlines(), slots, entries)
                        .as(SyncRequest.Push::new));
        kinds.put(
                SyncRequest.Purge.class,
                Combinators.combine(longs(), longs(), deadlines(), longs(), partitions)
                        .as(SyncRequest.Purge::new));
        kinds.put(
                SyncRequest.Cells.class,
                Combinators.combine(
                                longs(),
                                longs(),
                                deadlines(),
                                slots,
                                keys().list().ofMaxSize(4))
                        .as(SyncRequest.Cells::new));
        kinds.put(
                SyncRequest.Heads.class,
                Combinators.combine(
                                longs(),
                                longs(),
                                deadlines(),
                                slots,
                                slots,
                                keys().injectNull(0.3),
                                Arbitraries.integers().between(1, SyncRequest.MOST_HEADS))
                        .as((id, epoch, deadline, first, last, after, most) -> new SyncRequest.Heads(
                                id, epoch, deadline, first, "sessions", first, last, after, most)));
        Arbitrary<Boolean> more = Arbitraries.of(true, false);
        kinds.put(
                SyncReply.HeadsAre.class,
                Combinators.combine(
                                longs(),
                                longs(),
                                Combinators.combine(keys(), versions(), longs())
                                        .as(SyncReply.Head::new)
                                        .list()
                                        .ofMaxSize(4),
                                more)
                        .as(SyncReply.HeadsAre::new));
        kinds.put(
                SyncReply.Entries.class,
                Combinators.combine(
                                longs(),
                                longs(),
                                Combinators.combine(keys(), cells())
                                        .as(Storage.Entry::new)
                                        .list()
                                        .ofMaxSize(4),
                                more)
                        .as(SyncReply.Entries::new));
        kinds.put(
                SyncReply.LeafDigestsAre.class,
                Combinators.combine(
                                longs(),
                                longs(),
                                Combinators.combine(longs(), longs(), longs())
                                        .as(SyncReply.SlotDigest::new)
                                        .list()
                                        .ofMaxSize(20))
                        .as(SyncReply.LeafDigestsAre::new));
        kinds.put(
                SyncReply.RootsAre.class,
                Combinators.combine(longs(), longs(), partitions, partitions).as(SyncReply.RootsAre::new));
        kinds.put(SyncReply.Taken.class, Combinators.combine(longs(), longs()).as(SyncReply.Taken::new));
        kinds.put(
                SyncReply.Purged.class,
                Combinators.combine(longs(), longs(), partitions).as(SyncReply.Purged::new));
        kinds.put(
                SyncReply.SlotDigestsAre.class,
                Combinators.combine(
                                longs(),
                                longs(),
                                longs(),
                                longs(),
                                Combinators.combine(longs(), longs(), longs())
                                        .as(SyncReply.SlotDigest::new)
                                        .list()
                                        .ofMaxSize(20))
                        .as(SyncReply.SlotDigestsAre::new));
        kinds.put(
                SyncReply.SlotVersionsAre.class,
                Combinators.combine(
                                longs(),
                                longs(),
                                Combinators.combine(keys(), cells().map(Digest::of))
                                        .as(SyncReply.KeyDigest::new)
                                        .list()
                                        .ofMaxSize(4),
                                more)
                        .as(SyncReply.SlotVersionsAre::new));
        kinds.put(
                SyncReply.Refused.class,
                Combinators.combine(longs(), longs(), failures()).as(SyncReply.Refused::new));
    }

    private static Arbitrary<PeerReply.Standing> standings() {
        return Arbitraries.of(PeerReply.Standing.class);
    }

    private static Arbitrary<List<PeerReply.Link>> links() {
        return Combinators.combine(versions(), versions().injectNull(0.3))
                .as(PeerReply.Link::new)
                .list()
                .ofMaxSize(4);
    }

    private static Arbitrary<Ballot> ballots() {
        return Combinators.combine(Arbitraries.longs().greaterOrEqual(0), nodes())
                .as(Ballot::new);
    }

    /** By kind; a test compares the kinds with the sealed family. */
    static Map<Class<? extends RingChange>, Arbitrary<? extends RingChange>> changesByKind() {
        Map<Class<? extends RingChange>, Arbitrary<? extends RingChange>> kinds =
                new TreeMap<>(Comparator.comparing(Class::getName));
        kinds.put(RingChange.Join.class, members().map(RingChange.Join::new));
        kinds.put(RingChange.Leave.class, nodes().map(RingChange.Leave::new));
        kinds.put(RingChange.Remove.class, nodes().map(RingChange.Remove::new));
        kinds.put(
                RingChange.Replace.class,
                Combinators.combine(nodes(), members()).as(RingChange.Replace::new));
        kinds.put(
                RingChange.Move.class,
                Combinators.combine(nodes(), names(), Arbitraries.integers().between(1, Member.MAX_WEIGHT))
                        .as(RingChange.Move::new));
        kinds.put(
                RingChange.Relocate.class,
                Combinators.combine(nodes(), names(), Arbitraries.integers().between(1, 65535))
                        .as(RingChange.Relocate::new));
        kinds.put(RingChange.Abort.class, nodes().map(RingChange.Abort::new));
        return kinds;
    }

    private static Arbitrary<RingChange> changes() {
        return anyOf(changesByKind().values());
    }

    private static Map<Class<? extends Message>, Arbitrary<? extends Message>> gossip() {
        Arbitrary<List<EndpointDigest>> digests = endpointDigests().list().ofMaxSize(4);
        Arbitrary<List<NodeId>> requests = nodes().list().ofMaxSize(3);
        Arbitrary<List<EndpointState>> states = endpointStates().list().ofMaxSize(2);
        return Map.of(
                GossipMessage.Syn.class,
                Combinators.combine(longs(), digests).as(GossipMessage.Syn::new),
                GossipMessage.Ack.class,
                Combinators.combine(longs(), digests, requests, states).as(GossipMessage.Ack::new),
                GossipMessage.Ack2.class,
                Combinators.combine(longs(), requests, states).as(GossipMessage.Ack2::new),
                GossipMessage.Ping.class,
                longs().map(GossipMessage.Ping::new),
                GossipMessage.PingRequest.class,
                Combinators.combine(longs(), nodes()).as(GossipMessage.PingRequest::new),
                GossipMessage.Pong.class,
                Combinators.combine(longs(), endpointDigests()).as(GossipMessage.Pong::new));
    }

    private static Arbitrary<EndpointDigest> endpointDigests() {
        return Combinators.combine(nodes(), naturals(), naturals(), naturals(), naturals())
                .as(EndpointDigest::new);
    }

    private static Arbitrary<EndpointState> endpointStates() {
        Arbitrary<Integer> ports = Arbitraries.integers().between(0, 65535);
        return Combinators.combine(
                        Combinators.combine(naturals(), naturals(), naturals(), naturals())
                                .as(List::of),
                        members(),
                        Combinators.combine(ports, ports).as(List::of),
                        Arbitraries.of(EndpointStatus.class),
                        endpointLoads(),
                        names(),
                        protocols())
                .as((numbers, member, both, status, load, release, protocol) -> new EndpointState(
                        new EndpointDigest(member.id(), numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3)),
                        new EndpointAttributes(member, both.get(0), both.get(1), status, load, release, protocol)));
    }

    private static Arbitrary<EndpointLoad> endpointLoads() {
        return Combinators.combine(
                        naturals(),
                        naturals(),
                        naturals(),
                        naturals(),
                        Arbitraries.integers().between(0, 16384))
                .as(EndpointLoad::new);
    }

    static Arbitrary<Message> any() {
        return anyOf(byKind().values());
    }

    private static <T> Arbitrary<T> anyOf(Collection<Arbitrary<? extends T>> all) {
        List<Arbitrary<? extends T>> kinds = List.copyOf(all);
        return Arbitraries.integers()
                .between(0, kinds.size() - 1)
                .flatMap(kind -> kinds.get(kind).map(some -> some));
    }

    /** By kind; a test compares the kinds with the sealed family. */
    static Map<Class<? extends Failure>, Arbitrary<? extends Failure>> failuresByKind() {
        Map<Class<? extends Failure>, Arbitrary<? extends Failure>> kinds =
                new TreeMap<>(Comparator.comparing(Class::getName));
        Arbitrary<Failure.Effect> effects = Arbitraries.of(Failure.Effect.class);
        kinds.put(
                Failure.Unavailable.class,
                Combinators.combine(counts(), counts()).as(Failure.Unavailable::new));
        kinds.put(
                Failure.Timeout.class,
                Combinators.combine(counts(), counts(), effects).as(Failure.Timeout::new));
        kinds.put(Failure.Overloaded.class, texts(60).map(Failure.Overloaded::new));
        kinds.put(
                Failure.ClockDrift.class, Combinators.combine(longs(), effects).as(Failure.ClockDrift::new));
        kinds.put(Failure.StaleRing.class, Combinators.combine(longs(), effects).as(Failure.StaleRing::new));
        kinds.put(
                Failure.StorageFailed.class,
                Combinators.combine(texts(60), effects).as(Failure.StorageFailed::new));
        kinds.put(Failure.BadRequest.class, texts(60).map(Failure.BadRequest::new));
        kinds.put(Failure.Forbidden.class, texts(60).map(Failure.Forbidden::new));
        return kinds;
    }

    static Arbitrary<Failure> failures() {
        return anyOf(failuresByKind().values());
    }

    static Arbitrary<Cell> cells() {
        return Arbitraries.oneOf(versions().map(Cell.Tombstone::new), liveCells());
    }

    static Arbitrary<Ring> rings() {
        Arbitrary<Integer> partitions = Arbitraries.of(1, 2, 8, 16);
        Arbitrary<Integer> replicas = Arbitraries.integers().between(1, 4);
        return Combinators.combine(
                        longs(),
                        partitions,
                        replicas,
                        members().list().uniqueElements(Member::id).ofMaxSize(6))
                .as((epoch, parts, wanted, members) -> {
                    Ring planned = RingPlanner.first(parts, wanted, members);
                    List<List<NodeId>> owners =
                            IntStream.range(0, parts).mapToObj(planned::owners).toList();
                    return new Ring(epoch, parts, wanted, members, owners);
                })
                .flatMap(ring -> changes().map(change -> inTransition(ring, change)));
    }

    /** The ring with a change under way where it can begin, and some of it done; else the ring itself. */
    private static Ring inTransition(Ring ring, RingChange change) {
        try {
            RingChange possible = ring.members().isEmpty() || change instanceof RingChange.Join
                    ? change
                    : new RingChange.Leave(ring.members().get(0).id());
            Ring next = RingSteps.begin(ring, possible);
            return RingSteps.behind(next).size() > 1
                    ? RingSteps.synced(next, RingSteps.behind(next).iterator().next())
                    : next;
        } catch (RingSteps.Refused e) {
            return ring;
        }
    }

    private static Arbitrary<Member> members() {
        Arbitrary<Integer> ports = Arbitraries.integers().between(1, 65535);
        Arbitrary<Integer> weights = Arbitraries.integers().between(1, Member.MAX_WEIGHT);
        return Combinators.combine(
                        nodes(), names(), names(), ports, Arbitraries.of("east", "", "wést"), names(), weights)
                .as(Member::new);
    }

    private static Arbitrary<ClientReply.Result> results() {
        Arbitrary<ClientReply.Result> found = Combinators.combine(liveCells(), counts())
                .as((cell, answered) -> new ClientReply.Value(cell, cell.version(), answered));
        Arbitrary<ClientReply.Result> nothing = Combinators.combine(versions().injectNull(0.5), counts())
                .as((seen, answered) -> new ClientReply.Value(null, seen, answered));
        Arbitrary<ClientReply.Result> written =
                Combinators.combine(versions(), counts(), counts(), counts()).as(ClientReply.Written::new);
        Arbitrary<ClientReply.Result> failed = failures().map(ClientReply.Failed::new);
        Arbitrary<ClientReply.Result> changed = Combinators.combine(
                        booleans(), values().injectNull(0.3), versions().injectNull(0.3))
                .as(ClientReply.Changed::new);
        return Arbitraries.oneOf(found, nothing, written, changed, failed);
    }

    private static Arbitrary<Trace> traces() {
        Arbitrary<Integer> times = Arbitraries.integers().greaterOrEqual(0);
        Arbitrary<Trace.Outcome> outcomes = Arbitraries.oneOf(
                Arbitraries.just(new Trace.Outcome.Underway()),
                counts().map(Trace.Outcome.Done::new),
                failures().map(Trace.Outcome.Failed::new));
        Arbitrary<Trace.Answer> answers = Arbitraries.oneOf(
                Arbitraries.of(Trace.Answer.Plain.class).map(plain -> plain),
                failures().map(Trace.Answer.Refused::new));
        Arbitrary<Trace.Step> steps = Combinators.combine(
                        nodes(),
                        Arbitraries.of(Trace.Ask.class),
                        nodes().injectNull(0.7),
                        Arbitraries.of(Trace.Reason.class),
                        times,
                        times,
                        Arbitraries.integers().greaterOrEqual(Trace.Step.NEVER),
                        answers)
                .as(Trace.Step::new);
        return Combinators.combine(
                        Arbitraries.of(Trace.Kind.class),
                        keys(),
                        nodes(),
                        levels().map(level -> level == null ? Level.QUORUM : level),
                        longs(),
                        times,
                        outcomes,
                        steps.list().ofMaxSize(5))
                .as((kind, key, coordinator, level, startedAt, micros, outcome, some) -> new Trace(
                        kind, key, key.slot(), coordinator, level, startedAt, micros, outcome, some, some.size()));
    }

    private static Arbitrary<List<Boolean>> flags() {
        return booleans().list().ofSize(2);
    }

    private static Arbitrary<Boolean> booleans() {
        return Arbitraries.of(false, true);
    }

    private static Arbitrary<Cell.Live> liveCells() {
        Arbitrary<Long> expiries = Arbitraries.oneOf(longs(), Arbitraries.just(Cell.NEVER));
        return Combinators.combine(versions(), expiries, values()).as(Cell.Live::new);
    }

    private static Arbitrary<Key> keys() {
        Arbitrary<String> caches = Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars("AZ09._-")
                .ofMinLength(1)
                .ofMaxLength(64);
        return Combinators.combine(caches, bytes(40)).as(Key::new);
    }

    private static Arbitrary<@Nullable Level> levels() {
        Arbitrary<Level> named = Arbitraries.of(Level.Named.class).map(level -> level);
        Arbitrary<Level> counted = Arbitraries.integers().between(1, 255).map(Level.Count::new);
        return Arbitraries.oneOf(named, counted).injectNull(0.2);
    }

    private static Arbitrary<Version> versions() {
        return Combinators.combine(longs(), nodes()).as(Version::new);
    }

    private static Arbitrary<NodeId> nodes() {
        return Combinators.combine(longs(), longs()).as(NodeId::new);
    }

    private static Arbitrary<Long> deadlines() {
        return Arbitraries.longs().between(NOW_NANOS - 10_000_000_000L, NOW_NANOS + 10_000_000_000L);
    }

    private static Arbitrary<Long> timesToLive() {
        return Arbitraries.oneOf(
                Arbitraries.of(ClientRequest.TTL_NONE, ClientRequest.TTL_OF_CACHE),
                Arbitraries.longs().greaterOrEqual(1));
    }

    private static Arbitrary<Long> longs() {
        return Arbitraries.longs();
    }

    private static Arbitrary<Long> naturals() {
        return Arbitraries.longs().greaterOrEqual(0);
    }

    private static Arbitrary<Integer> protocols() {
        return Arbitraries.integers().greaterOrEqual(0);
    }

    private static Arbitrary<Integer> counts() {
        return Arbitraries.integers().between(0, 1000);
    }

    private static Arbitrary<byte[]> values() {
        return bytes(80);
    }

    private static Arbitrary<byte[]> bytes(int most) {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(most);
    }

    private static StringArbitrary names() {
        return texts(40);
    }

    /** Of any characters, since whole ones survive; halves of surrogate pairs are none. */
    private static Arbitrary<Credentials> credentials() {
        return Arbitraries.oneOf(
                Combinators.combine(texts(20), texts(160)).as(Credentials.Password::new),
                texts(160).map(Credentials.Token::new));
    }

    private static StringArbitrary texts(int mostCharacters) {
        return Arbitraries.strings()
                .withCharRange(' ', '\uD7FF')
                .withCharRange('\uE000', '\uFFFF')
                .ofMaxLength(mostCharacters);
    }
}
