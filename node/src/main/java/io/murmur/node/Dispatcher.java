package io.murmur.node;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.GossipMessage;
import io.murmur.kernel.message.Handshake;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.RingMessage;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.wire.MessageCodec;
import io.murmur.quorum.Change;
import io.murmur.quorum.ChangeOutcome;
import io.murmur.quorum.KeysCall;
import io.murmur.quorum.KeysOutcome;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which shard a message belongs to, and the way there: at once when it is the current loop's, else as a task of the other loop. Replies
 * to clients come back on the loop of their connection.
 */
class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    /** Of values in one reply; the rest of a frame is for what comes with them. */
    private static final long MAX_VALUE_BYTES = MessageCodec.MAX_BODY_BYTES / 2;

    private final List<Shard> shards;
    private final IntUnaryOperator shardOfSlot;
    private final Control control;

    /**
     * @param control takes what is about rings and rumours, from any thread
     */
    Dispatcher(List<Shard> shards, IntUnaryOperator shardOfSlot, Control control) {
        this.shards = shards;
        this.shardOfSlot = shardOfSlot;
        this.control = control;
    }

    private Shard shardOf(Key key) {
        return shards.get(shardOfSlot.applyAsInt(key.slot()));
    }

    /** What another node, or this one, has said. */
    void dispatch(NodeId from, Message message) {
        switch (message) {
            case PeerRequest request -> {
                Shard shard = shardOf(request.key());
                run(shard, () -> shard.quorum().receive(from, request));
            }
            case PeerReply reply -> toAsker(reply, shard -> shard.receive(from, reply));
            case SyncRequest request -> {
                Shard shard = shards.get(request.partition() % shards.size());
                run(shard, () -> shard.sync().receive(from, request));
            }
            case SyncReply reply -> toAsker(reply, shard -> shard.receive(from, reply));
            case GossipMessage rumour -> control.receive(from, rumour);
            case RingMessage ring -> control.receive(from, ring);
            case ClientRequest ignored -> LOG.error("a client's request from a node: {}", message);
            case ClientReply ignored -> LOG.error("a client's reply from a node: {}", message);
            case Handshake ignored -> LOG.error("a greeting behind the first: {}", message);
        }
    }

    /** The low 8 bits of a request's id are the shard that asked. */
    private void toAsker(Message.Reply reply, Consumer<Shard> task) {
        int index = (int) (reply.id() & 0xFF);
        if (index < shards.size()) {
            Shard shard = shards.get(index);
            run(shard, () -> task.accept(shard));
        }
    }

    private static void run(Shard shard, Runnable task) {
        if (shard.loop.inEventLoop()) {
            task.run();
        } else {
            shard.loop.execute(task);
        }
    }

    /**
     * @param sinceNanos when the request came, by {@link System#nanoTime}
     * @param home where the reply is wanted
     */
    void dispatch(ClientRequest request, long sinceNanos, EventLoop home, Consumer<ClientReply> reply) {
        switch (request) {
            case ClientRequest.Get get -> toShard(shardOf(get.key()), get, sinceNanos, home, reply);
            case ClientRequest.Put put -> toShard(shardOf(put.key()), put, sinceNanos, home, reply);
            case ClientRequest.Delete delete -> toShard(shardOf(delete.key()), delete, sinceNanos, home, reply);
            case ClientRequest.Change change -> toShard(shardOf(change.key()), change, sinceNanos, home, reply);
            case ClientRequest.GetRing getRing -> toShard(shards.get(0), getRing, sinceNanos, home, reply);
            case ClientRequest.GetAll all ->
                split(all, all.keys(), sinceNanos, home, reply, places -> part(all, places));
            case ClientRequest.PutAll all ->
                split(all, keys(all), sinceNanos, home, reply, places -> part(all, places));
        }
    }

    /** These are about to be read from this loop: those of its own shard are brought near, those of others are not this processor's. */
    void expect(List<Key> keys, EventLoop home) {
        for (Shard shard : shards) {
            if (shard.loop.equals(home)) {
                shard.quorum().expect(ofShard(shard, keys));
            }
        }
    }

    private List<Key> ofShard(Shard shard, List<Key> keys) {
        return shards.size() == 1
                ? keys
                : keys.stream().filter(key -> shardOf(key).equals(shard)).toList();
    }

    /**
     * Changes a key atomically, by the shard that owns it.
     *
     * @param home where the outcome is wanted
     */
    <R> void change(Key key, long deadlineNanos, Change<R> change, EventLoop home, Consumer<ChangeOutcome<R>> then) {
        Shard shard = shardOf(key);
        if (shard.loop.equals(home)) {
            shard.quorum().change(key, deadlineNanos, change, then);
        } else {
            shard.loop.execute(() -> shard.quorum()
                    .change(key, deadlineNanos, change, outcome -> home.execute(() -> then.accept(outcome))));
        }
    }

    /**
     * Lists keys, by the shard that owns them.
     *
     * @param home where the outcome is wanted
     */
    void keys(KeysCall call, EventLoop home, Consumer<KeysOutcome> then) {
        Shard shard = shards.get(shardOfSlot.applyAsInt(call.firstSlot()));
        if (shard.loop.equals(home)) {
            shard.quorum().keys(call, then);
        } else {
            shard.loop.execute(() -> shard.quorum().keys(call, outcome -> home.execute(() -> then.accept(outcome))));
        }
    }

    /** What each owner of a key holds, told on its shard's loop. */
    void copies(Key key, int replicas, Consumer<KeyCopies.Seen> then) {
        Shard shard = shardOf(key);
        run(shard, () -> shard.copies().ask(key, replicas, then));
    }

    static List<Key> keys(ClientRequest.PutAll all) {
        return all.entries().stream().map(ClientRequest.Entry::key).toList();
    }

    /** Of a batch, the keys at these places. */
    static ClientRequest part(ClientRequest.GetAll all, List<Integer> places) {
        return new ClientRequest.GetAll(
                all.id(), all.epoch(), all.deadlineNanos(), pick(all.keys(), places), all.level());
    }

    /** Of a batch, the entries at these places. */
    static ClientRequest part(ClientRequest.PutAll all, List<Integer> places) {
        return new ClientRequest.PutAll(
                all.id(),
                all.epoch(),
                all.deadlineNanos(),
                pick(all.entries(), places),
                all.timeToLiveMillis(),
                all.level(),
                all.sloppy());
    }

    private static void toShard(
            Shard shard, ClientRequest request, long sinceNanos, EventLoop home, Consumer<ClientReply> reply) {
        if (shard.loop.equals(home)) {
            shard.coordinate(request, sinceNanos, reply);
        } else {
            shard.loop.execute(
                    () -> shard.coordinate(request, sinceNanos, answer -> home.execute(() -> reply.accept(answer))));
        }
    }

    private static <T> List<T> pick(List<T> all, List<Integer> places) {
        return places.stream().map(all::get).toList();
    }

    private interface Part {
        ClientRequest of(List<Integer> places);
    }

    /** Each shard gets the keys that are its own; the results are put together in the order of the keys. */
    private void split(
            ClientRequest whole,
            List<Key> keys,
            long sinceNanos,
            EventLoop home,
            Consumer<ClientReply> reply,
            Part part) {
        if (shards.size() == 1) {
            toShard(shards.get(0), whole, sinceNanos, home, reply);
            return;
        }
        List<List<Integer>> byShard = new ArrayList<>();
        shards.forEach(shard -> byShard.add(new ArrayList<>()));
        for (int place = 0; place < keys.size(); place++) {
            byShard.get(shardOf(keys.get(place)).index).add(place);
        }
        Merge merge = new Merge(whole.id(), keys.size(), reply);
        for (int index = 0; index < byShard.size(); index++) {
            List<Integer> places = byShard.get(index);
            if (!places.isEmpty() || (keys.isEmpty() && index == 0)) {
                merge.missing++;
            }
        }
        for (int index = 0; index < byShard.size(); index++) {
            List<Integer> places = byShard.get(index);
            if (!places.isEmpty() || (keys.isEmpty() && index == 0)) {
                toShard(shards.get(index), part.of(places), sinceNanos, home, answer -> merge.take(places, answer));
            }
        }
    }

    /** On the loop of the client's connection. */
    private static final class Merge {
        private final long id;
        private final Result[] results;
        private final Consumer<ClientReply> reply;
        private long bytesLeft = MAX_VALUE_BYTES;
        private int missing;

        Merge(long id, int size, Consumer<ClientReply> reply) {
            this.id = id;
            this.results = new Result[size];
            this.reply = reply;
        }

        void take(List<Integer> places, ClientReply answer) {
            if (answer instanceof ClientReply.Many many) {
                for (int i = 0; i < places.size(); i++) {
                    results[places.get(i)] = bounded(many.results().get(i));
                }
            }
            if (--missing == 0) {
                reply.accept(new ClientReply.Many(id, answer.epoch(), Arrays.asList(results)));
            }
        }

        /** Each shard keeps within one reply; all of them together must as well. */
        private Result bounded(Result result) {
            if (result instanceof ClientReply.Value value && value.cell() != null) {
                bytesLeft -= value.cell().value().length;
                if (bytesLeft < 0) {
                    return new ClientReply.Failed(
                            new Failure.Overloaded("one reply has no room for all these values; ask for fewer keys"));
                }
            }
            return result;
        }
    }
}
