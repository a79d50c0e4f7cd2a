package io.murmur.antientropy;

import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Mistakes to be noticed. */
final class Plants {

    private static final Map<Ring, Ring> WITH_ONE_OWNER = new LinkedHashMap<>();

    private Plants() {}

    /** Passes everything on. */
    static class Forwarding implements Storage {
        final Storage storage;

        Forwarding(Storage storage) {
            this.storage = storage;
        }

        @Override
        public void read(Key key, Consumer<ReadOutcome> then) {
            storage.read(key, then);
        }

        @Override
        public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
            storage.join(key, cell, durability, then);
        }

        @Override
        public void promise(long reading, Consumer<PromiseOutcome> then) {
            storage.promise(reading, then);
        }

        @Override
        public void settled(Runnable then) {
            storage.settled(then);
        }

        @Override
        public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
            storage.scan(firstSlot, lastSlot, after, limit, then);
        }
    }

    static Storage neverUnsettled(Storage storage) {
        return new Forwarding(storage) {
            @Override
            public void settled(Runnable then) {
                then.run();
            }
        };
    }

    static Storage withoutTombstones(Storage storage) {
        return new Forwarding(storage) {
            @Override
            public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
                super.scan(firstSlot, lastSlot, after, Integer.MAX_VALUE, outcome -> {
                    ScanOutcome.Page page = (ScanOutcome.Page) outcome;
                    then.accept(new ScanOutcome.Page(
                            page.entries().stream()
                                    .filter(entry -> entry.cell() instanceof Cell.Live)
                                    .toList(),
                            false));
                });
            }
        };
    }

    static Storage withoutTheKeyBehindAPage(Storage storage) {
        return new Forwarding(storage) {
            @Override
            public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
                super.scan(firstSlot, lastSlot, after, limit + 1, outcome -> {
                    ScanOutcome.Page page = (ScanOutcome.Page) outcome;
                    List<Entry> entries = page.entries();
                    boolean losesOne = after != null && !entries.isEmpty();
                    then.accept(
                            new ScanOutcome.Page(losesOne ? entries.subList(1, entries.size()) : entries, page.more()));
                });
            }
        };
    }

    /** The same but that each partition has its first owner only, apart from the one that is gone at once. */
    static Ring withOneOwner(Ring ring) {
        return WITH_ONE_OWNER.computeIfAbsent(ring, Plants::makeWithOneOwner);
    }

    private static Ring makeWithOneOwner(Ring ring) {
        List<List<NodeId>> owners = new ArrayList<>();
        List<Long> since = new ArrayList<>();
        for (int partition = 0; partition < ring.partitions(); partition++) {
            owners.add(ring.owners(partition).subList(0, 1));
            since.add(ring.since(partition));
        }
        return new Ring(
                ring.epoch(),
                ring.partitions(),
                ring.replicas(),
                ring.members(),
                owners,
                ring.voters(),
                since,
                ring.transition());
    }
}
