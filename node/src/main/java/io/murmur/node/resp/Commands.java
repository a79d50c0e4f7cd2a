package io.murmur.node.resp;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All commands there are, by name. Immutable; from any thread. */
public final class Commands {

    private final Map<String, Command> byName = new TreeMap<>();

    /** Those without a bar in their names, where the hash of the name says or behind; more than half of it is empty. */
    private final @Nullable Command[] table;

    /**
     * @throws IllegalArgumentException when two have one name
     */
    public Commands(List<? extends CommandGroup> groups) {
        for (CommandGroup group : groups) {
            group.commands().forEach(this::add);
        }
        this.table = new @Nullable Command[Integer.highestOneBit(byName.size() + 1) * 4];
        for (Command command : all()) {
            int place = hash(command.name().getBytes(StandardCharsets.US_ASCII)) & (table.length - 1);
            while (table[place] != null) {
                place = (place + 1) & (table.length - 1);
            }
            table[place] = command;
        }
    }

    private void add(Command command) {
        if (byName.put(command.name(), command) != null) {
            throw new IllegalArgumentException("two commands are called " + command.name());
        }
        command.subcommands().forEach(this::add);
    }

    /** Equal for names that differ in their case alone. */
    private static int hash(byte[] name) {
        int hash = 0;
        for (byte letter : name) {
            hash = 31 * hash + (letter | 0x20);
        }
        return hash ^ (hash >>> 15);
    }

    /** The command of this name in small letters, subcommands behind a bar. */
    public @Nullable Command named(String name) {
        return byName.get(name);
    }

    /** All but subcommands, by name. */
    public Collection<Command> all() {
        return byName.values().stream()
                .filter(command -> command.name().indexOf('|') < 0)
                .toList();
    }

    /** All, subcommands included, by name. */
    public Collection<Command> allWithSubcommands() {
        return Collections.unmodifiableCollection(byName.values());
    }

    private @Nullable Command called(Request request) {
        int place = hash(request.word(0)) & (table.length - 1);
        while (true) {
            Command command = table[place];
            if (command == null || request.is(0, command.name())) {
                return command;
            }
            place = (place + 1) & (table.length - 1);
        }
    }

    /**
     * The command that a request is, or its subcommand.
     *
     * @throws Refusal when there is none, or its number of words is wrong
     */
    public Command of(Request request) {
        Command command = named(request);
        check(command, request);
        return command;
    }

    /**
     * Checks a request's number of words.
     *
     * @throws Refusal when it is wrong
     */
    static void check(Command command, Request request) {
        if (!command.takes(request.size())) {
            throw new Refusal("ERR wrong number of arguments for '" + command.name() + "' command");
        }
    }

    /**
     * As {@link #of}, whatever the number of words.
     *
     * @throws Refusal when there is none
     */
    Command named(Request request) {
        Command command = called(request);
        if (command == null) {
            throw new Refusal(unknown(request));
        }
        if (!command.subcommands().isEmpty() && request.size() > 1) {
            Command held = byName.get(command.name() + "|" + request.text(1).toLowerCase(Locale.ROOT));
            if (held == null) {
                throw new Refusal("ERR unknown subcommand '" + request.clipped(1) + "'. Try "
                        + command.name().toUpperCase(Locale.ROOT) + " HELP.");
            }
            return held;
        }
        return command;
    }

    private static String unknown(Request request) {
        String why = NotOffered.why(request.name());
        if (why != null) {
            return "ERR unknown command '" + request.name() + "': " + why;
        }
        StringBuilder error = new StringBuilder("ERR unknown command '")
                .append(request.clipped(0))
                .append("', with args beginning with: ");
        int end = error.length() + Request.MOST_REPEATED;
        for (int place = 1; place < request.size() && error.length() < end; place++) {
            String shown = request.clipped(place);
            error.append('\'')
                    .append(shown, 0, Math.min(shown.length(), Math.max(0, end - error.length())))
                    .append("' ");
        }
        return error.toString();
    }
}
