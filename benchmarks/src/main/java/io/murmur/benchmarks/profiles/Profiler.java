package io.murmur.benchmarks.profiles;

import io.murmur.benchmarks.profiles.Load.Running;
import io.murmur.benchmarks.profiles.ProcessUse.Used;
import io.murmur.benchmarks.profiles.Profile.Stretch;
import io.murmur.node.demo.LocalCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/** Measures a path twice, each time under its load: without a recording, and with one of each process. */
final class Profiler {

    private static final String CLIENT = "client";

    /** A recording that begins has classes loaded and threads started, which is no part of what it is to show. */
    private static final int SETTLE_SECONDS = 3;

    private final LocalCluster cluster;
    private final Path folder;
    private final int warmupSeconds;
    private final int seconds;
    private final Map<String, Recorder> nodes = new LinkedHashMap<>();
    private final Recorder self;

    /** @param folder for the recordings; it is there */
    Profiler(LocalCluster cluster, Path folder, int warmupSeconds, int seconds, int everyMillis) {
        this.cluster = cluster;
        this.folder = folder;
        this.warmupSeconds = warmupSeconds;
        this.seconds = seconds;
        for (int node = 0; node < cluster.size(); node++) {
            nodes.put(
                    LocalCluster.name(node), new Recorder(cluster.process(node).toHandle(), everyMillis));
        }
        this.self = new Recorder(ProcessHandle.current(), everyMillis);
    }

    Profile profile(HotPath path, Load load) throws IOException, InterruptedException {
        Stretch plain;
        try (Running running = load.start()) {
            TimeUnit.SECONDS.sleep(warmupSeconds);
            plain = look(running);
        }
        Map<String, Recorder> recorders = new LinkedHashMap<>(nodes);
        if (!path.isOfRedis()) {
            recorders.put(CLIENT, self);
        }
        Stretch recorded;
        Instant from;
        Instant to;
        OptionalDouble systemCalls;
        try (Running running = load.start()) {
            for (Recorder recorder : recorders.values()) {
                recorder.start();
            }
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            SystemCalls counted = SystemCalls.count(
                    nodeProcesses().stream().map(Process::toHandle).toList(), seconds);
            from = Instant.now();
            recorded = look(running);
            to = Instant.now();
            systemCalls = counted.perSecond();
        }
        Samples ofNodes = new Samples(from, to);
        Samples ofClient = new Samples(from, to);
        for (Map.Entry<String, Recorder> entry : recorders.entrySet()) {
            String name = entry.getKey();
            Path file = folder.resolve(path.fileName() + "-" + name + ".jfr");
            entry.getValue().stop(file);
            if (name.equals(CLIENT)) {
                ofClient.add(file, "");
            } else {
                ofNodes.add(file, name);
            }
        }
        return new Profile(
                path,
                plain,
                recorded,
                ofNodes,
                path.isOfRedis() ? Optional.empty() : Optional.of(ofClient),
                systemCalls);
    }

    private List<Process> nodeProcesses() {
        List<Process> processes = new ArrayList<>();
        for (int node = 0; node < cluster.size(); node++) {
            processes.add(cluster.process(node));
        }
        return processes;
    }

    private Stretch look(Running running) throws IOException, InterruptedException {
        long syncsBefore = NodeCounters.read(cluster).logSyncs();
        running.begin();
        long start = System.nanoTime();
        List<ProcessUse> nodesBefore = nodeUse();
        ProcessUse clientBefore = ProcessUse.of(running.client());
        TimeUnit.SECONDS.sleep(seconds);
        List<ProcessUse> nodesAfter = nodeUse();
        ProcessUse clientAfter = ProcessUse.of(running.client());
        running.pause();
        double measured = (System.nanoTime() - start) / 1e9;
        long syncs = NodeCounters.read(cluster).logSyncs() - syncsBefore;
        Used used = Used.NOTHING;
        for (int node = 0; node < nodesAfter.size(); node++) {
            used = used.plus(nodesAfter.get(node).since(nodesBefore.get(node)));
        }
        return new Stretch(measured, running.end(), used, clientAfter.since(clientBefore), syncs);
    }

    private List<ProcessUse> nodeUse() throws IOException {
        List<ProcessUse> use = new ArrayList<>();
        for (Process process : nodeProcesses()) {
            use.add(ProcessUse.of(process.toHandle()));
        }
        return use;
    }
}
