package io.murmur.benchmarks.hours;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes that stand still (SIGSTOP). Their connections stay: the kernel takes what is sent to them, and nothing answers, so others must
 * find out by waiting. So it is when a machine hangs, or when a network swallows what is sent.
 */
final class Standstill {

    private Standstill() {}

    /** What happens meanwhile. */
    interface Meanwhile {
        void happen() throws InterruptedException;
    }

    /** They go on however it ends. */
    static void of(List<Process> processes, Meanwhile meanwhile) throws IOException, InterruptedException {
        try {
            signal("-STOP", processes);
            meanwhile.happen();
        } finally {
            signal("-CONT", processes);
        }
    }

    private static void signal(String which, List<Process> processes) throws IOException {
        List<String> command = new ArrayList<>(List.of("kill", which));
        processes.forEach(process -> command.add(String.valueOf(process.pid())));
        Process kill = new ProcessBuilder(command).inheritIO().start();
        if (kill.onExit().join().exitValue() != 0) {
            throw new IOException("'" + String.join(" ", command) + "' failed");
        }
    }
}
