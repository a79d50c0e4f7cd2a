package io.murmur.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the kernel counts as a process's memory (Linux alone).
 *
 * @param residentBytes pages in memory, files that are mapped included
 * @param anonymousBytes those of them that belong to no file: heap, stacks, buffers
 */
record ProcessMemory(long residentBytes, long anonymousBytes) {

    private static final int KIB = 1024;

    static ProcessMemory of(ProcessHandle process) throws IOException {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        try {
            return parse(Files.readAllLines(status));
        } catch (IOException e) {
            throw new IOException("the memory of process " + process.pid() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** From the lines of {@code /proc/PID/status}. */
    static ProcessMemory parse(List<String> status) throws IOException {
        return new ProcessMemory(bytes(status, "VmRSS:"), bytes(status, "RssAnon:"));
    }

    private static long bytes(List<String> status, String name) throws IOException {
        for (String line : status) {
            if (line.startsWith(name) && line.endsWith(" kB")) {
                return KIB
                        * Long.parseLong(line.substring(name.length(), line.length() - " kB".length())
                                .strip());
            }
        }
        throw new IOException("there is no " + name + " in what the kernel says of the process");
    }
}
