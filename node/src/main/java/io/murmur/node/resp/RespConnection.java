package io.murmur.node.resp;

import io.murmur.client.internal.TlsFailure;
import io.murmur.node.security.Right;
import io.murmur.node.security.TlsEntrance;
import io.murmur.node.security.User;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client. Its answers leave in the order of its commands, many in one write. Commands may be under way at the same time, which is what
 * a pipeline gains from a cluster, as long as nobody could tell: a command waits for all before it that have a key in common with it,
 * unless they only read; and one without keys is alone. So a client that sends SET and GET of a key in one pipeline reads what it wrote.
 *
 * <p>What it costs is bounded (invariant 9). No command begins while answers wait for the reader, while as many are under way as their
 * own and their answers' sizes allow, or while one before it has to be waited for; as long as none begins nothing is read, and TCP has the sender wait.
 * All of it on the connection's loop.
 */
final class RespConnection extends ChannelInboundHandlerAdapter implements Session.Line {

    private static final Logger LOG = LoggerFactory.getLogger(RespConnection.class);

    /** Commands under way, at most. */
    private static final int MOST_UNDER_WAY = 1024;

    /** What the answers to all that is under way may come to, judged by the largest of late. */
    private static final long ANSWER_BYTES = 16 << 20;

    /** What requests whose answers have not left, and answers that wait for those before them, may come to before no more begin. */
    private static final long HELD_BYTES = 16 << 20;

    /** What answers are taken to be in the beginning: 16 commands are under way until they have shown to be smaller. */
    private static final int FIRST_GUESS = 1 << 20;

    /** Pairs of keys that are compared before a command simply waits: this is the loop of a shard, and a request has a million words. */
    private static final long MOST_COMPARED = 1 << 16;

    private static final int LAST_SECONDS = 5;

    /** Calls that are timed together, at most: their deadlines are reckoned from when the row began. */
    private static final int LONGEST_ROW = 64;

    /** What a browser sends whom a page has talked into speaking to this port. */
    private static final List<String> OF_BROWSERS = List.of("post", "host:");

    private final RespServer server;
    private final Session session;
    private final RequestDecoder decoder;
    private final RequestQueue requests;
    private final ReplyWriter writer;
    private final Channel channel;
    private final long sinceNanos = System.nanoTime();
    private final Deque<Pending> pending = new ArrayDeque<>();
    private @Nullable ByteBuf unread;
    private @Nullable Resolved waiting;
    private @Nullable ScheduledFuture<?> deadline;
    private String lastCommand = "NULL";
    private long lastNanos = sinceNanos;
    private int underWay;
    private int writesUnderWay;
    private long heldBytes;
    private boolean isAlone;
    private int largestAnswer = FIRST_GUESS;
    private boolean isWorking;
    private boolean isFlushDue;
    private boolean isClosing;
    private boolean isClosed;
    private long bytesCounted;

    /** The command that the last calls of this turn were of that were answered at once; they are timed together. */
    private @Nullable Command ofRow;

    private int rowCalls;
    private int rowFailures;

    /** A command that is about to run. */
    private record Resolved(Command command, Request request, Levels levels, int[] keys) {

        boolean isAlone() {
            return keys.length == 0;
        }
    }

    /** A command that has begun, and its answer when that is there. */
    private final class Pending implements Consumer<Reply> {

        private final @Nullable Resolved resolved;
        private final boolean isHeard;
        private final long beganNanos;
        private @Nullable Reply reply;
        private long heldBytes;
        private boolean isBeginning = true;

        Pending(@Nullable Resolved resolved, boolean isHeard, long beganNanos) {
            this.resolved = resolved;
            this.isHeard = isHeard;
            this.beganNanos = beganNanos;
        }

        @Override
        public void accept(Reply answer) {
            reply = answer;
            ended(this, answer);
        }

        /** Counts what is kept on its account until its answer leaves. */
        void holds(long bytes) {
            heldBytes += bytes;
            RespConnection.this.heldBytes += bytes;
        }

        boolean isWrite() {
            return resolved != null && !resolved.command().isReadOnly();
        }
    }

    RespConnection(RespServer server, long id, Channel channel) {
        this.server = server;
        this.channel = channel;
        this.session = new Session(id, channel.eventLoop(), server.host().cache(), this);
        this.decoder = new RequestDecoder(server.boundsOf(session));
        this.requests = new RequestQueue(decoder, this::expect);
        this.writer = new ReplyWriter(channel.alloc(), channel::write);
    }

    Session session() {
        return session;
    }

    // ---- how it begins and ends

    @Override
    public void channelActive(ChannelHandlerContext context) {
        String objection = server.opened(this);
        if (objection != null) {
            refuse("ERR " + objection);
            return;
        }
        awaitName();
    }

    /** Whoever has not said who it is, or has taken it back, has so long to say it. */
    private void awaitName() {
        if (isClosed || server.security() == null) {
            return;
        }
        if (deadline != null) {
            deadline.cancel(false);
        }
        deadline = channel.eventLoop()
                .schedule(
                        () -> {
                            if (session.user() == null) {
                                server.note(host() + ": it did not say who it is within " + RespServer.STRANGER_SECONDS
                                        + " s");
                                channel.close();
                            }
                        },
                        RespServer.STRANGER_SECONDS,
                        TimeUnit.SECONDS);
    }

    private void refuse(String error) {
        writer.write(new Reply.Failed(error), 2);
        isClosing = true;
        flushAndClose();
    }

    @Override
    public void closeBehindAnswers() {
        isClosing = true;
    }

    /** Ends it: what has begun is answered, what has not is not begun. From any thread. */
    void end() {
        channel.eventLoop().execute(() -> {
            isClosing = true;
            waiting = null;
            closeIfDone();
        });
    }

    /** Ends it now. From any thread. */
    void kill() {
        channel.close();
    }

    private void closeIfDone() {
        if (isClosing && pending.isEmpty() && !isClosed) {
            flushAndClose();
        }
    }

    private void flushAndClose() {
        isClosed = true;
        handOn();
        channel.config().setAutoRead(false);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        // Whoever does not read its last answer does not keep the connection.
        deadline = channel.eventLoop().schedule(() -> channel.close(), LAST_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        isClosing = true;
        isClosed = true;
        waiting = null;
        requests.clear();
        if (deadline != null) {
            deadline.cancel(false);
        }
        writer.discard();
        if (unread != null) {
            unread.release();
            unread = null;
        }
        server.closed(this);
    }

    // ---- what comes

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        ByteBuf bytes = (ByteBuf) read;
        server.statistics().read(bytes.readableBytes());
        if (isClosing) {
            bytes.release();
            return;
        }
        ByteBuf before = unread;
        unread = before == null ? bytes : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), before, bytes);
        work();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            work();
            flushSoon();
        }
    }

    /** Begins what may begin. */
    private void work() {
        if (isWorking) {
            return;
        }
        isWorking = true;
        lastNanos = System.nanoTime();
        try {
            while (!isClosing && hasRoom()) {
                Resolved next = waiting == null ? next() : waiting;
                if (next == null) {
                    break;
                }
                waiting = null;
                if (mustWait(next)) {
                    waiting = next;
                    break;
                }
                run(next);
            }
        } catch (ProtocolException e) {
            server.statistics().malformed();
            LOG.debug("{}: {}", address(), e.getMessage());
            answered(e.reply());
            isClosing = true;
        } finally {
            endRow();
            isWorking = false;
        }
        ByteBuf rest = unread;
        if (rest != null && (isClosing || !rest.isReadable())) {
            rest.release();
            unread = null;
        }
        boolean isStuck = isClosing || (hasMore() && (waiting != null || !hasRoom()));
        if (channel.config().isAutoRead() == isStuck && !isClosed) {
            channel.config().setAutoRead(!isStuck);
        }
        closeIfDone();
    }

    /** While a command is alone the next is not even looked at: who may do what, and at which levels, may depend on it. */
    private boolean hasRoom() {
        return !isAlone
                && underWay < MOST_UNDER_WAY
                && (underWay == 0 || (long) underWay * largestAnswer < ANSWER_BYTES)
                && pending.size() < MOST_UNDER_WAY
                && heldBytes < HELD_BYTES
                && channel.isWritable();
    }

    /** The next command; null when more has to come first. What is none is answered. */
    private @Nullable Resolved next() throws ProtocolException {
        while (hasMore()) {
            Request request = requests.next(unread);
            if (request == null) {
                return null;
            }
            try {
                return resolve(request);
            } catch (Refusal e) {
                if (OF_BROWSERS.contains(request.name())) {
                    server.note(host() + ": it speaks HTTP");
                    isClosing = true;
                    return null;
                }
                answered(e.reply());
                if (!hasRoom()) {
                    return null;
                }
            }
        }
        return null;
    }

    /** Whether anything that has come is not begun, whole or not. */
    private boolean hasMore() {
        return unread != null || requests.areAhead();
    }

    /** These are about to be read. A stranger's are not: it will hear that it is one. */
    private void expect(List<byte[]> keys) {
        if (server.security() == null || session.user() != null) {
            server.host().expect(session, keys);
        }
    }

    private Resolved resolve(Request request) {
        if (server.security() != null && session.user() == null) {
            return admitted(request);
        }
        Command command = command(request);
        Levels levels = session.levels();
        Request inner = request;
        if (command.name().equals(LevelWords.WITH)) {
            LevelWords said = LevelWords.of(request, 2);
            if (said.end() == request.size()) {
                throw new Refusal("ERR a command is missing behind the levels, as in MURMUR WITH LEVEL one GET key");
            }
            inner = request.from(said.end());
            levels = said.over(session.levels());
            command = command(inner);
            if (command.name().equals(LevelWords.WITH)) {
                throw new Refusal("ERR MURMUR WITH within MURMUR WITH");
            }
        }
        checkRights(command);
        List<byte[]> keys = command.keys().of(inner);
        String notReady = command.rights().isEmpty() ? null : server.host().notReadyBecause();
        if (notReady != null) {
            server.statistics().of(command).reject();
            throw new Refusal("LOADING " + notReady);
        }
        int[] hashes = new int[keys.size()];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = Arrays.hashCode(keys.get(i));
        }
        return new Resolved(command, inner, levels, hashes);
    }

    private Command command(Request request) {
        Command command = server.commands().named(request);
        try {
            Commands.check(command, request);
        } catch (Refusal e) {
            server.statistics().of(command).reject();
            throw e;
        }
        return command;
    }

    /** Of who has not said who it is. */
    private Resolved admitted(Request request) {
        Command command;
        try {
            command = server.commands().of(request);
        } catch (Refusal e) {
            throw new Refusal(SessionErrors.NO_AUTH);
        }
        if (!command.flags().contains(Command.Flag.NO_AUTH)) {
            server.statistics().of(command).reject();
            throw new Refusal(SessionErrors.NO_AUTH);
        }
        return new Resolved(command, request, session.levels(), new int[0]);
    }

    private void checkRights(Command command) {
        User user = session.user();
        if (user == null) {
            return;
        }
        if (command.flags().contains(Command.Flag.ADMIN)) {
            checkRight(command, user, Right.ADMIN, User.ANY_CACHE);
        }
        for (Right right : command.rights()) {
            checkRight(command, user, right, session.cache().name());
        }
    }

    private void checkRight(Command command, User user, Right right, String cache) {
        if (!user.may(right, cache)) {
            server.statistics().of(command).reject();
            throw new Refusal("NOPERM User " + user.name() + " has no permissions to run the '" + command.name()
                    + "' command: it has no right to " + right.name().toLowerCase(Locale.ROOT) + " cache '" + cache
                    + "'");
        }
    }

    /** Whether a command must not begin before one that is under way has ended, or it would take too long to find out. */
    private boolean mustWait(Resolved next) {
        if (underWay == 0) {
            return false;
        }
        if (next.isAlone()) {
            return true;
        }
        boolean reads = next.command().isReadOnly();
        if (reads && writesUnderWay == 0) {
            return false;
        }
        long compared = 0;
        for (Pending before : pending) {
            if (before.reply != null || before.resolved == null || (reads && !before.isWrite())) {
                continue;
            }
            int[] keys = before.resolved.keys();
            compared += (long) keys.length * next.keys().length;
            if (compared > MOST_COMPARED || haveOneInCommon(keys, next.keys())) {
                return true;
            }
        }
        return false;
    }

    private static boolean haveOneInCommon(int[] a, int[] b) {
        for (int one : a) {
            for (int other : b) {
                if (one == other) {
                    return true;
                }
            }
        }
        return false;
    }

    private void run(Resolved next) {
        if (!next.command().equals(ofRow)) {
            endRow();
        }
        boolean isHeard = session.takesNextAnswer() || isReplyOn(next);
        Pending begun = new Pending(next, isHeard, lastNanos);
        lastCommand = next.command().name();
        pending.add(begun);
        begun.holds(next.request().bytes());
        underWay++;
        if (next.isAlone()) {
            isAlone = true;
        }
        if (begun.isWrite()) {
            writesUnderWay++;
        }
        Call call = new Call(next.request(), session, next.levels(), begun);
        call.begins(lastNanos);
        try {
            next.command().handler().run(call);
        } catch (Refusal e) {
            if (begun.reply == null) {
                call.answer(e.reply());
            }
        } catch (RuntimeException e) {
            LOG.error("{} of {} failed unexpectedly", next.request(), address(), e);
            if (begun.reply == null) {
                call.refuse("ERR internal error; the node's log says more");
            }
        } finally {
            call.hasBegun();
            begun.isBeginning = false;
        }
    }

    /** Who had asked for silence hears of it that it has ended. */
    private static boolean isReplyOn(Resolved next) {
        String name = next.command().name();
        return name.equals("reset")
                || (name.equals("client|reply") && next.request().is(2, "on"));
    }

    // ---- what leaves

    /** Of what never began. */
    private void answered(Reply reply) {
        Pending refused = new Pending(null, session.takesNextAnswer(), lastNanos);
        refused.reply = reply;
        pending.add(refused);
        count(refused, reply);
        writeAnswered(refused, reply);
    }

    private void ended(Pending command, Reply reply) {
        underWay--;
        isAlone = false;
        if (command.isWrite()) {
            writesUnderWay--;
        }
        if (isClosed) {
            return;
        }
        count(command, reply);
        writeAnswered(command, reply);
        if (!isWorking) {
            if (hasMore() || waiting != null || isClosing) {
                work();
            }
            flushSoon();
        }
    }

    private void count(Pending command, Reply reply) {
        boolean isFailure = reply instanceof Reply.Failed;
        if (reply instanceof Reply.Failed failed) {
            server.statistics().failed(failed.text());
        }
        if (command.resolved == null) {
            return;
        }
        if (command.isBeginning) {
            ofRow = command.resolved.command();
            rowCalls++;
            rowFailures += isFailure ? 1 : 0;
            if (rowCalls == LONGEST_ROW) {
                endRow();
            }
        } else {
            lastNanos = System.nanoTime();
            server.statistics()
                    .of(command.resolved.command())
                    .ran(1, lastNanos - command.beganNanos, isFailure ? 1 : 0);
        }
    }

    /**
     * Counts the calls of one command that came one after another in this turn and were answered at once: such a row costs one look at the
     * clock.
     */
    private void endRow() {
        Command command = ofRow;
        if (command == null) {
            return;
        }
        long beganNanos = lastNanos;
        lastNanos = System.nanoTime();
        server.statistics().of(command).ran(rowCalls, lastNanos - beganNanos, rowFailures);
        ofRow = null;
        rowCalls = 0;
        rowFailures = 0;
    }

    /** Writes the answers that are there, up to the first that is not; the newest may have to wait for it. */
    private void writeAnswered(Pending newest, Reply answer) {
        if (pending.peek() != newest) {
            newest.holds(ReplyWriter.bytesOf(answer));
            return;
        }
        while (!pending.isEmpty()) {
            Pending first = pending.peek();
            Reply reply = first.reply;
            if (reply == null) {
                return;
            }
            pending.remove();
            heldBytes -= first.heldBytes;
            if (first.isHeard) {
                long before = writer.bytes();
                writer.write(reply, session.protocol());
                long size = writer.bytes() - before;
                largestAnswer =
                        (int) Math.min(Integer.MAX_VALUE, Math.max(size, largestAnswer - (largestAnswer >>> 3)));
            }
        }
    }

    /** What is answered in one turn of the loop leaves in one write. */
    private void flushSoon() {
        if (!isFlushDue && !isClosed) {
            isFlushDue = true;
            channel.eventLoop().execute(() -> {
                isFlushDue = false;
                flush();
            });
        }
    }

    private void flush() {
        if (!isClosed && handOn()) {
            channel.flush();
        }
    }

    private boolean handOn() {
        boolean is = writer.handOn();
        server.statistics().wrote(writer.bytes() - bytesCounted);
        bytesCounted = writer.bytes();
        return is;
    }

    // ---- who it is

    /** Goes by what the file of users says now: by other rights, or not at all. From any thread. */
    void reviewUser() {
        channel.eventLoop().execute(() -> {
            User before = session.user();
            if (before == null || server.security() == null) {
                return;
            }
            User now = server.security().users().named(before.name());
            if (now != null && now.secret().equals(before.secret())) {
                session.is(now);
            } else {
                server.note(host() + ": user '" + before.name() + "' is no user any more, or has a new secret");
                channel.close();
            }
        });
    }

    @Override
    public boolean isOpen() {
        return !isClosed;
    }

    /** It has said who it is, or is a stranger from here on. */
    @Override
    public void known(@Nullable User user) {
        boolean wasKnown = session.user() != null;
        session.is(user);
        if (user == null && wasKnown) {
            awaitName();
        }
        decoder.goBy(server.boundsOf(session));
    }

    /** Without the port, which is another with each attempt. */
    @Override
    public String host() {
        return channel.remoteAddress() instanceof InetSocketAddress address
                ? address.getHostString()
                : "an unknown address";
    }

    @Override
    public String address() {
        return text(channel.remoteAddress());
    }

    @Override
    public String localAddress() {
        return text(channel.localAddress());
    }

    private static String text(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : String.valueOf(address);
    }

    /** How it stands. On its loop. */
    @Override
    public ClientLine seen() {
        long now = System.nanoTime();
        long outWaiting = channel.unsafe().outboundBuffer() == null
                ? 0
                : channel.unsafe().outboundBuffer().totalPendingWriteBytes();
        return ClientLine.of(
                session,
                TimeUnit.NANOSECONDS.toSeconds(now - sinceNanos),
                TimeUnit.NANOSECONDS.toSeconds(now - lastNanos),
                unread == null ? 0 : unread.readableBytes() + decoder.heldBytes(),
                outWaiting,
                lastCommand);
    }

    // ---- what goes wrong

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (TlsEntrance.PLAIN_TEXT.equals(event)) {
            server.note(host() + ": it does not speak TLS");
            refuse("ERR this port speaks TLS and nothing else");
        } else if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            server.note(
                    host() + ": " + TlsFailure.ofHandshake(handshake.cause()).reason());
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) {
            LOG.debug("{}: {}", address(), cause.toString());
        } else {
            LOG.error("the connection of {} failed unexpectedly; it is closed", address(), cause);
        }
        isClosing = true;
        context.close();
    }
}
