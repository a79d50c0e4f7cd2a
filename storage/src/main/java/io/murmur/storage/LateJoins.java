package io.murmur.storage;

import io.murmur.kernel.data.Key;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The joins of cells that are older than their slot's horizon: whether they are taken is decided by what is held, so it has to be looked up
 * first. One at a time for each key, so that each is decided by what became of the one before. On the shard's thread.
 */
final class LateJoins {

    private final Executor thread;
    private final Map<Key, Deque<Runnable>> queues = new HashMap<>();
    private final TreeSet<Long> undecided = new TreeSet<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long last;

    /** One that has begun. */
    record Ticket(Key key, long number) {}

    private record Waiting(long number, Runnable then) {}

    LateJoins(Executor thread) {
        this.thread = thread;
    }

    int undecided() {
        return undecided.size();
    }

    /** Runs this when none before it of the same key is left. It must come to {@link #decided} and to {@link #end}, once each. */
    void begin(Key key, Consumer<Ticket> task) {
        Ticket ticket = new Ticket(key, ++last);
        undecided.add(ticket.number);
        Deque<Runnable> queue = queues.get(key);
        if (queue == null) {
            queues.put(key, new ArrayDeque<>());
            task.accept(ticket);
        } else {
            queue.addLast(() -> task.accept(ticket));
        }
    }

    /** It has been handed to the log, or answered. */
    void decided(Ticket ticket) {
        undecided.remove(ticket.number);
        while (!waiting.isEmpty() && (undecided.isEmpty() || undecided.first() > waiting.getFirst().number)) {
            waiting.removeFirst().then.run();
        }
    }

    /** It has taken effect, or has been answered. */
    void end(Ticket ticket) {
        Deque<Runnable> queue = queues.get(ticket.key);
        if (queue == null || queue.isEmpty()) {
            queues.remove(ticket.key);
        } else {
            thread.execute(queue.removeFirst());
        }
    }

    /** Runs this once all that have begun before are decided. */
    void whenDecided(Runnable then) {
        if (undecided.isEmpty()) {
            then.run();
        } else {
            waiting.addLast(new Waiting(last, then));
        }
    }
}
