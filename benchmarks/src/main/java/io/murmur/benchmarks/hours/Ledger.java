package io.murmur.benchmarks.hours;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What has been acknowledged, and so what a read may find. The writes of a key are numbered in the order they begin. Of writes at the same
 * time either may win; so a value is too old only when a later write was acknowledged that began after this one had ended. A write of
 * which it is unknown whether it happened may happen at any time, and is never too old. Safe from any thread.
 */
final class Ledger {

    /** Of each key: how many writes have begun, and the number of the oldest that may still be found. */
    private int[] begun = new int[1024];

    private int[] oldest = new int[1024];
    private final Map<Integer, TreeSet<Integer>> open = new HashMap<>();
    private final Map<Integer, Set<Integer>> unknown = new HashMap<>();

    /**
     * A write on its way.
     *
     * @param supersedes once it is acknowledged, those with a smaller number are too old
     */
    record Write(int key, int number, int supersedes) {}

    synchronized Write begin(int key) {
        if (key >= begun.length) {
            int length = Math.max(key + 1, begun.length * 2);
            begun = Arrays.copyOf(begun, length);
            oldest = Arrays.copyOf(oldest, length);
        }
        TreeSet<Integer> numbers = open.computeIfAbsent(key, ignored -> new TreeSet<>());
        int number = ++begun[key];
        numbers.add(number);
        return new Write(key, number, numbers.first());
    }

    synchronized void acknowledged(Write write) {
        end(write);
        oldest[write.key] = Math.max(oldest[write.key], write.supersedes);
    }

    synchronized void failed(Write write, boolean mayHaveHappened) {
        end(write);
        if (mayHaveHappened) {
            unknown.computeIfAbsent(write.key, ignored -> new HashSet<>()).add(write.number);
        }
    }

    private void end(Write write) {
        TreeSet<Integer> numbers = open.get(write.key);
        if (numbers != null) {
            numbers.remove(write.number);
            if (numbers.isEmpty()) {
                open.remove(write.key);
            }
        }
    }

    /** The number of the oldest write that a read which begins now may find; 0 when it may find nothing. */
    synchronized int oldest(int key) {
        return key < oldest.length ? oldest[key] : 0;
    }

    /** Whether a read that began when this was the oldest may have found this write, or with 0, nothing. */
    synchronized boolean mayFind(int key, int found, int oldestThen) {
        return found >= oldestThen || unknown.getOrDefault(key, Set.of()).contains(found);
    }

    /** Keys that have an acknowledged write. */
    synchronized int[] acknowledgedKeys() {
        int[] keys = new int[oldest.length];
        int count = 0;
        for (int key = 0; key < oldest.length; key++) {
            if (oldest[key] > 0) {
                keys[count++] = key;
            }
        }
        return Arrays.copyOf(keys, count);
    }
}
