package io.murmur.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.node.http.Answer;
import io.murmur.node.http.Pages;
import io.murmur.node.http.Refusal;
import io.murmur.node.http.Request;
import io.murmur.node.http.Response;
import io.murmur.node.http.Routes;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The process: what its threads do, and what it logs. */
final class ProcessPages implements Pages {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(ProcessPages.class);

    private static final int FRAMES = 12;
    private static final int MOST_FRAMES = 200;

    /** From one look at all threads to the next. */
    private static final long DUMP_NANOS = 1_000_000_000;

    private static final List<String> LEVELS = List.of("OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE");
    private static final String EXAMPLE = "as {\"logger\": \"io.murmur.node\", \"level\": \"DEBUG\"}";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Executor pageThread;
    private final LongSupplier nanos;
    private @Nullable Dump last;

    /**
     * @param pageThread one thread
     * @param nanos a clock
     */
    ProcessPages(Executor pageThread, LongSupplier nanos) {
        this.pageThread = pageThread;
        this.nanos = nanos;
    }

    @Override
    public void addTo(Routes routes) {
        routes.get("/threads", this::threads, "frames");
        routes.get("/log-levels", (request, answer) -> answer.json(levels()));
        routes.put("/log-levels", this::setLevel);
        routes.post("/log-levels", this::setLevel);
    }

    // ---- threads

    private void threads(Request request, Answer answer) throws Refusal {
        int frames = (int) request.parameter("frames", FRAMES, 0, MOST_FRAMES);
        answer.when(CompletableFuture.supplyAsync(() -> Response.json(threads(dump(), frames)), pageThread));
    }

    /**
     * What all threads did at a moment.
     *
     * @param threads by name
     */
    private record Dump(long atNanos, Instant at, List<ThreadInfo> threads, Set<Long> deadlocked) {

        static Dump take(long nowNanos) {
            ThreadMXBean bean = ManagementFactory.getThreadMXBean();
            long[] deadlocked = bean.findDeadlockedThreads();
            return new Dump(
                    nowNanos,
                    Instant.now(),
                    Arrays.stream(bean.dumpAllThreads(false, false, MOST_FRAMES))
                            .sorted(Comparator.comparing(ThreadInfo::getThreadName))
                            .toList(),
                    LongStream.of(deadlocked == null ? new long[0] : deadlocked)
                            .boxed()
                            .collect(Collectors.toSet()));
        }
    }

    /** The last one, or one of now if that is a second old: all threads stand still for each. On the thread of pages. */
    private Dump dump() {
        long now = nanos.getAsLong();
        Dump dump = last;
        if (dump == null || now - dump.atNanos() >= DUMP_NANOS) {
            dump = Dump.take(now);
            last = dump;
        }
        return dump;
    }

    private static ObjectNode threads(Dump dump, int frames) {
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        page.put("at", dump.at().toString());
        page.put("threads", dump.threads().size());
        ArrayNode names = page.putArray("deadlocked");
        ArrayNode lines = page.putArray("lines");
        for (ThreadInfo thread : dump.threads()) {
            if (dump.deadlocked().contains(thread.getThreadId())) {
                names.add(thread.getThreadName());
            }
            describe(lines.addObject(), thread, bean.getThreadCpuTime(thread.getThreadId()), frames);
        }
        return page;
    }

    private static void describe(ObjectNode line, ThreadInfo thread, long cpuNanos, int most) {
        line.put("name", thread.getThreadName());
        line.put("id", thread.getThreadId());
        line.put("state", thread.getThreadState().name());
        line.put("cpuSeconds", Math.max(0, cpuNanos) / 1e9);
        if (thread.getLockName() != null) {
            line.put("waitsFor", thread.getLockName());
        }
        if (thread.getLockOwnerName() != null) {
            line.put("heldBy", thread.getLockOwnerName());
        }
        ArrayNode frames = line.putArray("frames");
        Arrays.stream(thread.getStackTrace()).limit(most).forEach(frame -> frames.add(frame.toString()));
    }

    // ---- log levels

    private static LoggerContext loggers() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    /** Those of this program, and whichever has a level of its own. */
    private static ObjectNode levels() {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        ArrayNode lines = page.putArray("loggers");
        for (Logger logger : loggers().getLoggerList()) {
            if (logger.getLevel() != null || logger.getName().startsWith("io.murmur")) {
                describe(lines.addObject(), logger);
            }
        }
        return page;
    }

    private static ObjectNode describe(ObjectNode line, Logger logger) {
        Level own = logger.getLevel();
        return line.put("logger", logger.getName())
                .put("level", own == null ? null : own.toString())
                .put("effective", logger.getEffectiveLevel().toString());
    }

    private void setLevel(Request request, Answer answer) throws Refusal {
        JsonNode asked = read(request.text());
        String name = asked.path("logger").asText();
        if (!asked.path("logger").isTextual() || !name.matches("[A-Za-z0-9_$]+(\\.[A-Za-z0-9_$]+)*")) {
            throw Refusal.wrong("\"logger\" is ROOT, or the name of a class or package, " + EXAMPLE);
        }
        Level level = level(asked.path("level"));
        if (level == null && name.equals(org.slf4j.Logger.ROOT_LOGGER_NAME)) {
            throw Refusal.wrong("ROOT has no other to follow, so that it needs a level");
        }
        Logger logger = loggers().getLogger(name);
        Level before = logger.getLevel();
        logger.setLevel(level);
        LOG.info("{} sets the log level of {}: {}, was {}", request.remote(), name, level, before);
        answer.json(describe(JsonNodeFactory.instance.objectNode(), logger)
                .put("before", before == null ? null : before.toString())
                .put("concerned", concerned(name)));
    }

    /** How many loggers there are that it may concern: none, as a rule, when the name is mistyped. */
    private static long concerned(String name) {
        return loggers().getLoggerList().stream()
                .map(Logger::getName)
                .filter(other -> name.equals(org.slf4j.Logger.ROOT_LOGGER_NAME)
                        || other.startsWith(name + ".")
                        || (other.equals(name) && isAClass(name)))
                .count();
    }

    private static boolean isAClass(String name) {
        return Character.isUpperCase(name.charAt(name.lastIndexOf('.') + 1));
    }

    private static JsonNode read(String text) throws Refusal {
        JsonNode asked;
        try {
            asked = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw Refusal.wrong("this is no JSON; a level is set by an object, " + EXAMPLE);
        }
        if (!asked.isObject()) {
            throw Refusal.wrong("a level is set by an object, " + EXAMPLE);
        }
        for (String field : (Iterable<String>) asked::fieldNames) {
            if (!field.equals("logger") && !field.equals("level")) {
                throw Refusal.wrong("there is no \"" + field + "\" here; there are logger and level");
            }
        }
        return asked;
    }

    private static @Nullable Level level(JsonNode said) throws Refusal {
        if (said.isNull()) {
            return null;
        }
        String name = said.asText().toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(name)) {
            throw Refusal.wrong((said.isMissingNode() ? "\"level\" is missing" : "'" + said.asText() + "' is no level")
                    + "; there are " + String.join(", ", LEVELS) + ", and null to follow the logger above");
        }
        return Level.toLevel(name);
    }
}
