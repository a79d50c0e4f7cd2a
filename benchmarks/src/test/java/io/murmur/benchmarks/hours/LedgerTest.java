package io.murmur.benchmarks.hours;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LedgerTest {

    private static final int KEY = 5000;
    private static final int NOTHING = 0;

    private final Ledger ledger = new Ledger();

    private Ledger.Write acknowledged() {
        Ledger.Write write = ledger.begin(KEY);
        ledger.acknowledged(write);
        return write;
    }

    private boolean mayFindNow(int number) {
        return ledger.mayFind(KEY, number, ledger.oldest(KEY));
    }

    @Test
    void nothingMayBeFoundUntilAWriteIsAcknowledged() {
        assertThat(mayFindNow(NOTHING)).isTrue();

        Ledger.Write write = ledger.begin(KEY);
        assertThat(mayFindNow(NOTHING)).isTrue();
        assertThat(mayFindNow(write.number())).isTrue();

        ledger.acknowledged(write);
        assertThat(mayFindNow(NOTHING)).isFalse();
        assertThat(mayFindNow(write.number())).isTrue();
    }

    @Test
    void aWriteIsTooOldOnceALaterOneIsAcknowledged() {
        Ledger.Write first = acknowledged();
        Ledger.Write second = acknowledged();

        assertThat(mayFindNow(first.number())).isFalse();
        assertThat(mayFindNow(second.number())).isTrue();
    }

    @Test
    void ofWritesAtTheSameTimeEitherMayWin() {
        Ledger.Write first = ledger.begin(KEY);
        Ledger.Write second = ledger.begin(KEY);
        ledger.acknowledged(second);
        ledger.acknowledged(first);

        assertThat(mayFindNow(first.number())).isTrue();
        assertThat(mayFindNow(second.number())).isTrue();
        assertThat(mayFindNow(NOTHING)).isFalse();
    }

    @Test
    void aWriteThatBeganAfterBothMakesBothTooOld() {
        Ledger.Write first = ledger.begin(KEY);
        Ledger.Write second = ledger.begin(KEY);
        ledger.acknowledged(second);
        ledger.acknowledged(first);
        acknowledged();

        assertThat(mayFindNow(first.number())).isFalse();
        assertThat(mayFindNow(second.number())).isFalse();
    }

    @Test
    void aWriteOfUnknownOutcomeMayBeFoundForEver() {
        Ledger.Write doubtful = ledger.begin(KEY);
        ledger.failed(doubtful, true);
        acknowledged();

        assertThat(mayFindNow(doubtful.number())).isTrue();
        assertThat(mayFindNow(NOTHING)).isFalse();
    }

    @Test
    void aWriteThatHasNotHappenedIsTooOldWhenALaterOneIsAcknowledged() {
        Ledger.Write refused = ledger.begin(KEY);
        ledger.failed(refused, false);
        acknowledged();

        assertThat(mayFindNow(refused.number())).isFalse();
    }

    @Test
    void aReadIsHeldAgainstWhatWasAcknowledgedWhenItBegan() {
        Ledger.Write first = acknowledged();
        int oldestThen = ledger.oldest(KEY);
        acknowledged();

        assertThat(ledger.mayFind(KEY, first.number(), oldestThen)).isTrue();
    }

    @Test
    void keysWithAcknowledgedWritesAreKnown() {
        acknowledged();
        ledger.failed(ledger.begin(3), true);
        ledger.acknowledged(ledger.begin(0));

        assertThat(ledger.acknowledgedKeys()).containsExactly(0, KEY);
    }
}
