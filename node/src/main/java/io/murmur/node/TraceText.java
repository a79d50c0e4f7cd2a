package io.murmur.node;

import io.murmur.kernel.message.Trace;
import io.murmur.kernel.message.Trace.Answer;
import io.murmur.kernel.message.Trace.Outcome;
import io.murmur.kernel.message.Trace.Step;
import io.murmur.kernel.ring.Ring;
import io.murmur.node.admin.Table;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Traces in words, for people. */
final class TraceText {

    private TraceText() {}

    static String word(Answer answer) {
        return switch (answer) {
            case Answer.Plain plain -> UpkeepJson.word(plain);
            case Answer.Refused ignored -> "refused";
        };
    }

    /** Whether an answer came when the call was over. */
    static boolean isLate(Step step, Trace trace) {
        return !(trace.outcome() instanceof Outcome.Underway) && step.answeredMicros() > trace.micros();
    }

    /** Who was asked and what each answered, as a table. */
    static void print(PrintWriter out, Trace trace, @Nullable Ring ring) {
        out.println(UpkeepJson.word(trace.kind()) + " at " + trace.level() + " by way of "
                + UpkeepJson.nameOf(ring, trace.coordinator())
                + ", partition " + trace.partition() + ": " + outcome(trace) + " after " + millis(trace.micros())
                + " ms");
        Table table = new Table("NODE", "ASKED", "REASON", "ATTEMPT", "AT ms", "TOOK ms", "ANSWER");
        for (Step step : trace.steps()) {
            table.row(
                    UpkeepJson.nameOf(ring, step.node()),
                    UpkeepJson.word(step.ask())
                            + (step.target() == null ? "" : " for " + UpkeepJson.nameOf(ring, step.target())),
                    UpkeepJson.word(step.reason()),
                    Integer.toString(step.attempt()),
                    millis(step.askedMicros()),
                    step.answeredMicros() == Step.NEVER ? "-" : millis(step.answeredMicros() - step.askedMicros()),
                    answer(step, trace));
        }
        table.print(out);
        if (trace.omitted() > 0) {
            out.println("and " + trace.omitted() + " more");
        }
        out.flush();
    }

    private static String outcome(Trace trace) {
        return switch (trace.outcome()) {
            case Outcome.Underway ignored -> "underway";
            case Outcome.Done done -> "done with " + done.owners() + (done.owners() == 1 ? " owner" : " owners");
            case Outcome.Failed failed -> failed.failure().name();
        };
    }

    private static String answer(Step step, Trace trace) {
        String words = step.answer() instanceof Answer.Refused refused
                ? "refused: " + refused.failure().message()
                : word(step.answer());
        return words + (isLate(step, trace) ? ", late" : "");
    }

    private static String millis(int micros) {
        return String.format(Locale.ROOT, "%.3f", micros / 1e3);
    }
}
