package io.murmur.simulation;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.ring.NodeId;
import io.murmur.simulation.LevelMix.WriteLevel;
import io.murmur.simulation.Operation.Action;
import io.murmur.simulation.Operation.Delete;
import io.murmur.simulation.Operation.Failed;
import io.murmur.simulation.Operation.Get;
import io.murmur.simulation.Operation.Put;
import io.murmur.simulation.Operation.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a run's clients do: a few hot keys that they contend for, some cold ones. Each run leaves out some kinds of calls, since what is
 * not there may uncover what it hides (swarm testing, Groce et al. 2012): where nothing is deleted, nothing may vanish.
 *
 * @param looseKeys where the loose writes go, so many that few of them are overwritten: what one left behind is missed only until the next
 * @param calls of all clients together
 * @param pauseNanos mean time between two calls of one client
 */
record Workload(
        Supplier<List<NodeId>> coordinators,
        LevelMix levels,
        List<Key> hotKeys,
        List<Key> coldKeys,
        List<Key> looseKeys,
        int clients,
        int calls,
        long pauseNanos,
        double writes,
        double deletes,
        double expiring,
        double batches) {

    private static final double HOT = 0.8;
    private static final int LOOSE_KEYS = 24;

    /** How often a key is read after a write to it that may or may not have happened: what one read finds, the next must not lose. */
    private static final int LOOKS = 3;

    /**
     * @param coordinators who may be asked, at any time
     * @param coldCache the cache of every second cold key; all others are in the other
     */
    static Workload draw(
            RandomGenerator random,
            Supplier<List<NodeId>> coordinators,
            LevelMix levels,
            String cache,
            String coldCache) {
        int clients = random.nextInt(2, 6);
        int calls = random.nextInt(200, 601);
        long durationNanos = random.nextLong(8, 50) * 1_000_000_000;
        return new Workload(
                coordinators,
                levels,
                keys(cache, cache, "hot", random.nextInt(1, 4)),
                keys(cache, coldCache, "cold", random.nextInt(2, 7)),
                keys(cache, cache, "loose", levels.looseShare() > 0 ? LOOSE_KEYS : 0),
                clients,
                calls,
                durationNanos * clients / calls,
                random.nextDouble(0.3, 0.7),
                random.nextBoolean() ? 0.2 : 0,
                random.nextBoolean() ? 0.2 : 0,
                random.nextBoolean() ? 0.1 : 0);
    }

    private static List<Key> keys(String cache, String everySecond, String name, int count) {
        List<Key> keys = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            keys.add(Key.of(i % 2 == 0 ? everySecond : cache, name + "-" + i));
        }
        return keys;
    }

    List<Key> keys() {
        List<Key> keys = new ArrayList<>(hotKeys);
        keys.addAll(coldKeys);
        keys.addAll(looseKeys);
        return keys;
    }

    Script script(String client, RandomGenerator random) {
        return new Calls(client, random, calls / clients);
    }

    @Override
    public String toString() {
        return clients + " clients, " + calls + " calls, " + levels;
    }

    private final class Calls implements Script {
        private final String client;
        private final RandomGenerator random;
        private final Deque<Key> inDoubt = new ArrayDeque<>();
        private int left;
        private int values;

        Calls(String client, RandomGenerator random, int left) {
            this.client = client;
            this.random = random;
            this.left = left;
        }

        @Override
        public @Nullable Call next() {
            if (left-- == 0) {
                return null;
            }
            List<NodeId> askable = coordinators.get();
            NodeId coordinator = askable.get(random.nextInt(askable.size()));
            Key doubtful = inDoubt.poll();
            if (doubtful != null) {
                return Call.of(coordinator, levels.read(random), doubtful, new Get());
            }
            if (random.nextDouble() >= writes) {
                Level level = levels.read(random);
                return random.nextDouble() < batches
                        ? batch(coordinator, new WriteLevel(level, false), Get::new)
                        : Call.of(coordinator, level, key(), new Get());
            }
            WriteLevel level = levels.write(random);
            if (random.nextDouble() < deletes) {
                return Call.of(coordinator, level.level(), level.sloppy(), keyFor(level), new Delete());
            }
            long timeToLiveMillis =
                    random.nextDouble() < expiring ? random.nextLong(200, 5_000) : ClientRequest.TTL_NONE;
            return random.nextDouble() < batches
                    ? batch(coordinator, level, () -> put(timeToLiveMillis))
                    : Call.of(coordinator, level.level(), level.sloppy(), keyFor(level), put(timeToLiveMillis));
        }

        private Call batch(NodeId coordinator, WriteLevel level, Supplier<Action> action) {
            List<Key> some = keys();
            while (some.size() > 4 || (some.size() > 1 && random.nextBoolean())) {
                some.remove(random.nextInt(some.size()));
            }
            List<Call.Target> targets =
                    some.stream().map(key -> new Call.Target(key, action.get())).toList();
            return new Call(coordinator, level.level(), level.sloppy(), true, targets);
        }

        private Put put(long timeToLiveMillis) {
            return new Put(client + "." + ++values, timeToLiveMillis);
        }

        private Key keyFor(WriteLevel level) {
            return level.isLoose() ? looseKeys.get(random.nextInt(looseKeys.size())) : key();
        }

        private Key key() {
            if (!looseKeys.isEmpty() && random.nextDouble() < levels.looseShare()) {
                return looseKeys.get(random.nextInt(looseKeys.size()));
            }
            List<Key> from = random.nextDouble() < HOT ? hotKeys : coldKeys;
            return from.get(random.nextInt(from.size()));
        }

        /** Mostly none to speak of, so that calls meet; now and then a long one. */
        @Override
        public long pauseNanos() {
            return random.nextInt(4) == 0 ? random.nextLong(8 * pauseNanos) : random.nextLong(2_000_000);
        }

        @Override
        public void ended(Call call, List<Result> results) {
            for (int i = 0; i < results.size(); i++) {
                Call.Target target = call.targets().get(i);
                if (results.get(i) instanceof Failed failed
                        && failed.effect() == Effect.UNKNOWN
                        && !(target.action() instanceof Get)) {
                    inDoubt.addAll(Collections.nCopies(LOOKS, target.key()));
                }
            }
        }
    }
}
