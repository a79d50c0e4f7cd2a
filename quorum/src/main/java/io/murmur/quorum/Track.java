package io.murmur.quorum;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply.Changed;
import io.murmur.kernel.message.ClientReply.Failed;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.ClientReply.Value;
import io.murmur.kernel.message.ClientReply.Written;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.Trace;
import io.murmur.kernel.message.Trace.Answer;
import io.murmur.kernel.message.Trace.Ask;
import io.murmur.kernel.message.Trace.Outcome;
import io.murmur.kernel.message.Trace.Reason;
import io.murmur.kernel.message.Trace.Step;
import io.murmur.kernel.ring.NodeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One key's call from its beginning to its answer: what it is, who waits for it, and who was asked what when and answered what when.
 *
 * <p>Which call will be slow is known when it has been, so every call notes its steps: three numbers and the node, in two small arrays,
 * without a thought for who may read them. Records and texts are made of them when somebody asks for the {@link #trace()}.
 *
 * <p>Outlives the call while answers come late, and in {@link SlowCalls}. So it holds neither what was read or written nor, once it has
 * answered, who waited.
 */
final class Track {

    /** Who waits for a key's result, to be told once. */
    interface Caller {
        /** @param track null when the call was refused before it began */
        void answer(Result result, @Nullable Track track);
    }

    /** Of each step: asked at, answered at, and the rest in bits. */
    private static final int NUMBERS = 3;

    private static final long UNDERWAY = -1;

    private static final int BITS = 4;
    private static final int MASK = (1 << BITS) - 1;
    private static final int REASON_SHIFT = BITS;
    private static final int ANSWER_SHIFT = 2 * BITS;
    private static final int ATTEMPT_SHIFT = 3 * BITS;

    /** Of a refusal's words, in characters. */
    static final int MOST_DETAIL = 256;

    private static final Ask[] ASKS = Ask.values();
    private static final Reason[] REASONS = Reason.values();
    private static final Answer.Plain[] ANSWERS = Answer.Plain.values();

    final Key key;
    final Level level;
    final long startedNanos;
    final long deadlineNanos;
    private final Coordinator coordinator;
    private final Trace.Kind kind;
    private @Nullable Caller caller;
    private int partition;
    private int attempt = 1;
    private Reason reason = Reason.LEVEL;

    /** When the attempt was begun: its requests leave together, so the clock is not asked for each. */
    private int begunMicros;

    private NodeId[] nodes;
    private int[] numbers;
    private int size;
    private int omitted;

    /** By step; most calls have none. */
    private Map<Integer, NodeId> targets = Map.of();

    private Map<Integer, Failure> refusals = Map.of();

    /** How long the call took, once it has been answered. */
    private long tookNanos = UNDERWAY;

    private int owners;
    private @Nullable Failure failure;

    /** A call that begins now, and counts as pending until it {@link #end}s. */
    Track(
            Coordinator coordinator,
            Trace.Kind kind,
            Key key,
            Level level,
            Placement placement,
            long startedNanos,
            long deadlineNanos,
            Caller caller) {
        this.coordinator = coordinator;
        this.kind = kind;
        this.key = key;
        this.level = level;
        this.partition = placement.partition;
        this.startedNanos = startedNanos;
        this.deadlineNanos = deadlineNanos;
        this.caller = caller;
        this.nodes = new NodeId[placement.size()];
        this.numbers = new int[placement.size() * NUMBERS];
        coordinator.begun();
    }

    boolean isUnderway() {
        return tookNanos == UNDERWAY;
    }

    /** From its beginning to its answer; less than nothing before that. */
    long tookNanos() {
        return tookNanos;
    }

    /** Why the requests of this attempt are made that the level needs. */
    Reason reason() {
        return reason;
    }

    /** The call is begun anew, maybe by another ring. */
    void beginAgain(Reason why, Placement placement) {
        attempt++;
        reason = why;
        begunMicros = micros();
        partition = placement.partition;
    }

    /** A node is asked; another one than this, or this one's own copy. */
    void asked(NodeId node, PeerRequest request, Reason why) {
        switch (request) {
            case PeerRequest.Read ignored -> asked(node, Ask.CELL, why);
            case PeerRequest.ReadDigest ignored -> asked(node, Ask.DIGEST, why);
            case PeerRequest.Join ignored -> asked(node, joinIsFor(), why);
            case PeerRequest.Hint hint -> askedForHint(node, hint.target());
            case PeerRequest.Prepare ignored -> asked(node, Ask.PREPARE, why);
            case PeerRequest.Accept ignored -> asked(node, Ask.ACCEPT, why);
        }
    }

    private void asked(NodeId node, Ask ask, Reason why) {
        note(node, ask, why, why == reason ? begunMicros : micros(), Answer.Plain.NONE);
    }

    /** A join of a write's cell, or of what a read has found. */
    private Ask joinIsFor() {
        return kind == Trace.Kind.GET ? Ask.REPAIR : Ask.JOIN;
    }

    /** A node, maybe this one, is asked to keep the cell for an owner. */
    void askedForHint(NodeId node, NodeId owner) {
        asked(node, Ask.HINT, Reason.ABSENCE);
        if (omitted == 0) {
            targets = targets.isEmpty() ? new HashMap<>() : targets;
            targets.put(size - 1, owner);
        }
    }

    /** Owners are not asked, since they are believed to be away. */
    void foundAway(Placement placement, int places) {
        for (int place = 0; place < placement.size(); place++) {
            if ((places & (1 << place)) != 0) {
                note(placement.owners.get(place), firstAsk(), reason, begunMicros, Answer.Plain.AWAY);
            }
        }
    }

    /** What owners are asked first. */
    private Ask firstAsk() {
        return switch (kind) {
            case GET -> Ask.CELL;
            case PUT, DELETE -> Ask.JOIN;
            case CHANGE -> Ask.PREPARE;
        };
    }

    private void note(NodeId node, Ask ask, Reason why, int atMicros, Answer.Plain answer) {
        if (size == Trace.MOST_STEPS) {
            omitted++;
            return;
        }
        if (size == nodes.length) {
            int capacity = Math.min(2 * size + 1, Trace.MOST_STEPS);
            nodes = Arrays.copyOf(nodes, capacity);
            numbers = Arrays.copyOf(numbers, capacity * NUMBERS);
        }
        int at = size * NUMBERS;
        nodes[size++] = node;
        numbers[at] = atMicros;
        numbers[at + 1] = Step.NEVER;
        numbers[at + 2] =
                ask.code() | why.code() << REASON_SHIFT | answer.code() << ANSWER_SHIFT | attempt << ATTEMPT_SHIFT;
    }

    /** A node has answered. One that answers twice is heard once. */
    void answered(NodeId node, PeerReply reply) {
        switch (reply) {
            case PeerReply.CellIs is ->
                settle(open(node, Ask.CELL), is.cell() == null ? Answer.Plain.NOTHING : Answer.Plain.CELL);
            case PeerReply.DigestIs is ->
                settle(open(node, Ask.DIGEST), is.digest() == null ? Answer.Plain.NOTHING : Answer.Plain.DIGEST);
            case PeerReply.Joined joined ->
                settle(
                        open(node, joinIsFor()),
                        joined.superseding() == null ? Answer.Plain.HELD : Answer.Plain.GREATER);
            case PeerReply.Kept ignored -> settle(open(node, Ask.HINT), Answer.Plain.HELD);
            case PeerReply.Promised ignored -> settle(open(node, Ask.PREPARE), Answer.Plain.PROMISED);
            case PeerReply.Accepted ignored -> settle(open(node, Ask.ACCEPT), Answer.Plain.HELD);
            case PeerReply.Outbid ignored -> settle(open(node, null), Answer.Plain.OUTBID);
            case PeerReply.Refused refused -> {
                int step = open(node, null);
                if (step >= 0) {
                    settle(step, Answer.Refused.CODE);
                    refusals = refusals.isEmpty() ? new HashMap<>() : refusals;
                    refusals.put(step, bounded(refused.failure()));
                }
            }
        }
    }

    /** What is kept of a refusal, since others word it. */
    private static Failure bounded(Failure failure) {
        return switch (failure) {
            case Failure.StorageFailed f -> new Failure.StorageFailed(cut(f.detail()), f.effect());
            case Failure.Overloaded f -> new Failure.Overloaded(cut(f.where()));
            case Failure.BadRequest f -> new Failure.BadRequest(cut(f.detail()));
            case Failure.Forbidden f -> new Failure.Forbidden(cut(f.detail()));
            case Failure.Unavailable f -> f;
            case Failure.Timeout f -> f;
            case Failure.StaleRing f -> f;
            case Failure.ClockDrift f -> f;
        };
    }

    private static String cut(String detail) {
        return detail.length() <= MOST_DETAIL ? detail : detail.substring(0, MOST_DETAIL);
    }

    /** This node has said whether it keeps the hint that it was asked for. */
    void answeredForHint(NodeId owner, boolean isKept) {
        int step = open(coordinator.seams.self(), Ask.HINT);
        while (step >= 0 && !owner.equals(targets.get(step))) {
            step = open(coordinator.seams.self(), Ask.HINT, step);
        }
        settle(step, isKept ? Answer.Plain.HELD : Answer.Plain.NOT_KEPT);
    }

    private int open(NodeId node, @Nullable Ask ask) {
        return open(node, ask, size);
    }

    /**
     * The latest step of this attempt that a node has yet to answer, or -1.
     *
     * @param ask what it was asked; null for anything
     * @param before earlier than this step
     */
    private int open(NodeId node, @Nullable Ask ask, int before) {
        for (int step = before - 1; step >= 0; step--) {
            int bits = numbers[step * NUMBERS + 2];
            if (bits >>> ATTEMPT_SHIFT != attempt) {
                return -1;
            }
            if (isOpen(bits) && (ask == null || (bits & MASK) == ask.code()) && nodes[step].equals(node)) {
                return step;
            }
        }
        return -1;
    }

    /** One whose time is up may still be heard of: a hint of this node's own. */
    private static boolean isOpen(int bits) {
        int answer = (bits >>> ANSWER_SHIFT) & MASK;
        return answer == Answer.Plain.NONE.code() || answer == Answer.Plain.TIMEOUT.code();
    }

    /**
     * The deadline has come while answers were still waited for. Of what nobody waits for any longer, as a former attempt's or a repair in
     * the background, it is not known whether it was answered.
     *
     * @param awaited what this attempt was still to be told by whoever has not answered
     */
    void timedOut(Ask... awaited) {
        List<Ask> asks = List.of(awaited);
        for (int step = size - 1; step >= 0; step--) {
            int bits = numbers[step * NUMBERS + 2];
            if (bits >>> ATTEMPT_SHIFT != attempt) {
                return;
            }
            if (isOpen(bits) && asks.contains(constant(ASKS, bits))) {
                numbers[step * NUMBERS + 2] |= Answer.Plain.TIMEOUT.code() << ANSWER_SHIFT;
            }
        }
    }

    private void settle(int step, Answer.Plain answer) {
        if (step >= 0) {
            settle(step, answer.code());
        }
    }

    private void settle(int step, int answer) {
        int at = step * NUMBERS;
        numbers[at + 1] = micros();
        numbers[at + 2] = (numbers[at + 2] & ~(MASK << ANSWER_SHIFT)) | answer << ANSWER_SHIFT;
    }

    private int micros() {
        return microsAt(coordinator.seams.clock().monotonicNanos());
    }

    private int microsAt(long nanos) {
        return Math.clamp((nanos - startedNanos) / 1000, 0, Integer.MAX_VALUE);
    }

    /** Of an atomic operation, whose result does not say it: how many owners hold what it has left, or found. */
    void heldBy(int holders) {
        owners = holders;
    }

    /** The call is over: its caller is told. */
    void end(Result result) {
        Caller told = caller;
        if (told == null) {
            throw new IllegalStateException("a call is answered once");
        }
        caller = null;
        tookNanos = Math.max(0, coordinator.seams.clock().monotonicNanos() - startedNanos);
        switch (result) {
            case Value value -> owners = value.answered();
            case Written written -> owners = written.acknowledged();
            case Changed ignored -> {}
            case Failed failed -> failure = bounded(failed.failure());
        }
        coordinator.ended(this);
        told.answer(result, this);
    }

    /** What is known by now. */
    Trace trace() {
        long now = coordinator.seams.clock().monotonicNanos();
        List<Step> steps = new ArrayList<>(size);
        for (int step = 0; step < size; step++) {
            int bits = numbers[step * NUMBERS + 2];
            steps.add(new Step(
                    nodes[step],
                    constant(ASKS, bits),
                    targets.get(step),
                    constant(REASONS, bits >>> REASON_SHIFT),
                    bits >>> ATTEMPT_SHIFT,
                    numbers[step * NUMBERS],
                    numbers[step * NUMBERS + 1],
                    answer((bits >>> ANSWER_SHIFT) & MASK, step)));
        }
        long sinceStartMillis = (now - startedNanos) / 1_000_000;
        return new Trace(
                kind,
                key,
                partition,
                coordinator.seams.self(),
                level,
                coordinator.seams.clock().wallMillis() - sinceStartMillis,
                microsAt(isUnderway() ? now : startedNanos + tookNanos),
                outcome(),
                List.copyOf(steps),
                omitted);
    }

    private Outcome outcome() {
        if (isUnderway()) {
            return new Outcome.Underway();
        }
        return failure == null ? new Outcome.Done(owners) : new Outcome.Failed(failure);
    }

    private Answer answer(int code, int step) {
        Failure refusal = refusals.get(step);
        return refusal == null ? constant(ANSWERS, code) : new Answer.Refused(refusal);
    }

    /** The one whose code is in the lowest bits. */
    private static <E extends Trace.Coded> E constant(E[] all, int bits) {
        return Objects.requireNonNull(Trace.ofCode(all, bits & MASK));
    }
}
