package io.murmur.simulation;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.Failure.Effect;
import io.murmur.kernel.ring.Member;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Histories made by hand: one key, owned by all of three nodes in one region, or of six in two. Times in milliseconds. */
final class Scene {

    static final Key KEY = Key.of("cache", "k");
    static final Duration DRIFT = Duration.ofMillis(500);
    static final Duration MAX_DELAY = Duration.ofMillis(100);

    final History history = new History();
    private final Ring ring;

    private Scene(int regions) {
        List<Member> members = new ArrayList<>();
        List<NodeId> owners = new ArrayList<>();
        for (int region = 0; region < regions; region++) {
            for (int number = 0; number < 3; number++) {
                NodeId id = node(region, number);
                members.add(new Member(id, id.toString(), "host", 1, "region-" + region, "zone", 1));
                owners.add(id);
            }
        }
        ring = new Ring(1, 1, 3, members, List.of(owners));
    }

    static final Duration PURGE_AFTER = Duration.ofSeconds(8);

    static Scene inOneRegion() {
        return new Scene(1);
    }

    static Scene inTwoRegions() {
        return new Scene(2);
    }

    static NodeId node(int region, int number) {
        return new NodeId(region + 1, number);
    }

    static Version version(long reading) {
        return new Version(reading, node(0, 0));
    }

    Quorum quorum(Level level, int region) {
        return Quorum.of(level, KEY, node(region, 0), ring, 3);
    }

    List<String> orderViolations() {
        OrderCheck check = new OrderCheck(operation -> Quorum.of(operation, ring, 3), PURGE_AFTER, Operation::toString);
        return check.check(history).stream().map(Violation::promise).toList();
    }

    List<String> valueViolations() {
        ValueCheck check = new ValueCheck(DRIFT, MAX_DELAY, Operation::toString);
        return check.check(history).stream().map(Violation::promise).toList();
    }

    /** With all healed at that time. */
    List<String> presenceViolations(long healedMillis) {
        PresenceCheck check = new PresenceCheck(healedMillis * 1_000_000, PURGE_AFTER, Operation::toString);
        return check.check(history).stream().map(Violation::promise).toList();
    }

    Step from(long invokedMillis, long completedMillis) {
        return new Step(invokedMillis, completedMillis);
    }

    /** One operation, from then to then, at QUORUM by way of the first node unless said otherwise. */
    final class Step {
        private final long invokedMillis;
        private final long completedMillis;
        private Level level = Level.QUORUM;
        private int standIns;
        private NodeId coordinator = node(0, 0);

        private Step(long invokedMillis, long completedMillis) {
            this.invokedMillis = invokedMillis;
            this.completedMillis = completedMillis;
        }

        Step at(Level other) {
            level = other;
            return this;
        }

        /** As a sloppy write for which so many stand-ins were counted. */
        Step with(int countedStandIns) {
            standIns = countedStandIns;
            return this;
        }

        Step by(NodeId other) {
            coordinator = other;
            return this;
        }

        Scene put(String value, long version) {
            return add(
                    new Operation.Put(value, ClientRequest.TTL_NONE),
                    new Operation.Written(version(version), standIns));
        }

        Scene putFor(long timeToLiveMillis, String value, long version) {
            return add(new Operation.Put(value, timeToLiveMillis), new Operation.Written(version(version), standIns));
        }

        Scene putFails(String value, Effect effect) {
            return add(new Operation.Put(value, ClientRequest.TTL_NONE), new Operation.Failed("timeout", effect));
        }

        Scene delete(long version) {
            return add(new Operation.Delete(), new Operation.Written(version(version), standIns));
        }

        /** With a version of that moment. */
        Scene deleteByTheClock() {
            long wallMillis = SimulatedClock.GENESIS_MILLIS + completedMillis;
            return add(new Operation.Delete(), new Operation.Written(version(wallMillis << 16), 0));
        }

        Scene deleteFails() {
            return add(new Operation.Delete(), new Operation.Failed("timeout", Effect.UNKNOWN));
        }

        Scene reads(@Nullable String value, long seen) {
            return add(new Operation.Get(), new Operation.Read(value, version(seen)));
        }

        Scene readsNothingAtAll() {
            return add(new Operation.Get(), new Operation.Read(null, null));
        }

        private Scene add(Operation.Action action, Operation.Result result) {
            history.add(new Operation(
                    "client",
                    coordinator,
                    KEY,
                    level,
                    standIns > 0,
                    action,
                    invokedMillis * 1_000_000,
                    completedMillis * 1_000_000,
                    result));
            return Scene.this;
        }
    }
}
