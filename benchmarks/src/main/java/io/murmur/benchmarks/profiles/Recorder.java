package io.murmur.benchmarks.profiles;

import io.murmur.benchmarks.RedisProcesses;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A flight recording of one JVM, begun and ended from outside with {@code jcmd}, so that a cluster is recorded only while it is looked at. */
final class Recorder {

    static final String CPU_SAMPLE = "jdk.CPUTimeSample";
    static final String LOST_CPU_SAMPLES = "jdk.CPUTimeSamplesLost";
    static final String EXECUTION_SAMPLE = "jdk.ExecutionSample";
    static final String NATIVE_SAMPLE = "jdk.NativeMethodSample";
    static final String ALLOCATION_SAMPLE = "jdk.ObjectAllocationSample";
    static final String ALLOCATION_TOTAL = "jdk.ThreadAllocationStatistics";

    private static final String NAME = "name=murmur-profiles";

    /** A node's stacks, below Netty and a row of completed calls, are deeper than the 64 frames that are kept otherwise. */
    private static final String STACK_DEPTH = "stackdepth=256";

    private static final int FIRST_WITH_CPU_SAMPLES = 25;

    private final long pid;
    private final int everyMillis;
    private boolean configured;

    /** @param everyMillis of processor time, a sample is taken */
    Recorder(ProcessHandle process, int everyMillis) {
        this.pid = process.pid();
        this.everyMillis = everyMillis;
    }

    /** Whether this JDK, which is the nodes' too, samples by processor time, the kernel's for a thread included. */
    static boolean samplesProcessorTime() {
        return Runtime.version().feature() >= FIRST_WITH_CPU_SAMPLES
                && System.getProperty("os.name").equals("Linux");
    }

    /** What is recorded; a plus adds an event to no settings at all. */
    static List<String> settings(boolean samplesProcessorTime, int everyMillis) {
        List<String> settings = new ArrayList<>();
        if (samplesProcessorTime) {
            event(settings, CPU_SAMPLE, "throttle=" + everyMillis + "ms");
            event(settings, LOST_CPU_SAMPLES, "enabled=true");
        } else {
            event(settings, EXECUTION_SAMPLE, "period=" + everyMillis + "ms");
            event(settings, NATIVE_SAMPLE, "period=" + everyMillis + "ms");
        }
        event(settings, ALLOCATION_SAMPLE, "throttle=300/s");
        event(settings, ALLOCATION_TOTAL, "period=500ms");
        return settings;
    }

    private static void event(List<String> settings, String event, String setting) {
        settings.add("+" + event + "#enabled=true");
        if (!setting.startsWith("enabled")) {
            settings.add("+" + event + "#" + setting);
        }
    }

    void start() throws IOException, InterruptedException {
        if (!configured) {
            ask("Stack depth: 256", List.of("JFR.configure", STACK_DEPTH));
            configured = true;
        }
        List<String> command = new ArrayList<>(List.of("JFR.start", NAME, "settings=none"));
        command.addAll(settings(samplesProcessorTime(), everyMillis));
        ask("Started recording", command);
    }

    void stop(Path file) throws IOException, InterruptedException {
        ask("written to", List.of("JFR.stop", NAME, "filename=" + file.toAbsolutePath()));
    }

    private void ask(String expected, List<String> question) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.add(String.valueOf(pid));
        command.addAll(question);
        String answer = RedisProcesses.output(command);
        if (!answer.contains(expected) || answer.contains("Warning!")) {
            throw new IOException("jcmd cannot have process " + pid + " recorded, it says: " + answer.strip());
        }
    }
}
