package io.murmur.node.resp;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.quorum.Change;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a session's cache, as commands work on them.
 *
 * <p>Every method is called on the loop of the call's connection, does not block, and tells the result there: at once or later. When the
 * cluster cannot do it, the call is answered with the error, and nobody is told a result; so a command only says what follows when it is
 * done. Reads and plain writes are at the call's {@linkplain Call#levels levels}; {@link #change} is linearizable whatever they are.
 *
 * <p>Of several keys each is on its own: there is no snapshot over them, and when some fail the others may have been changed.
 */
public interface Keyspace {

    /** Reads; null when there is no value. */
    void get(Call call, byte[] key, Consumer<Cell.@Nullable Live> then);

    /** The values of one command together, in bytes; more are refused. */
    long MOST_VALUE_BYTES = 64 << 20;

    /** Reads many, told in their order; null where there is no value. More than {@link #MOST_VALUE_BYTES} of values are refused. */
    void getAll(Call call, List<byte[]> keys, Consumer<List<Cell.@Nullable Live>> then);

    /** Counts those that hold a value, one that is named twice twice. */
    void count(Call call, List<byte[]> keys, LongConsumer then);

    /**
     * Puts, whatever was there.
     *
     * @param timeToLiveMillis as of {@link ClientRequest.Put}: milliseconds, {@link ClientRequest#TTL_OF_CACHE} or {@link
     *     ClientRequest#TTL_NONE}
     */
    void put(Call call, byte[] key, byte[] value, long timeToLiveMillis, Runnable then);

    /**
     * Puts many, whatever was there.
     *
     * @param pairs keys and values in turn
     */
    void putAll(Call call, List<byte[]> pairs, long timeToLiveMillis, Runnable then);

    /** Deletes, whatever was there. */
    void delete(Call call, byte[] key, Runnable then);

    /** Changes a key atomically: linearizable among all changes of this key. */
    <R> void change(Call call, byte[] key, Change<R> change, Consumer<R> then);

    /** Changes several keys, each on its own, told in their order. */
    <R> void changeAll(Call call, List<byte[]> keys, Change<R> change, Consumer<List<R>> then);

    /**
     * Lists keys that hold a value, in key order, as a read sees them.
     *
     * @param firstSlot where to begin
     * @param lastSlot where to end; of one {@linkplain #lastListedWith part}
     * @param after a key of the first slot to go on behind; null to begin with its first
     * @param most about so many keys, at least one; those that hold no value any more may count
     */
    void list(Call call, int firstSlot, int lastSlot, @Nullable Key after, int most, Consumer<Listed> then);

    /**
     * Some keys.
     *
     * @param keys those that hold a value; there may be none although there are more
     * @param last so far has been looked, to go on behind; null when there is nothing behind
     */
    record Listed(List<Key> keys, @Nullable Key last) {}

    /** The last of the slots that can be listed together with this one, all of which are owned by the same nodes. */
    int lastListedWith(int slot);

    /** Now, in milliseconds since the Unix epoch: what {@link Cell.Live#expiresAtMillis} is compared with. */
    long wallMillis();
}
