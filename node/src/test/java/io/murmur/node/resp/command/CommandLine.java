package io.murmur.node.resp.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.murmur.kernel.CacheSettings;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.Commands;
import io.murmur.node.resp.HeldKeyspace;
import io.murmur.node.resp.Levels;
import io.murmur.node.resp.NoLine;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.node.resp.Session;
import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Commands said and answered as text, over keys that are held in memory. */
final class CommandLine {

    /** Of a value. */
    static final int MOST_BYTES = 1 << 20;

    final HeldKeyspace keyspace;
    private final Commands commands;
    private final Session session;

    CommandLine() {
        this(CacheSettings.named("test"));
    }

    CommandLine(CacheSettings cache) {
        this(new HeldKeyspace(), cache);
    }

    /** Over the same keys as another. */
    CommandLine(HeldKeyspace keyspace) {
        this(keyspace, CacheSettings.named("test"));
    }

    private CommandLine(HeldKeyspace keyspace, CacheSettings cache) {
        this.keyspace = keyspace;
        List<CommandGroup> groups = List.of(
                new StringCommands(keyspace, MOST_BYTES),
                new BitCommands(keyspace, MOST_BYTES),
                new ExpiryCommands(keyspace),
                new KeyCommands(keyspace),
                new ScanCommands(keyspace, new Random(1)));
        commands = new Commands(groups);
        session = new Session(1, new DefaultEventLoop(), cache, new NoLine());
    }

    /** The answer to a line of words between spaces; quoted ones may have spaces and {@code \xff}. */
    String say(String line) {
        return text(answer(new Request(words(line).toArray(new byte[0][]))));
    }

    Reply answer(Request request) {
        List<Reply> answers = new ArrayList<>();
        Call call = new Call(request, session, Levels.OF_CACHE, answers::add);
        try {
            commands.of(request).handler().run(call);
        } catch (Refusal refusal) {
            answers.add(refusal.reply());
        }
        if (answers.size() != 1) {
            throw new AssertionError(answers.size() + " answers to " + request);
        }
        return answers.get(0);
    }

    static List<byte[]> words(String line) {
        List<byte[]> words = new ArrayList<>();
        @Nullable StringBuilder word = null;
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
                word = word == null ? new StringBuilder() : word;
            } else if (c == ' ' && !quoted) {
                if (word != null) {
                    words.add(word.toString().getBytes(ISO_8859_1));
                }
                word = null;
            } else {
                word = word == null ? new StringBuilder() : word;
                if (quoted && line.startsWith("\\x", i)) {
                    word.append((char) Integer.parseInt(line.substring(i + 2, i + 4), 16));
                    i += 3;
                } else {
                    word.append(c);
                }
            }
        }
        if (word != null) {
            words.add(word.toString().getBytes(ISO_8859_1));
        }
        return words;
    }

    static String text(Reply reply) {
        return switch (reply) {
            case Reply.Simple simple -> simple.text();
            case Reply.Failed failed -> "(error) " + failed.text();
            case Reply.Int number -> Long.toString(number.value());
            case Reply.Bulk bulk -> quoted(bulk.bytes());
            case Reply.Silence ignored -> "";
            case Reply.Nil ignored -> "nil";
            case Reply.NilItems ignored -> "nil";
            case Reply.Items items -> list(items.items());
            case Reply.Distinct items -> list(items.items());
            case Reply.Pairs pairs -> {
                List<Reply> items = new ArrayList<>();
                pairs.pairs().forEach(pair -> {
                    items.add(pair.getKey());
                    items.add(pair.getValue());
                });
                yield list(items);
            }
            case Reply.Real real -> Double.toString(real.value());
            case Reply.Truth truth -> truth.value() ? "1" : "0";
            case Reply.Verbatim verbatim -> quoted(verbatim.text().getBytes(ISO_8859_1));
        };
    }

    static String list(List<? extends Reply> items) {
        return items.stream().map(CommandLine::text).collect(Collectors.joining(", ", "[", "]"));
    }

    static String quoted(byte[] bytes) {
        StringBuilder text = new StringBuilder("\"");
        for (byte one : bytes) {
            if (one >= ' ' && one <= '~' && one != '"') {
                text.append((char) one);
            } else {
                text.append(String.format("\\x%02x", one & 0xFF));
            }
        }
        return text.append('"').toString();
    }
}
