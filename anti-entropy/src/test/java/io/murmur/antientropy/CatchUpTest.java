package io.murmur.antientropy;

import static io.murmur.antientropy.Rings.A;
import static io.murmur.antientropy.Rings.B;
import static io.murmur.antientropy.Rings.C;
import static io.murmur.antientropy.Rings.C_LEAVES;
import static io.murmur.antientropy.Rings.D;
import static io.murmur.antientropy.Rings.D_JOINS;
import static io.murmur.antientropy.Rings.D_REPLACES_C;
import static io.murmur.antientropy.Rings.THREE;
import static io.murmur.antientropy.Rings.key;
import static io.murmur.antientropy.SyncWorld.SETTINGS;
import static io.murmur.antientropy.SyncWorld.any;
import static io.murmur.antientropy.SyncWorld.bytesOf;
import static io.murmur.antientropy.SyncWorld.live;
import static io.murmur.antientropy.SyncWorld.tombstone;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.antientropy.SyncWorld.Plant;
import io.murmur.antientropy.SyncWorld.Running;
import io.murmur.antientropy.SyncWorld.Sent;
import io.murmur.kernel.Durability;
import io.murmur.kernel.Storage;
import io.murmur.kernel.Storage.StorageFault;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import io.murmur.kernel.ring.RingChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CatchUpTest {

    /** One that d has to catch up with when it joins, and when it takes the place of c. */
    private final int partition = Rings.partition(D_JOINS, D, 3);

    private SyncWorld sync = new SyncWorld(1, D_JOINS);

    /** The same cells at a, b and c. */
    private void fill(int keys, int valueBytes) {
        for (int i = 0; i < keys; i++) {
            for (NodeId owner : List.of(A, B, C)) {
                sync.join(owner, key(partition, i), live(100 + i, valueBytes));
            }
        }
        sync.settle();
    }

    // ---- what it ends with

    @Test
    void aFreshOwnerHoldsTheJoinOfWhatTheSourcesHeld() {
        Random random = new Random(11);
        for (int i = 0; i < 600; i++) {
            NodeId owner = List.of(A, B, C).get(random.nextInt(3));
            sync.join(owner, key(partition, random.nextInt(300)), any(random, 300));
        }
        sync.settle();

        CatchUp.CaughtUp caughtUp = sync.catchUp(D, partition);

        assertThat(sync.held(D, partition)).isEqualTo(sync.joinOf(partition, A, B, C));
        assertThat(caughtUp.sources()).containsExactlyInAnyOrder(A, B, C);
        assertThat(sync.held(D, partition).values())
                .anyMatch(cell -> cell instanceof Cell.Tombstone)
                .anyMatch(cell -> cell instanceof Cell.Live value && value.expiresAtMillis() == 1);
    }

    @Test
    void whatItMayHavePromisedItselfIsTakenOnAsWell() {
        fill(5, 10);
        sync.promises(D).reading = 80;
        sync.promises(A).reading = 70;

        sync.catchUp(D, partition);

        assertThat(sync.promises(D).floors).isNotEmpty().allMatch(floor -> floor.reading() >= 80);
    }

    @Test
    void whatEachSourceMayHavePromisedIsTakenOnBeforeItHasCaughtUp() {
        fill(5, 10);
        HandPromises own = sync.promises(D);
        sync.promises(A).reading = 70;
        sync.promises(B).reading = 90;
        own.failures = 1;

        sync.catchUp(D, partition);

        int first = D_JOINS.firstSlot(partition);
        int last = first + D_JOINS.slotsPerPartition() - 1;
        assertThat(own.floors)
                .contains(new HandPromises.Floor(first, last, 70), new HandPromises.Floor(first, last, 90))
                .allMatch(floor -> floor.firstSlot() == first && floor.lastSlot() == last && floor.reading() > 0);
    }

    @Test
    void cellsThatAreTakenAreToldOfSinceTheyMayComeBelowAPromise() {
        fill(5, 10);

        sync.catchUp(D, partition);

        assertThat(sync.promises(D).joining).hasSize(5);
    }

    @Test
    void otherPartitionsAreLeftAlone() {
        int other = Rings.partition(D_JOINS, D, 4);
        sync.join(A, key(other, 1), live(1, 10));
        fill(5, 10);

        sync.catchUp(D, partition);

        assertThat(sync.held(D, other)).isEmpty();
    }

    @Test
    void eachOfTwoSourcesBringsWhatTheOtherLacks() {
        fill(50, 50);
        sync.join(A, key(partition, 1000), live(1, 10));
        sync.join(B, key(partition, 1001), tombstone(2));
        sync.join(C, key(partition, 7), live(9_999, 10));
        sync.settle();

        sync.catchUp(D, partition);

        assertThat(sync.held(D, partition))
                .isEqualTo(sync.joinOf(partition, A, B, C))
                .containsEntry(key(partition, 1000), live(1, 10))
                .containsEntry(key(partition, 1001), tombstone(2))
                .containsEntry(key(partition, 7), live(9_999, 10));
    }

    @Test
    void aTombstoneThatOneSourceHasAloneIsFoundAmongEqualSlots() {
        fill(50, 50);
        sync.join(B, key(partition, 1001), tombstone(2));
        sync.settle();

        sync.catchUp(D, partition);

        assertThat(sync.held(D, partition)).containsEntry(key(partition, 1001), tombstone(2));
    }

    @Test
    void valuesFarLargerThanAPageArePulledOneByOne() {
        for (int i = 0; i < 6; i++) {
            sync.join(A, key(partition, i), live(10 + i, 5 << 20));
            sync.join(B, key(partition, i), live(10 + i, i == 3 ? 100 : 5 << 20));
            sync.join(C, key(partition, i + 1), live(10 + i + 1, 5 << 20));
        }
        sync.settle();

        sync.catchUp(D, partition);

        assertThat(sync.held(D, partition)).isEqualTo(sync.joinOf(partition, A, B, C));
    }

    @Test
    void greaterCellsAreLeftAsTheyAreHereAndThere() {
        fill(20, 20);
        sync.join(D, key(partition, 3), live(50_000, 5));
        sync.join(D, key(partition, 2000), live(50_001, 5));
        sync.settle();

        sync.catchUp(D, partition);

        assertThat(sync.held(D, partition))
                .containsEntry(key(partition, 3), live(50_000, 5))
                .containsEntry(key(partition, 2000), live(50_001, 5));
        assertThat(sync.held(A, partition)).containsEntry(key(partition, 3), live(103, 20));
        assertThat(sync.held(A, partition)).doesNotContainKey(key(partition, 2000));
    }

    @Test
    void whatIsSaidToBeHeldOutlivesAPowerCut() {
        fill(200, 50);
        Running running = sync.begin(D, partition);
        sync.await(() -> running.outcome != null, Duration.ofMinutes(1));
        sync.world.crash(D);
        sync.world.start(D);

        assertThat(sync.held(D, partition)).isEqualTo(sync.joinOf(partition, A, B, C));
    }

    // ---- how much it moves

    @Test
    void threeEqualSourcesCostOneCopy() {
        fill(800, 100);
        long copy = bytesOf(sync.held(A, partition));

        CatchUp.CaughtUp caughtUp = sync.catchUp(D, partition);

        assertThat(caughtUp.bytesReceived()).isBetween(copy, copy + copy / 10);
        assertThat(caughtUp.entriesReceived()).isEqualTo(800);
        assertThat(caughtUp.keysMended()).isEqualTo(800);
        assertThat(sync.shard(D).statistics().bytesReceived()).isEqualTo(caughtUp.bytesReceived());
        assertThat(sync.shard(A).statistics().bytesSent()
                        + sync.shard(B).statistics().bytesSent()
                        + sync.shard(C).statistics().bytesSent())
                .isEqualTo(caughtUp.bytesReceived());
    }

    @Test
    void sourcesThatDifferInAFewKeysCostACopyAndTheDifference() {
        fill(800, 1000);
        long copy = bytesOf(sync.held(A, partition));
        sync.join(A, key(partition, 1), live(70_000, 1000));
        sync.join(B, key(partition, 2), live(70_000, 1000));
        sync.settle();

        CatchUp.CaughtUp caughtUp = sync.catchUp(D, partition);

        assertThat(caughtUp.bytesReceived()).isBetween(copy, copy + copy / 10);
        assertThat(sync.held(D, partition)).isEqualTo(sync.joinOf(partition, A, B, C));
    }

    @Test
    void anOwnerToBeThatHoldsLittleButRecentWritesCopiesAllTheSame() {
        fill(800, 100);
        long copy = bytesOf(sync.held(A, partition));
        for (int i = 0; i < 40; i++) {
            for (NodeId owner : List.of(A, B, C, D)) {
                sync.join(owner, key(partition, i), live(80_000, 100));
            }
        }
        sync.settle();

        CatchUp.CaughtUp caughtUp = sync.catchUp(D, partition);

        assertThat(caughtUp.bytesReceived()).isBetween(copy / 2, copy + copy / 10);
        assertThat(sync.sent(D, C, SyncRequest.SlotVersions.class)).isEmpty();
    }

    @Test
    void catchingUpAgainMovesNextToNothing() {
        fill(800, 100);
        sync.catchUp(D, partition);

        CatchUp.CaughtUp again = sync.catchUp(D, partition);

        assertThat(again.entriesReceived()).isZero();
        assertThat(again.bytesReceived()).isLessThan(2_000);
    }

    @Test
    void afterACrashOfEitherSideItGoesOnWhereItWas() {
        sync = new SyncWorld(3, D_JOINS, throttled(100_000), Plant.NONE);
        fill(800, 100);
        long copy = bytesOf(sync.held(A, partition));
        sync.begin(D, partition);
        sync.await(() -> sync.held(D, partition).size() > 400, Duration.ofMinutes(1));
        sync.world.crash(D);
        sync.world.crash(C);
        sync.world.start(D);
        sync.world.start(C);
        int had = sync.held(D, partition).size();

        CatchUp.CaughtUp caughtUp = sync.catchUp(D, partition);

        assertThat(sync.held(D, partition)).isEqualTo(sync.joinOf(partition, A, B, C));
        // One slot may have been in the middle of its copy.
        assertThat(caughtUp.entriesReceived()).isBetween(800L - had, 800L - had + 100);
        assertThat(caughtUp.bytesReceived()).isLessThan(copy * 3 / 4);
    }

    @Test
    void manySmallSlotsShareAPage() {
        fill(120, 1);

        sync.catchUp(D, partition);

        long bytes = bytesOf(sync.held(D, partition));
        int pages = (int) (bytes / SETTINGS.pageBytes()) + 1;
        assertThat(sync.sent(D, C, SyncRequest.Page.class)).hasSize(pages);
    }

    @Test
    void aKeptOwnerPullsItsDifferenceOnly() {
        Ring ring = C_LEAVES;
        sync = new SyncWorld(1, ring);
        fill(400, 500);
        sync.join(A, key(partition, 5), live(60_000, 500));
        sync.join(C, key(partition, 6), tombstone(60_001));
        sync.settle();

        CatchUp.CaughtUp caughtUp = sync.catchUp(B, partition);

        assertThat(caughtUp.entriesReceived()).isEqualTo(2);
        assertThat(sync.held(B, partition)).isEqualTo(sync.joinOf(partition, A, C));
    }

    private static SyncSettings throttled(long bytesPerSecond) {
        return SETTINGS.withBytesPerSecond(bytesPerSecond);
    }

    @Test
    void noMoreIsPulledASecondThanIsAllowedWhateverTheNumberOfPartitions() {
        int bytesPerSecond = 50_000;
        sync = new SyncWorld(2, D_JOINS, throttled(bytesPerSecond), Plant.NONE);
        List<Running> all = new ArrayList<>();
        for (int which = 0; which < 3; which++) {
            int other = Rings.partition(D_JOINS, D, which);
            for (int i = 0; i < 400; i++) {
                sync.join(A, key(other, i), live(100 + i, 200));
            }
        }
        sync.settle();
        long begun = sync.world.nowNanos();
        for (int which = 0; which < 3; which++) {
            all.add(sync.begin(D, Rings.partition(D_JOINS, D, which)));
        }

        while (all.stream().anyMatch(one -> one.outcome == null)) {
            sync.world.run(Duration.ofMillis(100));
            double seconds = (sync.world.nowNanos() - begun) / 1e9;
            assertThat(sync.shard(D).statistics().bytesReceived())
                    .isLessThanOrEqualTo((long) (bytesPerSecond * seconds) + SETTINGS.pageBytes());
        }

        double seconds = (sync.world.nowNanos() - begun) / 1e9;
        long bytes = sync.shard(D).statistics().bytesReceived();
        assertThat(bytes).isGreaterThan(300_000);
        // And not much less is pulled than might be.
        assertThat(bytes / seconds).isGreaterThan(bytesPerSecond * 0.8);
    }

    // ---- sources that come and go

    @Test
    void theNearestSourceIsReadFirst() {
        fill(10, 10);

        sync.catchUp(D, partition);

        Sent first = sync.sent.stream()
                .filter(one -> one.message() instanceof SyncRequest)
                .findFirst()
                .orElseThrow();
        // In the zone of d.
        assertThat(first.to()).isEqualTo(C);
    }

    @Test
    void aSourceThatDiesMidwayIsLeftOutWhenTheOthersAreEnough() {
        sync = new SyncWorld(4, D_JOINS, throttled(200_000), Plant.NONE);
        fill(500, 100);
        sync.join(A, key(partition, 1000), live(3, 3));
        sync.settle();
        Running running = sync.begin(D, partition);
        sync.await(() -> sync.held(D, partition).size() > 100, Duration.ofMinutes(1));

        sync.world.kill(C);

        assertThat(sync.caughtUp(running, Duration.ofMinutes(2)).sources()).containsExactlyInAnyOrder(A, B);
        assertThat(sync.held(D, partition)).isEqualTo(sync.joinOf(partition, A, B));
        assertThat(sync.shard(D).callsWaiting()).isZero();
    }

    @Test
    void aSourceThatIsBackBeforeTheEndIsReadAsWell() {
        sync = new SyncWorld(5, D_JOINS, throttled(100_000), Plant.NONE);
        fill(500, 100);
        sync.join(C, key(partition, 1000), live(3, 3));
        sync.settle();
        sync.world.kill(C);
        sync.world.run(Duration.ofSeconds(1));
        Running running = sync.begin(D, partition);
        sync.await(() -> sync.held(D, partition).size() > 100, Duration.ofMinutes(1));
        assertThat(sync.sent(D, C, SyncRequest.class)).isEmpty();

        sync.world.start(C);

        assertThat(sync.caughtUp(running, Duration.ofMinutes(2)).sources()).containsExactlyInAnyOrder(A, B, C);
        assertThat(sync.held(D, partition)).containsEntry(key(partition, 1000), live(3, 3));
    }

    @Test
    void tooFewSourcesAreWaitedForAsLongAsItTakes() {
        sync = new SyncWorld(6, D_REPLACES_C);
        fill(50, 50);
        sync.join(B, key(partition, 1000), live(3, 3));
        sync.settle();
        sync.world.kill(C);
        sync.world.kill(B);
        sync.world.run(Duration.ofSeconds(1));
        Running running = sync.begin(D, partition);

        sync.world.run(Duration.ofMinutes(30));
        assertThat(running.outcome).isNull();
        sync.world.start(B);

        assertThat(sync.caughtUp(running, Duration.ofSeconds(10)).sources()).containsExactlyInAnyOrder(A, B);
        assertThat(sync.held(D, partition)).containsEntry(key(partition, 1000), live(3, 3));
    }

    @Test
    void aSourceThatIsBelievedAliveAndNeverAnswersIsLeftOutInTheEnd() {
        fill(20, 20);
        sync.gate = one -> !one.to().equals(C);

        CatchUp.CaughtUp caughtUp = sync.catchUp(D, partition);

        assertThat(caughtUp.sources()).containsExactlyInAnyOrder(A, B);
        assertThat(sync.sent(D, C, SyncRequest.class)).hasSize(9);
    }

    @Test
    void aSourceWhoseFilesAreDamagedIsLeftOut() {
        sync.storageSeenAs = (id, storage) -> id.equals(B) ? refusingScans(storage) : storage;
        sync.world.kill(B);
        sync.world.start(B);
        fill(20, 20);

        assertThat(sync.catchUp(D, partition).sources()).containsExactlyInAnyOrder(A, C);
    }

    private static Storage refusingScans(Storage storage) {
        return new Plants.Forwarding(storage) {
            @Override
            public void scan(int firstSlot, int lastSlot, @Nullable Key after, int limit, Consumer<ScanOutcome> then) {
                then.accept(new ScanOutcome.Refused(StorageFault.DAMAGED, "told so"));
            }
        };
    }

    // ---- joins that are under way

    /** What makes the steps of a ring safe: see {@link io.murmur.kernel.ring.RingSteps}. */
    private Key acceptedByTheOldRingAndStillInTheLog() {
        sync.adoptAll(THREE);
        fill(20, 20);
        Key key = key(partition, 1000);
        sync.world.slowDisk(A, 500);
        sync.world.slowDisk(B, 500);
        sync.join(A, key, live(77, 7));
        sync.join(B, key, live(77, 7));
        sync.adoptAll(D_JOINS);
        return key;
    }

    @Test
    void whatASourceHadAcceptedAndNotYetDoneIsWaitedFor() {
        Key key = acceptedByTheOldRingAndStillInTheLog();

        sync.catchUp(D, partition);

        assertThat(sync.held(D, partition)).containsEntry(key, live(77, 7));
    }

    @Test
    void whoeverDoesNotWaitForItIsCaught() {
        sync = new SyncWorld(1, D_JOINS, SETTINGS, Plant.DOES_NOT_WAIT_FOR_JOINS_UNDER_WAY);
        Key key = acceptedByTheOldRingAndStillInTheLog();

        sync.catchUp(D, partition);

        assertThat(sync.held(D, partition)).doesNotContainKey(key);
    }

    @Test
    void aKeptOwnerWaitsForItsOwnJoinsAsWell() {
        sync = new SyncWorld(1, C_LEAVES);
        sync.world.kill(C);
        sync.world.run(Duration.ofSeconds(1));
        sync.world.slowDisk(B, 500);
        Key key = key(partition, 1);
        sync.join(B, key, live(77, 7));

        // By b itself and by a, without c.
        assertThat(sync.catchUp(B, partition).sources()).containsExactly(A);
        assertThat(sync.held(B, partition)).containsEntry(key, live(77, 7));
    }

    // ---- rings that differ

    @Test
    void aSourceThatHasYetToHearOfTheRingAnswersOnceItHas() {
        fill(20, 20);
        for (NodeId owner : List.of(A, B, C)) {
            sync.adopt(owner, THREE);
        }
        Running running = sync.begin(D, partition);
        sync.world.run(Duration.ofMillis(500));
        assertThat(running.outcome).isNull();
        assertThat(sync.askedForNewerRing).contains(C);
        assertThat(sync.shard(C).statistics().serving()).isEqualTo(1);

        sync.adoptAll(D_JOINS);

        sync.caughtUp(running, Duration.ofSeconds(5));
        // The first question was kept, not asked again.
        assertThat(sync.sent(D, C, SyncRequest.Page.class)).hasSize(1);
        assertThat(sync.held(D, partition)).isEqualTo(sync.joinOf(partition, A, B, C));
    }

    @Test
    void anAskerWithAnOldRingIsRefusedAndLearnsOfTheNewerOne() {
        fill(20, 20);
        Ring givenUp = Rings.begin(D_JOINS, new RingChange.Abort(D));
        for (NodeId owner : List.of(A, B, C)) {
            sync.adopt(owner, givenUp);
        }

        Running running = sync.begin(D, partition);
        sync.await(() -> sync.askedForNewerRing.contains(D), Duration.ofSeconds(5));
        assertThat(sync.sent(C, D, SyncReply.Refused.class).get(0).failure()).isInstanceOf(Failure.StaleRing.class);

        sync.adopt(D, givenUp);
        assertThat(sync.failureOf(running)).contains("not what it was");
        assertThat(sync.held(D, partition)).isEmpty();
        assertThat(sync.shard(D).callsWaiting()).isZero();
    }

    @Test
    void aChangeThatIsOverEndsIt() {
        sync = new SyncWorld(1, D_JOINS, throttled(50_000), Plant.NONE);
        fill(500, 100);
        Running running = sync.begin(D, partition);
        sync.await(() -> sync.held(D, partition).size() > 50, Duration.ofMinutes(1));

        sync.adopt(D, Rings.begin(D_JOINS, new RingChange.Abort(D)));

        assertThat(sync.failureOf(running)).contains("not what it was");
        assertThat(sync.shard(D).statistics().catchUps()).isZero();
    }

    @Test
    void aNewRingInWhichThePartitionIsAsItWasEndsNothing() {
        sync = new SyncWorld(1, D_JOINS, throttled(50_000), Plant.NONE);
        fill(100, 100);
        Running running = sync.begin(D, partition);
        sync.await(() -> sync.held(D, partition).size() > 20, Duration.ofMinutes(1));

        sync.adoptAll(Rings.begin(D_JOINS, new RingChange.Relocate(A, "elsewhere", 7001)));

        sync.caughtUp(running, Duration.ofMinutes(1));
        assertThat(sync.held(D, partition)).isEqualTo(sync.joinOf(partition, A, B, C));
    }

    @Test
    void whoeverDoesNotOwnAPartitionDoesNotCatchUpWithIt() {
        sync = new SyncWorld(1, THREE);

        assertThat(sync.failureOf(sync.begin(D, partition))).contains("nothing");
    }

    // ---- a bad network

    @Test
    void lostRepeatedAndDelayedMessagesChangeNothing() {
        for (int seed = 1; seed <= 20; seed++) {
            sync = new SyncWorld(seed, D_JOINS);
            sync.world.conditions(
                    sync.world.conditions().withLoss(0.15).withDuplication(0.2).withDelays(20_000, 0.05, 1_500_000));
            Random random = new Random(seed);
            for (int i = 0; i < 300; i++) {
                NodeId owner = List.of(A, B, C).get(random.nextInt(3));
                sync.join(owner, key(partition, random.nextInt(150)), any(random, 300));
            }
            sync.settle();

            Running running = sync.begin(D, partition);
            CatchUp.CaughtUp caughtUp = sync.caughtUp(running, Duration.ofMinutes(30));

            NodeId[] sources = caughtUp.sources().toArray(NodeId[]::new);
            assertThat(sync.joinOf(partition, D, sources[0], sources[1]))
                    .as("seed %d", seed)
                    .isEqualTo(sync.held(D, partition));
            sync.world.run(Duration.ofMinutes(1));
            assertThat(running.outcomes).as("seed %d", seed).isEqualTo(1);
            assertThat(sync.shard(D).callsWaiting()).as("seed %d", seed).isZero();
        }
    }

    @Test
    void aLateAnswerIsNotTakenForTheAnswerToWhatIsAskedNow() {
        fill(200, 100);
        List<Sent> late = new ArrayList<>();
        AtomicInteger pages = new AtomicInteger();
        sync.gate = one -> {
            boolean holdsBack = one.message() instanceof SyncReply.Entries && pages.incrementAndGet() == 2;
            if (holdsBack) {
                late.add(one);
            }
            return !holdsBack;
        };
        Running running = sync.begin(D, partition);
        // Asked again, answered, and further on by some pages.
        sync.await(() -> pages.get() == 4, Duration.ofSeconds(10));
        long received = sync.shard(D).statistics().entriesReceived();

        sync.release(late.get(0));
        sync.release(late.get(0));
        sync.await(() -> sync.shard(D).statistics().repliesIgnored() == 2, Duration.ofSeconds(1));

        assertThat(received).isLessThan(200);
        CatchUp.CaughtUp caughtUp = sync.caughtUp(running, Duration.ofMinutes(1));
        assertThat(caughtUp.entriesReceived()).isEqualTo(200);
        assertThat(sync.held(D, partition)).isEqualTo(sync.joinOf(partition, A, B, C));
    }

    @Test
    void anAnswerFromSomebodyElseIsIgnored() {
        fill(20, 20);
        List<Sent> held = new ArrayList<>();
        sync.gate = one -> {
            boolean holdsBack = held.isEmpty() && one.message() instanceof SyncReply;
            if (holdsBack) {
                held.add(one);
            }
            return !holdsBack;
        };
        sync.begin(D, partition);
        sync.await(() -> !held.isEmpty(), Duration.ofSeconds(1));

        sync.release(new Sent(B, D, held.get(0).message()));
        sync.world.run(Duration.ofMillis(100));

        assertThat(sync.shard(D).statistics().repliesIgnored()).isEqualTo(1);
        assertThat(sync.held(D, partition)).isEmpty();
    }

    @Test
    void cellsOfOtherSlotsDoNotGetIn() {
        Key stray = key(Rings.partition(D_JOINS, D, 9), 1);
        sync.gate = one -> {
            if (one.message() instanceof SyncReply.Entries entries && one.from().equals(C)) {
                sync.release(new Sent(
                        C,
                        D,
                        new SyncReply.Entries(
                                entries.id(), entries.epoch(), List.of(new Storage.Entry(stray, live(1, 1))), false)));
                return false;
            }
            return true;
        };
        fill(20, 20);

        sync.catchUp(D, partition);

        assertThat(sync.held(D, Rings.partition(D_JOINS, D, 9))).isEmpty();
        assertThat(sync.sent(D, C, SyncRequest.Page.class)).hasSize(1);
        assertThat(sync.held(D, partition)).isEqualTo(sync.joinOf(partition, A, B, C));
    }

    @Test
    void anAnswerThatDoesNotGoForwardIsNotFollowedForEver() {
        sync.gate = one -> {
            if (one.message() instanceof SyncReply.Entries entries
                    && entries.entries().size() > 0
                    && one.from().equals(C)) {
                sync.release(new Sent(C, D, new SyncReply.Entries(entries.id(), entries.epoch(), List.of(), true)));
                return false;
            }
            return true;
        };
        fill(20, 20);

        sync.catchUp(D, partition);

        assertThat(sync.sent(D, C, SyncRequest.Page.class)).hasSize(1);
        assertThat(sync.held(D, partition)).isEqualTo(sync.joinOf(partition, A, B, C));
    }

    @Test
    void aBusySourceIsAskedUntilItIsNot() {
        fill(20, 20);
        AtomicInteger refusals = new AtomicInteger();
        sync.gate = one -> {
            if (one.message() instanceof SyncReply.Entries entries && refusals.incrementAndGet() <= 8) {
                sync.release(new Sent(
                        one.from(),
                        D,
                        new SyncReply.Refused(entries.id(), entries.epoch(), new Failure.Overloaded("by chance"))));
                return false;
            }
            return true;
        };

        assertThat(sync.catchUp(D, partition).sources()).containsExactlyInAnyOrder(A, B, C);
        assertThat(sync.held(D, partition)).hasSize(20);
    }

    // ---- an own storage that does not take it

    @Test
    void aFullDiskEndsIt() {
        fill(20, 20);
        sync.world.disk(D).fill(true);

        assertThat(sync.failureOf(sync.begin(D, partition))).contains("DISK_FULL");
        assertThat(sync.shard(D).callsWaiting()).isZero();
    }

    @Test
    void aBusyStorageIsAskedAgainForWhatItRefused() {
        AtomicInteger joins = new AtomicInteger();
        sync.storageSeenAs = (id, storage) -> id.equals(D) ? refusingJoins(storage, joins) : storage;
        sync.world.kill(D);
        sync.world.start(D);
        fill(100, 50);

        sync.catchUp(D, partition);

        assertThat(sync.held(D, partition)).isEqualTo(sync.joinOf(partition, A, B, C));
        assertThat(joins.get()).isGreaterThan(120);
    }

    private static Storage refusingJoins(Storage storage, AtomicInteger joins) {
        return new Plants.Forwarding(storage) {
            @Override
            public void join(Key key, Cell cell, Durability durability, Consumer<JoinOutcome> then) {
                if (joins.incrementAndGet() % 3 == 0) {
                    then.accept(SyncWorld.refused(StorageFault.OVERLOADED));
                } else {
                    super.join(key, cell, durability, then);
                }
            }
        };
    }

    // ---- giving it up

    @Test
    void whatIsCancelledMidwayAsksForNothingMoreAndHasNoOutcome() {
        for (int millis = 0; millis < 400; millis += 7) {
            sync = new SyncWorld(millis, D_JOINS, throttled(200_000), Plant.NONE);
            fill(200, 100);
            Running running = sync.begin(D, partition);
            sync.world.run(Duration.ofMillis(millis));
            boolean hasEnded = running.outcome != null;
            running.handle().cancel();
            running.handle().cancel();
            int sent = sync.sent(D, C, SyncRequest.class).size();

            sync.world.run(Duration.ofSeconds(20));

            assertThat(running.outcomes).isEqualTo(hasEnded ? 1 : 0);
            assertThat(sync.sent(D, C, SyncRequest.class)).hasSize(sent);
            assertThat(sync.shard(D).callsWaiting()).isZero();
            assertThat(sync.shard(D).statistics().catchUps()).isZero();
            assertThat(sync.world.violations()).isEmpty();
        }
    }

    @Test
    void whatHasBeenJoinedBeforeItWasCancelledStays() {
        sync = new SyncWorld(1, D_JOINS, throttled(100_000), Plant.NONE);
        fill(200, 100);
        Running running = sync.begin(D, partition);
        sync.await(() -> sync.held(D, partition).size() > 100, Duration.ofMinutes(1));
        running.handle().cancel();

        assertThat(sync.catchUp(D, partition).entriesReceived()).isLessThan(150);
        assertThat(sync.held(D, partition)).isEqualTo(sync.joinOf(partition, A, B, C));
    }

    @Test
    void bothSidesCanBeSeveralThingsAtOnce() {
        // c and d catch up with the same partition from each other's sources while a is read by both.
        sync = new SyncWorld(9, C_LEAVES);
        fill(300, 50);
        sync.join(C, key(partition, 1000), live(5, 5));
        sync.settle();

        List<Running> both =
                Arrays.asList(sync.begin(A, partition), sync.begin(B, partition), sync.begin(B, partition));

        both.forEach(one -> sync.caughtUp(one, Duration.ofMinutes(1)));
        assertThat(sync.held(A, partition)).isEqualTo(sync.held(B, partition)).hasSize(301);
        assertThat(Set.copyOf(both)).hasSize(3);
    }
}
