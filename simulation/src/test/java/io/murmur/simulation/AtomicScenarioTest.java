package io.murmur.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.ring.NodeId;
import io.murmur.simulation.register.RegisterAction;
import io.murmur.simulation.register.RegisterEffect;
import io.murmur.simulation.register.RegisterOperation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The scenario on processes that need no protocol, since all of them share one memory: it finds nothing but what is planted. */
class AtomicScenarioTest {

    private static final int SEEDS = 30;

    @Test
    void whatIsAtomicPasses() {
        assertThat(failed(() -> false, () -> false)).isEmpty();
    }

    @Test
    void whatIsAcknowledgedAndLostIsNoticed() {
        assertThat(failed(oneIn(40), () -> false)).hasSizeGreaterThan(SEEDS / 2);
    }

    @Test
    void whatIsDoneTwiceIsNoticed() {
        assertThat(failed(() -> false, oneIn(40))).hasSizeGreaterThan(SEEDS / 2);
    }

    @Test
    void aSeedIsTheSameEveryTime() {
        assertThat(run(1, () -> false, () -> false).digest())
                .isEqualTo(run(1, () -> false, () -> false).digest());
    }

    private static BooleanSupplier oneIn(int times) {
        int[] calls = {0};
        return () -> ++calls[0] % times == 0;
    }

    private static List<Outcome> failed(BooleanSupplier isLost, BooleanSupplier isDoneTwice) {
        return LongStream.rangeClosed(1, SEEDS)
                .mapToObj(seed -> run(seed, isLost, isDoneTwice))
                .filter(outcome -> !outcome.violations().isEmpty())
                .toList();
    }

    private static Outcome run(long seed, BooleanSupplier isLost, BooleanSupplier isDoneTwice) {
        Map<Key, Held> shared = new HashMap<>();
        ProcessFactory factory = seams -> new Sharing(seams, shared, isLost, isDoneTwice);
        return AtomicScenario.run(seed, ScenarioSettings.DEFAULT, factory, Transcript.NONE);
    }

    private record Held(@Nullable String value, long expiresAtMillis) {
        static final Held NOTHING = new Held(null, Long.MAX_VALUE);
    }

    private record Sharing(NodeSeams seams, Map<Key, Held> shared, BooleanSupplier isLost, BooleanSupplier isDoneTwice)
            implements SimulatedProcess {

        @Override
        public void receive(NodeId from, Message message) {}

        @Override
        public void change(Key key, RegisterAction action, Duration timeout, Consumer<RegisterOperation.Result> then) {
            seams.timers().after(Duration.ofMillis(seams.random().nextInt(5)), () -> {
                RegisterEffect effect = apply(key, action, isLost.getAsBoolean());
                if (isDoneTwice.getAsBoolean()) {
                    seams.timers().after(Duration.ofMillis(5), () -> apply(key, action, false));
                }
                seams.timers()
                        .after(
                                Duration.ofMillis(seams.random().nextInt(5)),
                                () -> then.accept(new RegisterOperation.Done(effect.answer())));
            });
        }

        private RegisterEffect apply(Key key, RegisterAction action, boolean isLost) {
            long now = seams.clock().wallMillis();
            Held held = shared.getOrDefault(key, Held.NOTHING);
            Held before = held.expiresAtMillis() <= now ? Held.NOTHING : held;
            RegisterEffect effect = action.apply(before.value());
            shared.put(key, isLost ? before : after(effect, before, now));
            return effect;
        }

        private static Held after(RegisterEffect effect, Held before, long now) {
            return switch (effect) {
                case RegisterEffect.Keep ignored -> before;
                case RegisterEffect.Remove ignored -> Held.NOTHING;
                case RegisterEffect.Put put ->
                    new Held(
                            put.value(),
                            switch (put.life()) {
                                case RegisterEffect.Life.AsBefore ignored -> before.expiresAtMillis();
                                case RegisterEffect.Life.Anew anew ->
                                    anew.timeToLiveMillis() > 0 ? now + anew.timeToLiveMillis() : Long.MAX_VALUE;
                            });
            };
        }
    }
}
