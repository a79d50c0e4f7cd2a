package io.murmur.redis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.util.SafeEncoder;

/** Server processes on this machine that Redis clients meet, one of which can be killed. */
interface Servers extends AutoCloseable {

    /** Slots of a cluster's keys. */
    int SLOTS = 16_384;

    /** How many servers there are, those included that were killed. */
    int size();

    /** Where one of the cluster answers. */
    Endpoint endpoint(int server);

    /** Those of the cluster, from the first. */
    default List<Endpoint> endpoints() {
        List<Endpoint> all = new ArrayList<>();
        for (int server = 0; server < size(); server++) {
            all.add(endpoint(server));
        }
        return all;
    }

    /** Where clients that know nothing of clusters may go. */
    List<Endpoint> plainEndpoints();

    /** The one to kill: it owns slots. */
    int victim();

    /** Whether calls may fail after a kill. */
    boolean failsForAMoment();

    /** kill -9. */
    void kill(int server) throws IOException;

    /** All of them anew, without data: one that falls again and again is not believed by the others as soon as it is back. */
    void renew() throws IOException, InterruptedException;

    @Override
    void close();

    /** Whom clients are to ask for each slot, as this server says in CLUSTER SLOTS. */
    static List<String> slotOwners(Endpoint server) {
        try (RedisClient jedis = RedisClient.create(server.host(), server.port())) {
            TreeMap<Integer, String> owners = new TreeMap<>();
            Object answer = jedis.executeCommand(new CommandArguments(Protocol.Command.CLUSTER).add("SLOTS"));
            for (Object range : (List<?>) answer) {
                List<?> entry = (List<?>) range;
                List<?> first = (List<?>) entry.get(2);
                String owner = SafeEncoder.encode((byte[]) first.get(0)) + ":" + first.get(1);
                for (long slot = (Long) entry.get(0); slot <= (Long) entry.get(1); slot++) {
                    owners.put((int) slot, owner);
                }
            }
            if (owners.size() != SLOTS) {
                throw new AssertionError(server + " names owners of " + owners.size() + " slots only");
            }
            return List.copyOf(owners.values());
        }
    }
}
