package io.murmur.node.resp.command;

import io.murmur.kernel.data.Cell;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.Command.Flag;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.KeyPlaces;
import io.murmur.node.resp.Keyspace;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.quorum.Change;
import io.murmur.quorum.Change.Step;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** DEL, EXISTS, RENAME, COPY, OBJECT and the like: keys, whatever they hold. */
public final class KeyCommands implements CommandGroup {

    private static final int MOST_EMBEDDED_BYTES = 44;
    private static final String NO_SUCH_KEY = "ERR no such key";

    private final Keyspace keyspace;

    public KeyCommands(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    @Override
    public List<Command> commands() {
        KeyPlaces one = KeyPlaces.ONE;
        KeyPlaces all = KeyPlaces.ALL;
        return List.of(
                Command.reading("exists", -2, all, "1.0.0", "Counts keys that exist.", this::count)
                        .with(Flag.FAST),
                Command.reading("touch", -2, all, "3.2.1", "Counts keys that exist.", this::count)
                        .with(Flag.FAST),
                Command.writing("del", -2, all, "1.0.0", "Deletes keys.", this::delete),
                Command.writing("unlink", -2, all, "4.0.0", "Deletes keys.", this::delete)
                        .with(Flag.FAST),
                Command.reading("type", 2, one, "1.0.0", "Returns the type of a key's value.", this::type)
                        .with(Flag.FAST),
                Command.changing("copy", -3, KeyPlaces.TWO, "6.2.0", "Copies a value to another key.", this::copy)
                        .with(Flag.DENYOOM),
                Command.changing("rename", 3, KeyPlaces.TWO, "1.0.0", "Renames a key.", this::rename),
                Command.changing(
                                "renamenx",
                                3,
                                KeyPlaces.TWO,
                                "1.0.0",
                                "Renames a key unless there is one of the new name.",
                                this::renameIfAbsent)
                        .with(Flag.FAST),
                Command.holding(
                        "object",
                        "2.2.3",
                        "Tells about the value of a key.",
                        List.of(
                                about("encoding", "Returns how Redis would hold it.", KeyCommands::encoding),
                                about("refcount", "Returns 1.", found -> Reply.ONE),
                                about("idletime", "Returns how long it has not been written, in seconds.", this::idle),
                                about("freq", "Is not supported.", found -> Reply.error(NO_FREQUENCY)),
                                Command.plain(
                                        "object|help", 2, "6.2.0", "Tells of these.", call -> call.answer(HELP)))),
                refused("dump", 2, one, "2.6.0"),
                refused("restore", -4, one, "2.6.0"));
    }

    private static Command refused(String name, int arity, KeyPlaces keys, String since) {
        String error = "ERR " + name + " is not supported: values have no serialized form here; read and set them";
        return Command.changing(name, arity, keys, since, "Is not supported.", call -> call.refuse(error));
    }

    private void count(Call call) {
        keyspace.count(call, call.request().words(1), count -> call.answer(Reply.number(count)));
    }

    private void delete(Call call) {
        Change<Boolean> removal = (current, now) -> current == null ? new Step.Keep<>(false) : new Step.Remove<>(true);
        keyspace.changeAll(
                call,
                call.request().words(1),
                removal,
                removed -> call.answer(
                        Reply.number(removed.stream().filter(one -> one).count())));
    }

    private void type(Call call) {
        keyspace.get(
                call,
                call.request().word(1),
                found -> call.answer(new Reply.Simple(found == null ? "none" : "string")));
    }

    // ---- from one to another

    private void copy(Call call) {
        Request request = call.request();
        boolean replaces = false;
        for (int place = 3; place < request.size(); place++) {
            if (request.is(place, "REPLACE")) {
                replaces = true;
            } else if (request.is(place, "DB") && place + 1 < request.size()) {
                if (request.integer(++place) != 0) {
                    throw new Refusal("ERR DB index is out of range");
                }
            } else {
                throw Refusal.syntax();
            }
        }
        if (Arrays.equals(request.word(1), request.word(2))) {
            throw new Refusal("ERR source and destination objects are the same");
        }
        boolean always = replaces;
        held(call, source -> {
            if (source == null) {
                call.answer(Reply.ZERO);
            } else {
                keyspace.change(call, request.word(2), place(source, always), placed -> call.answer(truth(placed)));
            }
        });
    }

    private void rename(Call call) {
        move(call, true, moved -> call.answer(Reply.OK));
    }

    private void renameIfAbsent(Call call) {
        move(call, false, moved -> call.answer(truth(moved)));
    }

    private static Reply truth(boolean value) {
        return value ? Reply.ONE : Reply.ZERO;
    }

    /**
     * Writes the destination first, so that the value is under one name or both at any time; then removes the source, if it is still what
     * was moved. If it is not, it has been written since, and stays: nothing that somebody wrote is lost.
     */
    private void move(Call call, boolean always, Consumer<Boolean> then) {
        Request request = call.request();
        held(call, source -> {
            if (source == null) {
                call.refuse(NO_SUCH_KEY);
            } else if (Arrays.equals(request.word(1), request.word(2))) {
                then.accept(false);
            } else {
                keyspace.change(call, request.word(2), place(source, always), placed -> {
                    if (placed) {
                        keyspace.change(call, request.word(1), removeIfStill(source), removed -> then.accept(true));
                    } else {
                        then.accept(false);
                    }
                });
            }
        });
    }

    /** What the first key holds, read atomically. */
    private void held(Call call, Consumer<Cell.@Nullable Live> then) {
        Change<Optional<Cell.Live>> reading = StringChanges.reading(Optional::ofNullable);
        keyspace.change(call, call.request().word(1), reading, found -> then.accept(found.orElse(null)));
    }

    /** Puts what another key held, with the expiry it had there. */
    private static Change<Boolean> place(Cell.Live source, boolean always) {
        return (current, now) -> !always && current != null
                ? new Step.Keep<>(false)
                : StringChanges.put(source.value(), source.expiresAtMillis(), now, true);
    }

    private static Change<Boolean> removeIfStill(Cell.Live source) {
        return (current, now) -> current != null
                        && current.expiresAtMillis() == source.expiresAtMillis()
                        && Arrays.equals(current.value(), source.value())
                ? new Step.Remove<>(true)
                : new Step.Keep<>(false);
    }

    // ---- OBJECT

    private static final String NO_FREQUENCY = "ERR An LFU maxmemory policy is not selected, access frequency not"
            + " tracked. Please note that when switching between policies at runtime LRU and LFU data will take some"
            + " time to adjust.";

    private static final Reply HELP = new Reply.Items(List.of(
                    "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
                    "ENCODING <key>",
                    "    Return how Redis would hold the value of the key: int, embstr or raw.",
                    "FREQ <key>",
                    "    Is refused: how often a key is used is not tracked.",
                    "IDLETIME <key>",
                    "    Return how many seconds ago the key was written; reads are not tracked.",
                    "REFCOUNT <key>",
                    "    Return 1.",
                    "HELP",
                    "    Print this help.")
            .stream()
            .map(Reply.Simple::new)
            .toList());

    private Command about(String name, String summary, Function<Cell.Live, Reply> answer) {
        return Command.reading(
                "object|" + name,
                3,
                KeyPlaces.OF_SUBCOMMAND,
                "2.2.3",
                summary,
                call -> keyspace.get(
                        call,
                        call.request().word(2),
                        found -> call.answer(found == null ? Reply.NIL : answer.apply(found))));
    }

    private static Reply encoding(Cell.Live found) {
        return Reply.bulk(
                isNumber(found.value()) ? "int" : found.value().length <= MOST_EMBEDDED_BYTES ? "embstr" : "raw");
    }

    private static boolean isNumber(byte[] value) {
        try {
            Request.integer(value, Refusal.NO_INTEGER);
            return true;
        } catch (Refusal none) {
            return false;
        }
    }

    private Reply idle(Cell.Live found) {
        return Reply.number(Math.max(0, keyspace.wallMillis() - found.version().wallMillis()) / 1000);
    }
}
