package io.murmur.node.resp.server;

import io.murmur.kernel.CacheSettings;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What several of these commands read and say. */
final class Words {

    private Words() {}

    static CacheSettings cache(String name, Map<String, CacheSettings> caches) {
        CacheSettings cache = caches.get(name);
        if (cache == null) {
            throw new Refusal("ERR no cache is called '" + name + "'; there are " + String.join(", ", caches.keySet()));
        }
        return cache;
    }

    /** The subcommand that tells what others there are. */
    static Command help(String name, String since, String... lines) {
        List<Reply> all = new ArrayList<>();
        all.add(new Reply.Simple(
                name.toUpperCase(Locale.ROOT) + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
        Arrays.stream(lines).map(Reply.Simple::new).forEach(all::add);
        all.add(new Reply.Simple("HELP"));
        all.add(new Reply.Simple("    Print this help."));
        Reply page = new Reply.Items(List.copyOf(all));
        return Command.plain(name + "|help", 2, since, "Tells which subcommands there are.", call -> call.answer(page));
    }

    /** Goes on, on the connection's loop, when the answer of another loop is there. */
    static <T> void when(CompletableFuture<T> asked, Call call, Consumer<T> then) {
        asked.whenCompleteAsync(
                (answer, failure) -> call.goOn(() -> {
                    if (failure != null) {
                        throw new Refusal("ERR the node could not tell: " + failure.getMessage());
                    }
                    then.accept(answer);
                }),
                call.session().loop());
    }

    static Reply.Items items(List<? extends Reply> items) {
        return new Reply.Items(items);
    }

    static Reply bulk(String text) {
        return Reply.bulk(text);
    }

    static Map.Entry<Reply, Reply> pair(String name, Reply value) {
        return Map.entry(Reply.bulk(name), value);
    }
}
