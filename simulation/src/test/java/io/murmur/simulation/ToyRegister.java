package io.murmur.simulation;

import io.murmur.kernel.Durability;
import io.murmur.kernel.Level;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Timers.Timer;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.HybridClock;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A small replicated register (after Attiya, Bar-Noy and Dolev 1995) to try the simulator on: every call asks all owners; a read makes
 * what it found durable at enough of them before it answers; a write that meets a greater version is stamped anew above it. It can be
 * built with a {@link Bug}, which the checks must find.
 */
final class ToyRegister implements SimulatedProcess {

    enum Bug {
        NONE,
        ACKNOWLEDGES_BEFORE_DURABLE,
        COUNTS_WRITES_ONE_SHORT,
        SKIPS_READ_REPAIR,
        LETS_THE_ARRIVING_CELL_WIN,
        FORGETS_THE_LAST_FILE,
        NEVER_STAMPS_ANEW,
        IGNORES_EXPIRY
    }

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final NodeSeams seams;
    private final Bug bug;
    private final SimulatedStorage storage;
    private final HybridClock hybridClock;
    private final Map<Key, Cell> arrived = new HashMap<>();
    private final Map<Long, Round> rounds = new HashMap<>();
    private long lastId;

    static ProcessFactory factory(Bug bug) {
        return seams -> new ToyRegister(seams, bug);
    }

    private ToyRegister(NodeSeams seams, Bug bug) throws IOException {
        this.seams = seams;
        this.bug = bug;
        List<String> files = seams.disk().list("replica");
        if (bug == Bug.FORGETS_THE_LAST_FILE && !files.isEmpty()) {
            seams.disk().delete(files.get(files.size() - 1));
        }
        this.storage = new SimulatedStorage(seams);
        this.hybridClock = new HybridClock(seams.id(), seams.clock(), ClusterScenario.MAX_CLOCK_DRIFT);
        this.hybridClock.observe(new Version(storage.greatestReading(), seams.id()));
        this.lastId = seams.random().nextLong() >>> 1;
    }

    @Override
    public void receive(NodeId from, Message message) {
        switch (message) {
            case PeerRequest request -> serve(from, request);
            case PeerReply reply -> {
                Round round = rounds.get(reply.id());
                if (round != null) {
                    round.receive(from, reply);
                }
            }
            case ClientRequest request ->
                coordinate(request, reply -> seams.network().send(from, reply));
            default -> throw new IllegalStateException("unexpected " + message);
        }
    }

    // ---- the replica

    private void serve(NodeId from, PeerRequest request) {
        long id = request.id();
        switch (request) {
            case PeerRequest.Join join -> {
                hybridClock.observe(join.cell().version());
                Consumer<PeerReply> answer = reply -> seams.network().send(from, reply);
                if (bug == Bug.ACKNOWLEDGES_BEFORE_DURABLE) {
                    answer.accept(new PeerReply.Joined(id, 1, null));
                    storage.join(join.key(), join.cell(), Durability.FSYNC, outcome -> {});
                } else {
                    storage.join(
                            join.key(), join.cell(), Durability.FSYNC, outcome -> answer.accept(joined(join, outcome)));
                }
            }
            case PeerRequest.Read read ->
                storage.read(read.key(), outcome -> seams.network().send(from, cellIs(read, outcome)));
            case PeerRequest.Hint ignored -> throw new IllegalStateException("no hints here");
            case PeerRequest.ReadDigest ignored -> throw new IllegalStateException("no digests here");
            case PeerRequest.Prepare ignored -> throw new IllegalStateException("no ballots here");
            case PeerRequest.Accept ignored -> throw new IllegalStateException("no ballots here");
        }
    }

    private PeerReply joined(PeerRequest.Join join, Storage.JoinOutcome outcome) {
        if (!(outcome instanceof Storage.JoinOutcome.Held held)) {
            return new PeerReply.Refused(join.id(), 1, new Failure.StorageFailed("full", Failure.Effect.UNKNOWN));
        }
        if (bug == Bug.LETS_THE_ARRIVING_CELL_WIN) {
            arrived.put(join.key(), join.cell());
            return new PeerReply.Joined(join.id(), 1, null);
        }
        boolean isTheOneWritten = Cell.compare(held.cell(), join.cell()) == 0 || bug == Bug.NEVER_STAMPS_ANEW;
        return new PeerReply.Joined(
                join.id(), 1, isTheOneWritten ? null : held.cell().version());
    }

    private PeerReply cellIs(PeerRequest.Read read, Storage.ReadOutcome outcome) {
        Cell cell = outcome instanceof Storage.ReadOutcome.Found found ? found.cell() : null;
        return new PeerReply.CellIs(read.id(), 1, arrived.getOrDefault(read.key(), cell));
    }

    // ---- the coordinator

    private void coordinate(ClientRequest request, Consumer<ClientReply> reply) {
        switch (request) {
            case ClientRequest.Get get -> read(get.key(), one(get, reply), quorum(get.key(), get.level()));
            case ClientRequest.Put put ->
                write(
                        put(put.value(), put.timeToLiveMillis()),
                        put.key(),
                        one(put, reply),
                        quorum(put.key(), put.level()));
            case ClientRequest.Delete delete ->
                write(Cell.Tombstone::new, delete.key(), one(delete, reply), quorum(delete.key(), delete.level()));
            case ClientRequest.GetAll all -> {
                Batch batch = new Batch(all.id(), all.keys().size(), reply);
                for (int i = 0; i < all.keys().size(); i++) {
                    Key key = all.keys().get(i);
                    read(key, batch.entry(i), quorum(key, all.level()));
                }
            }
            case ClientRequest.PutAll all -> {
                Batch batch = new Batch(all.id(), all.entries().size(), reply);
                for (int i = 0; i < all.entries().size(); i++) {
                    ClientRequest.Entry entry = all.entries().get(i);
                    Quorum quorum = quorum(entry.key(), all.level());
                    write(put(entry.value(), all.timeToLiveMillis()), entry.key(), batch.entry(i), quorum);
                }
            }
            case ClientRequest.Change ignored -> throw new IllegalStateException("nobody asks");
            case ClientRequest.GetRing ignored -> throw new IllegalStateException("nobody asks");
        }
    }

    private Quorum quorum(Key key, @Nullable Level level) {
        return Quorum.of(
                Objects.requireNonNull(level), key, seams.id(), seams.ring().get(), ClusterScenario.replicasOf(key));
    }

    private static Consumer<Result> one(ClientRequest request, Consumer<ClientReply> reply) {
        return result -> reply.accept(new ClientReply.One(request.id(), 1, result));
    }

    private Function<Version, Cell> put(byte[] value, long timeToLiveMillis) {
        long expiresAtMillis =
                timeToLiveMillis <= 0 ? Cell.NEVER : seams.clock().wallMillis() + timeToLiveMillis;
        return version -> new Cell.Live(version, expiresAtMillis, value);
    }

    private void write(Function<Version, Cell> cell, Key key, Consumer<Result> then, Quorum quorum) {
        new Write(key, cell, quorum, then).begin();
    }

    private void read(Key key, Consumer<Result> then, Quorum quorum) {
        new Read(key, quorum, then).begin();
    }

    /** Asks all owners and gathers what they say. */
    private abstract class Round {
        final Key key;
        final Quorum quorum;
        private final Consumer<Result> then;
        final Set<NodeId> owners;
        final Timer deadline;
        long id;

        Round(Key key, Quorum quorum, Consumer<Result> then) {
            this.key = key;
            this.quorum = quorum;
            this.then = then;
            Ring ring = seams.ring().get();
            this.owners =
                    new LinkedHashSet<>(ring.owners(ring.partitionOf(key.slot()), ClusterScenario.replicasOf(key)));
            this.deadline = seams.timers().after(TIMEOUT, () -> end(failed()));
        }

        private Result failed() {
            return new ClientReply.Failed(new Failure.Timeout(0, quorum.inAll(), Failure.Effect.UNKNOWN));
        }

        void ask(Function<Long, PeerRequest> request) {
            rounds.remove(id);
            id = lastId++;
            rounds.put(id, this);
            PeerRequest message = request.apply(id);
            owners.forEach(owner -> seams.network().send(owner, message));
        }

        long deadlineNanos() {
            return seams.clock().monotonicNanos() + TIMEOUT.toNanos();
        }

        void end(Result result) {
            rounds.remove(id);
            deadline.cancel();
            then.accept(result);
        }

        boolean isEnough(Set<NodeId> answered, int missing) {
            Map<String, Integer> regions = new HashMap<>();
            for (NodeId node : answered) {
                String region =
                        Objects.requireNonNull(seams.ring().get().member(node)).region();
                regions.merge(region, 1, Integer::sum);
            }
            return answered.size() >= Math.max(1, quorum.inAll() - missing)
                    && quorum.inRegion().entrySet().stream()
                            .allMatch(entry ->
                                    regions.getOrDefault(entry.getKey(), 0) >= Math.max(1, entry.getValue() - missing));
        }

        abstract void receive(NodeId from, PeerReply reply);
    }

    private final class Write extends Round {
        private final Function<Version, Cell> stamped;
        private final Set<NodeId> holders = new LinkedHashSet<>();
        private @Nullable Version version;

        Write(Key key, Function<Version, Cell> stamped, Quorum quorum, Consumer<Result> then) {
            super(key, quorum, then);
            this.stamped = stamped;
        }

        void begin() {
            holders.clear();
            version = hybridClock.stamp();
            Cell cell = stamped.apply(version);
            ask(round -> new PeerRequest.Join(round, 1, deadlineNanos(), key, cell));
        }

        @Override
        void receive(NodeId from, PeerReply reply) {
            if (reply instanceof PeerReply.Joined joined) {
                if (joined.superseding() != null) {
                    hybridClock.observe(joined.superseding());
                    begin();
                    return;
                }
                holders.add(from);
                int missing = bug == Bug.COUNTS_WRITES_ONE_SHORT ? 1 : 0;
                if (isEnough(holders, missing)) {
                    end(new ClientReply.Written(Objects.requireNonNull(version), holders.size(), quorum.inAll(), 0));
                }
            }
        }
    }

    private final class Read extends Round {
        private final Map<NodeId, PeerReply.CellIs> answers = new LinkedHashMap<>();
        private final Set<NodeId> holders = new LinkedHashSet<>();
        private @Nullable Cell greatest;
        private boolean repairing;

        Read(Key key, Quorum quorum, Consumer<Result> then) {
            super(key, quorum, then);
        }

        void begin() {
            ask(round -> new PeerRequest.Read(round, 1, deadlineNanos(), key));
        }

        @Override
        void receive(NodeId from, PeerReply reply) {
            switch (reply) {
                case PeerReply.CellIs cellIs
                when !repairing -> {
                    answers.put(from, cellIs);
                    if (isEnough(answers.keySet(), 0)) {
                        decide();
                    }
                }
                case PeerReply.Joined ignored
                when repairing -> {
                    holders.add(from);
                    if (isEnough(holders, 0)) {
                        answer();
                    }
                }
                default -> {}
            }
        }

        private void decide() {
            for (PeerReply.CellIs answer : answers.values()) {
                greatest = Cell.join(greatest, answer.cell());
            }
            Cell found = greatest;
            boolean agreed = answers.values().stream().allMatch(answer -> Objects.equals(answer.cell(), found));
            if (agreed || found == null || bug == Bug.SKIPS_READ_REPAIR) {
                answer();
            } else {
                repairing = true;
                ask(round -> new PeerRequest.Join(round, 1, deadlineNanos(), key, found));
            }
        }

        private void answer() {
            Cell.Live live = bug == Bug.IGNORES_EXPIRY
                    ? greatest instanceof Cell.Live held ? held : null
                    : Cell.visible(greatest, seams.clock().wallMillis());
            end(new ClientReply.Value(live, greatest == null ? null : greatest.version(), answers.size()));
        }
    }

    private static final class Batch {
        private final long id;
        private final @Nullable Result[] results;
        private final Consumer<ClientReply> reply;
        private int missing;

        Batch(long id, int size, Consumer<ClientReply> reply) {
            this.id = id;
            this.results = new Result[size];
            this.reply = reply;
            this.missing = size;
        }

        Consumer<Result> entry(int index) {
            return result -> {
                results[index] = result;
                if (--missing == 0) {
                    List<Result> all = new ArrayList<>();
                    Arrays.stream(results).forEach(each -> all.add(Objects.requireNonNull(each)));
                    reply.accept(new ClientReply.Many(id, 1, all));
                }
            };
        }
    }
}
