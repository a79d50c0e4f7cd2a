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

    /** Of an unknown command's arguments so much is repeated, as Redis does. */
    private static final int MOST_REPEATED = 128;

    private final Map<String, Command> byName = new TreeMap<>();

    /**
     * @throws IllegalArgumentException when two have one name
     */
    public Commands(List<? extends CommandGroup> groups) {
        for (CommandGroup group : groups) {
            group.commands().forEach(this::add);
        }
    }

    private void add(Command command) {
        if (byName.put(command.name(), command) != null) {
            throw new IllegalArgumentException("two commands are called " + command.name());
        }
        command.subcommands().forEach(this::add);
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

    /** Names of all, subcommands included. */
    public Collection<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /**
     * The command that a request is, or its subcommand.
     *
     * @throws Refusal when there is none, or its number of words is wrong
     */
    public Command of(Request request) {
        Command command = byName.get(request.name());
        if (command == null) {
            throw new Refusal(unknown(request));
        }
        if (!command.subcommands().isEmpty() && request.size() > 1) {
            Command held = byName.get(command.name() + "|" + request.from(1).name());
            if (held == null) {
                throw new Refusal("ERR unknown subcommand '" + clipped(request.word(1)) + "'. Try "
                        + command.name().toUpperCase(Locale.ROOT) + " HELP.");
            }
            command = held;
        }
        if (!command.takes(request.size())) {
            throw new Refusal("ERR wrong number of arguments for '" + command.name() + "' command");
        }
        return command;
    }

    private static String unknown(Request request) {
        StringBuilder error = new StringBuilder("ERR unknown command '")
                .append(clipped(request.word(0)))
                .append("', with args beginning with: ");
        int end = error.length() + MOST_REPEATED;
        for (int place = 1; place < request.size() && error.length() < end; place++) {
            String shown = clipped(request.word(place));
            error.append('\'')
                    .append(shown, 0, Math.min(shown.length(), end - error.length()))
                    .append("' ");
        }
        return error.toString();
    }

    private static String clipped(byte[] word) {
        return new String(word, 0, Math.min(word.length, MOST_REPEATED), StandardCharsets.UTF_8);
    }
}
