package io.murmur.node.resp;

import io.murmur.node.security.Right;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A command: what clients are told of it (COMMAND), what is checked before it runs, and what runs.
 *
 * @param name in small letters; that of a subcommand behind its command's and a bar, as {@code client|id}
 * @param arity how many words it has, its name included; below 0: at least so many
 * @param keys which of them are keys: calls with a key in common are carried out one after another unless all of them only read
 * @param rights on the session's cache, that its user must have
 * @param since the version of Redis that had it first; empty for our own
 * @param summary one line for people
 * @param subcommands of a command that only holds others; such a one is run itself when no word follows its name
 * @param handler what runs
 */
public record Command(
        String name,
        int arity,
        Set<Flag> flags,
        KeyPlaces keys,
        Set<Right> rights,
        String since,
        String summary,
        List<Command> subcommands,
        Handler handler) {

    /** What clients are told of a command, in Redis' words. */
    public enum Flag {
        READONLY,
        WRITE,
        DENYOOM,
        ADMIN,
        FAST,
        LOADING,
        STALE,
        NOSCRIPT,
        /** May be said before the user is known. */
        NO_AUTH,
        ALLOW_BUSY,
        SKIP_MONITOR,
        SKIP_SLOWLOG,
        BLOCKING,
        MOVABLEKEYS;

        /** As Redis writes it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a command does. */
    @FunctionalInterface
    public interface Handler {

        /**
         * Called on the connection's loop, and must not block. The request has as many words as {@link Command#arity} says, and the user
         * the rights.
         *
         * @throws Refusal is answered as it says, unless the call has been answered
         */
        void run(Call call);
    }

    /** One that reads keys. */
    public static Command reading(
            String name, int arity, KeyPlaces keys, String since, String summary, Handler handler) {
        return of(name, arity, EnumSet.of(Flag.READONLY), keys, EnumSet.of(Right.READ), since, summary, handler);
    }

    /** One that writes keys, and tells nothing of what they held. */
    public static Command writing(
            String name, int arity, KeyPlaces keys, String since, String summary, Handler handler) {
        return of(name, arity, EnumSet.of(Flag.WRITE), keys, EnumSet.of(Right.WRITE), since, summary, handler);
    }

    /** One that writes keys, and tells what they held. */
    public static Command changing(
            String name, int arity, KeyPlaces keys, String since, String summary, Handler handler) {
        return of(
                name,
                arity,
                EnumSet.of(Flag.WRITE),
                keys,
                EnumSet.of(Right.READ, Right.WRITE),
                since,
                summary,
                handler);
    }

    /** One that is about the connection or the node, not about keys. */
    public static Command plain(String name, int arity, String since, String summary, Handler handler) {
        return of(name, arity, EnumSet.noneOf(Flag.class), KeyPlaces.NONE, Set.of(), since, summary, handler);
    }

    private static Command of(
            String name,
            int arity,
            Set<Flag> flags,
            KeyPlaces keys,
            Set<Right> rights,
            String since,
            String summary,
            Handler handler) {
        return new Command(name, arity, flags, keys, rights, since, summary, List.of(), handler);
    }

    /** One that holds others, each named {@code name|other}. */
    public static Command holding(String name, String since, String summary, List<Command> subcommands) {
        return new Command(
                name,
                -2,
                EnumSet.noneOf(Flag.class),
                KeyPlaces.NONE,
                Set.of(),
                since,
                summary,
                List.copyOf(subcommands),
                call -> call.refuse("ERR wrong number of arguments for '" + name + "' command"));
    }

    /** The same, of one that holds others and does something itself as well. */
    public Command bare(Handler alone) {
        return new Command(name, -1, flags, keys, rights, since, summary, subcommands, alone);
    }

    /** The same with further flags. */
    public Command with(Flag... more) {
        Set<Flag> all = EnumSet.noneOf(Flag.class);
        all.addAll(flags);
        all.addAll(List.of(more));
        return new Command(name, arity, all, keys, rights, since, summary, subcommands, handler);
    }

    /** Whether a request of so many words has as many as it must. */
    public boolean takes(int words) {
        return arity >= 0 ? words == arity : words >= -arity;
    }

    /** Whether it leaves all keys as they are. */
    public boolean isReadOnly() {
        return !flags.contains(Flag.WRITE);
    }
}
