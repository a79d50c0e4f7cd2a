package io.murmur.storage;

import static io.murmur.storage.StorageContract.key;
import static io.murmur.storage.StorageContract.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Storage.PromiseOutcome;
import io.murmur.kernel.Storage.StorageFault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The greatest reading promised is never forgotten, whatever becomes of the log that it was written to. */
class PromiseTest {

    private SeededStore bench;

    @BeforeEach
    void open() throws IOException {
        bench = new SeededStore(TestSettings.tiny(1));
    }

    private PromiseOutcome promise(long reading) {
        List<PromiseOutcome> answers = new ArrayList<>();
        bench.threads.shard(0).execute(() -> bench.store.shard(0).promise(reading, answers::add));
        bench.threads.runUntil(() -> !answers.isEmpty());
        return answers.get(0);
    }

    @Test
    void withoutAnyNothingIsPromised() throws IOException {
        bench.join(key(1), live(1_000, 10));
        bench.powerCut();

        assertThat(bench.store.greatestPromise()).isZero();
        assertThat(bench.store.greatestReading()).isEqualTo(1_000);
    }

    @Test
    void theGreatestOutlivesAPowerCutAndNoStampWillBeBelowIt() throws IOException {
        bench.join(key(1), live(1_000, 10));
        assertThat(promise(5_000)).isEqualTo(new PromiseOutcome.Kept());
        assertThat(promise(3_000)).isEqualTo(new PromiseOutcome.Kept());

        bench.powerCut();

        assertThat(bench.store.greatestPromise()).isEqualTo(5_000);
        assertThat(bench.store.greatestReading()).isEqualTo(5_000);
    }

    @Test
    void itOutlivesTheSegmentThatItWasWrittenTo() throws IOException {
        promise(1L << 40);
        String first = bench.files("log", ".log").get(0);
        for (int number = 0; bench.files("log", ".log").contains(first); number++) {
            bench.join(key(number), live(1_000 + number, 500));
            bench.threads.runUntilIdle();
        }

        bench.powerCut();
        bench.powerCut();

        assertThat(bench.store.greatestPromise()).isEqualTo(1L << 40);
    }

    @Test
    void noMoreWaitForTheLogThanThereIsRoomFor() {
        List<PromiseOutcome> answers = new ArrayList<>();
        long most = TestSettings.tiny(1).maxPendingBytes();
        bench.threads.shard(0).execute(() -> {
            for (long reading = 1; reading <= most; reading++) {
                bench.store.shard(0).promise(reading, answers::add);
            }
        });
        bench.threads.runUntil(() -> answers.size() == most);

        assertThat(answers).contains(new PromiseOutcome.Kept());
        assertThat(answers)
                .filteredOn(PromiseOutcome.Refused.class::isInstance)
                .hasSizeGreaterThan((int) most / 2)
                .allMatch(refused -> ((PromiseOutcome.Refused) refused).fault() == StorageFault.OVERLOADED);
    }

    @Test
    void onAFullDiskNoneIsKept() throws IOException {
        bench.disk.fill(true);

        assertThat(promise(5_000))
                .isInstanceOfSatisfying(
                        PromiseOutcome.Refused.class,
                        refused -> assertThat(refused.fault()).isEqualTo(StorageFault.DISK_FULL));
    }
}
