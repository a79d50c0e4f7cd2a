package io.murmur.benchmarks.profiles;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/** What flight recordings of one program's processes tell of a stretch of time: where processor time went and who allocated. */
final class Samples {

    /** How the names of native methods begin that wait, besides those that say so. */
    private static final List<String> WAITING = List.of("park", "poll", "accept", "sleep", "readbytes");

    private final Instant from;
    private final Instant to;
    private final CallTree processor = new CallTree();
    private final CallTree allocation = new CallTree();
    private final Map<Work, Long> byWork = new EnumMap<>(Work.class);
    private double allocatedBytesPerSecond;
    private long lost;

    /** Nothing yet, of what happens from one moment on and before the other. */
    Samples(Instant from, Instant to) {
        this.from = from;
        this.to = to;
    }

    /** Takes in a process's recording; the threads of a node are known by its name in front of theirs. */
    void add(Path recording, String nodeName) throws IOException {
        List<RecordedEvent> allocations = new ArrayList<>();
        Map<Long, List<RecordedEvent>> totals = new HashMap<>();
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                switch (event.getEventType().getName()) {
                    case Recorder.CPU_SAMPLE -> processor(event, event.getThread(), nodeName);
                    case Recorder.EXECUTION_SAMPLE, Recorder.NATIVE_SAMPLE ->
                        processor(event, event.getThread("sampledThread"), nodeName);
                    case Recorder.LOST_CPU_SAMPLES -> lost += isDuring(event) ? event.getLong("lostSamples") : 0;
                    case Recorder.ALLOCATION_SAMPLE -> allocations.add(event);
                    case Recorder.ALLOCATION_TOTAL -> {
                        RecordedThread thread = event.getThread("thread");
                        if (thread != null && isDuring(event)) {
                            totals.computeIfAbsent(thread.getId(), first -> new ArrayList<>())
                                    .add(event);
                        }
                    }
                    default -> {
                        // The recording's own.
                    }
                }
            }
        }
        addAllocations(allocations, nodeName);
        totals.values().forEach(ofThread -> allocatedBytesPerSecond += bytesPerSecond(ofThread));
    }

    private boolean isDuring(RecordedEvent event) {
        return !event.getStartTime().isBefore(from) && event.getStartTime().isBefore(to);
    }

    private void processor(RecordedEvent event, @Nullable RecordedThread thread, String nodeName) {
        List<Method> stack = innermostFirst(event);
        if (isDuring(event) && !(event.getEventType().getName().equals(Recorder.NATIVE_SAMPLE) && isWaiting(stack))) {
            byWork.merge(Work.of(stack), 1L, Long::sum);
            processor.add(outermostFirst(stack, thread, nodeName), 1);
        }
    }

    /** A sample of native code may be of a thread that only waits, such as the one that reads a node's standard input. */
    private static boolean isWaiting(List<Method> stack) {
        String top = stack.isEmpty() ? "" : stack.get(0).name().toLowerCase(Locale.ROOT);
        return top.contains("wait") || WAITING.stream().anyMatch(top::startsWith);
    }

    /**
     * A sample stands for all that its thread has allocated since the sample before. So the first one, of things long past, is left out; it is
     * before the stretch of time as a rule.
     */
    private void addAllocations(List<RecordedEvent> events, String nodeName) {
        Map<Long, RecordedEvent> firsts = new HashMap<>();
        List<RecordedEvent> inOrder = events.stream()
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList();
        for (RecordedEvent event : inOrder) {
            RecordedThread thread = event.getThread();
            boolean isFirst = thread != null && firsts.putIfAbsent(thread.getId(), event) == null;
            if (!isFirst && isDuring(event)) {
                allocation.add(outermostFirst(innermostFirst(event), thread, nodeName), event.getLong("weight"));
            }
        }
    }

    /** By the first and the last count of one thread's bytes. */
    private static double bytesPerSecond(List<RecordedEvent> counts) {
        List<RecordedEvent> inOrder = counts.stream()
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList();
        RecordedEvent first = inOrder.get(0);
        RecordedEvent last = inOrder.get(inOrder.size() - 1);
        long nanos = Duration.between(first.getStartTime(), last.getStartTime()).toNanos();
        return nanos == 0 ? 0 : 1e9 * (last.getLong("allocated") - first.getLong("allocated")) / nanos;
    }

    private static List<Method> innermostFirst(RecordedEvent event) {
        RecordedStackTrace stack = event.getStackTrace();
        return stack == null
                ? List.of()
                : stack.getFrames().stream()
                        .filter(RecordedFrame::isJavaFrame)
                        .map(Method::of)
                        .toList();
    }

    private static List<Method> outermostFirst(
            List<Method> innermostFirst, @Nullable RecordedThread thread, String nodeName) {
        List<Method> stack = new ArrayList<>();
        String name = thread == null ? null : thread.getJavaName();
        stack.add(Method.named(name == null ? "unknown thread" : ThreadRole.common(name, nodeName)));
        stack.addAll(innermostFirst.reversed());
        if (innermostFirst.isEmpty()) {
            stack.add(Method.named("stack that could not be read"));
        }
        return stack;
    }

    /** By samples. */
    CallTree processor() {
        return processor;
    }

    /** By bytes, as the samples stand for them. */
    CallTree allocation() {
        return allocation;
    }

    /** How many samples found threads at what. */
    Map<Work, Long> byWork() {
        return byWork;
    }

    /** By the JVM's own count for each thread, which is exact; threads that were not there at two counts are not in it. */
    double allocatedBytesPerSecond() {
        return allocatedBytesPerSecond;
    }

    /** Samples of processor time that were due and could not be taken. */
    long lost() {
        return lost;
    }
}
