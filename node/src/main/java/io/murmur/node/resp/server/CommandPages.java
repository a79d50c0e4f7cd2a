package io.murmur.node.resp.server;

import io.murmur.node.resp.Call;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.Command.Flag;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.Commands;
import io.murmur.node.resp.KeyPlaces;
import io.murmur.node.resp.LevelWords;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.node.resp.command.Glob;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** COMMAND: which commands there are. */
public final class CommandPages implements CommandGroup {

    /** What is told of a command is a hundred times as long as its name. */
    private static final int MOST_NAMES = 1024;

    private final Supplier<Commands> commands;

    /** @param commands asked when a command comes */
    public CommandPages(Supplier<Commands> commands) {
        this.commands = commands;
    }

    @Override
    public List<Command> commands() {
        List<Command> subcommands = List.of(
                Command.plain(
                        "command|count",
                        2,
                        "2.8.13",
                        "How many commands there are.",
                        call -> call.answer(Reply.number(commands.get().all().size()))),
                Command.plain("command|info", -2, "2.8.13", "What clients have to know of commands.", this::info),
                Command.plain("command|docs", -2, "7.0.0", "What people have to know of commands.", this::docs),
                Command.plain("command|list", -2, "7.0.0", "The names of commands.", this::list),
                Command.plain("command|getkeys", -3, "2.8.13", "The keys of a command.", this::getKeys),
                Words.help(
                        "command",
                        "5.0.0",
                        "(no subcommand)",
                        "    Return details about all commands.",
                        "COUNT",
                        "    Return the total number of commands.",
                        "DOCS [<command-name> ...]",
                        "    Return documentation details about commands.",
                        "GETKEYS <full-command>",
                        "    Return the keys from a full command.",
                        "INFO [<command-name> ...]",
                        "    Return details about multiple commands.",
                        "LIST [FILTERBY PATTERN <pattern>]",
                        "    Return a list of command names."));
        return List.of(Command.holding("command", "2.8.13", "Which commands there are.", subcommands)
                .bare(call -> call.answer(new Reply.Items(
                        commands.get().all().stream().map(this::details).toList()))));
    }

    private void info(Call call) {
        Request request = call.request();
        if (request.size() == 2) {
            call.answer(new Reply.Items(
                    commands.get().all().stream().map(this::details).toList()));
            return;
        }
        checkNames(request);
        List<Reply> all = new ArrayList<>();
        for (int place = 2; place < request.size(); place++) {
            Command command = commands.get().named(request.text(place).toLowerCase(Locale.ROOT));
            all.add(command == null ? Reply.NIL_ITEMS : details(command));
        }
        call.answer(new Reply.Items(all));
    }

    private static void checkNames(Request request) {
        if (request.size() - 2 > MOST_NAMES) {
            throw new Refusal("ERR more than " + MOST_NAMES + " names");
        }
    }

    private Reply details(Command command) {
        KeyPlaces keys = command.keys();
        return new Reply.Items(List.of(
                Words.bulk(command.name()),
                Reply.number(command.arity()),
                new Reply.Distinct(command.flags().stream()
                        .map(flag -> new Reply.Simple(flag.text()))
                        .toList()),
                Reply.number(keys.first()),
                Reply.number(keys.last()),
                Reply.number(keys.step()),
                new Reply.Distinct(
                        categories(command).stream().map(Reply.Simple::new).toList()),
                Reply.NONE,
                keys.first() == 0 ? Reply.NONE : new Reply.Items(List.of(keySpecification(command))),
                new Reply.Items(
                        command.subcommands().stream().map(this::details).toList())));
    }

    private static List<String> categories(Command command) {
        List<String> categories = new ArrayList<>();
        if (command.flags().contains(Flag.WRITE)) {
            categories.add("@write");
        } else if (command.flags().contains(Flag.READONLY)) {
            categories.add("@read");
        }
        if (command.flags().contains(Flag.ADMIN)) {
            categories.add("@admin");
        }
        categories.add(command.flags().contains(Flag.FAST) ? "@fast" : "@slow");
        return categories;
    }

    private static Reply keySpecification(Command command) {
        KeyPlaces keys = command.keys();
        int last = keys.last() < 0 ? keys.last() : keys.last() - keys.first();
        String access = command.isReadOnly() ? "RO" : "RW";
        return new Reply.Pairs(List.of(
                Words.pair("flags", new Reply.Distinct(List.of(new Reply.Simple(access)))),
                Words.pair(
                        "begin_search",
                        specification("index", List.of(Words.pair("index", Reply.number(keys.first()))))),
                Words.pair(
                        "find_keys",
                        specification(
                                "range",
                                List.of(
                                        Words.pair("lastkey", Reply.number(last)),
                                        Words.pair("keystep", Reply.number(keys.step())),
                                        Words.pair("limit", Reply.ZERO))))));
    }

    private static Reply specification(String type, List<Map.Entry<Reply, Reply>> what) {
        return new Reply.Pairs(
                List.of(Words.pair("type", Words.bulk(type)), Words.pair("spec", new Reply.Pairs(what))));
    }

    private void docs(Call call) {
        Request request = call.request();
        checkNames(request);
        Collection<Command> wanted = commands.get().all();
        if (request.size() > 2) {
            wanted = new ArrayList<>();
            for (int place = 2; place < request.size(); place++) {
                @Nullable
                Command command = commands.get().named(request.text(place).toLowerCase(Locale.ROOT));
                if (command != null) {
                    wanted.add(command);
                }
            }
        }
        call.answer(docs(wanted));
    }

    private static Reply docs(Collection<Command> all) {
        return new Reply.Pairs(all.stream()
                .map(command -> Words.pair(command.name(), doc(command)))
                .toList());
    }

    private static Reply doc(Command command) {
        List<Map.Entry<Reply, Reply>> fields = new ArrayList<>();
        fields.add(Words.pair("summary", Words.bulk(command.summary())));
        fields.add(Words.pair("since", Words.bulk(command.since())));
        fields.add(Words.pair("group", Words.bulk(group(command))));
        if (!command.subcommands().isEmpty()) {
            fields.add(Words.pair("subcommands", docs(command.subcommands())));
        }
        return new Reply.Pairs(fields);
    }

    private static String group(Command command) {
        if (command.keys().first() != 0) {
            return "string";
        }
        return command.name().startsWith("cluster") ? "cluster" : "server";
    }

    private void list(Call call) {
        Request request = call.request();
        Glob pattern = new Glob("*".getBytes(StandardCharsets.US_ASCII));
        if (request.size() == 5 && request.is(2, "filterby") && request.is(3, "pattern")) {
            pattern = new Glob(request.word(4));
        } else if (request.size() == 5 && request.is(2, "filterby")) {
            throw new Refusal("ERR COMMAND LIST filters by PATTERN alone");
        } else if (request.size() > 2) {
            throw Refusal.syntax();
        }
        Glob filter = pattern;
        call.answer(new Reply.Items(commands.get().all().stream()
                .map(Command::name)
                .filter(name -> filter.matches(name.getBytes(StandardCharsets.US_ASCII)))
                .map(Words::bulk)
                .toList()));
    }

    private void getKeys(Call call) {
        Request inner = call.request().from(2);
        if (inner.size() > 3 && inner.is(0, "murmur") && inner.is(1, "with")) {
            inner = inner.from(LevelWords.of(inner, 2).end());
        }
        Command command = commands.get().named(inner.name());
        if (command != null && !command.subcommands().isEmpty() && inner.size() > 1) {
            command = commands.get().named(inner.name() + "|" + inner.text(1).toLowerCase(Locale.ROOT));
        }
        if (command == null) {
            throw new Refusal("ERR Invalid command specified");
        }
        if (!command.takes(inner.size())) {
            throw new Refusal("ERR Invalid number of arguments specified for command");
        }
        List<byte[]> keys = command.keys().of(inner);
        if (keys.isEmpty()) {
            throw new Refusal("ERR The command has no key arguments");
        }
        call.answer(new Reply.Items(keys.stream().map(Reply.Bulk::new).toList()));
    }
}
