package io.murmur.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an application may expect of its Redis client, whichever that is. Each test has keys of its own. */
@Tag("redis")
@ExtendWith(SharedServers.class)
abstract class ClientContract {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CONNECTIONS = 8;
    private static final int INCREMENTS = 50;
    private static final int KEYS = 300;

    final Servers servers;

    /** In front of this test's keys. */
    final String prefix = UUID.randomUUID() + ":";

    ClientContract(Servers servers) {
        this.servers = servers;
    }

    /** A client that begins with this server. */
    abstract Client connect(Endpoint server);

    /** Whether a client shows such an error when a server dies, whatever the others do. */
    boolean isItsOwn(Throwable error) {
        return false;
    }

    /** Where it may begin. */
    List<Endpoint> endpoints() {
        return servers.endpoints();
    }

    private Client connect() {
        return connect(endpoints().get(0));
    }

    @Test
    void whatWasSetIsGot() {
        try (Client client = connect()) {
            String key = prefix + "string";
            assertThat(client.get(key)).isNull();
            client.set(key, "one");
            assertThat(client.get(key)).isEqualTo("one");
            assertThat(client.getAndSet(key, "")).isEqualTo("one");
            assertThat(client.get(key)).isEmpty();
            assertThat(client.append(key, "\u00e9\r\n")).isEqualTo(4);
            assertThat(client.get(key)).isEqualTo("\u00e9\r\n");
            String large = "x".repeat(300_000);
            client.set(key, large);
            assertThat(client.get(key)).isEqualTo(large);
            assertThat(client.delete(key)).isEqualTo(1);
            assertThat(client.delete(key)).isZero();
            assertThat(client.get(key)).isNull();
        }
    }

    @Test
    void absentAndPresentAreConditions() {
        try (Client client = connect()) {
            String key = prefix + "conditional";
            assertThat(client.setIfPresent(key, "x")).isFalse();
            assertThat(client.get(key)).isNull();
            assertThat(client.setIfAbsent(key, "a")).isTrue();
            assertThat(client.setIfAbsent(key, "b")).isFalse();
            assertThat(client.setIfPresent(key, "c")).isTrue();
            assertThat(client.get(key)).isEqualTo("c");
        }
    }

    @Test
    void whatHasALifeIsGoneAfterIt() {
        try (Client client = connect()) {
            String key = prefix + "mortal";
            client.set(key, "v", Duration.ofMillis(700));
            assertThat(client.get(key)).isEqualTo("v");
            assertThat(client.millisLeft(key)).isBetween(1L, 700L);
            Await.until("it has expired", PATIENCE, () -> client.get(key) == null);
            assertThat(client.millisLeft(key)).isEqualTo(-2);
            client.set(key, "w");
            assertThat(client.millisLeft(key)).isEqualTo(-1);
            assertThat(client.expire(key, Duration.ofSeconds(100))).isTrue();
            assertThat(client.millisLeft(key)).isBetween(90_000L, 100_000L);
            assertThat(client.persist(key)).isTrue();
            assertThat(client.persist(key)).isFalse();
            assertThat(client.millisLeft(key)).isEqualTo(-1);
            assertThat(client.expire(prefix + "nobody", Duration.ofSeconds(1))).isFalse();
        }
    }

    @Test
    void noIncrementOfManyConnectionsIsLost() {
        String key = prefix + "sum";
        List<CompletableFuture<Set<Long>>> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            for (int connection = 0; connection < CONNECTIONS; connection++) {
                Endpoint server = endpoints().get(connection % endpoints().size());
                results.add(CompletableFuture.supplyAsync(() -> increments(server, key), threads));
            }
        }
        Set<Long> seen = new TreeSet<>();
        results.forEach(result -> seen.addAll(result.join()));
        // Each answer once, without a gap: not only the sum is exact, each increment has a place of its own.
        assertThat(seen).hasSize(CONNECTIONS * INCREMENTS).endsWith((long) CONNECTIONS * INCREMENTS);
        try (Client client = connect()) {
            assertThat(client.get(key)).isEqualTo(String.valueOf(CONNECTIONS * INCREMENTS));
        }
    }

    private Set<Long> increments(Endpoint server, String key) {
        Set<Long> answers = new TreeSet<>();
        try (Client client = connect(server)) {
            for (int i = 0; i < INCREMENTS; i++) {
                answers.add(client.increment(key));
            }
        }
        return answers;
    }

    @Test
    void manyKeysOfAllSlotsAreSetGotFoundAndDeleted() {
        try (Client client = connect()) {
            Map<String, String> values = new LinkedHashMap<>();
            for (int i = 0; i < KEYS; i++) {
                values.put(prefix + i, "value " + i);
            }
            client.setAll(values);
            List<String> keys = new ArrayList<>(values.keySet());
            keys.add(7, prefix + "nobody");
            List<@Nullable String> expected = new ArrayList<>(values.values());
            expected.add(7, null);
            assertThat(client.getAll(keys)).isEqualTo(expected);
            assertThat(client.scan(prefix + "*")).isEqualTo(values.keySet());
            assertThat(client.delete(keys.toArray(new String[0]))).isEqualTo(KEYS);
            assertThat(client.scan(prefix + "*")).isEmpty();
        }
    }

    @Test
    void errorsAreWordedAsRedisWordsThem() {
        try (Client client = connect()) {
            String key = prefix + "word";
            client.set(key, "abc");
            assertThat(errorOf(() -> client.increment(key))).isEqualTo("ERR value is not an integer or out of range");
            client.set(key, String.valueOf(Long.MAX_VALUE));
            assertThat(errorOf(() -> client.increment(key))).isEqualTo("ERR increment or decrement would overflow");
            assertThat(errorOf(() -> client.command("GETRANGE", key)))
                    .isEqualTo("ERR wrong number of arguments for 'getrange' command");
            assertThat(errorOf(() -> client.command("NOSUCH", key)))
                    .startsWith("ERR unknown command 'NOSUCH', with args beginning with: '" + key + "'");
            // The connection is as good as before.
            assertThat(client.get(key)).isEqualTo(String.valueOf(Long.MAX_VALUE));
        }
    }

    /** What the server said, without what clients and frameworks wrap around it. */
    private static String errorOf(ThrowingCallable call) {
        Throwable error = catchThrowable(call);
        assertThat(error).isNotNull();
        while (error.getCause() != null) {
            error = error.getCause();
        }
        return String.valueOf(error.getMessage()).strip();
    }

    @Test
    void itSpeaksRespThree() {
        try (Client client = connect()) {
            assertThat(client.connection()).contains(" resp=3");
        }
    }

    @Test
    void itAsksForEachSlotWhomTheServersName() {
        try (Client client = connect()) {
            client.set(prefix + "any", "v");
            if (!client.slotOwners().isEmpty()) {
                for (Endpoint server : servers.endpoints()) {
                    assertThat(client.slotOwners()).isEqualTo(Servers.slotOwners(server));
                }
            }
        }
    }

    @Test
    void everyAcknowledgedWriteIsFoundThoughAServerWasKilled() throws Exception {
        int victim = servers.victim();
        List<Endpoint> survivors = new ArrayList<>(endpoints());
        survivors.remove(servers.endpoint(victim));
        try (Writers writers = Writers.start(prefix, survivors, this::connect)) {
            writers.awaitMore();
            servers.kill(victim);
            try {
                // As far as it takes until all of them write again, and then some.
                writers.awaitMore();
                for (Client client : writers.clients()) {
                    Await.until(
                            "the client's map is that of the survivors",
                            PATIENCE,
                            () -> follows(client, victim, survivors.get(0)));
                }
                writers.awaitMore();
                Map<String, String> acknowledged = writers.stop();
                if (!servers.failsForAMoment()) {
                    assertThat(writers.errors()).allMatch(this::isItsOwn);
                }
                try (Client another = connect(survivors.get(survivors.size() - 1))) {
                    List<String> keys = List.copyOf(acknowledged.keySet());
                    for (int from = 0; from < keys.size(); from += KEYS) {
                        List<String> some = keys.subList(from, Math.min(keys.size(), from + KEYS));
                        assertThat(another.getAll(some))
                                .isEqualTo(some.stream().map(acknowledged::get).toList());
                    }
                }
            } finally {
                servers.renew();
            }
        }
    }

    private boolean follows(Client client, int victim, Endpoint survivor) {
        List<String> owners = client.slotOwners();
        return owners.isEmpty()
                || (!owners.contains(servers.endpoint(victim).toString())
                        && owners.equals(Servers.slotOwners(survivor)));
    }
}
