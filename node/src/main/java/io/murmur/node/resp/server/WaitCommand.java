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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

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
        Session.Writes writes = call.session().writes();
        Waiting waiting = new Waiting(call, wanted, writes.latest(), writes.leastOfOlder(), timeout);
        waiting.look();
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
        private final long wanted;
        private final List<Session.Writes.Write> writes;
        private final int leastOfOlder;
        private final long timeoutNanos;
        private final long beganNanos = System.nanoTime();
        private long pauseMillis = FIRST_PAUSE_MILLIS;

        /** @param timeoutMillis 0 for none */
        Waiting(Call call, long wanted, List<Session.Writes.Write> writes, int leastOfOlder, long timeoutMillis) {
            this.call = call;
            this.wanted = wanted;
            this.writes = writes;
            this.leastOfOlder = leastOfOlder;
            this.timeoutNanos = timeoutMillis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        }

        void look() {
            if (writes.isEmpty()) {
                // As Redis: nothing that was not written is missed by any; and there is nobody to ask.
                call.answer(Reply.ZERO);
                return;
            }
            List<CompletableFuture<Integer>> asked = new ArrayList<>();
            writes.forEach(write -> asked.add(holders.count(write.key(), write.version())));
            Words.when(CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0])), call, all -> {
                int least = leastOfOlder;
                for (int i = 0; i < asked.size(); i++) {
                    least = Math.min(
                            least, Math.max(asked.get(i).join(), writes.get(i).acknowledged()));
                }
                told(Math.max(0, least - 1));
            });
        }

        private void told(int beside) {
            long left = timeoutNanos - (System.nanoTime() - beganNanos);
            if (beside >= wanted || left <= 0 || !call.session().line().isOpen()) {
                call.answer(Reply.number(beside));
                return;
            }
            long pause = Math.min(TimeUnit.MILLISECONDS.toNanos(pauseMillis), left);
            pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
            call.session().loop().schedule(this::look, pause, TimeUnit.NANOSECONDS);
        }
    }
}
