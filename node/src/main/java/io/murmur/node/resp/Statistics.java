package io.murmur.node.resp;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What the port has done. From any thread. */
public final class Statistics {

    /** Of codes of errors so many are told apart, as Redis does: a code may come from a stranger's script. */
    private static final int MOST_CODES = 128;

    /** Of one command. */
    public static final class OfCommand {
        private final LongAdder calls = new LongAdder();
        private final LongAdder nanos = new LongAdder();
        private final LongAdder rejected = new LongAdder();
        private final LongAdder failed = new LongAdder();

        /** Calls that ran. */
        public long calls() {
            return calls.sum();
        }

        /** From each call's beginning to its answer, together. */
        public long nanos() {
            return nanos.sum();
        }

        /** Calls that did not run: of a wrong number of words, or without a right. */
        public long rejected() {
            return rejected.sum();
        }

        /** Calls that ran and were answered with an error. */
        public long failed() {
            return failed.sum();
        }

        /** Some calls have ended, that took so long together. */
        void ran(int count, long tookNanos, int failures) {
            calls.add(count);
            nanos.add(tookNanos);
            if (failures > 0) {
                failed.add(failures);
            }
        }

        void reject() {
            rejected.increment();
        }

        private void reset() {
            calls.reset();
            nanos.reset();
            rejected.reset();
            failed.reset();
        }
    }

    private final IdentityHashMap<Command, OfCommand> byCommand = new IdentityHashMap<>();
    private final Map<String, LongAdder> byCode = new ConcurrentHashMap<>();
    private final LongAdder errors = new LongAdder();
    private final LongAdder connections = new LongAdder();
    private final LongAdder refusedConnections = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder malformed = new LongAdder();

    public Statistics(Commands commands) {
        commands.allWithSubcommands().forEach(command -> byCommand.put(command, new OfCommand()));
    }

    OfCommand of(Command command) {
        return Objects.requireNonNull(byCommand.get(command));
    }

    /** Of each command that was called, by name. */
    public SortedMap<String, OfCommand> commands() {
        SortedMap<String, OfCommand> called = new TreeMap<>();
        byCommand.forEach((command, counts) -> {
            if (counts.calls() + counts.rejected() > 0) {
                called.put(command.name(), counts);
            }
        });
        return called;
    }

    void failed(String error) {
        errors.increment();
        int space = error.indexOf(' ');
        String code = space < 0 ? error : error.substring(0, space);
        LongAdder counted = byCode.get(code);
        if (counted == null && byCode.size() < MOST_CODES) {
            counted = byCode.computeIfAbsent(code, fresh -> new LongAdder());
        }
        if (counted != null) {
            counted.increment();
        }
    }

    /** How many errors were answered, by code. */
    public SortedMap<String, Long> errors() {
        SortedMap<String, Long> codes = new TreeMap<>();
        byCode.forEach((code, count) -> codes.put(code, count.sum()));
        return codes;
    }

    public long allErrors() {
        return errors.sum();
    }

    /** Calls that ran, of all commands. */
    public long calls() {
        return byCommand.values().stream().mapToLong(OfCommand::calls).sum();
    }

    void opened() {
        connections.increment();
    }

    /** Connections there have been. */
    public long connections() {
        return connections.sum();
    }

    void refused() {
        refusedConnections.increment();
    }

    /** Connections that were one too many. */
    public long refusedConnections() {
        return refusedConnections.sum();
    }

    void read(long bytes) {
        bytesIn.add(bytes);
    }

    public long bytesIn() {
        return bytesIn.sum();
    }

    void wrote(long bytes) {
        bytesOut.add(bytes);
    }

    public long bytesOut() {
        return bytesOut.sum();
    }

    void malformed() {
        malformed.increment();
    }

    /** Connections that were closed because what they sent was no RESP. */
    public long allMalformed() {
        return malformed.sum();
    }

    /** CONFIG RESETSTAT: from here on all is counted anew. */
    public void reset() {
        byCommand.values().forEach(OfCommand::reset);
        byCode.clear();
        errors.reset();
        connections.reset();
        refusedConnections.reset();
        bytesIn.reset();
        bytesOut.reset();
    }
}
