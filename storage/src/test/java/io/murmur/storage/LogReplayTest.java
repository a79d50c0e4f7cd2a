package io.murmur.storage;

import static io.murmur.storage.StorageContract.key;
import static io.murmur.storage.StorageContract.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Disk;
import io.murmur.kernel.Storage.Entry;
import io.murmur.kernel.wire.WireWriter;
import io.murmur.simulation.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What replay makes of segments that end too early or are broken in the middle. */
class LogReplayTest {

    private final SimulatedDisk disk = new SimulatedDisk(new Random(1));
    private List<String> damage = List.of();

    private List<Entry> replay() throws IOException {
        List<Entry> joins = new ArrayList<>();
        damage = LogReplay.replay(disk, (segment, join) -> joins.add(join)).damage();
        return joins;
    }

    private static ByteBuffer segment(int records, boolean tellWhatIsSynced) {
        ByteBuffer bytes = ByteBuffer.allocate(10_000).put(LogFormat.header(1, -1, 0));
        WireWriter join = new WireWriter();
        for (int record = 0; record < records; record++) {
            int from = bytes.position();
            join.clear();
            LogFormat.writeJoin(join, key(record), live(1 + record, 30));
            bytes.position(from + LogFormat.RECORD_HEADER_BYTES).put(join.array(), 0, join.size());
            LogFormat.writeRecordHeader(bytes, from, join.size(), 1, tellWhatIsSynced ? from : 0, 0);
        }
        return bytes.flip();
    }

    private void write(ByteBuffer bytes, int length) throws IOException {
        disk.delete(CommitLog.nameOf(1));
        try (Disk.Appender file = disk.create(CommitLog.nameOf(1))) {
            file.append(bytes.duplicate().limit(length));
        }
    }

    private static void assertIsPrefix(List<Entry> joins) {
        for (int i = 0; i < joins.size(); i++) {
            assertThat(joins.get(i)).isEqualTo(new Entry(key(i), live(1 + i, 30)));
        }
    }

    @Test
    void aSegmentTornAtAnyByteGivesItsWholeRecordsWithoutDamage() throws IOException {
        ByteBuffer segment = segment(5, true);
        int most = 0;
        for (int length = 0; length <= segment.limit(); length++) {
            write(segment, length);
            List<Entry> joins = replay();
            assertIsPrefix(joins);
            assertThat(joins.size()).isBetween(most, most + 1);
            most = joins.size();
        }
        assertThat(most).isEqualTo(5);
        assertThat(damage).isEmpty();
    }

    @Test
    void wholeRecordsBehindABrokenOneOfTheSameUnsyncedGroupAreNoDamage() throws IOException {
        ByteBuffer segment = segment(5, false);
        segment.put(LogFormat.HEADER_BYTES + LogFormat.RECORD_HEADER_BYTES + 3, (byte) 99);

        write(segment, segment.limit());

        assertThat(replay()).isEmpty();
        assertThat(damage).isEmpty();
    }

    @Test
    void aBrokenRecordThatALaterOneKnowsToBeSyncedIsDamageAndTheRestIsKept() throws IOException {
        ByteBuffer segment = segment(5, true);
        segment.put(LogFormat.HEADER_BYTES + LogFormat.RECORD_HEADER_BYTES + 3, (byte) 99);

        write(segment, segment.limit());

        assertThat(replay()).hasSize(4);
        assertThat(damage).hasSize(1);
    }

    @Test
    void anyBytesAreReadWithoutAnError() throws IOException {
        Random random = new Random(2);
        for (int round = 0; round < 300; round++) {
            ByteBuffer segment = segment(4, true);
            for (int flips = random.nextInt(20); flips >= 0; flips--) {
                segment.put(random.nextInt(segment.limit()), (byte) random.nextInt());
            }
            write(segment, random.nextInt(segment.limit() + 1));
            assertThat(replay()).hasSizeLessThanOrEqualTo(4);
        }
    }
}
