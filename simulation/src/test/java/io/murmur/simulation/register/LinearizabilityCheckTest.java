package io.murmur.simulation.register;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.murmur.simulation.register.RegisterOperation.Result;
import io.murmur.simulation.register.RegisterOperation.Unknown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LinearizabilityCheckTest {

    private static final Result UNKNOWN = new Unknown("timeout");
    private static final Result NOT_DONE = new NotDone("unavailable");
    private static final Result NOTHING = new Done(null);
    private static final long FOREVER = RegisterAction.FOREVER;

    private final List<RegisterOperation> history = new ArrayList<>();

    // ---- good ones

    @Test
    void oneAfterTheOther() {
        during(0, 1, write("a"), NOTHING);
        during(2, 3, new Read(), answer("a"));
        during(4, 5, new CompareAndSet("a", "b"), answer("a"));
        during(6, 7, new Append("c"), answer("bc"));
        during(8, 9, new GetAndSet("1", FOREVER), answer("bc"));
        during(10, 11, new Increment(2), answer("3"));
        during(12, 13, new PutIfAbsent("x", FOREVER), answer("3"));
        during(14, 15, new Remove(), answer("3"));
        during(16, 17, new PutIfAbsent("x", FOREVER), NOTHING);
        during(18, 19, new Delete(true), NOTHING);
        during(20, 21, new Read(), NOTHING);

        assertGood();
    }

    @Test
    void concurrentReadsMaySeeAWriteOrNot() {
        during(0, 10, write("a"), NOTHING);
        during(1, 2, new Read(), NOTHING);
        during(3, 4, new Read(), answer("a"));

        assertGood();
    }

    @Test
    void concurrentIncrementsTakeEffectInSomeOrder() {
        during(0, 10, new Increment(1), answer("3"));
        during(0, 10, new Increment(1), answer("1"));
        during(0, 10, new Increment(1), answer("2"));
        during(11, 12, new Read(), answer("3"));

        assertGood();
    }

    @Test
    void whatIsUnknownMayComeLate() {
        during(0, 1, write("a"), UNKNOWN);
        during(2, 3, new Read(), NOTHING);
        during(4, 5, new Read(), answer("a"));

        assertGood();
    }

    @Test
    void whatIsUnknownMayNeverCome() {
        during(0, 1, new Increment(1), UNKNOWN);
        during(2, 3, new Increment(1), answer("1"));
        during(4, 5, new Read(), answer("1"));

        assertGood();
    }

    @Test
    void aPlainWriteUnderWayMayBeSeenAndOverwrittenAndComeAgain() {
        during(0, 10, new Write("a", FOREVER, false), NOTHING);
        during(1, 2, new Read(), answer("a"));
        during(3, 4, write("b"), NOTHING);
        during(5, 6, new Read(), answer("b"));
        during(7, 8, new Read(), answer("a"));

        assertGood();
    }

    @Test
    void whatHasATimeToLiveMayBeGoneWhenItIsOver() {
        during(0, 1, new Write("a", 100, true), NOTHING);
        during(95, 96, new Read(), answer("a"));
        during(97, 98, new Read(), NOTHING);

        assertGood();
    }

    @Test
    void whatIsCountedOnLivesAsLongAsBefore() {
        during(0, 1, new PutIfAbsent("1", 100), NOTHING);
        during(50, 51, new Increment(1), answer("2"));
        during(120, 121, new Increment(1), answer("1"));
        during(300, 301, new Read(), answer("1"));

        assertGood();
    }

    // ---- bad ones

    @Test
    void staleRead() {
        during(0, 1, write("a"), NOTHING);
        during(2, 3, write("b"), NOTHING);
        during(4, 5, new Read(), answer("a"));

        assertBad();
    }

    @Test
    void lostUpdate() {
        during(0, 5, new Increment(1), answer("1"));
        during(1, 6, new Increment(1), answer("1"));

        assertBad();
    }

    @Test
    void lostUpdateThatOnlyALaterReadShows() {
        during(0, 5, new Append("a"), answer("a"));
        during(1, 6, new Append("b"), answer("ab"));
        during(7, 8, new Read(), answer("b"));

        assertBad();
    }

    @Test
    void doubleIncrement() {
        during(0, 1, new Increment(1), answer("1"));
        during(2, 3, new Read(), answer("2"));

        assertBad();
    }

    @Test
    void unknownIncrementThatComesTwice() {
        during(0, 1, new Increment(1), UNKNOWN);
        during(2, 3, new Read(), answer("1"));
        during(4, 5, new Read(), answer("2"));

        assertBad();
    }

    @Test
    void compareAndSetThatSucceedsTwice() {
        during(0, 1, write("a"), NOTHING);
        during(2, 6, new CompareAndSet("a", "b"), answer("a"));
        during(3, 7, new CompareAndSet("a", "c"), answer("a"));

        assertBad();
    }

    @Test
    void putIfAbsentThatSucceedsTwice() {
        during(0, 6, new PutIfAbsent("a", FOREVER), NOTHING);
        during(1, 7, new PutIfAbsent("b", FOREVER), NOTHING);

        assertBad();
    }

    @Test
    void readThatGoesBack() {
        during(0, 10, write("a"), NOTHING);
        during(1, 2, new Read(), answer("a"));
        during(3, 4, new Read(), NOTHING);

        assertBad();
    }

    @Test
    void resurrectedAfterDelete() {
        during(0, 1, new Write("a", FOREVER, false), NOTHING);
        during(2, 3, new Delete(false), NOTHING);
        during(4, 5, new Read(), answer("a"));

        assertBad();
    }

    @Test
    void removedTwice() {
        during(0, 1, write("a"), NOTHING);
        during(2, 6, new Remove(), answer("a"));
        during(3, 7, new Remove(), answer("a"));

        assertBad();
    }

    @Test
    void writeSeenBeforeItsInvocation() {
        during(0, 1, new Read(), answer("a"));
        during(2, 3, write("a"), NOTHING);

        assertBad();
    }

    @Test
    void unknownOneSeenThenUnseen() {
        during(0, 1, write("a"), NOTHING);
        during(2, 3, write("b"), UNKNOWN);
        during(4, 5, new Read(), answer("b"));
        during(6, 7, new Read(), answer("a"));

        assertBad();
    }

    @Test
    void effectOfWhatHasFailedWithoutEffect() {
        during(0, 1, write("a"), NOT_DONE);
        during(2, 3, new Read(), answer("a"));

        assertBad();
    }

    @Test
    void atomicWriteThatComesTwice() {
        during(0, 10, write("a"), NOTHING);
        during(1, 2, new Read(), answer("a"));
        during(3, 4, write("b"), NOTHING);
        during(5, 6, new Read(), answer("b"));
        during(7, 8, new Read(), answer("a"));

        assertBad();
    }

    @Test
    void plainWriteThatComesAgainAfterItsAcknowledgement() {
        during(0, 2, new Write("a", FOREVER, false), NOTHING);
        during(3, 4, write("b"), NOTHING);
        during(5, 6, new Read(), answer("a"));

        assertBad();
    }

    @Test
    void expiredTooEarly() {
        during(0, 1, new Write("a", 100, true), NOTHING);
        during(88, 89, new Read(), NOTHING);

        assertBad();
    }

    @Test
    void expiredTooLate() {
        during(0, 1, new Write("a", 100, true), NOTHING);
        during(112, 113, new Read(), answer("a"));

        assertBad();
    }

    @Test
    void seenAfterItHasExpired() {
        during(0, 1, new Write("a", 100, true), NOTHING);
        during(95, 96, new Read(), NOTHING);
        during(97, 98, new Read(), answer("a"));

        assertBad();
    }

    // ---- how it goes about it

    @Test
    void theEvidenceEndsWithWhatCannotBeExplained() {
        for (int i = 0; i < 100; i++) {
            during(10L * i, 10L * i + 5, new Increment(1), answer("" + (i < 50 ? i + 1 : i)));
        }

        List<RegisterOperation> evidence = ((Verdict.NotLinearizable) verdict()).evidence();

        assertThat(evidence.get(evidence.size() - 1)).isEqualTo(history.get(50));
        assertThat(evidence).hasSizeLessThan(20);
    }

    /** Five clients without a pause, one outcome in twenty-five unknown. */
    @Test
    void aLongHistoryOfManyClientsIsDecided() {
        SplittableRandom random = new SplittableRandom(1);
        RandomHistory drawn = new RandomHistory(random, 5, 500, 0.04);

        history.addAll(drawn.linearizable());
        assertGood();

        history.add(new RegisterOperation("last", new Read(), 1_000_000, 1_000_001, answer("never written")));
        assertBad();
    }

    @Test
    void tooManyOrdersAreUndecided() {
        for (int i = 0; i < 12; i++) {
            during(0, 100, new Append("" + (char) ('a' + i)), UNKNOWN);
        }
        during(101, 102, new Read(), answer("abcdefghijklm"));

        assertThat(new LinearizabilityCheck(Duration.ZERO, 1_000).check(history))
                .isInstanceOf(Verdict.Undecided.class);
    }

    private void during(long from, long to, RegisterAction action, Result result) {
        history.add(new RegisterOperation("client", action, from * 1_000_000, to * 1_000_000, result));
    }

    private static RegisterAction write(String value) {
        return new Write(value, FOREVER, true);
    }

    private static Result answer(@Nullable String answer) {
        return new Done(answer);
    }

    private Verdict verdict() {
        return new LinearizabilityCheck(Duration.ofMillis(10)).check(history);
    }

    private void assertGood() {
        assertThat(verdict()).isEqualTo(new Verdict.Linearizable());
    }

    private void assertBad() {
        assertThat(verdict()).isInstanceOf(Verdict.NotLinearizable.class);
    }
}
