package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Level;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Digest;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.ClientReply.Failed;
import io.murmur.kernel.message.ClientReply.Value;
import io.murmur.kernel.message.ClientReply.Written;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.ring.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * One call against owners that hold anything at first, while messages are lost, doubled and reordered, owners refuse, and time passes.
 * What an answer promises must hold in the owners' copies at that moment.
 */
class AnyScheduleTest {

    private static final int TRIES = 3_000;
    private static final String SEED = "20260101";

    private static final int[][] LAYOUTS = {{1}, {2}, {3}, {3, 3}, {2, 1}, {3, 2, 1}};

    private static final List<Level> MAJORITIES = List.of(Level.QUORUM, Level.EACH_QUORUM, Level.ALL);

    /** Owners other than the bench's own node, and the messages between. */
    private static final class Schedule {
        final Random random;
        final Bench bench;
        final Map<NodeId, Cell> held = new HashMap<>();
        final List<Runnable> onTheirWay = new ArrayList<>();
        final double trouble;

        Schedule(long seed) {
            random = new Random(seed);
            bench = new Bench(Layouts.ring(LAYOUTS[random.nextInt(LAYOUTS.length)]));
            trouble = random.nextInt(3) * 0.15;
            for (NodeId owner : bench.ring.owners(0)) {
                Cell cell = anyCell();
                if (cell != null && !owner.equals(Bench.SELF)) {
                    held.put(owner, cell);
                } else if (cell != null) {
                    bench.storage.held.put(KEY, cell);
                }
            }
        }

        /** One of few, so that owners often agree; ahead of the coordinator's clock and not. */
        private @Nullable Cell anyCell() {
            int which = random.nextInt(6);
            Version version = new Version((WALL_MILLIS + which * 40L - 80) << 16, Layouts.node(2 + which % 2));
            return switch (which) {
                case 0 -> null;
                case 1 -> new Cell.Tombstone(version);
                // Two cells of one version, as of a node whose clock went back across a restart.
                case 2 -> new Cell.Live(version, Cell.NEVER, Bench.bytes("value" + random.nextInt(2)));
                default -> new Cell.Live(version, Cell.NEVER, Bench.bytes("value"));
            };
        }

        @Nullable
        Cell held(NodeId owner) {
            return owner.equals(Bench.SELF) ? bench.storage.held.get(KEY) : held.get(owner);
        }

        /** The places of the owners whose cell is so. */
        int places(Placement placement, Predicate<@Nullable Cell> isSo) {
            int places = 0;
            for (int place = 0; place < placement.size(); place++) {
                places |= isSo.test(held(placement.owners.get(place))) ? 1 << place : 0;
            }
            return places;
        }

        void runUntilAnswered() {
            bench.storage.isSlow = random.nextBoolean();
            while (bench.replies.isEmpty()) {
                for (Bench.Sent one : bench.sent) {
                    travel(() -> arrive(one.to(), (PeerRequest) one.message()));
                }
                bench.sent.clear();
                int step = random.nextInt(10);
                if (step == 0 || onTheirWay.isEmpty()) {
                    bench.pass(Duration.ofMillis(1 + random.nextInt(60)));
                } else if (step == 1) {
                    bench.storage.catchUp();
                } else {
                    onTheirWay.remove(random.nextInt(onTheirWay.size())).run();
                }
            }
        }

        void assertThatNothingIsLeft() {
            assertThat(bench.shard.pendingCalls()).isZero();
            bench.pass(Duration.ofSeconds(1));
            assertThat(bench.shard.roundsAwaited()).isZero();
            assertThat(bench.timersWaiting()).isZero();
        }

        private void travel(Runnable arrival) {
            for (int copies = random.nextDouble() < trouble ? random.nextInt(3) : 1; copies > 0; copies--) {
                onTheirWay.add(arrival);
            }
        }

        private void arrive(NodeId owner, PeerRequest request) {
            PeerReply reply = random.nextDouble() < trouble / 2
                    ? new PeerReply.Refused(request.id(), 1, new Failure.Overloaded("by chance"))
                    : reply(owner, request);
            travel(() -> bench.shard.receive(owner, reply));
        }

        private PeerReply reply(NodeId owner, PeerRequest request) {
            Cell now = held.get(owner);
            return switch (request) {
                case PeerRequest.Hint hint -> throw new AssertionError("strict: " + hint);
                // A read whose repair has met a greater cell; nobody else prepares anything.
                case PeerRequest.Prepare prepare -> new PeerReply.Promised(prepare.id(), 1, now, true, List.of());
                case PeerRequest.Accept accept -> {
                    Cell joined = now == null ? accept.cell() : Cell.joinPresent(now, accept.cell());
                    held.put(owner, joined);
                    yield joined.equals(accept.cell())
                            ? new PeerReply.Accepted(accept.id(), 1)
                            : new PeerReply.Outbid(accept.id(), 1, joined.version());
                }
                case PeerRequest.Read read -> new PeerReply.CellIs(read.id(), 1, now);
                case PeerRequest.ReadDigest read ->
                    new PeerReply.DigestIs(read.id(), 1, now == null ? null : Digest.of(now));
                case PeerRequest.Join join -> {
                    Cell joined = now == null ? join.cell() : Cell.joinPresent(now, join.cell());
                    held.put(owner, joined);
                    yield new PeerReply.Joined(join.id(), 1, joined.equals(join.cell()) ? null : joined.version());
                }
            };
        }
    }

    /** Invariants 2 and 3. */
    @Property(tries = TRIES, seed = SEED)
    void whatAReadAtAMajorityAnswersIsHeldByAMajorityAndHidesNothingThatWas(@ForAll long seed) {
        Schedule schedule = new Schedule(seed);
        Level level = MAJORITIES.get(schedule.random.nextInt(MAJORITIES.size()));
        Placement placement = Layouts.placement(schedule.bench.ring, 1);
        Requirement requirement = Requirement.of(level, placement);
        List<Cell> acknowledged = acknowledged(schedule, placement, requirement);

        schedule.bench.get(level);
        schedule.runUntilAnswered();

        if (schedule.bench.result() instanceof Value value) {
            Version seen = value.seen();
            int holders = schedule.places(placement, cell -> isAtLeast(cell, seen));
            assertThat(requirement.isMetBy(holders, placement))
                    .as("a majority holds it")
                    .isTrue();
            assertThat(acknowledged).allSatisfy(cell -> assertThat(seen).isGreaterThanOrEqualTo(cell.version()));
            assertThat(value.answered()).isBetween(requirement.required(holders, placement), Integer.bitCount(holders));
        } else {
            assertThat(schedule.bench.result()).isInstanceOf(Failed.class);
        }
        schedule.assertThatNothingIsLeft();
    }

    /** Invariants 2 and 6. */
    @Property(tries = TRIES, seed = SEED)
    void aWriteThatAMajorityAcknowledgedIsHeldByItAndAboveAllThatWas(@ForAll long seed) {
        Schedule schedule = new Schedule(seed);
        Level level = MAJORITIES.get(schedule.random.nextInt(MAJORITIES.size()));
        Placement placement = Layouts.placement(schedule.bench.ring, 1);
        Requirement requirement = Requirement.of(level, placement);
        List<Cell> acknowledged = acknowledged(schedule, placement, requirement);

        schedule.bench.put("written", level);
        schedule.runUntilAnswered();

        if (schedule.bench.result() instanceof Written written) {
            int holders = schedule.places(placement, cell -> isAtLeast(cell, written.version()));
            assertThat(requirement.isMetBy(holders, placement))
                    .as("a majority holds it")
                    .isTrue();
            assertThat(acknowledged)
                    .allSatisfy(cell -> assertThat(written.version()).isGreaterThan(cell.version()));
            assertThat(written.acknowledged()).isGreaterThanOrEqualTo(written.required());
        } else {
            assertThat(schedule.bench.result()).isInstanceOf(Failed.class);
        }
        schedule.assertThatNothingIsLeft();
    }

    /** Without trouble there is an answer, however messages are reordered. */
    @Property(tries = TRIES / 3, seed = SEED)
    void whereNothingIsLostOrRefusedEveryReadIsAnswered(@ForAll long seed) {
        Schedule schedule = new Schedule(seed);
        if (schedule.trouble > 0) {
            return;
        }
        Level level = MAJORITIES.get(schedule.random.nextInt(MAJORITIES.size()));
        schedule.bench.get(level);

        for (int step = 0; step < 100 && schedule.bench.replies.isEmpty(); step++) {
            for (Bench.Sent one : schedule.bench.sent) {
                schedule.travel(() -> schedule.arrive(one.to(), (PeerRequest) one.message()));
            }
            schedule.bench.sent.clear();
            if (!schedule.onTheirWay.isEmpty()) {
                schedule.onTheirWay
                        .remove(schedule.random.nextInt(schedule.onTheirWay.size()))
                        .run();
            }
        }

        assertThat(schedule.bench.result()).isInstanceOf(Value.class);
    }

    /** The cells that are held as a write acknowledged at this level before the call would be. */
    private static List<Cell> acknowledged(Schedule schedule, Placement placement, Requirement requirement) {
        List<Cell> acknowledged = new ArrayList<>();
        for (NodeId owner : placement.owners) {
            Cell cell = schedule.held(owner);
            if (cell != null
                    && requirement.isMetBy(
                            schedule.places(placement, held -> isAtLeast(held, cell.version())), placement)) {
                acknowledged.add(cell);
            }
        }
        return acknowledged;
    }

    private static boolean isAtLeast(@Nullable Cell cell, @Nullable Version version) {
        return version == null || (cell != null && cell.version().compareTo(version) >= 0);
    }
}
