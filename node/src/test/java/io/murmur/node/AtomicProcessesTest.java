package io.murmur.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.client.BlockingCache;
import io.murmur.client.CallOptions;
import io.murmur.client.Change;
import io.murmur.client.MurmurClient;
import io.murmur.client.MurmurException;
import io.murmur.kernel.Level;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.node.demo.LocalCluster;
import io.murmur.simulation.register.LinearizabilityCheck;
import io.murmur.simulation.register.RegisterAction;
import io.murmur.simulation.register.RegisterAction.CompareAndSet;
import io.murmur.simulation.register.RegisterAction.Delete;
import io.murmur.simulation.register.RegisterAction.GetAndSet;
import io.murmur.simulation.register.RegisterAction.Increment;
import io.murmur.simulation.register.RegisterAction.PutIfAbsent;
import io.murmur.simulation.register.RegisterAction.Read;
import io.murmur.simulation.register.RegisterAction.Remove;
import io.murmur.simulation.register.RegisterAction.Write;
import io.murmur.simulation.register.RegisterOperation;
import io.murmur.simulation.register.RegisterOperation.Done;
import io.murmur.simulation.register.RegisterOperation.NotDone;
import io.murmur.simulation.register.RegisterOperation.Result;
import io.murmur.simulation.register.RegisterOperation.Unknown;
import io.murmur.simulation.register.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Atomic operations of several clients on three node processes, while one after the other is killed or stopped; then their histories. */
@Tag("slow")
class AtomicProcessesTest {

    private static final int NODES = 3;
    private static final int CLIENTS_PER_NODE = 2;
    private static final int DISTURBANCES = 12;
    private static final int OPERATIONS_BETWEEN = 400;
    private static final int OPERATIONS_MEANWHILE = 200;

    /** Then the clients turn to a further key: histories are no longer than can be checked. */
    private static final int OPERATIONS_A_KEY = 400;

    private static final CallOptions OPTIONS = CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(2));
    private static final CallOptions PLAIN = OPTIONS.withLevel(Level.QUORUM);

    @TempDir
    Path folder = Path.of("");

    private final Map<String, ConcurrentLinkedQueue<RegisterOperation>> history = new ConcurrentHashMap<>();
    private final AtomicInteger operations = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    private final AtomicBoolean isOver = new AtomicBoolean();

    @Test
    void whatRealProcessesDidIsLinearizable() throws Exception {
        try (LocalCluster cluster = cluster()) {
            List<MurmurClient> clients = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int node = 0; node < NODES; node++) {
                MurmurClient client = nextTo(cluster, node);
                clients.add(client);
                for (int i = 0; i < CLIENTS_PER_NODE; i++) {
                    int number = threads.size() + 1;
                    threads.add(Thread.ofPlatform().daemon().start(() -> work(client, number)));
                }
            }

            for (int i = 0; i < DISTURBANCES; i++) {
                disturb(cluster, i % NODES, i % 2 == 0);
            }

            isOver.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            readAll(clients.get(0));
            clients.forEach(MurmurClient::close);
        }

        assertThat(done.get()).as("operations done").isGreaterThan(DISTURBANCES * OPERATIONS_BETWEEN);
        assertThat(unknown.get()).as("outcomes unknown").isPositive();
        LinearizabilityCheck check = new LinearizabilityCheck(Duration.ZERO);
        history.forEach(
                (key, all) -> assertThat(check.check(List.copyOf(all))).as(key).isEqualTo(new Verdict.Linearizable()));
    }

    private LocalCluster cluster() throws Exception {
        int base = 23_000 + (int) (ProcessHandle.current().pid() % 300) * 10;
        LocalCluster cluster = new LocalCluster(
                folder.resolve("cluster"),
                base,
                NODES,
                NODES,
                List.of("--set", "storage.free-disk-floor=0", "--set", "shards=1"),
                List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        cluster.prepareFolder();
        cluster.checkPorts();
        cluster.startFounders();
        for (int node = 0; node < NODES; node++) {
            cluster.awaitReady(node);
        }
        return cluster;
    }

    /** One that turns to this node as long as that answers, so that all of them coordinate. */
    private static MurmurClient nextTo(LocalCluster cluster, int node) {
        MurmurClient.Builder builder = MurmurClient.builder().zone("zone-" + LocalCluster.name(node));
        for (int seed = 0; seed < NODES; seed++) {
            builder.seed(cluster.address(seed));
        }
        return builder.build();
    }

    private void disturb(LocalCluster cluster, int node, boolean isKilled) throws IOException, InterruptedException {
        awaitMore(OPERATIONS_BETWEEN);
        if (isKilled) {
            cluster.kill(node);
            awaitMore(OPERATIONS_MEANWHILE);
            cluster.start(node);
            cluster.awaitReady(node);
        } else {
            signal(cluster, node, "STOP");
            awaitMore(OPERATIONS_MEANWHILE);
            signal(cluster, node, "CONT");
        }
    }

    private static void signal(LocalCluster cluster, int node, String name) throws IOException, InterruptedException {
        String pid = Long.toString(cluster.process(node).pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor())
                .isZero();
    }

    private void awaitMore(int count) {
        int until = operations.get() + count;
        Await.until(count + " more operations", () -> operations.get() >= until);
    }

    // ---- the clients

    private void work(MurmurClient client, int number) {
        BlockingCache<String, String> cache = TestCluster.strings(client);
        Random random = new Random(number);
        String lastSeen = null;
        for (int i = 1; !isOver.get(); i++) {
            String key = "key-" + operations.get() / OPERATIONS_A_KEY;
            RegisterAction action = action(random, lastSeen, number, i);
            RegisterOperation operation = call(cache, key, action, "client-" + number);
            if (operation.result() instanceof Done answered && !(action instanceof Write || action instanceof Delete)) {
                lastSeen = answered.answer();
            }
        }
    }

    private static RegisterAction action(Random random, @Nullable String lastSeen, int number, int i) {
        String value = Long.toString(number * 1_000_000_000L + i * 10_000L);
        return switch (random.nextInt(16)) {
            case 0 -> new Write(value, RegisterAction.FOREVER, false);
            case 1 -> new Delete(false);
            case 2 -> new Remove();
            case 3, 4 -> new PutIfAbsent(value, RegisterAction.FOREVER);
            case 5, 6 -> new GetAndSet(value, RegisterAction.FOREVER);
            case 7, 8 -> lastSeen == null ? new Increment(1) : new CompareAndSet(lastSeen, value);
            case 9, 10, 11 -> new Read();
            default -> new Increment(1);
        };
    }

    private RegisterOperation call(
            BlockingCache<String, String> cache, String key, RegisterAction action, String client) {
        long from = System.nanoTime();
        Result result = result(cache, key, action);
        RegisterOperation operation = new RegisterOperation(client, action, from, System.nanoTime(), result);
        history.computeIfAbsent(key, ignored -> new ConcurrentLinkedQueue<>()).add(operation);
        operations.incrementAndGet();
        if (result instanceof Done) {
            done.incrementAndGet();
        } else if (result instanceof Unknown) {
            unknown.incrementAndGet();
        }
        return operation;
    }

    private static Result result(BlockingCache<String, String> cache, String key, RegisterAction action) {
        try {
            return new Done(answer(cache, key, action));
        } catch (MurmurException e) {
            return e.effect() == Effect.NONE || action instanceof Read
                    ? new NotDone(String.valueOf(e.getMessage()))
                    : new Unknown(String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable String answer(BlockingCache<String, String> cache, String key, RegisterAction action) {
        return switch (action) {
            case Read ignored -> cache.get(key, OPTIONS.withLevel(Level.SERIAL)).orElse(null);
            case Write write -> {
                cache.put(key, write.value(), PLAIN);
                yield null;
            }
            case Delete ignored -> {
                cache.delete(key, PLAIN);
                yield null;
            }
            case Increment increment -> Long.toString(cache.increment(key, increment.by(), OPTIONS));
            case PutIfAbsent put -> found(cache.putIfAbsent(key, put.value(), OPTIONS), null);
            case CompareAndSet set -> {
                String expected = Objects.requireNonNull(set.expected());
                yield found(cache.compareAndSet(key, expected, set.replacement(), OPTIONS), expected);
            }
            case GetAndSet set -> cache.getAndPut(key, set.value(), OPTIONS).orElse(null);
            case Remove ignored -> cache.getAndRemove(key, OPTIONS).orElse(null);
            case RegisterAction.Append ignored -> throw new IllegalArgumentException("the client does not append");
        };
    }

    private static @Nullable String found(Change<String> change, @Nullable String expected) {
        return change.applied() ? expected : change.found().orElse(null);
    }

    /** What is there in the end, which nothing that was acknowledged is missing from. */
    private void readAll(MurmurClient client) {
        BlockingCache<String, String> cache = TestCluster.strings(client);
        for (String key : List.copyOf(history.keySet())) {
            RegisterOperation read = call(cache, key, new Read(), "reader");
            assertThat(read.result()).isInstanceOf(Done.class);
        }
    }
}
