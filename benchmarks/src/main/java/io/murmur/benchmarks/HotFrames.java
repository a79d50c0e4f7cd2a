package io.murmur.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/** Where the time of a process went: the samples of its flight recording, counted by the method on top and by thread. */
final class HotFrames {

    private static final int MOST_LINES = 20;

    private final Map<String, Integer> byMethod = new HashMap<>();
    private final Map<String, Integer> byThread = new HashMap<>();
    private int samples;

    /** Counts the samples of a time. Java code that runs, and native calls (of which waiting for events is one). */
    static HotFrames of(Path recording, Instant from, Instant to) throws IOException {
        HotFrames frames = new HotFrames();
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                boolean isSample = event.getEventType().getName().equals("jdk.ExecutionSample");
                if (isSample
                        && !event.getStartTime().isBefore(from)
                        && event.getStartTime().isBefore(to)) {
                    frames.count(event);
                }
            }
        }
        return frames;
    }

    private void count(RecordedEvent sample) {
        samples++;
        RecordedThread thread = sample.getThread("sampledThread");
        byThread.merge(thread == null ? "?" : String.valueOf(thread.getJavaName()), 1, Integer::sum);
        RecordedStackTrace stack = sample.getStackTrace();
        List<RecordedFrame> frames = stack == null ? List.of() : stack.getFrames();
        if (!frames.isEmpty()) {
            RecordedMethod method = frames.get(0).getMethod();
            byMethod.merge(method.getType().getName() + "." + method.getName(), 1, Integer::sum);
        }
    }

    void print(String title, PrintWriter out) {
        out.printf(Locale.ROOT, "%s: %,d samples of running Java code%n", title, samples);
        print(byThread, out);
        out.println("  on top of the stack:");
        print(byMethod, out);
        out.flush();
    }

    private void print(Map<String, Integer> counts, PrintWriter out) {
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_LINES)
                .forEach(entry -> out.printf(
                        Locale.ROOT, "  %5.1f %%  %s%n", 100.0 * entry.getValue() / samples, entry.getKey()));
    }
}
