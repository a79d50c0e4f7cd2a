package io.murmur.node.resp.server;

import io.murmur.node.resp.Call;
import io.murmur.node.resp.ClientLine;
import io.murmur.node.resp.Clients;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.Command.Flag;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.node.resp.Session;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** CLIENT: connections, one's own and others. */
public final class ClientCommands implements CommandGroup {

    private static final Set<String> TYPES = Set.of("normal", "master", "replica", "slave", "pubsub");

    /** Of a name or of a library's: each connection keeps them, and CLIENT LIST has those of all. */
    private static final int MOST_NAMED = 256;

    private final Supplier<Clients> clients;

    /** @param clients asked when a command comes */
    public ClientCommands(Supplier<Clients> clients) {
        this.clients = clients;
    }

    @Override
    public List<Command> commands() {
        return List.of(Command.holding(
                "client",
                "2.4.0",
                "Connections, this one and others.",
                List.of(
                        Command.plain(
                                "client|id",
                                2,
                                "5.0.0",
                                "The number of this connection.",
                                call -> call.answer(Reply.number(call.session().id()))),
                        Command.plain("client|getname", 2, "2.6.9", "How this connection calls itself.", this::getName),
                        Command.plain("client|setname", 3, "2.6.9", "Gives this connection a name.", this::setName),
                        Command.plain("client|setinfo", 4, "7.2.0", "Says which library this is.", this::setInfo),
                        Command.plain("client|info", 2, "6.2.0", "How this connection stands.", this::info),
                        Command.plain("client|list", -2, "2.4.0", "How all connections stand.", this::list)
                                .with(Flag.ADMIN),
                        Command.plain("client|kill", -3, "2.4.0", "Closes connections.", this::kill)
                                .with(Flag.ADMIN),
                        Command.plain("client|reply", 3, "3.2.0", "Which answers are wanted.", this::reply),
                        Command.plain(
                                "client|no-evict",
                                3,
                                "7.0.0",
                                "Noted, without effect: no connection is closed for lack of memory alone.",
                                call -> onOrOff(call, call.session()::keep)),
                        Command.plain(
                                "client|no-touch",
                                3,
                                "7.2.0",
                                "Noted, without effect: nobody is told when a key was read last.",
                                call -> onOrOff(call, call.session()::untouching)),
                        Command.plain(
                                "client|getredir",
                                2,
                                "6.0.0",
                                "-1: nothing is tracked.",
                                call -> call.answer(Reply.number(-1))),
                        Command.plain(
                                "client|trackinginfo", 2, "6.2.0", "That nothing is tracked.", this::trackingInfo),
                        refused("client|tracking", "6.0.0", "nobody is told of keys that change"),
                        refused("client|caching", "6.0.0", "nobody is told of keys that change"),
                        refused("client|pause", "3.0.0", "no client is made to wait for another"),
                        Command.plain(
                                "client|unpause",
                                2,
                                "6.2.0",
                                "OK: nobody is ever paused.",
                                call -> call.answer(Reply.OK)),
                        Command.plain(
                                "client|unblock",
                                -3,
                                "5.0.0",
                                "0: no command blocks but WAIT, which has a limit of its own.",
                                call -> call.answer(Reply.ZERO)),
                        Words.help(
                                "client",
                                "5.0.0",
                                "GETNAME",
                                "    Return the name of the current connection.",
                                "ID",
                                "    Return the ID of the current connection.",
                                "INFO",
                                "    Return information about the current client connection.",
                                "KILL <ip:port> | <option> <value> ...",
                                "    Kill connections: ID, ADDR, LADDR, USER, TYPE, SKIPME.",
                                "LIST [TYPE normal] [ID <id> ...]",
                                "    Return information about client connections.",
                                "NO-EVICT (ON|OFF)",
                                "NO-TOUCH (ON|OFF)",
                                "    Noted, without effect.",
                                "REPLY (ON|OFF|SKIP)",
                                "    Control the replies sent to the current connection.",
                                "SETINFO <option> <value>",
                                "    Set client meta attr: LIB-NAME, LIB-VER.",
                                "SETNAME <name>",
                                "    Assign the name <name> to the current connection."))));
    }

    private static Command refused(String name, String since, String why) {
        String shown = name.replace('|', ' ').toUpperCase(Locale.ROOT);
        return Command.plain(
                name,
                -2,
                since,
                "Refused: " + why + ".",
                call -> call.refuse("ERR " + shown + " is not supported: " + why));
    }

    /** Such as Redis takes: visible characters of ASCII without spaces. */
    static String checkedName(String name, String what) {
        if (!name.chars().allMatch(c -> c >= '!' && c <= '~')) {
            throw new Refusal("ERR " + what + " cannot contain spaces, newlines or special characters.");
        }
        if (name.length() > MOST_NAMED) {
            throw new Refusal("ERR " + what + " cannot be longer than " + MOST_NAMED + " characters.");
        }
        return name;
    }

    private void getName(Call call) {
        String name = call.session().name();
        call.answer(name.isEmpty() ? Reply.NIL : Words.bulk(name));
    }

    private void setName(Call call) {
        call.session().call(checkedName(call.request().text(2), "Client names"));
        call.answer(Reply.OK);
    }

    private void setInfo(Call call) {
        Request request = call.request();
        String value = request.text(3);
        if (request.is(2, "lib-name")) {
            call.session().clientLibrary(checkedName(value, "lib-name"));
        } else if (request.is(2, "lib-ver")) {
            call.session().clientLibraryVersion(checkedName(value, "lib-ver"));
        } else {
            throw new Refusal("ERR Unrecognized option '" + request.clipped(2) + "'");
        }
        call.answer(Reply.OK);
    }

    private void info(Call call) {
        call.answer(new Reply.Verbatim(call.session().line().seen().text() + "\n"));
    }

    private void trackingInfo(Call call) {
        call.answer(new Reply.Pairs(List.of(
                Words.pair("flags", new Reply.Distinct(List.of(Words.bulk("off")))),
                Words.pair("redirect", Reply.number(-1)),
                Words.pair("prefixes", Reply.NONE))));
    }

    private static void onOrOff(Call call, Consumer<Boolean> then) {
        Request request = call.request();
        if (!request.is(2, "on") && !request.is(2, "off")) {
            throw Refusal.syntax();
        }
        then.accept(request.is(2, "on"));
        call.answer(Reply.OK);
    }

    /** What was asked not to be answered, is not answered itself. */
    private void reply(Call call) {
        Session session = call.session();
        Request request = call.request();
        if (request.is(2, "on")) {
            session.want(Session.Answers.ALL);
            call.answer(Reply.OK);
        } else if (request.is(2, "off")) {
            session.want(Session.Answers.NONE);
            call.answer(Reply.SILENCE);
        } else if (request.is(2, "skip")) {
            session.skipNext();
            call.answer(Reply.SILENCE);
        } else {
            throw Refusal.syntax();
        }
    }

    // ---- all connections

    private void list(Call call) {
        Request request = call.request();
        Predicate<ClientLine> wanted = line -> true;
        if (request.size() == 4 && request.is(2, "type")) {
            wanted = ofType(request.text(3));
        } else if (request.size() > 3 && request.is(2, "id")) {
            Set<Long> ids = new HashSet<>();
            for (int place = 3; place < request.size(); place++) {
                ids.add(Request.integer(request.word(place), "ERR Invalid client ID"));
            }
            wanted = line -> ids.contains(line.id());
        } else if (request.size() > 2) {
            throw Refusal.syntax();
        }
        Predicate<ClientLine> filter = wanted;
        Words.when(
                clients.get().seen(),
                call,
                lines -> call.answer(new Reply.Verbatim(lines.stream()
                        .filter(filter)
                        .map(line -> line.text() + "\n")
                        .collect(Collectors.joining()))));
    }

    private static Predicate<ClientLine> ofType(String type) {
        if (!TYPES.contains(type.toLowerCase(Locale.ROOT))) {
            throw new Refusal("ERR Unknown client type '" + type + "'");
        }
        return line -> type.equalsIgnoreCase("normal");
    }

    private void kill(Call call) {
        Request request = call.request();
        if (request.size() == 3) {
            String address = request.text(2);
            killAll(
                    call,
                    line -> line.address().equals(address),
                    false,
                    killed -> call.answer(killed > 0 ? Reply.OK : new Reply.Failed("ERR No such client")));
            return;
        }
        if (request.size() % 2 != 0) {
            throw Refusal.syntax();
        }
        Predicate<ClientLine> wanted = line -> true;
        boolean skipsMe = true;
        for (int place = 2; place < request.size(); place += 2) {
            String value = request.text(place + 1);
            if (request.is(place, "id")) {
                long id = Request.integer(request.word(place + 1), "ERR client-id should be greater than 0");
                wanted = wanted.and(line -> line.id() == id);
            } else if (request.is(place, "addr")) {
                wanted = wanted.and(line -> line.address().equals(value));
            } else if (request.is(place, "laddr")) {
                wanted = wanted.and(line -> line.localAddress().equals(value));
            } else if (request.is(place, "user")) {
                wanted = wanted.and(line -> line.user().equals(value));
            } else if (request.is(place, "type")) {
                wanted = wanted.and(ofType(value));
            } else if (request.is(place, "skipme") && (request.is(place + 1, "yes") || request.is(place + 1, "no"))) {
                skipsMe = request.is(place + 1, "yes");
            } else {
                throw Refusal.syntax();
            }
        }
        killAll(call, wanted, skipsMe, killed -> call.answer(Reply.number(killed)));
    }

    /** Whoever asks is answered first, and closed then. */
    private void killAll(Call call, Predicate<ClientLine> wanted, boolean skipsMe, Consumer<Integer> then) {
        Clients all = clients.get();
        Session session = call.session();
        Words.when(all.seen(), call, (Collection<ClientLine> lines) -> {
            int killed = 0;
            for (ClientLine line : lines) {
                if (!wanted.test(line)) {
                    continue;
                }
                if (line.id() != session.id()) {
                    killed += all.kill(line.id()) ? 1 : 0;
                } else if (!skipsMe) {
                    killed++;
                    session.line().closeBehindAnswers();
                }
            }
            then.accept(killed);
        });
    }
}
