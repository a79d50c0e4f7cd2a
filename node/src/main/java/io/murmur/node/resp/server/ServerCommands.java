package io.murmur.node.resp.server;

import io.murmur.kernel.CacheSettings;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.Clients;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.Command.Flag;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.node.resp.Statistics;
import io.murmur.node.resp.command.Glob;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What the node is, does and goes by. */
public final class ServerCommands implements CommandGroup {

    private final NodeFacts facts;
    private final Supplier<Clients> clients;
    private final Supplier<Statistics> statistics;

    /**
     * @param clients asked when a command comes
     * @param statistics asked when a command comes
     */
    public ServerCommands(NodeFacts facts, Supplier<Clients> clients, Supplier<Statistics> statistics) {
        this.facts = facts;
        this.clients = clients;
        this.statistics = statistics;
    }

    @Override
    public List<Command> commands() {
        return List.of(
                Command.plain("info", -1, "1.0.0", "How the node is.", this::info),
                Command.plain("time", 1, "2.6.0", "The node's time.", this::time)
                        .with(Flag.FAST),
                Command.plain("role", 1, "2.8.12", "master: no node copies from another.", ServerCommands::role)
                        .with(Flag.FAST),
                Command.plain(
                        "lolwut", -1, "5.0.0", "What this is.", call -> call.answer(new Reply.Verbatim(lolwut()))),
                Command.plain(
                                "debug",
                                -2,
                                "1.0.0",
                                "Refused: nothing is done to a node for tests.",
                                call -> call.refuse("ERR DEBUG is not supported"))
                        .with(Flag.ADMIN),
                // Tools flush functions before they begin, whether they use any or not.
                Command.holding(
                        "function",
                        "7.0.0",
                        "There are none.",
                        List.of(Command.plain(
                                "function|flush", -2, "7.0.0", "OK: there are none.", call -> call.answer(Reply.OK)))),
                Command.holding(
                        "config",
                        "2.0.0",
                        "What the node goes by.",
                        List.of(
                                Command.plain("config|get", -3, "2.0.0", "Settings under Redis' names.", this::get)
                                        .with(Flag.ADMIN),
                                Command.plain(
                                                "config|set",
                                                -4,
                                                "2.0.0",
                                                "OK when nothing is to change; refused otherwise.",
                                                this::set)
                                        .with(Flag.ADMIN),
                                Command.plain("config|resetstat", 2, "2.0.0", "Counts anew.", this::resetStatistics)
                                        .with(Flag.ADMIN),
                                Command.plain(
                                                "config|rewrite",
                                                2,
                                                "2.8.0",
                                                "Refused: the file is not written by the node.",
                                                call -> call.refuse("ERR The server is running without a config file"))
                                        .with(Flag.ADMIN),
                                Words.help(
                                        "config",
                                        "5.0.0",
                                        "GET <pattern>",
                                        "    Return parameters matching the glob-like <pattern> and their values.",
                                        "SET <directive> <value>",
                                        "    Refused, unless the value is the one there is.",
                                        "RESETSTAT",
                                        "    Reset statistics reported by the INFO command."))));
    }

    private String lolwut() {
        return "Murmur " + facts.release() + ", a cache without a leader\n";
    }

    private void info(Call call) {
        Request request = call.request();
        List<String> sections = new ArrayList<>();
        for (int place = 1; place < request.size(); place++) {
            sections.add(request.text(place).toLowerCase(Locale.ROOT));
        }
        Words.when(
                facts.pendingCalls(),
                call,
                pending -> call.answer(new Reply.Verbatim(
                        new InfoPage(facts, clients.get(), statistics.get(), pending).text(sections))));
    }

    private void time(Call call) {
        long millis = facts.wallMillis();
        call.answer(new Reply.Items(
                List.of(Words.bulk(Long.toString(millis / 1000)), Words.bulk(Long.toString(millis % 1000 * 1000)))));
    }

    private static void role(Call call) {
        call.answer(new Reply.Items(List.of(Words.bulk("master"), Reply.ZERO, Reply.NONE)));
    }

    // ---- CONFIG

    private SortedMap<String, String> table(CacheSettings cache) {
        return ConfigTable.of(facts, clients.get(), cache);
    }

    private void get(Call call) {
        Request request = call.request();
        SortedMap<String, Reply> found = new TreeMap<>();
        SortedMap<String, String> table = table(call.session().cache());
        for (int place = 2; place < request.size(); place++) {
            Glob pattern = new Glob(request.text(place).toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
            table.forEach((name, value) -> {
                if (pattern.matches(name.getBytes(StandardCharsets.UTF_8))) {
                    found.put(name, Words.bulk(value));
                }
            });
        }
        call.answer(new Reply.Pairs(found.entrySet().stream()
                .map(entry -> Words.pair(entry.getKey(), entry.getValue()))
                .toList()));
    }

    private void set(Call call) {
        Request request = call.request();
        Map<String, String> table = table(call.session().cache());
        if (request.size() % 2 != 0) {
            throw Refusal.syntax();
        }
        for (int place = 2; place < request.size(); place += 2) {
            String name = request.text(place).toLowerCase(Locale.ROOT);
            String value = table.get(name);
            if (value == null) {
                throw new Refusal(
                        "ERR Unknown option or number of arguments for CONFIG SET - '" + request.text(place) + "'");
            }
            if (!value.equals(request.text(place + 1))) {
                throw new Refusal("ERR CONFIG SET failed (possibly related to argument '" + name
                        + "') - can't set immutable config");
            }
        }
        call.answer(Reply.OK);
    }

    private void resetStatistics(Call call) {
        statistics.get().reset();
        call.answer(Reply.OK);
    }
}
