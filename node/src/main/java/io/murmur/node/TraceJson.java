package io.murmur.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.message.Trace.Answer;
import io.murmur.kernel.message.Trace.Outcome;
import io.murmur.kernel.message.Trace.Step;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Traces as JSON. They have keys in them, no values. */
final class TraceJson {

    /** So much of a key is shown; of a longer one the length tells. */
    private static final int MOST_KEY_BYTES = 512;

    private TraceJson() {}

    /** @param ring has the nodes' names; whom it does not know has an id alone */
    static void write(ObjectNode page, Trace trace, @Nullable Ring ring) {
        page.put("kind", UpkeepJson.word(trace.kind()));
        describe(page, trace.key());
        page.put("partition", trace.partition());
        page.put("coordinator", UpkeepJson.nameOf(ring, trace.coordinator()));
        page.put("level", trace.level().toString());
        page.put("started", Instant.ofEpochMilli(trace.startedAtMillis()).toString());
        page.put("micros", trace.micros());
        switch (trace.outcome()) {
            case Outcome.Underway ignored -> page.put("outcome", "underway");
            case Outcome.Done done -> page.put("outcome", "done").put("owners", done.owners());
            case Outcome.Failed failed ->
                page.put("outcome", failed.failure().name())
                        .put("why", failed.failure().message());
        }
        page.put("attempts", trace.attempts());
        page.put("repairs", trace.repairs());
        var steps = page.putArray("steps");
        trace.steps().forEach(step -> write(steps.addObject(), step, trace, ring));
        if (trace.omitted() > 0) {
            page.put("stepsOmitted", trace.omitted());
        }
    }

    private static void write(ObjectNode line, Step step, Trace trace, @Nullable Ring ring) {
        line.put("node", UpkeepJson.nameOf(ring, step.node()));
        line.put("id", step.node().toString());
        line.put("asked", UpkeepJson.word(step.ask()));
        NodeId target = step.target();
        if (target != null) {
            line.put("for", UpkeepJson.nameOf(ring, target));
        }
        line.put("reason", UpkeepJson.word(step.reason()));
        line.put("attempt", step.attempt());
        line.put("askedMicros", step.askedMicros());
        if (step.answeredMicros() == Step.NEVER) {
            line.putNull("answeredMicros");
        } else {
            line.put("answeredMicros", step.answeredMicros());
            line.put("late", TraceText.isLate(step, trace));
        }
        line.put("answer", TraceText.word(step.answer()));
        if (step.answer() instanceof Answer.Refused refused) {
            line.put("why", refused.failure().message());
        }
    }

    private static void describe(ObjectNode page, Key key) {
        byte[] bytes = key.bytes();
        page.put("cache", key.cache());
        page.put(
                "key",
                new String(Arrays.copyOf(bytes, Math.min(bytes.length, MOST_KEY_BYTES)), StandardCharsets.UTF_8));
        page.put("keyBytes", bytes.length);
        if (bytes.length <= MOST_KEY_BYTES) {
            page.put("page", "/keys/" + key.cache() + "/" + percentEncoded(bytes));
        }
        page.put("slot", key.slot());
    }

    /** As a part of a path, whatever bytes these are. */
    private static String percentEncoded(byte[] bytes) {
        StringBuilder encoded = new StringBuilder();
        for (byte one : bytes) {
            boolean isPlain = (one >= 'a' && one <= 'z')
                    || (one >= 'A' && one <= 'Z')
                    || (one >= '0' && one <= '9')
                    || "-._~".indexOf(one) >= 0;
            encoded.append(isPlain ? String.valueOf((char) one) : String.format(Locale.ROOT, "%%%02X", one));
        }
        return encoded.toString();
    }
}
