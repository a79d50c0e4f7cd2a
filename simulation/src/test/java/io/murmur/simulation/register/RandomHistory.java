package io.murmur.simulation.register;

import io.murmur.simulation.register.RegisterAction.Append;
import io.murmur.simulation.register.RegisterAction.CompareAndSet;
import io.murmur.simulation.register.RegisterAction.Delete;
import io.murmur.simulation.register.RegisterAction.GetAndSet;
import io.murmur.simulation.register.RegisterAction.Increment;
import io.murmur.simulation.register.RegisterAction.PutIfAbsent;
import io.murmur.simulation.register.RegisterAction.Read;
import io.murmur.simulation.register.RegisterAction.Remove;
import io.murmur.simulation.register.RegisterAction.Write;
import io.murmur.simulation.register.RegisterOperation.Done;
import io.murmur.simulation.register.RegisterOperation.NotDone;
import io.murmur.simulation.register.RegisterOperation.Unknown;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Histories of clients that do one thing after the other, each at one moment of its own: linearizable, until one spoils them. */
final class RandomHistory {

    private final RandomGenerator random;
    private final int clients;
    private final int operations;
    private final double unknown;

    /**
     * @param unknown share of the operations whose outcome is not known
     */
    RandomHistory(RandomGenerator random, int clients, int operations, double unknown) {
        this.random = random;
        this.clients = clients;
        this.operations = operations;
        this.unknown = unknown;
    }

    private record Planned(String client, RegisterAction action, long from, long at, long to) {}

    /** Without times to live. */
    List<RegisterOperation> linearizable() {
        List<Planned> planned = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            long time = random.nextInt(20);
            for (int i = 0; i < operations / clients; i++) {
                long from = time;
                long at = from + random.nextInt(20);
                long to = at + random.nextInt(20);
                planned.add(new Planned("client-" + client, action(client + "." + i), from, at, to));
                time = to + 1 + random.nextInt(3);
            }
        }
        planned.sort(Comparator.comparingLong(Planned::at));
        List<RegisterOperation> history = new ArrayList<>();
        String value = null;
        for (Planned one : planned) {
            RegisterEffect effect = one.action().apply(value);
            boolean isUnknown = random.nextDouble() < unknown;
            if (!isUnknown || random.nextBoolean()) {
                value = after(effect, value);
            }
            history.add(new RegisterOperation(
                    one.client(),
                    one.action(),
                    one.from(),
                    one.to(),
                    isUnknown ? new Unknown("lost") : new Done(effect.answer())));
        }
        return history;
    }

    static @Nullable String after(RegisterEffect effect, @Nullable String before) {
        return switch (effect) {
            case RegisterEffect.Keep ignored -> before;
            case RegisterEffect.Put put -> put.value();
            case RegisterEffect.Remove ignored -> null;
        };
    }

    private RegisterAction action(String unique) {
        return switch (random.nextInt(8)) {
            case 0 -> new Write(unique + ";", RegisterAction.FOREVER, true);
            case 1 -> new Delete(true);
            case 2 -> new Increment(1);
            case 3 -> new Append(unique + ";");
            case 4 -> new PutIfAbsent(unique + ";", RegisterAction.FOREVER);
            case 5 -> new GetAndSet(String.valueOf(random.nextInt(100)), RegisterAction.FOREVER);
            case 6 -> new Remove();
            default -> new Read();
        };
    }

    /** Few operations with few values, answers at random where they are not those of a moment: good ones and bad ones alike. */
    static List<RegisterOperation> small(RandomGenerator random) {
        int operations = random.nextInt(2, 6);
        long span = random.nextLong(2, 12);
        boolean isLucky = random.nextBoolean();
        List<RegisterOperation> drawn = new ArrayList<>();
        for (int i = 0; i < operations; i++) {
            long from = random.nextLong(span);
            drawn.add(new RegisterOperation(
                    "client-" + i, smallAction(random), from, from + random.nextLong(5), new Unknown("lost")));
        }
        String value = null;
        List<RegisterOperation> history = new ArrayList<>();
        for (RegisterOperation one : drawn) {
            RegisterEffect effect = one.action().apply(value);
            value = after(effect, value);
            String answer =
                    isLucky || random.nextInt(3) > 0 ? effect.answer() : pick(random, null, "a", "1", "2", "a1");
            RegisterOperation.Result result = switch (random.nextInt(8)) {
                case 0 -> one.result();
                case 1 -> new NotDone("refused");
                default -> new Done(answer);
            };
            history.add(new RegisterOperation(
                    one.client(), one.action(), one.invokedNanos(), one.completedNanos(), result));
        }
        return history;
    }

    private static RegisterAction smallAction(RandomGenerator random) {
        long life = random.nextInt(4) == 0 ? random.nextLong(1, 6) : RegisterAction.FOREVER;
        boolean atomic = random.nextInt(3) > 0;
        String value = String.valueOf(pick(random, "a", "1"));
        return switch (random.nextInt(11)) {
            case 0, 1 -> new Write(value, life, atomic);
            case 2 -> new Delete(atomic);
            case 3 -> new Increment(1);
            case 4 -> new Append("1");
            case 5 -> new PutIfAbsent(value, life);
            case 6 -> new GetAndSet(value, life);
            case 7 -> new CompareAndSet(pick(random, null, "a", "1"), value);
            case 8 -> new Remove();
            default -> new Read();
        };
    }

    private static @Nullable String pick(RandomGenerator random, @Nullable String... from) {
        return from[random.nextInt(from.length)];
    }
}
