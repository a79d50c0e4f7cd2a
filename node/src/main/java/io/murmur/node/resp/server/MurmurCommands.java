package io.murmur.node.resp.server;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Level;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.LevelWords;
import io.murmur.node.resp.Levels;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.node.resp.Session;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** MURMUR: what Redis has no words for. */
public final class MurmurCommands implements CommandGroup {

    private final Map<String, CacheSettings> caches;

    public MurmurCommands(Map<String, CacheSettings> caches) {
        this.caches = caches;
    }

    @Override
    public List<Command> commands() {
        return List.of(Command.holding(
                "murmur",
                "",
                "What Redis has no words for: levels and caches.",
                List.of(
                        Command.plain(
                                "murmur|level",
                                -2,
                                "",
                                "At which levels this connection reads and writes; tells or changes it.",
                                this::level),
                        Command.plain(
                                        "murmur|with",
                                        -5,
                                        "",
                                        "Runs one command at other levels, as MURMUR WITH LEVEL one GET key.",
                                        call -> call.refuse("ERR MURMUR WITH within another command"))
                                .with(Command.Flag.MOVABLEKEYS),
                        Command.plain(
                                "murmur|cache",
                                -2,
                                "",
                                "Which cache this connection's keys are of; tells or changes it.",
                                this::cache),
                        Command.plain("murmur|caches", 2, "", "Which caches there are.", this::caches),
                        Words.help(
                                "murmur",
                                "",
                                "LEVEL",
                                "    Tells at which levels this connection reads and writes.",
                                "LEVEL (LEVEL <level> | READ <level> | WRITE <level>) ...",
                                "    From now on; LEVEL DEFAULT for those of the cache.",
                                "WITH (LEVEL <level> | READ <level> | WRITE <level>) ... <command> [<arg> ...]",
                                "    Runs one command at these levels.",
                                "CACHE [<name>]",
                                "    Tells or chooses the cache of this connection's keys.",
                                "CACHES",
                                "    Tells which caches there are."))));
    }

    private void level(Call call) {
        Request request = call.request();
        Session session = call.session();
        if (request.size() == 2) {
            call.answer(levels(session));
            return;
        }
        if (request.size() == 3 && request.is(2, "default")) {
            session.goBy(Levels.OF_CACHE);
        } else {
            LevelWords said = LevelWords.of(request, 2);
            if (said.end() != request.size()) {
                throw Refusal.syntax();
            }
            if (Level.ANY.equals(said.read())) {
                throw new Refusal("ERR level ANY is for writes; read at ONE or above");
            }
            session.goBy(said.over(session.levels()));
        }
        call.answer(Reply.OK);
    }

    private static Reply levels(Session session) {
        return new Reply.Pairs(List.of(
                Words.pair("read", text(session.levels().read(), session.cache().readLevel())),
                Words.pair(
                        "write", text(session.levels().write(), session.cache().writeLevel()))));
    }

    private static Reply text(@Nullable Level said, Level ofCache) {
        return Words.bulk((said == null ? ofCache : said).toString());
    }

    private void cache(Call call) {
        Request request = call.request();
        if (request.size() == 2) {
            call.answer(Words.bulk(call.session().cache().name()));
        } else if (request.size() == 3) {
            call.session().use(Words.cache(request.text(2), caches));
            call.answer(Reply.OK);
        } else {
            throw Refusal.syntax();
        }
    }

    private void caches(Call call) {
        call.answer(new Reply.Items(caches.keySet().stream().map(Words::bulk).toList()));
    }
}
