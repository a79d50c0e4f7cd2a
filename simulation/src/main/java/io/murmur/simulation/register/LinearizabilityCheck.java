package io.murmur.simulation.register;

import io.murmur.simulation.register.RegisterOperation.Done;
import io.murmur.simulation.register.RegisterOperation.NotDone;
import io.murmur.simulation.register.RegisterOperation.Unknown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a key's history is linearizable (Herlihy and Wing 1990): whether every operation can be given one moment between its invocation
 * and its completion so that, taken in the order of these moments, each answers what a register without any concurrency would. Of several
 * keys each is checked alone, which is enough (their theorem 1). Pure.
 *
 * <h2>The search</h2>
 *
 * <p>That of Wing and Gong (1993): take any operation next that was invoked before the first of the others completed, and go back when it
 * answers something else than the register does. With Lowe's memory (2017): a set of operations taken, together with what they left, is
 * looked at once; nor is it looked at when the same could be had with fewer of those whose outcome is unknown. So its cost grows with how many operations are under way at a time, and hardly with the history's length.
 *
 * <ul>
 *   <li>An operation that failed without effect is left out: whoever saw its effect has no explanation.
 *   <li>One whose outcome is unknown may be taken at any time after its invocation, or not at all. One that would have left a value that no
 *       answer contains is left out: in any order that has it, nobody looks between it and the next that overwrites.
 *   <li>A value with a time to live may be gone from the earliest moment at which some clock can take it for expired, and must be at the last.
 *       That the register goes from the value to nothing once is part of what is checked: nobody sees it again.
 *   <li>One that {@linkplain RegisterAction#isRepeatable may take effect several times} may be taken without being used up.
 * </ul>
 */
public final class LinearizabilityCheck {

    private static final int MOST_CONFIGURATIONS = 3_000_000;

    /** How much is shown of what came before the operation that cannot be explained. */
    private static final int EVIDENCE = 12;

    private final long driftNanos;
    private final int mostConfigurations;

    /**
     * @param drift the most that two clocks that expiries are judged by differ, with what it takes to round them
     */
    public LinearizabilityCheck(Duration drift) {
        this(drift, MOST_CONFIGURATIONS);
    }

    LinearizabilityCheck(Duration drift, int mostConfigurations) {
        this.driftNanos = drift.toNanos();
        this.mostConfigurations = mostConfigurations;
    }

    /** Checks all operations on one key, in any order. The key held nothing at first. */
    public Verdict check(List<RegisterOperation> history) {
        Verdict whole = new Search(history).verdict();
        return whole instanceof Verdict.NotLinearizable ? shortest(history) : whole;
    }

    /** Of every linearizable history each beginning is linearizable as well; so the shortest that is not is found by halving. */
    private Verdict shortest(List<RegisterOperation> history) {
        long[] ends = history.stream()
                .filter(RegisterOperation::isDone)
                .mapToLong(RegisterOperation::completedNanos)
                .sorted()
                .distinct()
                .toArray();
        int good = -1;
        int bad = ends.length - 1;
        while (bad - good > 1) {
            int middle = (good + bad) >>> 1;
            if (new Search(until(history, ends[middle])).verdict() instanceof Verdict.NotLinearizable) {
                bad = middle;
            } else {
                good = middle;
            }
        }
        List<RegisterOperation> beginning = until(history, ends[bad]);
        return new Verdict.NotLinearizable(
                List.copyOf(beginning.subList(Math.max(0, beginning.size() - EVIDENCE), beginning.size())));
    }

    /** What was known of a history at some time. */
    private static List<RegisterOperation> until(List<RegisterOperation> history, long nanos) {
        return history.stream()
                .filter(operation -> operation.invokedNanos() <= nanos)
                .map(operation -> operation.completedNanos() <= nanos
                        ? operation
                        : new RegisterOperation(
                                operation.client(),
                                operation.action(),
                                operation.invokedNanos(),
                                nanos,
                                new Unknown("under way")))
                .sorted(Comparator.comparingLong(RegisterOperation::completedNanos))
                .toList();
    }

    /**
     * What the register holds.
     *
     * @param lease the place of the operation that said how long it lives; -1 when it lives for ever
     */
    private record State(@Nullable String value, int lease) {
        static final int NONE = -1;
        static final State EMPTY = new State(null, NONE);
    }

    /** Done operations taken, and what they left with the help of some others. */
    private record Configuration(BitSet taken, State state) {}

    private static final class TooMany extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooMany() {
            super(null, null, false, false);
        }
    }

    private final class Search {
        private final List<RegisterOperation> operations;
        private final BitSet taken = new BitSet();
        private final BitSet done = new BitSet();
        private final Map<Configuration, List<BitSet>> helpersSeen = new HashMap<>();
        private int looked;
        private int left;

        Search(List<RegisterOperation> history) {
            this.operations = history.stream()
                    .filter(operation -> !(operation.result() instanceof NotDone) && !isUnseen(operation, history))
                    .sorted(Comparator.comparingLong(RegisterOperation::invokedNanos))
                    .toList();
            for (int i = 0; i < operations.size(); i++) {
                done.set(i, operations.get(i).isDone());
            }
            this.left = done.cardinality();
        }

        Verdict verdict() {
            try {
                return isExplained(State.EMPTY)
                        ? new Verdict.Linearizable()
                        : new Verdict.NotLinearizable(List.copyOf(operations));
            } catch (TooMany e) {
                return new Verdict.Undecided(looked);
            }
        }

        private boolean isExplained(State state) {
            if (left == 0) {
                return true;
            }
            if (isNoBetterThanBefore(state)) {
                return false;
            }
            long firstEnd = firstEnd();
            return isExplainedByDone(state, firstEnd)
                    || (mayExpire(state, firstEnd) && isExplained(State.EMPTY))
                    || isExplainedByOthers(state, firstEnd);
        }

        /** Whether the same was left by the same done ones with the help of no others than now, and nothing could be explained from there. */
        private boolean isNoBetterThanBefore(State state) {
            BitSet mine = (BitSet) taken.clone();
            mine.and(done);
            BitSet helpers = (BitSet) taken.clone();
            helpers.andNot(done);
            List<BitSet> before =
                    helpersSeen.computeIfAbsent(new Configuration(mine, state), ignored -> new ArrayList<>(1));
            for (BitSet fewer : before) {
                BitSet more = (BitSet) fewer.clone();
                more.andNot(helpers);
                if (more.isEmpty()) {
                    return true;
                }
            }
            before.add(helpers);
            if (++looked > mostConfigurations) {
                throw new TooMany();
            }
            return false;
        }

        /** When the first of the done ones that are not taken was completed: what is taken next was invoked by then. */
        private long firstEnd() {
            long end = Long.MAX_VALUE;
            for (int i = taken.nextClearBit(0); i < operations.size(); i = taken.nextClearBit(i + 1)) {
                RegisterOperation operation = operations.get(i);
                if (operation.invokedNanos() > end) {
                    break;
                }
                if (operation.isDone()) {
                    end = Math.min(end, operation.completedNanos());
                }
            }
            return end;
        }

        private boolean isExplainedByDone(State state, long firstEnd) {
            for (int i = taken.nextClearBit(0); i < operations.size(); i = taken.nextClearBit(i + 1)) {
                RegisterOperation operation = operations.get(i);
                if (operation.invokedNanos() > firstEnd) {
                    break;
                }
                if (operation.result() instanceof Done done && isPossible(state, operation)) {
                    RegisterEffect effect = operation.action().apply(state.value());
                    if (Objects.equals(effect.answer(), done.answer())
                            && isExplainedAfter(i, after(i, effect, state), true)) {
                        return true;
                    }
                }
            }
            return false;
        }

        /** By one whose outcome is unknown, or by one that is not used up. */
        private boolean isExplainedByOthers(State state, long firstEnd) {
            for (int i = taken.nextClearBit(0); i < operations.size(); i = taken.nextClearBit(i + 1)) {
                RegisterOperation operation = operations.get(i);
                if (operation.invokedNanos() > firstEnd) {
                    break;
                }
                boolean isUsedUp = !operation.action().isRepeatable();
                boolean isHelper = !operation.isDone() || !isUsedUp;
                if (isHelper && isPossible(state, operation) && !hasTwin(i)) {
                    State next = after(i, operation.action().apply(state.value()), state);
                    if (!next.equals(state) && isExplainedAfter(i, next, isUsedUp)) {
                        return true;
                    }
                }
            }
            return false;
        }

        /** Whether another unknown one does the same, and could be taken whenever this one can: one of them is enough to look at. */
        private boolean hasTwin(int i) {
            RegisterOperation operation = operations.get(i);
            if (timeToLiveMillis(operation.action()) > 0) {
                return false;
            }
            for (int j = taken.nextClearBit(0); j < i; j = taken.nextClearBit(j + 1)) {
                if (!done.get(j) && isSame(operations.get(j).action(), operation.action())) {
                    return true;
                }
            }
            return false;
        }

        private boolean isExplainedAfter(int i, State next, boolean isUsedUp) {
            if (!isUsedUp) {
                return isExplained(next);
            }
            int one = operations.get(i).isDone() ? 1 : 0;
            taken.set(i);
            left -= one;
            if (isExplained(next)) {
                return true;
            }
            left += one;
            taken.clear(i);
            return false;
        }

        private State after(int i, RegisterEffect effect, State before) {
            return switch (effect) {
                case RegisterEffect.Keep ignored -> before;
                case RegisterEffect.Remove ignored -> State.EMPTY;
                case RegisterEffect.Put put ->
                    new State(
                            put.value(),
                            switch (put.life()) {
                                case RegisterEffect.Life.AsBefore ignored -> before.lease();
                                case RegisterEffect.Life.Anew anew -> anew.timeToLiveMillis() > 0 ? i : State.NONE;
                            });
            };
        }

        // ---- time to live

        private boolean mayExpire(State state, long firstEnd) {
            return state.lease() != State.NONE
                    && operations.get(state.lease()).invokedNanos() + lifeNanos(state) - driftNanos <= firstEnd;
        }

        /** Not for one that was invoked when what there is must have expired. */
        private boolean isPossible(State state, RegisterOperation operation) {
            if (state.lease() == State.NONE || !operations.get(state.lease()).isDone()) {
                return true;
            }
            return operation.invokedNanos()
                    <= operations.get(state.lease()).completedNanos() + lifeNanos(state) + driftNanos;
        }

        private long lifeNanos(State state) {
            return Duration.ofMillis(
                            timeToLiveMillis(operations.get(state.lease()).action()))
                    .toNanos();
        }
    }

    /** Whether two do the same, whatever they answer. */
    private static boolean isSame(RegisterAction one, RegisterAction other) {
        return one.equals(other) || (isRemoval(one) && isRemoval(other));
    }

    private static boolean isRemoval(RegisterAction action) {
        return action instanceof RegisterAction.Remove || action instanceof RegisterAction.Delete;
    }

    private static long timeToLiveMillis(RegisterAction action) {
        return switch (action) {
            case RegisterAction.Write write -> write.timeToLiveMillis();
            case RegisterAction.PutIfAbsent put -> put.timeToLiveMillis();
            case RegisterAction.GetAndSet set -> set.timeToLiveMillis();
            case RegisterAction.CompareAndSet ignored -> RegisterAction.FOREVER;
            case RegisterAction.Append ignored -> RegisterAction.FOREVER;
            case RegisterAction.Increment ignored -> RegisterAction.FOREVER;
            case RegisterAction.Read ignored -> RegisterAction.FOREVER;
            case RegisterAction.Delete ignored -> RegisterAction.FOREVER;
            case RegisterAction.Remove ignored -> RegisterAction.FOREVER;
        };
    }

    /** What is contained in all that it may leave, and in what others make of that; null when there is no such thing. */
    private static @Nullable String mark(RegisterAction action) {
        return switch (action) {
            case RegisterAction.Write write -> write.value();
            case RegisterAction.PutIfAbsent put -> put.value();
            case RegisterAction.GetAndSet set -> set.value();
            case RegisterAction.CompareAndSet set -> set.replacement();
            case RegisterAction.Append append -> append.suffix();
            case RegisterAction.Increment ignored -> null;
            case RegisterAction.Read ignored -> null;
            case RegisterAction.Delete ignored -> null;
            case RegisterAction.Remove ignored -> null;
        };
    }

    /**
     * Whether nobody has seen what it may have left, or what came of that. Others make numbers of a number, and leave nothing of what expires.
     */
    private static boolean isUnseen(RegisterOperation operation, List<RegisterOperation> history) {
        String mark = operation.result() instanceof Unknown ? mark(operation.action()) : null;
        if (mark == null || timeToLiveMillis(operation.action()) > 0) {
            return false;
        }
        return RegisterAction.isNumber(mark)
                ? isUnseenNumber(Long.parseLong(mark), history)
                : history.stream().noneMatch(other -> isAnswer(mark, other) || isExpected(mark, other.action()));
    }

    /** None that counting may have made of it was seen; where nobody appends, numbers are all that may come of it. */
    private static boolean isUnseenNumber(long mark, List<RegisterOperation> history) {
        long counted = 0;
        for (RegisterOperation other : history) {
            if (other.action() instanceof RegisterAction.Append) {
                return false;
            }
            counted += other.action() instanceof RegisterAction.Increment increment ? Math.abs(increment.by()) : 0;
        }
        long most = counted;
        return history.stream()
                .noneMatch(other -> isWithin(mark, most, other.result() instanceof Done done ? done.answer() : null)
                        || isWithin(
                                mark,
                                most,
                                other.action() instanceof RegisterAction.CompareAndSet set ? set.expected() : null));
    }

    private static boolean isWithin(long mark, long most, @Nullable String text) {
        return text != null && RegisterAction.isNumber(text) && Math.abs(Long.parseLong(text) - mark) <= most;
    }

    private static boolean isAnswer(String mark, RegisterOperation operation) {
        return operation.result() instanceof Done done
                && done.answer() != null
                && done.answer().contains(mark);
    }

    private static boolean isExpected(String mark, RegisterAction action) {
        return action instanceof RegisterAction.CompareAndSet set
                && set.expected() != null
                && set.expected().contains(mark);
    }
}
