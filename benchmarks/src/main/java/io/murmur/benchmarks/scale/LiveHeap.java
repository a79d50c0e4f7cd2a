package io.murmur.benchmarks.scale;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** How many bytes objects take in this JVM's heap, by the difference between two histograms of what lives after a full collection. */
final class LiveHeap {

    /** So much must come together that whatever else the JVM makes meanwhile is nothing beside it. */
    private static final long ENOUGH_BYTES = 8 << 20;

    private static final int MOST_COPIES = 2_000;

    /** "Total   123456   7890123". */
    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

    /** With these a collector fills what it can't use, such as the rest of a region behind an array that has one for itself. */
    private static final Pattern FILLER =
            Pattern.compile("\\d+:\\s+\\d+\\s+(\\d+)\\s+(?:\\[L)?jdk\\.internal\\.vm\\.Filler");

    private LiveHeap() {}

    /**
     * The bytes of what this makes, with all that it alone refers to.
     *
     * @param make a new one each time
     */
    static long bytesOf(Supplier<?> make) throws IOException {
        long first = bytesOf(make, 1);
        int copies = Math.clamp(ENOUGH_BYTES / Math.max(1, first), 1, MOST_COPIES);
        return copies == 1 ? first : bytesOf(make, copies);
    }

    private static long bytesOf(Supplier<?> make, int copies) throws IOException {
        List<Object> made = new ArrayList<>(copies);
        try {
            long before = liveBytes();
            for (int i = 0; i < copies; i++) {
                made.add(make.get());
            }
            return Math.max(0, liveBytes() - before) / copies;
        } finally {
            Reference.reachabilityFence(made);
        }
    }

    /** The JVM's own histogram, which collects all garbage first. */
    private static long liveBytes() throws IOException {
        try {
            Object histogram = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            return total(String.valueOf(histogram));
        } catch (JMException e) {
            throw new IOException("this JVM tells nothing of its heap; run it with HotSpot: " + e.getMessage(), e);
        }
    }

    /** The bytes of all objects of a histogram that somebody made. */
    static long total(String histogram) throws IOException {
        Matcher total = TOTAL.matcher(histogram);
        if (!total.find()) {
            throw new IOException("no total in the histogram of the heap: " + histogram.strip());
        }
        long fillers = FILLER.matcher(histogram)
                .results()
                .mapToLong(filler -> Long.parseLong(filler.group(1)))
                .sum();
        return Long.parseLong(total.group(1)) - fillers;
    }
}
