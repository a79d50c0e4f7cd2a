package io.murmur.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Function;

/** Clients that write new keys one after another, and remember what was acknowledged and what was not. */
final class Writers implements AutoCloseable {

    private static final int WRITERS = 4;
    private static final int MORE = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Client> clients;
    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final AtomicIntegerArray written = new AtomicIntegerArray(WRITERS);
    private volatile boolean stopped;

    private Writers(List<Client> clients) {
        this.clients = clients;
    }

    /** Has each write below this prefix, beginning with these servers in turn. */
    static Writers start(String prefix, List<Endpoint> servers, Function<Endpoint, Client> connect) {
        List<Client> clients = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            clients.add(connect.apply(servers.get(writer % servers.size())));
        }
        Writers writers = new Writers(clients);
        for (int writer = 0; writer < WRITERS; writer++) {
            int number = writer;
            writers.threads.execute(() -> writers.write(number, prefix + number + ":"));
        }
        return writers;
    }

    private void write(int writer, String prefix) {
        for (int i = 0; !stopped; i++) {
            String value = "value " + i;
            try {
                clients.get(writer).set(prefix + i, value);
                acknowledged.put(prefix + i, value);
                written.incrementAndGet(writer);
            } catch (RuntimeException error) {
                errors.add(error);
            }
        }
    }

    List<Client> clients() {
        return clients;
    }

    /** Returns when each has written some more. */
    void awaitMore() {
        for (int writer = 0; writer < WRITERS; writer++) {
            int number = writer;
            int enough = written.get(writer) + MORE;
            Await.until("writer " + number + " goes on", PATIENCE, () -> written.get(number) >= enough);
        }
    }

    /** What was acknowledged, when the last call has ended. */
    Map<String, String> stop() {
        stopped = true;
        threads.close();
        return acknowledged;
    }

    List<Throwable> errors() {
        return List.copyOf(errors);
    }

    @Override
    public void close() {
        stop();
        clients.forEach(Client::close);
    }
}
