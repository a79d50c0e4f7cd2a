package io.murmur.node.resp.command;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.Slots;
import io.murmur.node.resp.Call;
import io.murmur.node.resp.Keyspace;
import io.murmur.node.resp.Reply;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Goes through all slots of the cluster, several stretches of them side by side, and hands on the keys found; a stretch goes on when what was
 * found before has been dealt with, so that no more is held than a page for each. The first that fails is the call's answer, and the end.
 * On the call's loop.
 */
final class Walk {

    private static final int STRETCHES = 16;

    private final Keyspace keyspace;
    private final Once answer;
    private final int page;
    private final BiConsumer<List<Key>, Runnable> each;
    private final Runnable then;
    private int underway = STRETCHES;

    /**
     * @param call answered when anything fails
     * @param page about so many keys at a time, of each stretch
     * @param each given the keys of a page, and what to run when it may go on
     * @param then run when all have been dealt with
     */
    Walk(Keyspace keyspace, Call call, int page, BiConsumer<List<Key>, Runnable> each, Runnable then) {
        this.keyspace = keyspace;
        this.answer = new Once(call);
        this.page = page;
        this.each = each;
        this.then = then;
    }

    void begin() {
        int slots = Slots.COUNT / STRETCHES;
        for (int first = 0; first < Slots.COUNT; first += slots) {
            go(first, first + slots - 1, null);
        }
    }

    private void go(int first, int last, @Nullable Key after) {
        if (answer.isGiven()) {
            return;
        }
        if (first > last) {
            if (--underway == 0) {
                then.run();
            }
            return;
        }
        int end = Math.min(last, keyspace.lastListedWith(first));
        keyspace.list(answer.part(), first, end, after, page, listed -> {
            if (!answer.isGiven()) {
                Key behind = listed.last();
                each.accept(listed.keys(), () -> {
                    if (behind == null) {
                        go(end + 1, last, null);
                    } else {
                        go(behind.slot(), last, behind);
                    }
                });
            }
        });
    }

    /** Where what is done for the call, and may fail, is answered. */
    Once answer() {
        return answer;
    }

    /** The answer to a call that is done in many parts side by side, of which the first that fails is the answer. */
    static final class Once {
        private final Call call;
        private boolean given;

        Once(Call call) {
            this.call = call;
        }

        /** A call for a part, at the same levels; it is answered only if it fails. */
        Call part() {
            return call.part(this::give);
        }

        boolean isGiven() {
            return given;
        }

        void give(Reply reply) {
            if (!given) {
                given = true;
                call.answer(reply);
            }
        }
    }
}
