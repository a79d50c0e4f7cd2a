package io.murmur.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What server processes use, as Linux counts it: processor time, memory, and the bytes they have had written to disks.
 *
 * <p>Children count too (Redis rewrites its log in one), and they come and go: so they are looked at a few times a second, and what one that has
 * gone was last seen to have used stays in the sum.
 */
final class ServerUsage implements AutoCloseable {

    private static final int LOOK_EVERY_MILLIS = 200;
    private static final Usage NOTHING = new Usage(0, 0);

    private final List<ProcessHandle> servers;
    private final Map<ProcessHandle, Usage> lastSeen = new HashMap<>();
    private final Thread watcher;

    /** Since the processes began. Bytes are counted when a page of memory that belongs to a file is to be written, so in whole pages. */
    record Usage(long cpuMicros, long writtenBytes) {

        Usage plus(Usage other) {
            return new Usage(cpuMicros + other.cpuMicros, writtenBytes + other.writtenBytes);
        }

        Usage minus(Usage other) {
            return new Usage(cpuMicros - other.cpuMicros, writtenBytes - other.writtenBytes);
        }
    }

    ServerUsage(List<ProcessHandle> servers) {
        this.servers = List.copyOf(servers);
        this.watcher = Thread.ofPlatform().daemon().name("server-usage").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                read();
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized Usage read() {
        for (ProcessHandle server : servers) {
            look(server);
            children(server).forEach(this::look);
        }
        return lastSeen.values().stream().reduce(NOTHING, Usage::plus);
    }

    private void look(ProcessHandle process) {
        try {
            long cpuMicros =
                    process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1000;
            Usage now = new Usage(cpuMicros, number(process, "io", "write_bytes:"));
            Usage before = lastSeen.getOrDefault(process, NOTHING);
            // One that is ending answers with zeros.
            if (now.cpuMicros >= before.cpuMicros && now.writtenBytes >= before.writtenBytes) {
                lastSeen.put(process, now);
            }
        } catch (IOException e) {
            // It has ended: what it was last seen to have used stays.
        }
    }

    private static List<ProcessHandle> children(ProcessHandle process) {
        Path list = Path.of("/proc", String.valueOf(process.pid()), "task", String.valueOf(process.pid()), "children");
        try {
            String pids = Files.readString(list).strip();
            return pids.isEmpty()
                    ? List.of()
                    : List.of(pids.split(" ")).stream()
                            .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                            .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** What the servers' own processes have in memory now; a child shares nearly all of its parent's. */
    long residentBytes() throws IOException {
        long sum = 0;
        for (ProcessHandle server : servers) {
            sum += 1024 * number(server, "status", "VmRSS:");
        }
        return sum;
    }

    /** The number behind a word in a file of /proc. */
    private static long number(ProcessHandle process, String file, String word) throws IOException {
        Path path = Path.of("/proc", String.valueOf(process.pid()), file);
        for (String line : Files.readAllLines(path)) {
            if (line.startsWith(word)) {
                return Long.parseLong(
                        line.substring(word.length()).replace("kB", "").strip());
            }
        }
        throw new NoSuchFileException(path + " has no " + word + " (this is measured on Linux only)");
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
