package io.murmur.node;

import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.AtomicOperation;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure;
import io.murmur.node.security.Right;
import io.murmur.node.security.User;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What of a client's request its user may ask for. Of a batch each key is looked at on its own, as each fails on its own. */
sealed interface Permitted {

    /** All of it. */
    record All() implements Permitted {}

    /** Nothing of it: the reply is there. */
    record Nothing(ClientReply reply) implements Permitted {}

    /**
     * Some keys of a batch.
     *
     * @param request of those
     * @param refusals for each key of the whole, null at those that are permitted
     */
    record Some(ClientRequest request, List<@Nullable Failure> refusals) implements Permitted {

        /** The reply to the whole, of the reply to the part. */
        ClientReply whole(ClientReply reply) {
            if (!(reply instanceof ClientReply.Many part)) {
                return reply;
            }
            List<ClientReply.Result> results = new ArrayList<>();
            int place = 0;
            for (Failure refusal : refusals) {
                results.add(refusal == null ? part.results().get(place++) : new ClientReply.Failed(refusal));
            }
            return new ClientReply.Many(part.id(), part.epoch(), results);
        }
    }

    All ALL = new All();

    List<Right> READ_AND_WRITE = List.of(Right.READ, Right.WRITE);

    static Permitted of(ClientRequest request, User user) {
        return switch (request) {
            case ClientRequest.GetRing ignored -> ALL;
            case ClientRequest.Get get -> single(get, get.key(), List.of(Right.READ), user);
            case ClientRequest.Put put -> single(put, put.key(), List.of(Right.WRITE), user);
            case ClientRequest.Delete delete -> single(delete, delete.key(), List.of(Right.WRITE), user);
            case ClientRequest.Change change -> single(change, change.key(), rights(change.operation()), user);
            case ClientRequest.GetAll all ->
                batch(all, all.keys(), Right.READ, user, places -> Dispatcher.part(all, places));
            case ClientRequest.PutAll all ->
                batch(all, Dispatcher.keys(all), Right.WRITE, user, places -> Dispatcher.part(all, places));
        };
    }

    /** Who is told what a key holds, or whether it holds what one expects, reads it. */
    private static List<Right> rights(AtomicOperation operation) {
        return switch (operation) {
            case AtomicOperation.Replace ignored -> List.of(Right.WRITE);
            case AtomicOperation.PutIfAbsent ignored -> READ_AND_WRITE;
            case AtomicOperation.CompareAndSet ignored -> READ_AND_WRITE;
            case AtomicOperation.CompareAndRemove ignored -> READ_AND_WRITE;
            case AtomicOperation.GetAndPut ignored -> READ_AND_WRITE;
            case AtomicOperation.GetAndRemove ignored -> READ_AND_WRITE;
            case AtomicOperation.Increment ignored -> READ_AND_WRITE;
        };
    }

    private static @Nullable Failure refusal(Key key, Right right, User user) {
        return user.may(right, key.cache())
                ? null
                : new Failure.Forbidden("user '" + user.name() + "' may not "
                        + right.name().toLowerCase(Locale.ROOT) + " cache '" + key.cache() + "'");
    }

    private static Permitted single(ClientRequest request, Key key, List<Right> rights, User user) {
        for (Right right : rights) {
            Failure refusal = refusal(key, right, user);
            if (refusal != null) {
                return new Nothing(new ClientReply.One(request.id(), 0, new ClientReply.Failed(refusal)));
            }
        }
        return ALL;
    }

    private static Permitted batch(
            ClientRequest request,
            List<Key> keys,
            Right right,
            User user,
            Function<List<Integer>, ClientRequest> part) {
        @Nullable Failure[] refusals = new @Nullable Failure[keys.size()];
        List<Integer> permitted = new ArrayList<>();
        for (int place = 0; place < refusals.length; place++) {
            refusals[place] = refusal(keys.get(place), right, user);
            if (refusals[place] == null) {
                permitted.add(place);
            }
        }
        if (permitted.size() == keys.size()) {
            return ALL;
        }
        Some some = new Some(part.apply(permitted), Arrays.asList(refusals));
        return permitted.isEmpty() ? new Nothing(some.whole(new ClientReply.Many(request.id(), 0, List.of()))) : some;
    }
}
