package io.murmur.benchmarks.peers;

import io.murmur.benchmarks.driver.Workload.Distribution;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One load: what is asked, of what data, by how many calls at once. */
record Cell(DataSet data, double reads, Distribution distribution, int inFlight) {

    /** What the servers are filled with. */
    record DataSet(int keys, int valueBytes) {

        static final int KEY_BYTES = 24;

        /** At most so many bytes of values: every server keeps them in memory, some in two or three copies. */
        DataSet atMost(long bytes) {
            return new DataSet((int) Math.max(1, Math.min(keys, bytes / Math.max(1, valueBytes))), valueBytes);
        }

        String words() {
            return String.format(Locale.ROOT, "%,d keys of %d bytes, values of %,d bytes", keys, KEY_BYTES, valueBytes);
        }

        String settings() {
            return "keys=" + keys + " keyBytes=" + KEY_BYTES + " valueBytes=" + valueBytes;
        }
    }

    /** Data sets without repetition: too many keys for one size may be as many as another number. */
    static List<DataSet> dataSets(List<Integer> keys, List<Integer> sizes, long mostBytes) {
        return sizes.stream()
                .flatMap(size -> keys.stream().map(count -> new DataSet(count, size).atMost(mostBytes)))
                .distinct()
                .toList();
    }

    static List<Cell> cells(
            DataSet data, List<Double> mixes, List<Distribution> distributions, List<Integer> inFlights) {
        List<Cell> cells = new ArrayList<>();
        for (Distribution distribution : distributions) {
            for (int inFlight : inFlights) {
                for (double reads : mixes) {
                    cells.add(new Cell(data, reads, distribution, inFlight));
                }
            }
        }
        return cells;
    }

    String mix() {
        return reads == 0 ? "PUT" : reads == 1 ? "GET" : String.format(Locale.ROOT, "%.0f %% GET", reads * 100);
    }

    String words() {
        return String.format(
                Locale.ROOT, "%s, %s, %d in flight", mix(), distribution.name().toLowerCase(Locale.ROOT), inFlight);
    }

    String run(int seed, int warmupSeconds, int seconds) {
        return "run " + data.settings() + " reads=" + reads + " distribution="
                + distribution.name().toLowerCase(Locale.ROOT) + " seed=" + seed + " inFlight=" + inFlight + " warmup="
                + warmupSeconds + " seconds=" + seconds;
    }
}
