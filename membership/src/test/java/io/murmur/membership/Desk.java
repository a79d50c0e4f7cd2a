package io.murmur.membership;

import io.murmur.kernel.Network;
import io.murmur.kernel.Timers;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.ring.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A node with a keeper of rings, whose disk, network and time are a test's to move. What it sends to itself arrives by itself; what it
 * keeps is kept by itself, too, unless the disk is held.
 */
final class Desk {

    static final MembershipSettings SETTINGS = new MembershipSettings(300, 20, 1_000, 3_000, 1_000, 300);

    /** What went out. */
    record Sent(NodeId to, RingMessage message) {}

    final NodeId self;
    final Store store = new Store();
    final Clockwork timers = new Clockwork();
    final List<Sent> sent = new ArrayList<>();
    RingKeeper keeper;
    private final RandomGenerator random = new java.util.SplittableRandom(1);
    private final Deque<Runnable> soon = new ArrayDeque<>();

    Desk(NodeId self) {
        this.self = self;
        this.keeper = open();
    }

    /** Starts a next life over what was kept. */
    void restart() {
        timers.clear();
        soon.clear();
        sent.clear();
        store.waiting.clear();
        keeper = open();
    }

    private RingKeeper open() {
        try {
            Network network = (to, message) -> send(to, (RingMessage) message);
            return RingKeeper.open(self, SETTINGS, store, network, timers, random);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void send(NodeId to, RingMessage message) {
        if (to.equals(self)) {
            soon.add(() -> keeper.receive(self, message));
        } else {
            sent.add(new Sent(to, message));
        }
    }

    RandomGenerator random() {
        return random;
    }

    /** A message arrives; what follows from it by itself follows. */
    void receive(NodeId from, RingMessage message) {
        keeper.receive(from, message);
        settle();
    }

    void settle() {
        for (Runnable next = next(); next != null; next = next()) {
            next.run();
        }
    }

    private @Nullable Runnable next() {
        Runnable kept = store.isHeld ? null : store.waiting.poll();
        return kept != null ? kept : soon.poll();
    }

    /** Time passes. */
    void pass(long millis) {
        settle();
        timers.pass(millis, this::settle);
    }

    /** What was sent of this kind since the last time it was asked for. */
    <T extends RingMessage> List<T> take(Class<T> kind) {
        List<T> taken = sent.stream()
                .map(Sent::message)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
        sent.removeIf(one -> kind.isInstance(one.message()));
        return taken;
    }

    /** To whom a message of this kind was sent. */
    List<NodeId> receivers(Class<? extends RingMessage> kind) {
        return sent.stream()
                .filter(one -> kind.isInstance(one.message()))
                .map(Sent::to)
                .sorted()
                .toList();
    }

    /** Keeps in memory, in the order asked for, at once or when it is let go. */
    static final class Store implements RingStore {
        final Map<String, byte[]> kept = new TreeMap<>();
        final Deque<Runnable> waiting = new ArrayDeque<>();
        boolean isHeld;

        @Override
        public void keep(String name, byte[] content, Runnable then) {
            waiting.add(() -> {
                kept.put(name, content);
                then.run();
            });
        }

        @Override
        public byte @Nullable [] load(String name) {
            return kept.get(name);
        }
    }

    /** Timers that run when a test says that time has passed. */
    static final class Clockwork implements Timers {
        private final PriorityQueue<Due> due =
                new PriorityQueue<>(Comparator.comparingLong(Due::atMillis).thenComparingLong(Due::number));
        private long nowMillis;
        private long number;

        private record Due(long atMillis, long number, Runnable task) {}

        @Override
        public Timer after(Duration delay, Runnable task) {
            Due one = new Due(nowMillis + Math.max(0, delay.toMillis()), ++number, task);
            due.add(one);
            return () -> due.remove(one);
        }

        void pass(long millis, Runnable between) {
            long end = nowMillis + millis;
            for (Due one = due.peek(); one != null && one.atMillis() <= end; one = due.peek()) {
                due.remove(one);
                nowMillis = one.atMillis();
                one.task().run();
                between.run();
            }
            nowMillis = end;
        }

        void clear() {
            due.clear();
        }

        long nowMillis() {
            return nowMillis;
        }
    }
}
