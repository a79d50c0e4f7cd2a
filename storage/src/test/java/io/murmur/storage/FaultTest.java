package io.murmur.storage;

import static io.murmur.storage.StorageContract.key;
import static io.murmur.storage.StorageContract.live;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage.JoinOutcome;
import io.murmur.kernel.Storage.ReadOutcome;
import io.murmur.kernel.Storage.StorageFault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Full disks, failed syncs, flipped bits and missing files: the store refuses or stops with a named fault (invariant 8). */
class FaultTest {

    private SeededStore bench;

    @BeforeEach
    void open() throws IOException {
        bench = new SeededStore(TestSettings.tiny(1));
    }

    private static StorageFault faultOf(JoinOutcome outcome) {
        assertThat(outcome).isInstanceOf(JoinOutcome.Refused.class);
        return ((JoinOutcome.Refused) outcome).fault();
    }

    private static StorageFault faultOf(ReadOutcome outcome) {
        assertThat(outcome).isInstanceOf(ReadOutcome.Refused.class);
        return ((ReadOutcome.Refused) outcome).fault();
    }

    // ---- what is not durable is not seen

    @Test
    void aJoinIsSeenByNobodyBeforeItIsDurable() {
        List<JoinOutcome> answer = bench.begin(key(1), live(10, 20), Durability.FSYNC);

        // Its own thread has done all it can; the log has not been let do anything.
        bench.disk.failNextSync();
        bench.threads.runUntil(() -> !answer.isEmpty());

        assertThat(faultOf(answer.get(0))).isEqualTo(StorageFault.STOPPED);
        assertThat(bench.read(key(1))).isEqualTo(ReadOutcome.Found.NOTHING);
    }

    @Test
    void anIntervalJoinIsAnsweredBeforeTheSyncAndDurableAfterTheInterval() throws IOException {
        List<JoinOutcome> answer = bench.begin(key(1), live(10, 20), Durability.INTERVAL);
        bench.threads.runUntil(() -> !answer.isEmpty());
        long syncsAtAnswer = bench.store.counters().logSyncs.count();

        bench.threads.runUntilIdle();
        bench.threads.pass(Duration.ofMillis(100));
        bench.threads.runUntilIdle();
        bench.powerCut();

        assertThat(syncsAtAnswer).isZero();
        assertThat(bench.read(key(1))).isEqualTo(new ReadOutcome.Found(live(10, 20)));
    }

    // ---- full disk

    @Test
    void aFullDiskRefusesJoinsServesReadsAndRecovers() throws IOException {
        bench.join(key(1), live(10, 20));

        bench.disk.fill(true);
        assertThat(faultOf(bench.join(key(1), live(11, 20)))).isEqualTo(StorageFault.DISK_FULL);
        assertThat(bench.read(key(1))).isEqualTo(new ReadOutcome.Found(live(10, 20)));

        bench.disk.fill(false);
        assertThat(bench.join(key(1), live(12, 20))).isEqualTo(new JoinOutcome.Held(live(12, 20)));
        bench.powerCut();
        assertThat(bench.store.damage()).isEmpty();
        assertThat(bench.read(key(1))).isEqualTo(new ReadOutcome.Found(live(12, 20)));
        assertThat(bench.fatal).isEmpty();
    }

    @Test
    void aDiskThatFillsUpInTheMiddleOfAnAppendLosesNothingThatWasAcknowledged() throws IOException {
        for (int round = 0; round < 30; round++) {
            assertThat(bench.join(key(round), live(100 + round, 20))).isInstanceOf(JoinOutcome.Held.class);
            bench.cramped.failNextAppend("log/");
            assertThat(faultOf(bench.join(key(100 + round), live(200, 20)))).isEqualTo(StorageFault.DISK_FULL);
        }

        bench.powerCut();

        assertThat(bench.store.damage()).isEmpty();
        for (int round = 0; round < 30; round++) {
            assertThat(bench.read(key(round))).isEqualTo(new ReadOutcome.Found(live(100 + round, 20)));
        }
    }

    @Test
    void flushesThatFailAreMadeUpForWhenThereIsRoomAgain() {
        bench.threads.runUntilIdle();
        int refused = 0;
        for (int i = 0; refused == 0; i++) {
            // The log has room where the larger tables find none.
            bench.cramped.fill("tables/");
            refused += bench.join(key(i), live(100 + i, 100)) instanceof JoinOutcome.Refused ? 1 : 0;
            bench.threads.runUntilIdle();
            assertThat(i).isLessThan(10_000);
        }

        bench.cramped.fill(null);
        bench.threads.pass(Duration.ofSeconds(2));
        assertThat(faultOf(bench.join(key(1), live(50_000, 100)))).isEqualTo(StorageFault.OVERLOADED);
        bench.threads.runUntilIdle();

        assertThat(bench.join(key(1), live(60_000, 100))).isInstanceOf(JoinOutcome.Held.class);
        assertThat(bench.store.counters().flushes.sum()).isPositive();
    }

    // ---- failed sync

    @Test
    void afterAFailedSyncTheNodeStopsAndNothingIsAcknowledged() throws IOException {
        bench.join(key(1), live(10, 20));

        bench.disk.failNextSync();
        assertThat(faultOf(bench.join(key(1), live(11, 20)))).isEqualTo(StorageFault.STOPPED);
        assertThat(bench.fatal).hasSize(1);
        assertThat(faultOf(bench.join(key(2), live(12, 20)))).isEqualTo(StorageFault.STOPPED);

        bench.powerCut();
        assertThat(bench.read(key(1))).isEqualTo(new ReadOutcome.Found(live(10, 20)));
        assertThat(bench.read(key(2))).isEqualTo(ReadOutcome.Found.NOTHING);
    }

    // ---- damage

    @Test
    void aFlippedBitBeforeTheTailOfTheLogIsReportedAndRefused() throws IOException {
        for (int i = 0; i < 6; i++) {
            bench.join(key(i), live(100 + i, 20));
        }
        String segment = bench.files("log", ".log").get(0);

        bench.disk.flipBit(segment, LogFormat.HEADER_BYTES + LogFormat.RECORD_HEADER_BYTES + 5, 3);
        bench.powerCut();

        assertThat(bench.store.damage()).hasSize(1).first().asString().contains("log segment 1");
        assertThat(faultOf(bench.read(key(5)))).isEqualTo(StorageFault.DAMAGED);
        assertThat(faultOf(bench.join(key(9), live(200, 20)))).isEqualTo(StorageFault.DAMAGED);
    }

    @Test
    void anyFlippedBitInAnEndedSegmentIsFound() throws IOException {
        bench = new SeededStore(TestSettings.logOnly());
        bench.fill(30, 100);
        List<String> segments = bench.files("log", ".log");
        String ended = segments.get(segments.size() - 2);
        long size = bench.size(ended);
        bench.powerCut();
        assertThat(bench.store.damage()).isEmpty();

        for (long at = 0; at < size; at += 37) {
            bench = new SeededStore(TestSettings.logOnly());
            bench.fill(30, 100);
            bench.disk.flipBit(ended, at, 1);
            bench.powerCut();
            assertThat(bench.store.damage()).as("bit of byte %d", at).isNotEmpty();
        }
    }

    @Test
    void aMissingSegmentIsFound() throws IOException {
        bench = new SeededStore(TestSettings.logOnly());
        bench.fill(30, 100);
        List<String> segments = bench.files("log", ".log");
        assertThat(segments).hasSizeGreaterThan(2);

        bench.disk.delete(segments.get(1));
        bench.start();

        assertThat(bench.store.damage()).hasSize(1).first().asString().contains("missing");
    }

    @Test
    void aFlippedBitInATableIsFoundAtStart() throws IOException {
        bench.fill(100, 100);
        String table = bench.files("tables", ".mapdb").get(0);

        bench.disk.flipBit(table, bench.size(table) / 2, 5);
        bench.powerCut();

        assertThat(bench.store.damage()).hasSize(1).first().asString().contains(table);
        assertThat(faultOf(bench.read(key(1)))).isEqualTo(StorageFault.DAMAGED);
    }

    @Test
    void aFlippedBitInWhatIsKnownOfATableIsFoundAtStart() throws IOException {
        bench.fill(100, 100);
        String facts = bench.files("tables", ".facts").get(0);

        bench.disk.flipBit(facts, bench.size(facts) / 2, 5);
        bench.powerCut();

        assertThat(bench.store.damage()).hasSize(1).first().asString().contains(facts);
    }

    @Test
    void damageIsNotForgottenWhenTablesChange() throws IOException {
        bench.fill(100, 100);
        String table = bench.files("tables", ".mapdb").get(0);
        bench.disk.flipBit(table, bench.size(table) / 2, 5);

        for (int start = 0; start < 3; start++) {
            bench.powerCut();
            bench.threads.runUntilIdle();
            assertThat(bench.store.damage()).isNotEmpty();
        }
    }

    @Test
    void aBitFlippedWhileServingIsFoundByTheScrub() throws IOException {
        bench.fill(100, 100);
        List<String> tables = bench.files("tables", ".mapdb");
        String table = tables.get(tables.size() - 1);

        bench.disk.flipBit(table, bench.size(table) - 1, 0);
        assertThat(bench.store.damage()).isEmpty();
        bench.threads.pass(Duration.ofDays(1));
        for (int step = 0; step < 100; step++) {
            bench.threads.runUntilIdle();
            bench.threads.pass(Duration.ofMillis(50));
        }

        assertThat(bench.store.damage()).hasSize(1);
        assertThat(bench.store.counters().tablesScrubbed.sum()).isEqualTo(tables.size() - 1);
        assertThat(faultOf(bench.read(key(1)))).isEqualTo(StorageFault.DAMAGED);
    }

    @Test
    void aDamagedOrMissingManifestKeepsTheStoreFromOpening() throws IOException {
        bench.fill(100, 100);

        bench.disk.flipBit("manifest/manifest", 13, 0);
        assertThatThrownBy(bench::powerCut).isInstanceOf(IOException.class).hasMessageContaining("manifest is damaged");

        bench.disk.delete("manifest/manifest");
        assertThatThrownBy(bench::start).isInstanceOf(IOException.class).hasMessageContaining("manifest is missing");
    }

    @Test
    void aManifestThatAKilledProcessDidNotSyncIsMadeDurableBeforeAnythingReliesOnIt() throws IOException {
        for (int round = 0; round < 20; round++) {
            bench.fill(60, 100 + 1_000L * round);
            bench.fill(60, 500 + 1_000L * round);
            // The process dies when the manifest has its new name, before the folder is synced.
            bench.cramped.dieInSyncOf("manifest");
            assertThatThrownBy(() -> bench.fill(300, 5_000)).isInstanceOf(CrampedDisk.Died.class);
            bench.disk.kill();
            bench.start();
            // What the manifest no longer names is gone for good.
            bench.disk.syncFolder("tables");
            bench.powerCut();
            assertThat(bench.store.damage()).isEmpty();
        }
    }

    // ---- bounds

    @Test
    void pastTheBoundOfPendingBytesJoinsAreRefusedAtOnce() {
        List<List<JoinOutcome>> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            answers.add(bench.begin(key(i), live(100 + i, 100_000), Durability.FSYNC));
        }
        bench.threads.runUntilIdle();

        List<JoinOutcome> outcomes =
                answers.stream().map(answer -> answer.get(0)).toList();
        assertThat(outcomes).anyMatch(outcome -> outcome instanceof JoinOutcome.Held);
        assertThat(outcomes)
                .anyMatch(outcome ->
                        outcome instanceof JoinOutcome.Refused refused && refused.fault() == StorageFault.OVERLOADED);
        assertThat(answers).allSatisfy(answer -> assertThat(answer).hasSize(1));
    }

    @Test
    void theLogIsBoundedHoweverMuchIsWritten() {
        bench.fill(60, 100);
        for (int round = 1; round < 20; round++) {
            bench.fill(60, 100L + 1000L * round);
        }

        assertThat(bench.files("log", ".log")).hasSizeLessThan(12);
        assertThat(bench.store.counters().compactions.sum()).isPositive();
        assertThat(bench.files("tables", ".mapdb")).hasSizeLessThan(8);
    }
}
