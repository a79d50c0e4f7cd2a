package io.murmur.kernel.wire;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.message.Trace.Answer;
import io.murmur.kernel.message.Trace.Outcome;
import io.murmur.kernel.message.Trace.Step;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Slots;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Traces in bytes and back. */
final class TraceCodec {

    private static final int UNDERWAY = 0;
    private static final int DONE = 1;
    private static final int FAILED = 2;

    private static final Trace.Kind[] KINDS = Trace.Kind.values();
    private static final Trace.Ask[] ASKS = Trace.Ask.values();
    private static final Trace.Reason[] REASONS = Trace.Reason.values();
    private static final Answer.Plain[] ANSWERS = Answer.Plain.values();

    private TraceCodec() {}

    static void write(WireWriter out, @Nullable Trace trace) {
        out.writeByte(trace == null ? 0 : 1);
        if (trace != null) {
            out.writeByte(trace.kind().code());
            CellCodec.writeKey(out, trace.key());
            out.writeCount(trace.partition(), Slots.COUNT - 1);
            CellCodec.writeNode(out, trace.coordinator());
            MessageCodec.writeLevel(out, trace.level());
            out.writeLong(trace.startedAtMillis());
            out.writeCount(trace.micros(), Integer.MAX_VALUE);
            writeOutcome(out, trace.outcome());
            out.writeCount(trace.steps().size(), Trace.MOST_STEPS);
            trace.steps().forEach(step -> writeStep(out, step));
            out.writeCount(trace.omitted(), Integer.MAX_VALUE);
        }
    }

    static @Nullable Trace read(WireReader in) {
        if (!in.readBoolean()) {
            return null;
        }
        Trace.Kind kind = constant(KINDS, in.readByte());
        Key key = CellCodec.readKey(in);
        int partition = in.readCount(Slots.COUNT - 1);
        NodeId coordinator = CellCodec.readNode(in);
        Level level = MessageCodec.readLevel(in);
        if (level == null) {
            throw new MalformedException("a trace without a level");
        }
        long startedAtMillis = in.readLong();
        int micros = in.readCount(Integer.MAX_VALUE);
        Outcome outcome = readOutcome(in);
        int count = in.readCount(Trace.MOST_STEPS);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            steps.add(readStep(in));
        }
        return new Trace(
                kind,
                key,
                partition,
                coordinator,
                level,
                startedAtMillis,
                micros,
                outcome,
                List.copyOf(steps),
                in.readCount(Integer.MAX_VALUE));
    }

    private static void writeOutcome(WireWriter out, Outcome outcome) {
        switch (outcome) {
            case Outcome.Underway ignored -> out.writeByte(UNDERWAY);
            case Outcome.Done done -> {
                out.writeByte(DONE);
                out.writeCount(done.owners(), MessageCodec.MAX_OWNERS);
            }
            case Outcome.Failed failed -> {
                out.writeByte(FAILED);
                MessageCodec.writeFailure(out, failed.failure());
            }
        }
    }

    private static Outcome readOutcome(WireReader in) {
        int kind = in.readByte();
        return switch (kind) {
            case UNDERWAY -> new Outcome.Underway();
            case DONE -> new Outcome.Done(in.readCount(MessageCodec.MAX_OWNERS));
            case FAILED -> new Outcome.Failed(MessageCodec.readFailure(in));
            default -> throw new MalformedException("unknown kind of outcome: " + kind);
        };
    }

    private static void writeStep(WireWriter out, Step step) {
        CellCodec.writeNode(out, step.node());
        out.writeByte(step.ask().code());
        out.writeByte(step.target() == null ? 0 : 1);
        if (step.target() != null) {
            CellCodec.writeNode(out, step.target());
        }
        out.writeByte(step.reason().code());
        out.writeCount(step.attempt(), Integer.MAX_VALUE);
        out.writeCount(step.askedMicros(), Integer.MAX_VALUE);
        // One more, so that "never" is no negative number.
        out.writeVarint(step.answeredMicros() + 1L);
        out.writeByte(step.answer().code());
        if (step.answer() instanceof Answer.Refused refused) {
            MessageCodec.writeFailure(out, refused.failure());
        }
    }

    private static Step readStep(WireReader in) {
        return new Step(
                CellCodec.readNode(in),
                constant(ASKS, in.readByte()),
                in.readBoolean() ? CellCodec.readNode(in) : null,
                constant(REASONS, in.readByte()),
                in.readCount(Integer.MAX_VALUE),
                in.readCount(Integer.MAX_VALUE),
                readAnswered(in),
                readAnswer(in));
    }

    private static int readAnswered(WireReader in) {
        long more = in.readVarint();
        if (more < 0 || more > Integer.MAX_VALUE + 1L) {
            throw new MalformedException("an answer at no time: " + more);
        }
        return (int) (more - 1);
    }

    private static Answer readAnswer(WireReader in) {
        int code = in.readByte();
        return code == Answer.Refused.CODE ? new Answer.Refused(MessageCodec.readFailure(in)) : constant(ANSWERS, code);
    }

    private static <E extends Trace.Coded> E constant(E[] all, int code) {
        E constant = Trace.ofCode(all, code);
        if (constant == null) {
            throw new MalformedException("unknown constant: " + code);
        }
        return constant;
    }
}
