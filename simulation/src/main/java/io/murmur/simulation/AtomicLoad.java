package io.murmur.simulation;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.NodeId;
import io.murmur.simulation.register.LinearizabilityCheck;
import io.murmur.simulation.register.RegisterAction;
import io.murmur.simulation.register.RegisterAction.Read;
import io.murmur.simulation.register.RegisterOperation;
import io.murmur.simulation.register.Verdict;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Atomic operations on few keys, with linearizable reads and, in every other run, plain writes and deletes at a majority, by way of any
 * node. In the end every key is read by way of some. The history of each key must be linearizable: so nothing acknowledged is lost, and
 * nothing is done twice.
 */
final class AtomicLoad implements Load {

    /** How far expiry may be off: clocks differ, and are rounded to milliseconds. */
    private static final Duration DRIFT = ClusterScenario.MAX_CLOCK_DRIFT.plusMillis(2);

    private static final int LAST_READS = 2;
    private static final int MOST_TRIES = 40;
    private static final long PAUSE_MILLIS = 100;

    private final Place place;
    private final List<Key> keys;
    private final int clientCount;
    private final int calls;
    private final long pauseNanos;
    private final AtomicMix mix;
    private final Map<Key, List<RegisterOperation>> history = new LinkedHashMap<>();
    private final List<AtomicClient> clients = new ArrayList<>();

    AtomicLoad(Place place) {
        this.place = place;
        RandomGenerator random = place.random();
        this.keys = keys(place.seed(), random.nextInt(1, 4));
        this.clientCount = random.nextInt(2, 6);
        this.calls = random.nextInt(150, 400);
        this.pauseNanos = random.nextLong(5, 25) * 1_000_000_000 * clientCount / calls;
        this.mix = AtomicMix.draw(random);
        keys.forEach(key -> history.put(key, new ArrayList<>()));
    }

    private static List<Key> keys(long seed, int count) {
        List<Key> keys = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            keys.add(Key.of(i == 2 ? ClusterScenario.coldCache(seed) : ClusterScenario.CACHE.name(), "hot-" + i));
        }
        return keys;
    }

    @Override
    public void start() {
        for (int number = 1; number <= clientCount; number++) {
            start("client-" + number, new Calls(number, calls / clientCount, place.world().stream()));
        }
    }

    @Override
    public void startAudit(List<NodeId> coordinators) {
        place.world().countOfProcesses();
        start("auditor", new Audit(coordinators, place.world().stream()));
    }

    private void start(String name, AtomicClient.Script script) {
        AtomicClient client = new AtomicClient(place.world(), name, script, place.world().stream());
        clients.add(client);
        client.start();
    }

    @Override
    public boolean isDone() {
        return clients.stream().allMatch(AtomicClient::isDone);
    }

    @Override
    public List<Violation> check(long healedNanos) {
        LinearizabilityCheck check = new LinearizabilityCheck(DRIFT);
        List<Violation> violations = new ArrayList<>();
        history.forEach((key, operations) -> {
            Verdict verdict = check.check(operations);
            if (!(verdict instanceof Verdict.Linearizable)) {
                violations.add(new Violation("atomic operations are linearizable", Names.text(key) + ": " + verdict));
            }
        });
        return violations;
    }

    private void add(Key key, RegisterOperation operation) {
        List<RegisterOperation> operations = history.get(key);
        if (operations != null) {
            operations.add(operation);
        }
    }

    @Override
    public String toString() {
        return clientCount + " clients, " + calls + " atomic calls of " + keys.size() + " keys, " + mix;
    }

    private final class Calls implements AtomicClient.Script {
        private final RandomGenerator random;
        private final AtomicMix.Values values;
        private final Map<Key, @Nullable String> lastSeen = new LinkedHashMap<>();
        private int left;

        Calls(int number, int calls, RandomGenerator random) {
            this.random = random;
            this.values = mix.values(number, random);
            this.left = calls;
        }

        @Override
        public AtomicClient.@Nullable Call next() {
            if (left == 0) {
                return null;
            }
            List<NodeId> askable = place.coordinators().get();
            Key key = keys.get(random.nextInt(keys.size()));
            return new AtomicClient.Call(
                    askable.get(random.nextInt(askable.size())), key, mix.action(values, lastSeen.get(key), random));
        }

        /** Mostly none to speak of, so that calls meet; now and then a long one. */
        @Override
        public long pauseNanos() {
            return random.nextInt(8) == 0 ? random.nextLong(16 * pauseNanos) : random.nextLong(2_000_000);
        }

        @Override
        public void ended(AtomicClient.Call call, RegisterOperation operation) {
            left--;
            add(call.key(), operation);
            if (operation.result() instanceof RegisterOperation.Done done && !isBlind(operation.action())) {
                lastSeen.put(call.key(), done.answer());
            }
        }

        private boolean isBlind(RegisterAction action) {
            return action instanceof RegisterAction.Write || action instanceof RegisterAction.Delete;
        }
    }

    /** Reads each key a few times, until it has answered. */
    private final class Audit implements AtomicClient.Script {
        private final List<NodeId> coordinators;
        private final RandomGenerator random;
        private final Deque<Key> left = new ArrayDeque<>();
        private int tries;

        Audit(List<NodeId> coordinators, RandomGenerator random) {
            this.coordinators = coordinators;
            this.random = random;
            for (int i = 0; i < LAST_READS; i++) {
                left.addAll(keys);
            }
        }

        @Override
        public AtomicClient.@Nullable Call next() {
            Key key = left.peek();
            return key == null
                    ? null
                    : new AtomicClient.Call(coordinators.get(random.nextInt(coordinators.size())), key, new Read());
        }

        @Override
        public long pauseNanos() {
            return tries == 0 ? 0 : PAUSE_MILLIS * 1_000_000;
        }

        @Override
        public void ended(AtomicClient.Call call, RegisterOperation operation) {
            add(call.key(), operation);
            boolean isRead = operation.result() instanceof RegisterOperation.Done;
            tries = isRead ? 0 : tries + 1;
            if (tries >= MOST_TRIES) {
                place.world().violation(new Violation("after faults end, reads succeed", operation.toString()));
            }
            if (isRead || tries >= MOST_TRIES) {
                left.poll();
                tries = 0;
            }
        }
    }
}
