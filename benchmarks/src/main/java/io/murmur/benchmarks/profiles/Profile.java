package io.murmur.benchmarks.profiles;

import io.murmur.benchmarks.profiles.Load.Answered;
import io.murmur.benchmarks.profiles.ProcessUse.Used;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one path has shown.
 *
 * @param plain without recording: what it costs
 * @param recorded with it, somewhat slower: what that consists of
 * @param client none when it is no JVM
 */
record Profile(
        HotPath path,
        Stretch plain,
        Stretch recorded,
        Samples nodes,
        Optional<Samples> client,
        OptionalDouble systemCallsPerSecond) {

    /**
     * A time in which operations were counted, and what processes used meanwhile.
     *
     * @param nodes all of them
     * @param logSyncs of all nodes
     */
    record Stretch(double seconds, Answered answered, Used nodes, Used client, long logSyncs) {

        double operationsPerSecond() {
            return answered.operations() / seconds;
        }

        double perOperation(long amount) {
            return perOperation((double) amount);
        }

        double perOperation(double amount) {
            return amount / Math.max(1, answered.operations());
        }
    }

    /** A part of a program's processor time. */
    record Share(String words, double micros) {}

    /**
     * A program's processor time in parts. The kernel counts that of the JVM's own threads; the rest is divided as the samples say, which are of
     * the program's threads only.
     */
    static List<Share> shares(Used used, Map<Work, Long> byWork) {
        List<Share> shares = new ArrayList<>();
        long rest = used.cpuMicros();
        for (ThreadRole role : ThreadRole.values()) {
            long micros = role == ThreadRole.APPLICATION ? 0 : used.byRole().getOrDefault(role, 0L);
            if (micros > 0) {
                shares.add(new Share(role.words(), micros));
                rest -= micros;
            }
        }
        long samples = byWork.values().stream().mapToLong(Long::longValue).sum();
        for (Work work : Work.values()) {
            long found = byWork.getOrDefault(work, 0L);
            if (found > 0) {
                shares.add(new Share(work.words(), (double) rest * found / samples));
            }
        }
        return shares;
    }

    /** Of all threads of the nodes. */
    double nodeBytesPerOperation() {
        return nodes.allocatedBytesPerSecond() / recorded.operationsPerSecond();
    }

    OptionalDouble clientBytesPerOperation() {
        return client.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(client.get().allocatedBytesPerSecond() / recorded.operationsPerSecond());
    }

    OptionalDouble systemCallsPerOperation() {
        return systemCallsPerSecond.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(systemCallsPerSecond.getAsDouble() / recorded.operationsPerSecond());
    }

    long failures() {
        return plain.answered.errors()
                + plain.answered.misses()
                + recorded.answered.errors()
                + recorded.answered.misses();
    }
}
