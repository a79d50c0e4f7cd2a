package io.murmur.antientropy;

import io.murmur.kernel.Promises;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a replica has promised, as its sync is to believe; and what that has made of it. */
final class HandPromises implements Promises {

    /** A floor that was raised. */
    record Floor(int firstSlot, int lastSlot, long reading) {}

    final List<Floor> floors = new ArrayList<>();
    final List<Key> joining = new ArrayList<>();
    long reading;
    /** How often a floor cannot be made durable. */
    int failures;

    @Override
    public long reading() {
        return reading;
    }

    @Override
    public void raiseFloor(int firstSlot, int lastSlot, long to, Consumer<Boolean> then) {
        if (failures > 0) {
            failures--;
            then.accept(false);
        } else {
            floors.add(new Floor(firstSlot, lastSlot, to));
            then.accept(true);
        }
    }

    @Override
    public void joining(Key key, Version version) {
        joining.add(key);
    }
}
