package io.murmur.benchmarks.driver;

import io.murmur.benchmarks.driver.Workload.Distribution;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A client process of a comparison. It connects, says {@code ready}, and does what each line of its standard input says:
 *
 * <pre>
 * fill keys=.. keyBytes=.. valueBytes=.. inFlight=..
 * run keys=.. keyBytes=.. valueBytes=.. reads=0.5 distribution=uniform|zipf seed=.. inFlight=.. warmup=SECONDS seconds=SECONDS
 * </pre>
 *
 * <p>Each is answered with one line of JSON. {@code run} says {@code measuring} and {@code measured} at both ends of the window as well, for
 * whoever measures the servers over the same time. A command that cannot be done is answered with {@code {"failed": why}}. The process ends
 * when its standard input does.
 */
public final class DriverProcess {

    static final String READY = "ready";
    static final String MEASURING = "measuring";
    static final String MEASURED = "measured";

    private static final int MAXIMUM_SECONDS = 24 * 3600;

    private final Target target;
    private final PrintStream out;

    private DriverProcess(Target target, PrintStream out) {
        this.target = target;
        this.out = out;
    }

    /** Serves until the standard input ends, then ends the process: called from the main method of each cache's client. */
    public static void serve(String[] arguments, TargetFactory factory) {
        PrintStream answers = System.out;
        // A library that prints must not be taken for an answer.
        System.setOut(System.err);
        int code = 0;
        try {
            serve(
                    List.of(arguments),
                    factory,
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                    answers);
        } catch (Exception e) {
            // Whatever a client library throws; it is told and the process ends.
            e.printStackTrace();
            code = 1;
        }
        // Threads of the library that are no daemons would keep the process.
        System.exit(code);
    }

    static void serve(List<String> arguments, TargetFactory factory, BufferedReader in, PrintStream out)
            throws Exception {
        try (Target target = factory.connect(arguments)) {
            DriverProcess process = new DriverProcess(target, out);
            process.say(READY);
            String line = in.readLine();
            while (line != null) {
                process.say(process.answer(line.strip()));
                line = in.readLine();
            }
        }
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }

    private String answer(String line) throws InterruptedException {
        Map<String, Object> facts;
        try {
            String[] words = line.split(" +", -1);
            Settings settings = Settings.parse(words);
            facts = switch (words[0]) {
                case "fill" -> fill(settings);
                case "run" -> run(settings);
                default -> throw new IllegalArgumentException("the commands are fill and run, not " + words[0]);
            };
        } catch (IllegalArgumentException e) {
            facts = Map.of("failed", String.valueOf(e.getMessage()));
        }
        return JsonLine.of(facts);
    }

    private Map<String, Object> fill(Settings settings) {
        Workload workload = settings.workload(0, Distribution.UNIFORM, 1);
        int inFlight = settings.number("inFlight", 1, Integer.MAX_VALUE);
        target.expect(workload.valueBytes());
        ClosedLoop loop = new ClosedLoop(target, workload.preload(), inFlight);
        loop.measure(true);
        long cpu = cpuMicros();
        long retries = target.retries();
        long start = System.nanoTime();
        LoadStatistics statistics = loop.start().join();
        double seconds = (System.nanoTime() - start) / 1e9;
        return facts(statistics, seconds, target.retries() - retries, cpuMicros() - cpu);
    }

    private Map<String, Object> run(Settings settings) throws InterruptedException {
        Workload workload = settings.workload(
                settings.share("reads"),
                Distribution.valueOf(settings.text("distribution").toUpperCase(Locale.ROOT)),
                settings.number("seed", Integer.MIN_VALUE, Integer.MAX_VALUE));
        int warmup = settings.number("warmup", 0, MAXIMUM_SECONDS);
        int seconds = settings.number("seconds", 1, MAXIMUM_SECONDS);
        int inFlight = settings.number("inFlight", 1, Integer.MAX_VALUE);
        target.expect(workload.valueBytes());
        ClosedLoop loop = new ClosedLoop(target, workload.mix(0), inFlight);
        CompletableFuture<LoadStatistics> ended = new CompletableFuture<>();
        // On a thread of its own, which is kept for as long as all calls fail at once.
        Thread.ofPlatform().daemon().name("load").start(() -> loop.start().thenAccept(ended::complete));
        TimeUnit.SECONDS.sleep(warmup);
        say(MEASURING);
        long cpu = cpuMicros();
        long retries = target.retries();
        loop.measure(true);
        long start = System.nanoTime();
        TimeUnit.SECONDS.sleep(seconds);
        loop.measure(false);
        double measured = (System.nanoTime() - start) / 1e9;
        long used = cpuMicros() - cpu;
        long again = target.retries() - retries;
        say(MEASURED);
        loop.stop();
        return facts(ended.join(), measured, again, used);
    }

    private static Map<String, Object> facts(
            LoadStatistics statistics, double seconds, long retries, long clientCpuMicros) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("operations", statistics.operations());
        facts.put("seconds", seconds);
        facts.put("errors", statistics.errorCount());
        facts.put("errorKinds", statistics.errors());
        facts.put("misses", statistics.misses());
        facts.put("retries", retries);
        facts.put("clientCpuMicros", clientCpuMicros);
        facts.put("readMicros", latencies(statistics.readMicros()));
        facts.put("writeMicros", latencies(statistics.writeMicros()));
        facts.put("allMicros", latencies(statistics.allMicros()));
        return facts;
    }

    private static Map<String, Long> latencies(Histogram micros) {
        Map<String, Long> latencies = new LinkedHashMap<>();
        latencies.put("count", micros.getTotalCount());
        latencies.put("p50", micros.getValueAtPercentile(50));
        latencies.put("p99", micros.getValueAtPercentile(99));
        latencies.put("p999", micros.getValueAtPercentile(99.9));
        latencies.put("max", micros.getMaxValue());
        return latencies;
    }

    private static long cpuMicros() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime() / 1000
                : 0;
    }

    /** The words {@code name=value} of a command. */
    private record Settings(Map<String, String> values) {

        static Settings parse(String[] words) {
            Map<String, String> values = new HashMap<>();
            for (int i = 1; i < words.length; i++) {
                int sign = words[i].indexOf('=');
                if (sign < 1) {
                    throw new IllegalArgumentException("a setting is name=value, not " + words[i]);
                }
                values.put(words[i].substring(0, sign), words[i].substring(sign + 1));
            }
            return new Settings(values);
        }

        Workload workload(double reads, Distribution distribution, long seed) {
            return new Workload(
                    number("keys", 1, Integer.MAX_VALUE),
                    number("keyBytes", 1, Integer.MAX_VALUE),
                    number("valueBytes", 0, Integer.MAX_VALUE),
                    reads,
                    distribution,
                    seed);
        }

        String text(String name) {
            @Nullable String value = values.get(name);
            if (value == null) {
                throw new IllegalArgumentException("the command lacks " + name + "=..");
            }
            return value;
        }

        int number(String name, int least, int most) {
            long value = Long.parseLong(text(name));
            if (value < least || value > most) {
                throw new IllegalArgumentException(name + " is from " + least + " to " + most + ", not " + value);
            }
            return (int) value;
        }

        double share(String name) {
            return Double.parseDouble(text(name));
        }
    }
}
