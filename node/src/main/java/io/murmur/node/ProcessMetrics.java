package io.murmur.node;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The process and its JVM, under the names that Prometheus' own clients give. What the machine does not tell is left out. */
final class ProcessMetrics {

    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessMetrics() {}

    static void write(Exposition page) {
        process(page);
        memory(page);
        threads(page);
    }

    private static void process(Exposition page) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            page.counter(
                    "process_cpu_seconds_total",
                    "Processor time that the process has used.",
                    system.getProcessCpuTime() / 1e9);
            page.gauge("process_open_fds", "Files and sockets that are open.", system.getOpenFileDescriptorCount());
            page.gauge("process_max_fds", "Files and sockets that may be open.", system.getMaxFileDescriptorCount());
        }
        page.gauge(
                "process_start_time_seconds",
                "When the process started, in seconds since 1970.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
        ofStatus("VmRSS")
                .ifPresent(bytes -> page.gauge(
                        "process_resident_memory_bytes", "Memory of the machine that the process is in.", bytes));
        ofStatus("VmSize")
                .ifPresent(bytes ->
                        page.gauge("process_virtual_memory_bytes", "Addresses that the process has reserved.", bytes));
    }

    /** In bytes, where Linux tells. */
    private static OptionalLong ofStatus(String name) {
        try {
            Matcher line =
                    Pattern.compile("(?m)^" + name + ":\\s+(\\d{1,15}) kB$").matcher(Files.readString(STATUS));
            return line.find() ? OptionalLong.of(Long.parseLong(line.group(1)) << 10) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static void memory(Exposition page) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        Map<String, MemoryUsage> areas =
                Map.of("heap", memory.getHeapMemoryUsage(), "nonheap", memory.getNonHeapMemoryUsage());
        areas(page, "jvm_memory_used_bytes", "Memory in use.", areas, MemoryUsage::getUsed);
        areas(page, "jvm_memory_committed_bytes", "Memory that the JVM has.", areas, MemoryUsage::getCommitted);
        areas(page, "jvm_memory_max_bytes", "Memory that it may have; -1 for no bound.", areas, MemoryUsage::getMax);
        Exposition.Samples pools =
                page.metric("jvm_buffer_pool_used_bytes", "gauge", "Memory of buffers outside of the heap.");
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            pools.sample(Map.of("pool", pool.getName()), pool.getMemoryUsed());
        }
        Exposition.Samples collections =
                page.metric("jvm_gc_collection_seconds", "summary", "Time spent collecting garbage, and how often.");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections.summary(
                    Map.of("gc", collector.getName()),
                    Math.max(0, collector.getCollectionTime()) / 1e3,
                    Math.max(0, collector.getCollectionCount()));
        }
    }

    private static void areas(
            Exposition page, String name, String help, Map<String, MemoryUsage> areas, ToLongFunction<MemoryUsage> of) {
        Exposition.Samples samples = page.metric(name, "gauge", help);
        for (String area : List.of("heap", "nonheap")) {
            samples.sample(Map.of("area", area), of.applyAsLong(areas.get(area)));
        }
    }

    private static void threads(Exposition page) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        page.gauge("jvm_threads_current", "Threads.", threads.getThreadCount());
        page.gauge("jvm_threads_daemon", "Threads that do not keep the process alive.", threads.getDaemonThreadCount());
        page.gauge("jvm_threads_peak", "The most threads there were.", threads.getPeakThreadCount());
        ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
        page.gauge("jvm_classes_currently_loaded", "Classes.", classes.getLoadedClassCount());
        page.metric("jvm_info", "gauge", "The Java virtual machine, always 1.")
                .sample(
                        Map.of(
                                "runtime", System.getProperty("java.runtime.name", ""),
                                "vendor", System.getProperty("java.vm.vendor", ""),
                                "version", System.getProperty("java.runtime.version", "")),
                        1);
    }
}
