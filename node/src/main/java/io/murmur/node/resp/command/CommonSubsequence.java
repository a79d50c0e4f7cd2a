package io.murmur.node.resp.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The longest common subsequence of two strings, by the table of the lengths for all pairs of their beginnings. Pure. */
final class CommonSubsequence {

    static final String TOO_LONG = "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len";

    /** Of the table: 32 MiB, and some 20 ms of the event loop. */
    private static final long MOST_CELLS = 8 << 20;

    private final byte[] bytes;
    private final List<Match> matches;

    /** Where a run of it is in either string; both ends are included. */
    record Match(int firstStart, int firstEnd, int secondStart, int secondEnd) {
        int length() {
            return firstEnd - firstStart + 1;
        }
    }

    private CommonSubsequence(byte[] bytes, List<Match> matches) {
        this.bytes = bytes;
        this.matches = matches;
    }

    /** Whether these are too long for it. */
    static boolean isTooMuch(byte[] first, byte[] second) {
        return (first.length + 1L) * (second.length + 1L) > MOST_CELLS;
    }

    static CommonSubsequence of(byte[] first, byte[] second) {
        int width = second.length + 1;
        int[] lengths = new int[(first.length + 1) * width];
        for (int i = 1; i <= first.length; i++) {
            for (int j = 1; j <= second.length; j++) {
                lengths[i * width + j] = first[i - 1] == second[j - 1]
                        ? lengths[(i - 1) * width + j - 1] + 1
                        : Math.max(lengths[(i - 1) * width + j], lengths[i * width + j - 1]);
            }
        }
        int left = lengths[lengths.length - 1];
        byte[] bytes = new byte[left];
        List<Match> matches = new ArrayList<>();
        int i = first.length;
        int j = second.length;
        int run = 0;
        while (i > 0 && j > 0) {
            if (first[i - 1] == second[j - 1]) {
                bytes[--left] = first[i - 1];
                i--;
                j--;
                run++;
            } else {
                note(matches, i, j, run);
                run = 0;
                if (lengths[(i - 1) * width + j] > lengths[i * width + j - 1]) {
                    i--;
                } else {
                    j--;
                }
            }
        }
        note(matches, i, j, run);
        return new CommonSubsequence(bytes, matches);
    }

    private static void note(List<Match> matches, int i, int j, int run) {
        if (run > 0) {
            matches.add(new Match(i, i + run - 1, j, j + run - 1));
        }
    }

    int length() {
        return bytes.length;
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, bytes.length);
    }

    /** From the last to the first. */
    List<Match> matches() {
        return List.copyOf(matches);
    }
}
