package io.murmur.node.shell;

import io.murmur.kernel.Level;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What commands there are and how they are said. Does not change. */
final class CommandBook {

    /**
     * A command.
     *
     * @param name in capitals, of one or two words
     * @param syntax what follows: {@code key value [NX | XX]}
     * @param summary one line for people; empty when it is not known
     */
    record Entry(String name, String syntax, String summary) {}

    /** Words that are said as they are, not stood for. */
    private static final Pattern TOKEN = Pattern.compile("(?<![a-z-])[A-Z][A-Z0-9-]*(?![a-z])");

    private static final Set<String> BEFORE_LEVELS = Set.of("READ", "WRITE", "LEVEL", "\\LEVEL");

    private static final List<String> LEVELS =
            Arrays.stream(Level.Named.values()).map(Enum::name).toList();

    private static final List<Entry> OWN = List.of(
            new Entry("\\CONNECT", "host:port", ""),
            new Entry("\\HELP", "[command]", ""),
            new Entry("\\LEVEL", "[level | READ level WRITE level]", ""),
            new Entry("\\QUIT", "", ""),
            new Entry("\\TIMING", "[ON | OFF]", ""));

    private final SortedMap<String, Entry> entries;

    private CommandBook(Collection<Entry> entries) {
        this.entries = new TreeMap<>();
        entries.forEach(entry -> this.entries.put(entry.name(), entry));
    }

    /** Murmur's commands, as far as they are known here. */
    static CommandBook builtIn() {
        try (InputStream in = Objects.requireNonNull(CommandBook.class.getResourceAsStream("commands.txt"))) {
            return ofLines(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of a name, a bar, and a syntax in each line. */
    static CommandBook ofLines(String text) {
        return new CommandBook(text.lines()
                .map(line -> line.split(" *\\| *", 2))
                .map(parts -> new Entry(parts[0], parts[1], ""))
                .toList());
    }

    /**
     * The commands of an answer to COMMAND DOCS; the syntax of one that says nothing of its arguments is what is known of it here. What is no
     * such answer changes nothing.
     */
    CommandBook asToldBy(Answer docs) {
        List<Entry> told = new ArrayList<>();
        fields(docs).forEach((name, doc) -> addTold(name, fields(doc), told));
        return told.isEmpty() ? this : new CommandBook(told);
    }

    private void addTold(String name, Map<String, Answer> doc, List<Entry> told) {
        String upper = name.toUpperCase(Locale.ROOT).replace('|', ' ');
        Map<String, Answer> subcommands = fields(doc.get("subcommands"));
        Entry known = entries.get(upper);
        String syntax = doc.get("arguments") instanceof Answer.Items arguments
                ? syntax(arguments.items(), " ")
                : known == null ? "" : known.syntax();
        if (subcommands.isEmpty() || known != null) {
            told.add(new Entry(upper, syntax, text(doc.get("summary"))));
        }
        subcommands.forEach((sub, subDoc) -> addTold(sub, fields(subDoc), told));
    }

    /** A map, which in RESP2 is an array of keys and values in turn. */
    private static Map<String, Answer> fields(@Nullable Answer answer) {
        Map<String, Answer> fields = new LinkedHashMap<>();
        if (answer instanceof Answer.Pairs pairs) {
            pairs.pairs().forEach(pair -> fields.put(text(pair.getKey()), pair.getValue()));
        } else if (answer instanceof Answer.Items items) {
            for (int i = 0; i + 1 < items.items().size(); i += 2) {
                fields.put(text(items.items().get(i)), items.items().get(i + 1));
            }
        }
        return fields;
    }

    private static String text(@Nullable Answer answer) {
        return switch (answer) {
            case Answer.Bulk bulk -> Words.text(bulk.bytes());
            case Answer.Status status -> status.text();
            case null, default -> "";
        };
    }

    private static String syntax(List<Answer> arguments, String between) {
        return arguments.stream().map(argument -> argument(fields(argument))).collect(Collectors.joining(between));
    }

    private static String argument(Map<String, Answer> argument) {
        String type = text(argument.get("type"));
        String token = text(argument.get("token"));
        List<Answer> parts = argument.get("arguments") instanceof Answer.Items items ? items.items() : List.of();
        Set<String> flags = new LinkedHashSet<>();
        switch (argument.get("flags")) {
            case Answer.Items items -> items.items().forEach(flag -> flags.add(text(flag)));
            case Answer.Distinct distinct -> distinct.items().forEach(flag -> flags.add(text(flag)));
            case null, default -> {}
        }
        boolean isOptional = flags.contains("optional");
        String one = switch (type) {
            case "pure-token" -> token;
            case "oneof" -> isOptional ? syntax(parts, " | ") : "<" + syntax(parts, " | ") + ">";
            case "block" -> syntax(parts, " ");
            default -> text(argument.get("name"));
        };
        if (!token.isEmpty() && !type.equals("pure-token")) {
            one = token + " " + one;
        }
        if (flags.contains("multiple")) {
            one = one + " [" + one + " ...]";
        }
        return isOptional ? "[" + one + "]" : one;
    }

    /** All commands whose names begin with these words. */
    List<Entry> about(List<String> words) {
        String name = String.join(" ", words).toUpperCase(Locale.ROOT);
        return entries.values().stream()
                .filter(entry -> entry.name().equals(name) || entry.name().startsWith(name + " "))
                .toList();
    }

    /** The command that a line of these words is. */
    private @Nullable Entry entry(List<String> words) {
        List<String> upper = words.stream()
                .limit(2)
                .map(word -> word.toUpperCase(Locale.ROOT))
                .toList();
        for (int length = upper.size(); length > 0; length--) {
            String name = String.join(" ", upper.subList(0, length));
            for (Entry own : OWN) {
                if (own.name().equals(name)) {
                    return own;
                }
            }
            Entry entry = entries.get(name);
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    /**
     * What the word under way may become.
     *
     * @param before the words before it
     * @param begun what there is of it; what it may become is written small when this is, or else the command
     */
    List<String> completions(List<String> before, String begun) {
        String beginning = begun.toUpperCase(Locale.ROOT);
        String model = begun.isEmpty() && !before.isEmpty() ? before.get(0) : begun;
        boolean isSmall = model.chars().anyMatch(Character::isLowerCase);
        return candidates(before).stream()
                .filter(candidate -> candidate.startsWith(beginning))
                .map(candidate ->
                        isSmall || candidate.startsWith("\\") ? candidate.toLowerCase(Locale.ROOT) : candidate)
                .toList();
    }

    private Set<String> candidates(List<String> before) {
        Set<String> candidates = new LinkedHashSet<>();
        if (before.isEmpty()) {
            OWN.forEach(own -> candidates.add(own.name()));
            entries.keySet().forEach(name -> candidates.add(name.split(" ", 2)[0]));
            return candidates;
        }
        String first = before.get(0).toUpperCase(Locale.ROOT);
        String last = before.get(before.size() - 1).toUpperCase(Locale.ROOT);
        if (before.size() == 1) {
            entries.tailMap(first + " ").keySet().stream()
                    .takeWhile(name -> name.startsWith(first + " "))
                    .forEach(name -> candidates.add(name.substring(first.length() + 1)));
        }
        if ((first.equals("MURMUR") || first.equals("\\LEVEL")) && BEFORE_LEVELS.contains(last)) {
            candidates.addAll(LEVELS);
        }
        if (first.equals("\\HELP") && before.size() == 1) {
            entries.keySet().forEach(name -> candidates.add(name.split(" ", 2)[0]));
        }
        Entry entry = entry(before);
        if ((entry != null && candidates.isEmpty()) || first.equals("\\LEVEL")) {
            Matcher tokens = TOKEN.matcher(Objects.requireNonNull(entry).syntax());
            Set<String> said =
                    before.stream().map(word -> word.toUpperCase(Locale.ROOT)).collect(Collectors.toSet());
            while (tokens.find()) {
                if (!said.contains(tokens.group())) {
                    candidates.add(tokens.group());
                }
            }
        }
        return candidates;
    }

    /** What of the syntax is still to come behind these words; empty when their command is not known. */
    String hint(List<String> words) {
        Entry entry = entry(words);
        if (entry == null) {
            return "";
        }
        List<String> arguments =
                words.subList(Math.min(words.size(), entry.name().split(" ").length), words.size());
        List<String> parts = parts(entry.syntax());
        int place = 0;
        while (place < arguments.size() && !parts.isEmpty() && !parts.get(0).startsWith("[")) {
            parts.remove(0);
            place++;
        }
        for (String argument : arguments.subList(place, arguments.size())) {
            String said = argument.toUpperCase(Locale.ROOT);
            parts.removeIf(part -> TOKEN.matcher(part)
                    .results()
                    .anyMatch(token -> token.group().equals(said)));
        }
        return String.join(" ", parts);
    }

    /** A syntax in its parts: what is in brackets is one. */
    private static List<String> parts(String syntax) {
        List<String> parts = new ArrayList<>();
        StringJoiner part = new StringJoiner(" ");
        int depth = 0;
        for (String word : syntax.split(" ")) {
            depth += word.chars()
                    .map(c -> c == '[' || c == '<' ? 1 : c == ']' || c == '>' ? -1 : 0)
                    .sum();
            part.add(word);
            if (depth == 0) {
                if (part.length() > 0) {
                    parts.add(part.toString());
                }
                part = new StringJoiner(" ");
            }
        }
        return parts;
    }
}
