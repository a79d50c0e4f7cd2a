package io.murmur.simulation;

import io.murmur.simulation.register.RegisterAction;
import io.murmur.simulation.register.RegisterAction.Append;
import io.murmur.simulation.register.RegisterAction.CompareAndSet;
import io.murmur.simulation.register.RegisterAction.Delete;
import io.murmur.simulation.register.RegisterAction.GetAndSet;
import io.murmur.simulation.register.RegisterAction.Increment;
import io.murmur.simulation.register.RegisterAction.PutIfAbsent;
import io.murmur.simulation.register.RegisterAction.Read;
import io.murmur.simulation.register.RegisterAction.Remove;
import io.murmur.simulation.register.RegisterAction.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a run's clients do atomically. Each run leaves out some kinds: where nothing overwrites, every increment counts; where nothing is
 * deleted, nothing may vanish.
 *
 * @param plain share of the calls that are plain writes and deletes
 * @param expiring share of the values with a time to live
 */
record AtomicMix(List<Kind> kinds, double reads, double plain, double expiring) {

    private enum Kind {
        INCREMENT,
        APPEND,
        COMPARE_AND_SET,
        PUT_IF_ABSENT,
        GET_AND_SET,
        REMOVE,
        WRITE,
        DELETE
    }

    /** Of what others have appended to, more is made out by overwriting it. */
    private static final int LONG = 60;

    static AtomicMix draw(RandomGenerator random) {
        List<Kind> kinds = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (random.nextBoolean()) {
                kinds.add(kind);
            }
        }
        if (kinds.isEmpty()) {
            kinds.add(Kind.INCREMENT);
        }
        return new AtomicMix(
                List.copyOf(kinds),
                random.nextDouble(0.1, 0.5),
                random.nextBoolean() ? random.nextDouble(0.3) : 0,
                random.nextBoolean() ? 0.3 : 0);
    }

    /** Values of one client, each of them new. */
    static final class Values {
        private final int client;
        private final boolean areNumbers;
        private int last;

        private Values(int client, boolean areNumbers) {
            this.client = client;
            this.areNumbers = areNumbers;
        }

        /** A number far from all others, or a text that is contained in no other. */
        private String next() {
            last++;
            return areNumbers ? Long.toString(client * 100_000_000L + last * 10_000L) : client + "." + last + ";";
        }

        private String nextText() {
            return client + "." + ++last + ";";
        }
    }

    Values values(int client, RandomGenerator random) {
        return new Values(client, random.nextBoolean());
    }

    /**
     * @param lastSeen what the client has seen last in this place
     */
    RegisterAction action(Values values, @Nullable String lastSeen, RandomGenerator random) {
        if (random.nextDouble() < reads) {
            return new Read();
        }
        if (random.nextDouble() < plain) {
            return random.nextInt(4) == 0
                    ? new Delete(false)
                    : new Write(values.next(), timeToLiveMillis(random), false);
        }
        return switch (kinds.get(random.nextInt(kinds.size()))) {
            case INCREMENT -> new Increment(random.nextInt(1, 4));
            case APPEND ->
                lastSeen != null && lastSeen.length() > LONG
                        ? new GetAndSet(values.next(), timeToLiveMillis(random))
                        : new Append(values.nextText());
            case COMPARE_AND_SET -> new CompareAndSet(lastSeen, values.next());
            case PUT_IF_ABSENT -> new PutIfAbsent(values.next(), timeToLiveMillis(random));
            case GET_AND_SET -> new GetAndSet(values.next(), timeToLiveMillis(random));
            case REMOVE -> new Remove();
            case WRITE -> new Write(values.next(), timeToLiveMillis(random), true);
            case DELETE -> new Delete(true);
        };
    }

    private long timeToLiveMillis(RandomGenerator random) {
        return random.nextDouble() < expiring ? random.nextLong(200, 5_000) : RegisterAction.FOREVER;
    }

    @Override
    public String toString() {
        return kinds + ", " + percent(reads) + " reads, " + percent(plain) + " plain, " + percent(expiring)
                + " expiring";
    }

    private static String percent(double share) {
        return Math.round(share * 100) + "%";
    }
}
