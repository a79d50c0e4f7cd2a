package io.murmur.node.resp;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One command of one connection, on its way. It is answered exactly once, on the loop of its connection: at once or later. All its methods
 * are for that loop.
 */
public final class Call {

    private static final Logger LOG = LoggerFactory.getLogger(Call.class);

    private final Request request;
    private final Session session;
    private final Levels levels;
    private final @Nullable Call whole;
    private @Nullable Consumer<Reply> then;
    private boolean hasChanged;
    private boolean isBeginning;
    private long beganNanos;

    /**
     * @param levels those of the session, or those said for this command alone
     * @param then told the answer
     */
    public Call(Request request, Session session, Levels levels, Consumer<Reply> then) {
        this(request, session, levels, null, then);
    }

    private Call(Request request, Session session, Levels levels, @Nullable Call whole, Consumer<Reply> then) {
        this.request = request;
        this.session = session;
        this.levels = levels;
        this.whole = whole;
        this.then = then;
    }

    public Request request() {
        return request;
    }

    public Session session() {
        return session;
    }

    /** At which its keys are read and written. */
    public Levels levels() {
        return levels;
    }

    /** Its handler is about to run: whoever needs the time then need not look at the clock. */
    void begins(long nowNanos) {
        isBeginning = true;
        beganNanos = nowNanos;
    }

    /** Its handler has run. */
    void hasBegun() {
        isBeginning = false;
    }

    /** The time by {@link System#nanoTime}: while its handler runs, that at which it began. */
    public long nanos() {
        return isBeginning ? beganNanos : System.nanoTime();
    }

    /** A part of it, done at the same levels; that a part has changed something is known of the whole. */
    public Call part(Consumer<Reply> partThen) {
        return new Call(request, session, levels, this, partThen);
    }

    /** A key has been changed for it. */
    public void changed() {
        hasChanged = true;
        if (whole != null) {
            whole.changed();
        }
    }

    /** Whether anything has been changed for it: if it fails then, it may not be said that nothing was done. */
    public boolean hasChanged() {
        return hasChanged || (whole != null && whole.hasChanged());
    }

    public boolean isAnswered() {
        return then == null;
    }

    /** Answers. */
    public void answer(Reply reply) {
        Consumer<Reply> teller = then;
        if (teller == null) {
            throw new IllegalStateException("answered twice: " + request);
        }
        then = null;
        teller.accept(reply);
    }

    /**
     * Goes on with the command when what it has asked for is there. What is thrown then is the answer: it would else be lost in the loop, or
     * in whoever told, and the connection would wait for ever.
     */
    public void goOn(Runnable step) {
        try {
            step.run();
        } catch (Refusal e) {
            answerIfNot(e.reply());
        } catch (RuntimeException e) {
            LOG.error("{} failed unexpectedly", request, e);
            answerIfNot(Reply.error("ERR internal error; the node's log says more"));
        }
    }

    private void answerIfNot(Reply reply) {
        if (then != null) {
            answer(reply);
        }
    }

    /** Answers that it failed; the text begins with a code, as {@code ERR}. */
    public void refuse(String error) {
        answer(new Reply.Failed(error));
    }
}
