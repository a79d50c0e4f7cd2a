package io.murmur.benchmarks.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {

    private static final int BLOCK = 4 << 20;
    private static final int BLOCKS = 8;

    @TempDir
    private Path folder = Path.of("");

    /** So that the compiler does not leave the allocation out. */
    static volatile byte[] last = {};

    private static void allocate() {
        for (int i = 0; i < BLOCKS; i++) {
            last = new byte[BLOCK];
        }
    }

    @Test
    void bytesAreThoseOfTheirAllocatorsWithoutAThreadsFirstSample() throws Exception {
        Path file = folder.resolve("own.jfr");
        try (Recording recording = new Recording()) {
            recording.enable(Recorder.ALLOCATION_SAMPLE).with("throttle", "off").withStackTrace();
            recording.start();
            Thread thread = new Thread(SamplesTest::allocate, "a-shard-3-1");
            thread.start();
            thread.join();
            recording.stop();
            recording.dump(file);
        }
        Samples samples = new Samples(Instant.EPOCH, Instant.MAX);

        samples.add(file, "a");

        Map<Method, Long> own = samples.allocation().own();
        Method allocator = new Method(SamplesTest.class.getName(), "allocate", false);
        assertThat(own).containsKey(allocator);
        assertThat(own.get(allocator)).isBetween((BLOCKS - 1L) * BLOCK, (BLOCKS + 1L) * BLOCK);
        assertThat(samples.allocation().frame("all").children())
                .anySatisfy(frame -> assertThat(frame.name()).isEqualTo("shard"));
    }

    @Test
    void whatIsOutsideTheStretchOfTimeIsLeftOut() throws Exception {
        Path file = folder.resolve("own.jfr");
        try (Recording recording = new Recording()) {
            recording.enable(Recorder.ALLOCATION_SAMPLE).with("throttle", "off").withStackTrace();
            recording.start();
            allocate();
            recording.stop();
            recording.dump(file);
        }
        Samples samples = new Samples(Instant.EPOCH, Instant.EPOCH.plusSeconds(1));

        samples.add(file, "");

        assertThat(samples.allocation().weight()).isZero();
    }

    @Test
    void thisJdkHasTheEventsThatAreRecordedWithIt() {
        Set<String> known = FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .map(EventType::getName)
                .collect(Collectors.toSet());

        assertThat(Recorder.settings(Recorder.samplesProcessorTime(), 5))
                .allSatisfy(setting -> assertThat(known).contains(setting.substring(1, setting.indexOf('#'))));
        assertThat(Recorder.settings(true, 5)).contains("+jdk.CPUTimeSample#throttle=5ms");
        assertThat(Recorder.settings(false, 5)).contains("+jdk.NativeMethodSample#period=5ms");
    }
}
