package io.murmur.node.resp.server;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.Command;
import io.murmur.node.resp.Command.Flag;
import io.murmur.node.resp.CommandGroup;
import io.murmur.node.resp.Refusal;
import io.murmur.node.resp.Reply;
import io.murmur.node.resp.Request;
import io.murmur.node.resp.Session;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * WAIT: how many owners hold what this connection has written. There is no master whose copy is not counted; but Redis counts replicas
 * beside it, so one of the owners is left out of the count: with three owners, 2 is all of them.
 *
 * <p>Owners that acknowledged are known. Those that had not when a write was answered, or of which an atomic command does not tell, are
 * asked for the key: who holds this version or a later one holds it durably, since what is visible is durable.
 */
public final class WaitCommand implements CommandGroup {

    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 500;

    /** Who knows what owners hold. */
    @FunctionalInterface
    public interface Holders {

        /** How many owners of a key hold this version or a later one; completes on any loop. */
        CompletableFuture<Integer> count(Key key, Version version);
    }

    private final Holders holders;

    public WaitCommand(Holders holders) {
        this.holders = holders;
    }

    @Override
    public List<Command> commands() {
        return List.of(
                Command.plain("wait", 3, "3.0.0", "How many owners hold what this connection has written.", this::run)
                        .with(Flag.BLOCKING));
    }

    private void run(Call call) {
        long wanted = call.request().integer(1);
        long timeout = timeout(call);
        new Waiting(call, wanted, timeout).begin();
    }

    private static long timeout(Call call) {
        long timeout = Request.integer(call.request().word(2), "ERR timeout is not an integer or out of range");
        if (timeout < 0) {
            throw new Refusal("ERR timeout is negative");
        }
        return timeout;
    }

    /** One that is under way. On the connection's loop. */
    private final class Waiting {

        private final Call call;
        private final Session.Writes writes;
        private final long wanted;
        private final long timeoutMillis;
        private final List<Session.Writes.Write> asked;
        private final int leastOfOlder;
        /** How many owners are known to hold each of those asked about. */
        private final int[] known;

        private int missing;
        private long pauseMillis = FIRST_PAUSE_MILLIS;
        private @Nullable Future<?> timer;

        /** @param timeoutMillis 0 for none */
        Waiting(Call call, long wanted, long timeoutMillis) {
            this.call = call;
            this.writes = call.session().writes();
            this.wanted = wanted;
            this.timeoutMillis = timeoutMillis;
            this.asked = writes.latest();
            this.leastOfOlder = writes.leastOfOlder();
            this.known =
                    asked.stream().mapToInt(Session.Writes.Write::acknowledged).toArray();
        }

        void begin() {
            if (asked.isEmpty()) {
                // As Redis: nothing that was not written is missed by any; and there is nobody to ask.
                call.answer(Reply.ZERO);
                return;
            }
            if (timeoutMillis > 0) {
                // Not when the owners have answered: a silent one is waited for longer than was asked for.
                timer = call.session().loop().schedule(this::answer, timeoutMillis, TimeUnit.MILLISECONDS);
            }
            look();
        }

        private void look() {
            List<Integer> places = IntStream.range(0, known.length)
                    .filter(place -> !suffices(known[place]))
                    .boxed()
                    .toList();
            // One more than are asked, for this loop itself: it may be told at once.
            missing = places.size() + 1;
            for (int place : places) {
                Session.Writes.Write write = asked.get(place);
                Words.when(holders.count(write.key(), write.version()), call, count -> {
                    known[place] = Math.max(known[place], count);
                    writes.found(write, count);
                    told();
                });
            }
            told();
        }

        /** Whether asking again could not change the answer: as many as wanted hold it, or as many as are known of older ones. */
        private boolean suffices(int count) {
            return count > wanted || count >= leastOfOlder;
        }

        private void told() {
            missing--;
            if (call.isAnswered()) {
                return;
            }
            if (Arrays.stream(known).allMatch(this::suffices)
                    || !call.session().line().isOpen()) {
                answer();
            } else if (missing == 0) {
                call.session().loop().schedule(() -> call.goOn(this::lookAgain), pauseMillis, TimeUnit.MILLISECONDS);
                pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
            }
        }

        private void lookAgain() {
            if (!call.isAnswered()) {
                look();
            }
        }

        private void answer() {
            if (call.isAnswered()) {
                return;
            }
            if (timer != null) {
                timer.cancel(false);
            }
            if (leastOfOlder <= wanted) {
                writes.forgetOlder();
            }
            int least = Math.min(leastOfOlder, Arrays.stream(known).min().orElse(0));
            call.answer(Reply.number(Math.max(0, least - 1)));
        }
    }
}
