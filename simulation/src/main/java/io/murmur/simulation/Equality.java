package io.murmur.simulation;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.Horizons;
import io.murmur.kernel.Storage.ScanOutcome;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.Slots;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether all owners of every partition hold the same (invariant 4), looked at without any message, so that looking mends nothing. What one
 * owner has forgotten as dead, and another not yet, makes no difference: neither would ever serve it.
 */
final class Equality {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(30);

    private final World world;
    private final Supplier<@Nullable Ring> rings;
    private String difference = "nobody has looked";

    /**
     * @param rings the ring all nodes go by, null while they do not
     */
    Equality(World world, Supplier<@Nullable Ring> rings) {
        this.world = world;
        this.rings = rings;
    }

    /** What a node holds. */
    private record Held(TreeMap<Key, Cell> cells, long[] horizons) {}

    /** Waits until all are equal; a violation if that takes longer. */
    void await(Duration atMost) {
        long endNanos = world.nowNanos() + atMost.toNanos();
        while (!isReached()) {
            if (world.nowNanos() > endNanos) {
                world.violation(new Violation(
                        "after faults end, all owners become equal without client traffic (invariant 4)", difference));
                return;
            }
            world.run(LOOK_EVERY);
        }
        world.count("all owners equal");
    }

    private boolean isReached() {
        Ring ring = rings.get();
        if (ring == null) {
            difference = "the ring is changing";
            return false;
        }
        Map<NodeId, Held> all = new LinkedHashMap<>();
        List<NodeId> owners = ring.members().stream().map(member -> member.id()).toList();
        owners.forEach(id -> world.look(id, process -> {
            SimulatedProcess.Replica replica = process.replica();
            if (replica == null) {
                all.put(id, new Held(new TreeMap<>(), new long[Slots.COUNT]));
            } else {
                look(replica, held -> all.put(id, held));
            }
        }));
        if (!world.runUntil(() -> all.size() == owners.size(), LONGEST_LOOK)) {
            difference = "not all owners could be looked at";
            return false;
        }
        String found = difference(ring, all);
        difference = found == null ? "" : found;
        return found == null;
    }

    private static void look(SimulatedProcess.Replica replica, Consumer<Held> then) {
        replica.storage().scan(0, Slots.COUNT - 1, null, Integer.MAX_VALUE, outcome -> {
            if (outcome instanceof ScanOutcome.Page page) {
                TreeMap<Key, Cell> cells = new TreeMap<>();
                page.entries().forEach(entry -> cells.put(entry.key(), entry.cell()));
                long[] horizons = new long[Slots.COUNT];
                for (int slot = 0; slot < Slots.COUNT; slot++) {
                    horizons[slot] = replica.horizons().of(slot);
                }
                then.accept(new Held(cells, horizons));
            }
        });
    }

    private @Nullable String difference(Ring ring, Map<NodeId, Held> all) {
        for (int partition = 0; partition < ring.partitions(); partition++) {
            for (CacheSettings cache : ClusterScenario.CACHES.values()) {
                String difference = difference(ring, partition, cache, all);
                if (difference != null) {
                    return difference;
                }
            }
        }
        return null;
    }

    private @Nullable String difference(Ring ring, int partition, CacheSettings cache, Map<NodeId, Held> all) {
        List<NodeId> owners = ring.owners(partition, cache.replicas());
        int first = ring.firstSlot(partition);
        int last = first + ring.slotsPerPartition() - 1;
        List<Map<Key, Cell>> held = new ArrayList<>();
        for (NodeId owner : owners) {
            Map<Key, Cell> served = new TreeMap<>();
            Objects.requireNonNull(all.get(owner)).cells().forEach((key, cell) -> {
                boolean isWithin =
                        key.slot() >= first && key.slot() <= last && key.cache().equals(cache.name());
                if (isWithin && !Horizons.isPast(cell, greatestHorizon(all, owners, key.slot()))) {
                    served.put(key, cell);
                }
            });
            held.add(served);
        }
        for (int i = 1; i < owners.size(); i++) {
            if (!held.get(i).equals(held.get(0))) {
                return "partition " + partition + ": " + world.names().of(owners.get(0)) + " holds " + held.get(0)
                        + ", " + world.names().of(owners.get(i)) + " holds " + held.get(i);
            }
        }
        return null;
    }

    private static long greatestHorizon(Map<NodeId, Held> all, List<NodeId> owners, int slot) {
        return owners.stream()
                .mapToLong(owner -> Objects.requireNonNull(all.get(owner)).horizons()[slot])
                .max()
                .orElse(Horizons.NONE);
    }
}
