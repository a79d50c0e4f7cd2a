package io.murmur.simulation;

import io.murmur.kernel.data.Key;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All operations of all clients, in the order in which they were completed. */
public final class History {

    private final List<Operation> operations = new ArrayList<>();

    public void add(Operation operation) {
        operations.add(operation);
    }

    public List<Operation> operations() {
        return List.copyOf(operations);
    }

    /** The operations of each key, keys in order. */
    Collection<List<Operation>> byKey() {
        Map<Key, List<Operation>> byKey = new TreeMap<>();
        for (Operation operation : operations) {
            byKey.computeIfAbsent(operation.key(), ignored -> new ArrayList<>()).add(operation);
        }
        return byKey.values();
    }
}
