package io.murmur.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.kernel.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SimulatedDiskTest {

    private static final int SEEDS = 200;

    private static SimulatedDisk disk(long seed) {
        return new SimulatedDisk(new SplittableRandom(seed));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Disk.Appender durable(SimulatedDisk disk, String name, String content) throws IOException {
        Disk.Appender file = disk.create(name);
        file.append(bytes(content));
        file.sync();
        disk.syncFolder("folder");
        return file;
    }

    private static String read(Disk disk, String name) throws IOException {
        try (Disk.Source source = disk.open(name)) {
            ByteBuffer into = ByteBuffer.allocate((int) source.size());
            source.read(0, into);
            return new String(into.array(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void whatIsSyncedSurvivesAndTheRestDoesInPart() throws IOException {
        Set<String> found = new TreeSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedDisk disk = disk(seed);
            durable(disk, "folder/f", "synced,").append(bytes("not"));
            disk.crash();
            found.add(read(disk, "folder/f"));
        }

        assertThat(found).allMatch(content -> content.startsWith("synced,"));
        assertThat(found).contains("synced,", "synced,n", "synced,not", "synced,\0");
    }

    @Test
    void aKilledProcessLeavesWhatItWroteAsUnsyncedAsItWas() throws IOException {
        Set<String> found = new TreeSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedDisk disk = disk(seed);
            durable(disk, "folder/f", "synced,").append(bytes("not"));
            disk.kill();
            assertThat(read(disk, "folder/f")).isEqualTo("synced,not");
            disk.crash();
            found.add(read(disk, "folder/f"));
        }

        assertThat(found).contains("synced,", "synced,not");
    }

    @Test
    void anUnsyncedNameIsFoundOrNotAndASyncedOneIs() throws IOException {
        Set<Integer> counts = new TreeSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedDisk disk = disk(seed);
            durable(disk, "folder/1", "synced");
            disk.create("folder/2");
            disk.create("folder/3");
            disk.crash();
            assertThat(disk.list("folder")).contains("folder/1");
            counts.add(disk.list("folder").size());
        }

        assertThat(counts).containsExactly(1, 2, 3);
    }

    @Test
    void anUnsyncedRenameHasHappenedOrNotButNeverByHalf() throws IOException {
        Set<String> found = new TreeSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedDisk disk = disk(seed);
            durable(disk, "folder/new", "new");
            durable(disk, "folder/old", "old");
            disk.rename("folder/new", "folder/old");
            disk.crash();
            found.add(disk.list("folder") + read(disk, "folder/old"));
        }

        assertThat(found).containsExactly("[folder/new, folder/old]old", "[folder/old]new");
    }

    @Test
    void whatAFailedSyncWasToKeepIsLostEvenIfTheNextSucceeds() throws IOException {
        SimulatedDisk disk = disk(1);
        Disk.Appender file = durable(disk, "folder/f", "synced,");
        file.append(bytes("lost"));
        disk.failNextSync();
        assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
        file.append(bytes(",kept"));
        file.sync();
        assertThat(read(disk, "folder/f")).isEqualTo("synced,lost,kept");

        disk.crash();

        assertThat(read(disk, "folder/f")).isEqualTo("synced,\0\0\0\0,kept");
    }

    @Test
    void aFullDiskTakesNothingMoreAndSaysSo() throws IOException {
        SimulatedDisk disk = disk(1);
        Disk.Appender file = disk.create("folder/f");
        disk.fill(true);

        assertThat(disk.freeBytes()).isZero();
        assertThatThrownBy(() -> file.append(bytes("more"))).hasMessageContaining("No space left");

        disk.fill(false);
        file.append(bytes("more"));
        assertThat(read(disk, "folder/f")).endsWith("more");
    }

    @Test
    void anArmedDiskDiesInsideThatCallAndHandlesOfBeforeAreDead() throws IOException {
        SimulatedDisk disk = disk(1);
        Disk.Appender file = disk.create("folder/f");
        disk.crashInside(2);
        file.append(bytes("one"));

        assertThatThrownBy(file::sync).isInstanceOf(SimulatedCrash.class);

        disk.crash();
        assertThatThrownBy(() -> file.append(bytes("two"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFlippedBitStays() throws IOException {
        SimulatedDisk disk = disk(1);
        durable(disk, "folder/f", "abc");

        disk.flipBit("folder/f", 1, 0);
        disk.crash();

        assertThat(read(disk, "folder/f")).isEqualTo("acc");
    }
}
