package io.murmur.antientropy;

import static io.murmur.antientropy.Rings.A;
import static io.murmur.antientropy.Rings.D;
import static io.murmur.antientropy.Rings.D_JOINS;
import static io.murmur.antientropy.Rings.key;
import static io.murmur.antientropy.SyncWorld.SETTINGS;
import static io.murmur.antientropy.SyncWorld.live;
import static io.murmur.antientropy.SyncWorld.tombstone;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Clock;
import io.murmur.kernel.Durability;
import io.murmur.kernel.RingSource;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Owner a, asked by d, with storage, time and turns moved by hand. */
class SyncSourceTest {

    /** Answers at once, but for what waits for joins under way. */
    private static final class HandStorage implements Storage {
        final TreeMap<Key, Cell> held = new TreeMap<>();
        final Deque<Runnable> unsettled = new ArrayDeque<>();
        final List<Integer> limits = new ArrayList<>();
        boolean isSettled = true;

        @Nullable
        StorageFault fault;

        @Override
        public void read(Key key, Consumer<ReadOutcome> then) {
            then.accept(
                    fault == null ? new ReadOutcome.Found(held.get(key)) : new ReadOutcome.Refused(fault, "told so"));
        }

        @Override
        public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
            throw new AssertionError("a source joins nothing");
        }

        @Override
        public void promise(long reading, Consumer<PromiseOutcome> then) {
            throw new AssertionError("a source promises nothing");
        }

        @Override
        public void settled(Runnable then) {
            if (isSettled) {
                then.run();
            } else {
                unsettled.add(then);
            }
        }

        @Override
        public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
            limits.add(limit);
            if (fault != null) {
                then.accept(new ScanOutcome.Refused(fault, "told so"));
                return;
            }
            List<Entry> page = held.entrySet().stream()
                    .filter(entry ->
                            entry.getKey().slot() >= firstSlot && entry.getKey().slot() <= lastSlot)
                    .filter(entry -> after == null || entry.getKey().compareTo(after) > 0)
                    .limit(limit)
                    .map(entry -> new Entry(entry.getKey(), entry.getValue()))
                    .toList();
            // As a real one: a full page may have been the last.
            then.accept(new ScanOutcome.Page(page, page.size() == limit));
        }
    }

    private final int partition = Rings.partition(D_JOINS, D, 3);
    private final int firstSlot = D_JOINS.firstSlot(partition);
    private final int lastSlot = firstSlot + D_JOINS.slotsPerPartition() - 1;
    private final HandStorage storage = new HandStorage();
    private final ForgetfulStorage forgetful = new ForgetfulStorage(new HandStorage());
    private final Deque<Runnable> turns = new ArrayDeque<>();
    private final List<Message> sent = new ArrayList<>();
    private final List<NodeId> newerAt = new ArrayList<>();
    private Ring ring = D_JOINS;
    private long nanos = 1_000;
    private long lastId;
    private final SyncShard shard = new SyncShard(
            new SyncSeams(
                    A,
                    new Clock() {
                        @Override
                        public long monotonicNanos() {
                            return nanos;
                        }

                        @Override
                        public long wallMillis() {
                            return 0;
                        }
                    },
                    (delay, task) -> {
                        turns.add(task);
                        return () -> turns.remove(task);
                    },
                    (to, message) -> {
                        assertThat(to).isEqualTo(D);
                        sent.add(message);
                    },
                    new OwnReplica(storage, forgetful, forgetful.rebuild(), new HandPromises(), observer -> {}),
                    node -> true,
                    new Random(1),
                    new RingSource() {
                        @Override
                        public Ring current() {
                            return ring;
                        }

                        @Override
                        public void newerAt(NodeId node) {
                            newerAt.add(node);
                        }
                    }),
            SETTINGS,
            RoundListener.NONE);

    private void fill(int keys, int valueBytes) {
        for (int i = 0; i < keys; i++) {
            storage.held.put(key(partition, i), i % 7 == 0 ? tombstone(i) : live(i, valueBytes));
        }
    }

    private void turn() {
        while (!turns.isEmpty()) {
            turns.removeFirst().run();
        }
    }

    private void ask(SyncRequest request) {
        shard.receive(D, request);
        turn();
    }

    private <R extends SyncReply> R answer(SyncRequest request, Class<R> kind) {
        sent.clear();
        ask(request);
        assertThat(sent).hasSize(1).first().isInstanceOf(kind);
        R reply = kind.cast(sent.get(0));
        assertThat(reply.id()).isEqualTo(request.id());
        assertThat(reply.epoch()).isEqualTo(ring.epoch());
        return reply;
    }

    private <F extends Failure> void assertRefused(SyncRequest request, Class<F> why) {
        assertThat(answer(request, SyncReply.Refused.class).failure()).isInstanceOf(why);
    }

    private SyncRequest.Page page(@Nullable Key after, int maxBytes) {
        return new SyncRequest.Page(
                ++lastId, ring.since(partition), nanos + 1_000, partition, 1, firstSlot, lastSlot, after, maxBytes);
    }

    private SyncRequest.SlotDigests slotDigests(long epoch) {
        return new SyncRequest.SlotDigests(++lastId, epoch, nanos + 1_000, partition, 1);
    }

    private SyncRequest.SlotVersions slotVersions(int slot, @Nullable Key after) {
        return new SyncRequest.SlotVersions(
                ++lastId, ring.since(partition), nanos + 1_000, partition, 1, slot, 0, List.of(), after);
    }

    private SyncRequest.Cells cells(List<Key> keys) {
        return new SyncRequest.Cells(++lastId, ring.since(partition), nanos + 1_000, partition, keys);
    }

    // ---- pages

    @Test
    void pagesOfAnySizeHoldEachEntryOnceInOrder() {
        fill(300, 100);
        for (int maxBytes : new int[] {0, 1, 150, 500, 1_000, 4_096, 1 << 20}) {
            TreeMap<Key, Cell> got = new TreeMap<>();
            SyncReply.Entries entries;
            Key after = null;
            do {
                entries = answer(page(after, maxBytes), SyncReply.Entries.class);
                for (Storage.Entry entry : entries.entries()) {
                    assertThat(got.put(entry.key(), entry.cell())).isNull();
                    assertThat(got.lastKey()).isEqualTo(entry.key());
                    after = entry.key();
                }
                if (entries.entries().size() > 1) {
                    assertThat(WireBytes.of(entries)).isLessThanOrEqualTo(Math.min(maxBytes, SETTINGS.pageBytes()));
                }
                assertThat(entries.entries()).isNotEmpty();
            } while (entries.more());
            assertThat(got).isEqualTo(storage.held);
        }
    }

    @Test
    void anEmptyPartitionIsAnEmptyPage() {
        SyncReply.Entries entries = answer(page(null, 1_000), SyncReply.Entries.class);

        assertThat(entries.entries()).isEmpty();
        assertThat(entries.more()).isFalse();
    }

    @Test
    void aPageStaysWithinItsSlots() {
        fill(200, 10);
        int slot = key(partition, 3).slot();

        SyncReply.Entries entries = answer(
                new SyncRequest.Page(
                        ++lastId, ring.since(partition), nanos + 1, partition, 1, slot, slot, null, 1 << 20),
                SyncReply.Entries.class);

        assertThat(entries.entries()).isNotEmpty().allMatch(entry -> entry.key().slot() == slot);
    }

    @Test
    void versionsOfASlotAreAllOfItsKeysOnce() {
        fill(2_000, 10);
        int slot = key(partition, 3).slot();
        TreeMap<Key, Digest> got = new TreeMap<>();
        SyncReply.SlotVersionsAre versions;
        Key after = null;
        do {
            versions = answer(slotVersions(slot, after), SyncReply.SlotVersionsAre.class);
            for (SyncReply.KeyDigest one : versions.keys()) {
                assertThat(got.put(one.key(), one.digest())).isNull();
                after = one.key();
            }
            assertThat(WireBytes.of(versions)).isLessThanOrEqualTo(SETTINGS.pageBytes());
        } while (versions.more());

        TreeMap<Key, Digest> expected = new TreeMap<>();
        storage.held.forEach((key, cell) -> {
            if (key.slot() == slot) {
                expected.put(key, Digest.of(cell));
            }
        });
        assertThat(got).isEqualTo(expected).hasSizeGreaterThan(100);
    }

    @Test
    void cellsAreThoseOfTheKeysAskedAsFarAsThePageGoes() {
        fill(300, 100);
        List<Key> asked = new ArrayList<>(storage.held.keySet()).subList(20, 220);
        asked = new ArrayList<>(asked);
        asked.add(key(partition, 5_000));
        asked.sort(null);
        List<Storage.Entry> got = new ArrayList<>();
        SyncReply.Entries entries;
        List<Key> left = asked;
        do {
            entries = answer(cells(left), SyncReply.Entries.class);
            got.addAll(entries.entries());
            assertThat(WireBytes.of(entries)).isLessThanOrEqualTo(SETTINGS.pageBytes());
            Key last = got.get(got.size() - 1).key();
            left = left.stream().filter(key -> key.compareTo(last) > 0).toList();
        } while (entries.more());

        // What is not there is left out.
        assertThat(got)
                .extracting(Storage.Entry::key)
                .isEqualTo(new ArrayList<>(storage.held.keySet()).subList(20, 220));
        assertThat(got).allMatch(entry -> entry.cell().equals(storage.held.get(entry.key())));
    }

    @Test
    void slotDigestsCountTombstonesAndExpiredCells() {
        storage.held.put(key(partition, 1), tombstone(1));
        storage.held.put(key(partition, 2), SyncWorld.expired(2, 10));
        storage.held.put(key(partition, 3), live(3, 10));

        List<SyncReply.SlotDigest> digests = answer(slotDigests(ring.since(partition)), SyncReply.SlotDigestsAre.class)
                .digests();

        assertThat(digests).hasSize(ring.slotsPerPartition());
        assertThat(digests.stream().mapToLong(SyncReply.SlotDigest::entries).sum())
                .isEqualTo(3);
        assertThat(digests.stream().mapToLong(SyncReply.SlotDigest::sum).sum())
                .isEqualTo(storage.held.entrySet().stream()
                        .mapToLong(entry -> EntryHash.of(entry.getKey(), Digest.of(entry.getValue())))
                        .sum());
    }

    @Test
    void otherWorkHasItsTurnBetweenTheStepsOfALongScan() {
        fill(1_000, 10);
        shard.receive(D, slotDigests(ring.since(partition)));
        int rounds = 0;
        while (!turns.isEmpty()) {
            turns.removeFirst().run();
            rounds++;
        }

        assertThat(sent).hasSize(1);
        assertThat(rounds).isGreaterThan(5);
        assertThat(storage.limits).allMatch(limit -> limit <= 256);
    }

    @Test
    void stepsShrinkWhenValuesAreLarge() {
        for (int i = 0; i < 40; i++) {
            storage.held.put(key(partition, i), live(i, 1 << 20));
        }
        ask(slotDigests(ring.since(partition)));

        assertThat(storage.limits.subList(1, storage.limits.size())).allMatch(limit -> limit == 1);
    }

    // ---- heads

    private SyncRequest.Heads heads(String cache, @Nullable Key after, int most) {
        return new SyncRequest.Heads(
                ++lastId, ring.since(partition), Long.MAX_VALUE, partition, cache, firstSlot, lastSlot, after, most);
    }

    private SyncReply.HeadsAre headsOf(SyncRequest.Heads request) {
        sent.clear();
        ask(request);
        turn();
        return (SyncReply.HeadsAre) sent.get(0);
    }

    @Test
    void headsAreKeysInOrderWithWhatTheirCellsAreButForTheirValues() {
        Key one = key(partition, 1);
        Key two = key(partition, 2);
        Key three = key(partition, 3);
        storage.held.put(one, live(1, 1));
        storage.held.put(two, tombstone(2));
        storage.held.put(three, new Cell.Live(live(3, 3).version(), 77, new byte[9]));
        List<Key> inOrder = List.copyOf(storage.held.keySet());

        SyncReply.HeadsAre all = headsOf(heads(one.cache(), null, 10));

        assertThat(all.more()).isFalse();
        assertThat(all.heads()).extracting(SyncReply.Head::key).isEqualTo(inOrder);
        assertThat(all.heads())
                .contains(
                        new SyncReply.Head(one, storage.held.get(one).version(), Cell.NEVER),
                        new SyncReply.Head(two, storage.held.get(two).version(), 0),
                        new SyncReply.Head(three, storage.held.get(three).version(), 77));

        SyncReply.HeadsAre first = headsOf(heads(one.cache(), null, 2));
        assertThat(first.heads()).extracting(SyncReply.Head::key).isEqualTo(inOrder.subList(0, 2));
        assertThat(first.more()).isTrue();

        SyncReply.HeadsAre rest = headsOf(heads(one.cache(), inOrder.get(1), 2));
        assertThat(rest.heads()).extracting(SyncReply.Head::key).isEqualTo(inOrder.subList(2, 3));
        assertThat(rest.more()).isFalse();

        assertThat(headsOf(heads("another", null, 10)).heads()).isEmpty();
    }

    // ---- who is answered, and when

    @Test
    void nothingIsReadBeforeTheJoinsAcceptedHaveTakenEffect() {
        for (SyncRequest request : List.of(
                page(null, 1_000),
                slotDigests(ring.since(partition)),
                slotVersions(key(partition, 1).slot(), null),
                cells(List.of(key(partition, 1))),
                heads("cache", null, 10))) {
            storage.held.clear();
            storage.isSettled = false;
            sent.clear();
            ask(request);
            assertThat(sent).isEmpty();
            assertThat(shard.statistics().serving()).isEqualTo(1);

            storage.held.put(key(partition, 1), live(1, 1));
            storage.unsettled.removeFirst().run();
            turn();

            assertThat(sent).hasSize(1);
            long found = switch ((SyncReply) sent.get(0)) {
                case SyncReply.Entries m -> m.entries().size();
                case SyncReply.SlotVersionsAre m -> m.keys().size();
                case SyncReply.SlotDigestsAre m ->
                    m.digests().stream()
                            .mapToLong(SyncReply.SlotDigest::entries)
                            .sum();
                case SyncReply.LeafDigestsAre m ->
                    m.digests().stream()
                            .mapToLong(SyncReply.SlotDigest::entries)
                            .sum();
                case SyncReply.HeadsAre m -> m.heads().size();
                case SyncReply.RootsAre m -> throw new AssertionError(m);
                case SyncReply.Taken m -> throw new AssertionError(m);
                case SyncReply.Purged m -> throw new AssertionError(m);
                case SyncReply.Refused m -> throw new AssertionError(m);
            };
            assertThat(found).isEqualTo(1);
        }
    }

    @Test
    void anOlderEpochIsStale() {
        assertRefused(slotDigests(ring.since(partition) - 1), Failure.StaleRing.class);
        assertThat(newerAt).isEmpty();
    }

    @Test
    void aNewerEpochWaitsForTheRingAndNoLongerThanItsDeadline() {
        ring = Rings.THREE;
        SyncRequest brief = new SyncRequest.SlotDigests(++lastId, D_JOINS.epoch(), nanos + 500, partition, 1);
        SyncRequest longer = new SyncRequest.SlotDigests(++lastId, D_JOINS.epoch(), nanos + 5_000, partition, 1);
        ask(brief);
        ask(longer);
        assertThat(sent).isEmpty();
        assertThat(newerAt).containsExactly(D, D);
        assertThat(shard.statistics().serving()).isEqualTo(2);

        nanos += 1_000;
        assertThat(shard.statistics().serving()).isEqualTo(1);
        shard.ringChanged();
        assertThat(sent).isEmpty();
        ring = D_JOINS;
        shard.ringChanged();
        turn();

        assertThat(sent).hasSize(1).first().extracting(Message::id).isEqualTo(longer.id());
        assertThat(shard.statistics().serving()).isZero();
    }

    @Test
    void thoseWhoWaitForARingAreBounded() {
        ring = Rings.THREE;
        for (int i = 0; i < SETTINGS.maxParked(); i++) {
            ask(slotDigests(D_JOINS.epoch()));
        }
        assertThat(sent).isEmpty();

        assertRefused(slotDigests(D_JOINS.epoch()), Failure.Overloaded.class);
    }

    @Test
    void thoseWhoAreAnsweredAreBounded() {
        storage.isSettled = false;
        for (int i = 0; i < SETTINGS.maxServed(); i++) {
            ask(page(null, 1_000));
        }
        assertThat(sent).isEmpty();

        assertRefused(page(null, 1_000), Failure.Overloaded.class);

        while (!storage.unsettled.isEmpty()) {
            storage.unsettled.removeFirst().run();
        }
        storage.isSettled = true;
        answer(page(null, 1_000), SyncReply.Entries.class);
        assertThat(shard.statistics().serving()).isZero();
    }

    @Test
    void whatNobodyWaitsForAnyMoreIsDropped() {
        fill(1_000, 10);
        shard.receive(D, slotDigests(ring.since(partition)));
        turns.removeFirst().run();

        nanos += 1_000;
        turn();
        ask(new SyncRequest.SlotDigests(++lastId, ring.since(partition), nanos, partition, 1));

        assertThat(sent).isEmpty();
        assertThat(shard.statistics().serving()).isZero();
        assertThat(shard.statistics().requestsExpired()).isEqualTo(2);
    }

    @Test
    void whatIsNoOwnersBusinessIsRefused() {
        ring = Rings.begin(Rings.FOUR, new RingChange.Relocate(A, "there", 1));
        int notOwned = 0;
        while (ring.isOwner(A, notOwned, 3)) {
            notOwned++;
        }

        assertRefused(
                new SyncRequest.SlotDigests(++lastId, ring.since(notOwned), nanos + 1, notOwned, 1),
                Failure.StaleRing.class);
    }

    @Test
    void slotsAndKeysOfOtherPartitionsAreBadRequests() {
        long since = ring.since(partition);
        Key stray = key(Rings.partition(D_JOINS, D, 9), 1);
        long deadline = nanos + 1_000;

        assertRefused(
                new SyncRequest.Page(++lastId, since, deadline, partition, 1, firstSlot, lastSlot + 1, null, 1),
                Failure.BadRequest.class);
        assertRefused(
                new SyncRequest.Page(++lastId, since, deadline, partition, 1, firstSlot - 1, lastSlot, null, 1),
                Failure.BadRequest.class);
        assertRefused(
                new SyncRequest.Page(++lastId, since, deadline, partition, 1, lastSlot, firstSlot, null, 1),
                Failure.BadRequest.class);
        assertRefused(slotVersions(lastSlot + 1, null), Failure.BadRequest.class);
        assertRefused(cells(List.of(stray)), Failure.BadRequest.class);
        assertRefused(
                new SyncRequest.SlotDigests(++lastId, since, deadline, ring.partitions(), 1), Failure.BadRequest.class);
    }

    @Test
    void aStorageThatRefusesIsToldOfByName() {
        storage.fault = Storage.StorageFault.DAMAGED;
        assertRefused(page(null, 1), Failure.StorageFailed.class);
        assertRefused(cells(List.of(key(partition, 1))), Failure.StorageFailed.class);

        storage.fault = Storage.StorageFault.OVERLOADED;
        assertRefused(slotDigests(ring.since(partition)), Failure.Overloaded.class);
        assertRefused(slotVersions(firstSlot, null), Failure.Overloaded.class);
        assertThat(shard.statistics().serving()).isZero();
    }

    @Test
    void aRepeatedRequestIsAnsweredTwice() {
        fill(5, 5);
        SyncRequest request = page(null, 1_000);
        ask(request);
        ask(request);

        assertThat(sent).hasSize(2);
        assertThat(sent.get(0)).isEqualTo(sent.get(1));
    }
}
