package io.murmur.node.resp.command;

import static io.murmur.node.resp.command.StringChanges.bytes;

import io.murmur.node.resp.Call;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.Command.Flag;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.KeyPlaces;
import io.murmur.node.resp.Keyspace;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.node.resp.command.Bits.Operation;
import io.murmur.quorum.Change.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** SETBIT, BITCOUNT, BITFIELD and the like: strings as bits. */
public final class BitCommands implements CommandGroup {

    private static final KeyPlaces BEHIND_OPERATION = new KeyPlaces(2, -1, 1);

    private static final int MOST_SOURCES = 1024;
    /** Sources times the bytes of the longest: what is held, and what it takes to put them together in one turn of the loop. */
    private static final long MOST_STEPS = 64 << 20;

    private final Keyspace keyspace;
    private final int mostBytes;

    /**
     * @param mostBytes of a value
     */
    public BitCommands(Keyspace keyspace, int mostBytes) {
        this.keyspace = keyspace;
        this.mostBytes = mostBytes;
    }

    @Override
    public List<Command> commands() {
        KeyPlaces one = KeyPlaces.ONE;
        return List.of(
                Command.changing("setbit", 4, one, "2.2.0", "Sets a bit and returns what it was.", this::set)
                        .with(Flag.DENYOOM),
                Command.reading("getbit", 3, one, "2.2.0", "Returns a bit.", this::get)
                        .with(Flag.FAST),
                Command.reading("bitcount", -2, one, "2.6.0", "Counts the bits that are set.", this::count),
                Command.reading("bitpos", -3, one, "2.8.7", "Finds the first bit set or clear.", this::position),
                Command.changing(
                                "bitop",
                                -4,
                                BEHIND_OPERATION,
                                "2.6.0",
                                "Puts strings together bit by bit, and stores the result.",
                                this::operate)
                        .with(Flag.DENYOOM),
                Command.changing(
                                "bitfield",
                                -2,
                                one,
                                "3.2.0",
                                "Reads and writes whole numbers of any width at any bit.",
                                this::field)
                        .with(Flag.DENYOOM),
                Command.reading(
                                "bitfield_ro",
                                -2,
                                one,
                                "6.0.0",
                                "Reads whole numbers of any width at any bit.",
                                this::fieldReadOnly)
                        .with(Flag.FAST));
    }

    private long offset(Request request) {
        return BitField.offset(request.word(2), 0, mostBytes);
    }

    private void set(Call call) {
        Request request = call.request();
        long offset = offset(request);
        String error = "ERR bit is not an integer or out of range";
        long bit = Request.integer(request.word(3), error);
        if (bit != 0 && bit != 1) {
            throw new Refusal(error);
        }
        Lifetime fresh = Lifetime.of(call.session().cache());
        keyspace.change(call, request.word(1), Bits.set(offset, (int) bit, fresh), call::answer);
    }

    private void get(Call call) {
        long offset = offset(call.request());
        keyspace.get(call, call.request().word(1), found -> call.answer(Reply.number(Bits.get(bytes(found), offset))));
    }

    private void count(Call call) {
        Request request = call.request();
        if (request.size() == 3 || request.size() > 5) {
            throw Refusal.syntax();
        }
        Bits.Part part = request.size() == 2
                ? Bits.Part.WHOLE
                : new Bits.Part(request.integer(2), request.integer(3), isInBits(request, 4), true);
        keyspace.get(call, request.word(1), found -> call.answer(Reply.number(Bits.count(bytes(found), part))));
    }

    private static boolean isInBits(Request request, int place) {
        if (place >= request.size() || request.is(place, "BYTE")) {
            return false;
        }
        if (!request.is(place, "BIT")) {
            throw Refusal.syntax();
        }
        return true;
    }

    private void position(Call call) {
        Request request = call.request();
        long bit = request.integer(2);
        if (bit != 0 && bit != 1) {
            throw new Refusal("ERR The bit argument must be 1 or 0.");
        }
        if (request.size() > 6) {
            throw Refusal.syntax();
        }
        boolean hasEnd = request.size() > 4;
        Bits.Part part = new Bits.Part(
                request.size() > 3 ? request.integer(3) : 0,
                hasEnd ? request.integer(4) : -1,
                isInBits(request, 5),
                hasEnd);
        keyspace.get(call, request.word(1), found -> {
            long none = bit == 1 ? -1 : 0;
            call.answer(Reply.number(found == null ? none : Bits.position(found.value(), (int) bit, part)));
        });
    }

    private static Operation operation(Request request) {
        for (Operation one : Operation.values()) {
            if (request.is(1, one.name())) {
                return one;
            }
        }
        throw Refusal.syntax();
    }

    /** Reads the sources atomically, each on its own, and then writes the destination, whatever has become of the sources meanwhile. */
    private void operate(Call call) {
        Request request = call.request();
        Operation operation = operation(request);
        if (operation == Operation.NOT && request.size() != 4) {
            throw new Refusal("ERR BITOP NOT must be called with a single source key.");
        }
        Lifetime fresh = Lifetime.of(call.session().cache());
        if (request.size() - 3 > MOST_SOURCES) {
            throw new Refusal("ERR BITOP takes at most " + MOST_SOURCES + " source keys");
        }
        sources(call, request.words(3), new ArrayList<>(), strings -> {
            byte[] result = operation.of(strings);
            Reply length = Reply.number(result.length);
            keyspace.change(
                    call,
                    request.word(2),
                    (current, now) -> result.length > 0
                            ? new Step.Put<>(result, fresh.expiresAtMillis(null, now), length)
                            : current == null ? new Step.Keep<>(length) : new Step.Remove<>(length),
                    call::answer);
        });
    }

    /** A few at a time, as many as may be held whatever their size. */
    private void sources(Call call, List<byte[]> keys, List<byte[]> found, Consumer<List<byte[]>> then) {
        if (found.size() == keys.size()) {
            then.accept(found);
            return;
        }
        int atOnce = Math.toIntExact(Math.max(1, MOST_STEPS / mostBytes));
        List<byte[]> part = keys.subList(found.size(), Math.min(keys.size(), found.size() + atOnce));
        keyspace.changeAll(call, part, StringChanges.reading(StringChanges::bytes), strings -> {
            found.addAll(strings);
            long longest = found.stream().mapToInt(one -> one.length).max().orElse(0);
            if (keys.size() * longest > MOST_STEPS) {
                throw new Refusal("ERR BITOP of " + keys.size() + " strings of up to " + longest + " bytes: more than "
                        + MOST_STEPS + " bytes together");
            }
            sources(call, keys, found, then);
        });
    }

    private void field(Call call) {
        List<BitField.Operation> operations = BitField.operations(call.request(), mostBytes);
        if (BitField.isReadOnly(operations)) {
            read(call, operations);
        } else {
            Lifetime fresh = Lifetime.of(call.session().cache());
            keyspace.change(call, call.request().word(1), BitField.change(operations, fresh, mostBytes), call::answer);
        }
    }

    private void fieldReadOnly(Call call) {
        List<BitField.Operation> operations = BitField.operations(call.request(), mostBytes);
        if (!BitField.isReadOnly(operations)) {
            throw new Refusal(BitField.READ_ONLY);
        }
        read(call, operations);
    }

    private void read(Call call, List<BitField.Operation> operations) {
        keyspace.get(call, call.request().word(1), found -> call.answer(BitField.read(found, operations)));
    }
}
