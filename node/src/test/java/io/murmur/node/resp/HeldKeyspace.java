package io.murmur.node.resp;

import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.ring.NodeId;
import io.murmur.quorum.Change;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A keyspace of one cache in memory, that answers at once. Its time stands still unless it is moved. */
public final class HeldKeyspace implements Keyspace {

    private static final NodeId WRITER = new NodeId(1, 1);

    private final Map<String, Cell.Live> cells = new TreeMap<>();
    private long wallMillis = 1_700_000_000_000L;
    private long reading;
    private @Nullable String refusal;

    /** How many keys each page had that was listed. */
    public final List<Integer> pages = new ArrayList<>();

    private final Map<String, Interruption> interruptions = new TreeMap<>();

    /** What somebody else does between two changes. */
    private record Interruption(int changesLeft, Runnable what) {}

    /** Has something happen right before a key is changed for so manieth a time from now: the first, the second, ... */
    public void beforeChange(String key, int nth, Runnable what) {
        interruptions.put(key, new Interruption(nth, what));
    }

    /** From now on nothing is listed. */
    public void refuseLists(String error) {
        refusal = error;
    }

    /** Lets time pass. */
    public void pass(long millis) {
        wallMillis += millis;
    }

    @Override
    public long wallMillis() {
        return wallMillis;
    }

    private Cell.@Nullable Live held(byte[] key) {
        return Cell.visible(cells.get(name(key)), wallMillis);
    }

    private static String name(byte[] key) {
        return new String(key, StandardCharsets.ISO_8859_1);
    }

    private void hold(byte[] key, byte[] value, long expiresAtMillis) {
        cells.put(
                name(key), new Cell.Live(new Version((wallMillis << 16) + ++reading, WRITER), expiresAtMillis, value));
    }

    @Override
    public void get(Call call, byte[] key, Consumer<Cell.@Nullable Live> then) {
        then.accept(held(key));
    }

    @Override
    public void count(Call call, List<byte[]> keys, LongConsumer then) {
        then.accept(keys.stream().filter(key -> held(key) != null).count());
    }

    @Override
    public void getAll(Call call, List<byte[]> keys, Consumer<List<Cell.@Nullable Live>> then) {
        List<Cell.@Nullable Live> found = new ArrayList<>();
        keys.forEach(key -> found.add(held(key)));
        then.accept(found);
    }

    @Override
    public void put(Call call, byte[] key, byte[] value, long timeToLiveMillis, Runnable then) {
        hold(key, value, timeToLiveMillis <= 0 ? Cell.NEVER : wallMillis + timeToLiveMillis);
        then.run();
    }

    @Override
    public void putAll(Call call, List<byte[]> pairs, long timeToLiveMillis, Runnable then) {
        for (int i = 0; i < pairs.size(); i += 2) {
            hold(pairs.get(i), pairs.get(i + 1), timeToLiveMillis <= 0 ? Cell.NEVER : wallMillis + timeToLiveMillis);
        }
        then.run();
    }

    @Override
    public void delete(Call call, byte[] key, Runnable then) {
        cells.remove(name(key));
        then.run();
    }

    @Override
    public <R> void change(Call call, byte[] key, Change<R> change, Consumer<R> then) {
        then.accept(changed(key, change));
    }

    @Override
    public <R> void changeAll(Call call, List<byte[]> keys, Change<R> change, Consumer<List<R>> then) {
        List<R> answers = new ArrayList<>();
        keys.forEach(key -> answers.add(changed(key, change)));
        then.accept(answers);
    }

    @Override
    public void list(Call call, int firstSlot, int lastSlot, @Nullable Key after, int most, Consumer<Listed> then) {
        if (refusal != null) {
            call.refuse(refusal);
            return;
        }
        List<Key> page = cells.keySet().stream()
                .map(name -> new Key(call.session().cache().name(), name.getBytes(StandardCharsets.ISO_8859_1)))
                .filter(key -> firstSlot <= key.slot() && key.slot() <= lastSlot)
                .filter(key -> after == null || key.compareTo(after) > 0)
                .sorted()
                .limit(most)
                .toList();
        pages.add(page.size());
        List<Key> live = page.stream().filter(key -> held(key.bytes()) != null).toList();
        then.accept(new Listed(live, page.size() == most ? page.get(most - 1) : null));
    }

    @Override
    public int lastListedWith(int slot) {
        return slot | 0xFF;
    }

    private <R> R changed(byte[] key, Change<R> change) {
        interruptions.computeIfPresent(
                name(key), (ignored, next) -> new Interruption(next.changesLeft() - 1, next.what()));
        Interruption due = interruptions.get(name(key));
        if (due != null && due.changesLeft() == 0) {
            interruptions.remove(name(key));
            due.what().run();
        }
        Change.Step<R> step = change.apply(held(key), wallMillis);
        switch (step) {
            case Change.Step.Keep<R> ignored -> {}
            case Change.Step.Put<R> put -> hold(key, put.value(), put.expiresAtMillis());
            case Change.Step.Remove<R> ignored -> cells.remove(name(key));
        }
        return step.answer();
    }
}
