package io.murmur.benchmarks.profiles;

import io.murmur.benchmarks.report.FlameGraph.Frame;
import io.murmur.benchmarks.report.FlameGraph.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Stacks, merged where they begin alike; callees in the order of their names, so that pictures of two runs can be laid beside each other. */
final class CallTree {

    private final Map<Method, CallTree> callees = new TreeMap<>();
    private long weight;

    /**
     * Adds a stack.
     *
     * @param outermostFirst the caller of all the others first
     */
    void add(List<Method> outermostFirst, long added) {
        CallTree place = this;
        place.weight += added;
        for (Method method : outermostFirst) {
            place = place.callees.computeIfAbsent(method, first -> new CallTree());
            place.weight += added;
        }
    }

    long weight() {
        return weight;
    }

    /** For a picture, with this name for the whole. */
    Frame frame(String name) {
        return frame(name, name, Kind.OTHER);
    }

    private Frame frame(String name, String about, Kind kind) {
        return new Frame(
                name,
                about,
                kind,
                weight,
                callees.entrySet().stream()
                        .map(entry -> entry.getValue()
                                .frame(
                                        entry.getKey().shortName(),
                                        entry.getKey().wholeName(),
                                        entry.getKey().kind()))
                        .toList());
    }

    /** What each method used by itself, wherever it was called. */
    Map<Method, Long> own() {
        Map<Method, Long> own = new HashMap<>();
        callees.forEach((method, calls) -> calls.addOwn(method, own));
        return own;
    }

    private void addOwn(Method self, Map<Method, Long> own) {
        long rest =
                weight - callees.values().stream().mapToLong(CallTree::weight).sum();
        if (rest > 0) {
            own.merge(self, rest, Long::sum);
        }
        callees.forEach((method, calls) -> calls.addOwn(method, own));
    }
}
