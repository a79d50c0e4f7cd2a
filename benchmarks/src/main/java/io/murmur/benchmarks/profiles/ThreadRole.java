package io.murmur.benchmarks.profiles;

import java.util.regex.Pattern;

/** What threads are for, by their names. */
enum ThreadRole {
    APPLICATION("the program's own threads"),
    COLLECTOR("garbage collection"),
    COMPILER("compilation (JIT)"),
    RECORDER("flight recording"),
    MACHINE("the rest of the JVM");

    private static final Pattern NUMBERS = Pattern.compile("([-# ]\\d+)+$");

    private final String words;

    ThreadRole(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    /** Of a name as the kernel keeps it, which is its first 15 letters. */
    static ThreadRole of(String threadName) {
        if (startsWithAny(threadName, "GC Thread", "G1 ", "ZDriver", "ZWorker")) {
            return COLLECTOR;
        }
        if (startsWithAny(threadName, "C1 Compiler", "C2 Compiler")) {
            return COMPILER;
        }
        if (threadName.startsWith("JFR ")) {
            return RECORDER;
        }
        return startsWithAny(
                        threadName,
                        "VM Thread",
                        "VM Periodic",
                        "Reference Handl",
                        "Finalizer",
                        "Signal Dispatch",
                        "Service Thread",
                        "Monitor Deflati",
                        "Notification Th",
                        "Common-Cleaner",
                        "Attach Listener",
                        "Cleaner-")
                ? MACHINE
                : APPLICATION;
    }

    private static boolean startsWithAny(String name, String... beginnings) {
        for (String beginning : beginnings) {
            if (name.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }

    /** A thread's name without its number and, in front, its node's name: the same in all nodes. */
    static String common(String threadName, String nodeName) {
        String prefix = nodeName + "-";
        String own = !nodeName.isEmpty() && threadName.startsWith(prefix)
                ? threadName.substring(prefix.length())
                : threadName;
        String bare = NUMBERS.matcher(own).replaceFirst("");
        return bare.isEmpty() ? own : bare;
    }
}
