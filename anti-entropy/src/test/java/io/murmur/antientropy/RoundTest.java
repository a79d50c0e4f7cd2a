package io.murmur.antientropy;

import static io.murmur.antientropy.Rings.A;
import static io.murmur.antientropy.Rings.B;
import static io.murmur.antientropy.Rings.C;
import static io.murmur.antientropy.Rings.D;
import static io.murmur.antientropy.Rings.D_JOINS;
import static io.murmur.antientropy.Rings.THREE;
import static io.murmur.antientropy.Rings.key;
import static io.murmur.antientropy.SyncWorld.SETTINGS;
import static io.murmur.antientropy.SyncWorld.any;
import static io.murmur.antientropy.SyncWorld.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.antientropy.SyncWorld.Plant;
import io.murmur.kernel.Horizons;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.data.Version;
import io.murmur.kernel.message.Message;
import io.murmur.kernel.message.SyncReply;
import io.murmur.kernel.message.SyncRequest;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTest {

    private static final Duration PURGE_AFTER = Duration.ofSeconds(10);

    /** Of each node one shard that has all partitions. */
    private static final SyncSettings ONE_SHARD = settings(0, 1, Map.of("cache", 3));

    private static SyncSettings settings(int shard, int shards, Map<String, Integer> replicas) {
        return new SyncSettings(
                shard,
                shards,
                SETTINGS.bytesPerSecond(),
                SETTINGS.pageBytes(),
                SETTINGS.requestTimeout(),
                SETTINGS.shortestRetry(),
                SETTINGS.longestRetry(),
                SETTINGS.maxServed(),
                SETTINGS.maxParked(),
                Duration.ofHours(1),
                PURGE_AFTER,
                replicas);
    }

    private final int partition = Rings.partition(D_JOINS, D, 3);
    private SyncWorld sync = new SyncWorld(1, THREE, ONE_SHARD, Plant.NONE);

    private RoundOutcome repair(NodeId leader, List<Integer> partitions) {
        List<RoundOutcome> outcomes = new ArrayList<>();
        sync.shard(leader).repair(partitions, outcomes::add);
        sync.await(() -> !outcomes.isEmpty(), Duration.ofMinutes(5));
        return outcomes.get(0);
    }

    private RoundOutcome repair(NodeId leader) {
        return repair(leader, List.of(partition));
    }

    private long nowMillis() {
        return Objects.requireNonNull(sync.seams.get(A)).clock().wallMillis();
    }

    private Version writtenAt(long wallMillis) {
        return new Version(wallMillis << 16, A);
    }

    /** The same as if written now. */
    private Cell young(Cell cell) {
        Version version = new Version((nowMillis() << 16) + cell.version().reading(), A);
        return switch (cell) {
            case Cell.Live live -> new Cell.Live(version, live.expiresAtMillis(), live.value());
            case Cell.Tombstone ignored -> new Cell.Tombstone(version);
        };
    }

    private Key threefold(int number) {
        return key(partition, 1 + number * 5);
    }

    private void joinAtAll(Key key, Cell cell) {
        THREE.owners(partition).forEach(owner -> sync.join(owner, key, cell));
    }

    private void joinAtRandom(int keys, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < keys * 2; i++) {
            NodeId owner = THREE.owners(partition).get(random.nextInt(3));
            sync.join(owner, threefold(random.nextInt(keys)), young(any(random, 200)));
        }
        sync.settle();
    }

    private <M extends Message> long sent(Class<M> kind) {
        return sync.sent.stream().filter(one -> kind.isInstance(one.message())).count();
    }

    // ---- what a round ends with

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 400})
    void afterwardsAllOwnersHoldTheJoinOfWhatAnyHeld(int keys) {
        joinAtRandom(keys, 3);
        var joined = sync.joinOf(partition, A, B, C);

        RoundOutcome outcome = repair(THREE.owners(partition).get(0));

        assertThat(outcome.completed()).containsExactly(partition);
        for (NodeId owner : THREE.owners(partition)) {
            assertThat(sync.held(owner, partition)).isEqualTo(joined);
        }
        assertThat(outcome.keysPulled() + outcome.keysPushed()).isPositive();
    }

    @Test
    void whatAnEarlierOwnerLacksOfALaterOneItGetsToo() {
        List<NodeId> owners = THREE.owners(partition).stream().sorted().toList();
        sync.join(owners.get(2), threefold(1), young(live(5, 10)));
        sync.settle();

        // Led by the first, who asks the second before it has heard of the third's.
        assertThat(repair(owners.get(0)).completed()).containsExactly(partition);

        assertThat(sync.held(owners.get(1), partition)).containsKey(threefold(1));
    }

    @Test
    void oneKeyAmongManyMovesFewOthers() {
        for (int i = 0; i < 2_000; i++) {
            joinAtAll(threefold(i), live(100 + i, 20));
        }
        NodeId leader = THREE.owners(partition).get(0);
        sync.join(THREE.owners(partition).get(1), threefold(7), live(100_000, 20));
        sync.settle();

        RoundOutcome outcome = repair(leader);

        assertThat(outcome.completed()).containsExactly(partition);
        assertThat(outcome.keysPulled()).isEqualTo(1);
        assertThat(outcome.keysPushed()).isEqualTo(1);
        assertThat(sync.shard(leader).statistics().keysMendedByRounds()).isEqualTo(2);
        long keys = sync.sent.stream()
                .map(one -> one.message())
                .filter(SyncReply.SlotVersionsAre.class::isInstance)
                .mapToLong(m -> ((SyncReply.SlotVersionsAre) m).keys().size())
                .sum();
        assertThat(keys).isBetween(2L, 200L);
    }

    @Test
    void whereNothingDiffersRootsAreAllThatIsAsked() {
        for (int i = 0; i < 100; i++) {
            joinAtAll(threefold(i), live(100 + i, 20));
        }
        sync.settle();
        List<Integer> all = IntStream.range(0, THREE.partitions()).boxed().toList();

        RoundOutcome outcome = repair(A, all);

        assertThat(outcome.completed()).hasSameElementsAs(all);
        assertThat(outcome.differing()).isZero();
        assertThat(sent(SyncRequest.Roots.class)).isEqualTo(8);
        assertThat(sent(SyncRequest.Purge.class)).isEqualTo(8);
        assertThat(sync.sent).hasSize(32);
    }

    @Test
    void aCacheWithFewerReplicasStaysWithItsOwners() {
        sync = new SyncWorld(1, THREE, settings(0, 1, Map.of("cache", 3, "other", 2)), Plant.NONE);
        List<NodeId> owners = THREE.owners(partition);
        Key twofold = key(partition, 5);
        sync.join(owners.get(1), twofold, young(live(7, 10)));
        sync.join(owners.get(2), threefold(1), young(live(8, 10)));
        sync.settle();

        assertThat(repair(owners.get(0)).completed()).containsExactly(partition);

        assertThat(sync.held(owners.get(0), partition)).containsKeys(twofold, threefold(1));
        assertThat(sync.held(owners.get(2), partition))
                .doesNotContainKey(twofold)
                .containsKey(threefold(1));
    }

    @Test
    void ownersWithOtherShardsAreAskedShardByShard() {
        SyncSettings third = settings(2, 3, Map.of("cache", 3));
        sync = new SyncWorld(1, THREE, id -> id.equals(A) ? ONE_SHARD : third, Plant.NONE);
        sync.join(B, key(5, 1), young(live(7, 10)));
        sync.settle();

        // Partitions 2 and 5 belong to that shard; 3, were its request sent on, to another.
        RoundOutcome outcome = repair(A, List.of(2, 5));

        assertThat(outcome.completed()).containsExactly(2, 5);
        assertThat(sync.held(A, 5)).containsKey(key(5, 1));
    }

    // ---- when it is not completed

    @Test
    void withoutOneOwnerTheOthersBecomeEqualAndNothingIsForgotten() {
        joinAtRandom(50, 4);
        List<NodeId> owners = THREE.owners(partition);
        sync.world.kill(owners.get(2));
        sync.world.run(Duration.ofSeconds(30));

        RoundOutcome outcome = repair(owners.get(0));

        assertThat(outcome.incomplete()).containsExactly(partition);
        assertThat(sync.held(owners.get(0), partition)).isEqualTo(sync.held(owners.get(1), partition));
        assertThat(sync.storage(owners.get(0)).of(THREE.firstSlot(partition))).isEqualTo(Horizons.NONE);
    }

    @Test
    void aMovingPartitionIsNotCompleted() {
        sync = new SyncWorld(1, D_JOINS, ONE_SHARD, Plant.NONE);

        assertThat(repair(D_JOINS.owners(partition).get(0)).incomplete()).containsExactly(partition);
    }

    @Test
    void whoIsNoOwnerLeadsNothing() {
        assertThat(repair(D).incomplete()).containsExactly(partition);
    }

    @Test
    void aRingThatChangesMeanwhileLeavesItIncomplete() {
        joinAtRandom(50, 4);
        List<RoundOutcome> outcomes = new ArrayList<>();
        NodeId leader = THREE.owners(partition).get(0);
        sync.gate = one -> {
            if (one.message() instanceof SyncRequest.SlotVersions) {
                sync.adopt(leader, D_JOINS);
            }
            return true;
        };
        sync.shard(leader).repair(List.of(partition), outcomes::add);
        sync.await(() -> !outcomes.isEmpty(), Duration.ofMinutes(5));

        assertThat(outcomes.get(0).incomplete()).containsExactly(partition);
    }

    // ---- forgetting

    @Test
    void whatIsDeadSinceBeforeTheHintWindowIsForgottenByAll() {
        Key old = threefold(1);
        Key young = threefold(2);
        Key alive = threefold(3);
        long now = nowMillis();
        sync.join(B, old, new Cell.Tombstone(writtenAt(now - 60_000)));
        sync.join(C, young, new Cell.Tombstone(writtenAt(now - 1_000)));
        sync.join(A, alive, new Cell.Live(writtenAt(now - 60_000), Cell.NEVER, new byte[1]));
        sync.settle();

        assertThat(repair(A).completed()).containsExactly(partition);

        for (NodeId owner : List.of(A, B, C)) {
            assertThat(sync.held(owner, partition)).containsOnlyKeys(young, alive);
            assertThat(sync.storage(owner).of(old.slot()))
                    .isBetween(now - PURGE_AFTER.toMillis(), now - PURGE_AFTER.toMillis() + 5_000);
        }
        assertThat(repair(A).differing()).isZero();
    }

    @Test
    void anOldValueThatComesAfterItsDeletionWasForgottenIsNotTaken() {
        Key key = threefold(1);
        long now = nowMillis();
        joinAtAll(key, new Cell.Tombstone(writtenAt(now - 50_000)));
        sync.settle();
        assertThat(repair(A).completed()).containsExactly(partition);

        sync.join(B, key, new Cell.Live(writtenAt(now - 60_000), Cell.NEVER, new byte[1]));
        sync.settle();

        assertThat(repair(A).completed()).containsExactly(partition);
        assertThat(sync.joinOf(partition, A, B, C)).isEmpty();
    }

    @Test
    void aHorizonThatNoClockAllowsIsRefused() {
        long now = nowMillis();
        sync.shard(B).receive(A, new SyncRequest.Purge(5, THREE.epoch(), Long.MAX_VALUE, now, List.of(partition)));
        sync.world.run(Duration.ofSeconds(1));

        assertThat(sync.sent(B, A, SyncReply.Refused.class)).hasSize(1);
        assertThat(sync.storage(B).of(THREE.firstSlot(partition))).isEqualTo(Horizons.NONE);
    }

    @Test
    void aHorizonByAnotherRingIsRefused() {
        Ring ring = D_JOINS;
        sync.adopt(B, ring);
        long horizon = nowMillis() - 60_000;
        sync.shard(B).receive(A, new SyncRequest.Purge(5, THREE.epoch(), Long.MAX_VALUE, horizon, List.of(partition)));
        sync.world.run(Duration.ofSeconds(1));

        assertThat(sync.sent(B, A, SyncReply.Refused.class)).hasSize(1);
        assertThat(sync.storage(B).of(THREE.firstSlot(partition))).isEqualTo(Horizons.NONE);
    }

    // ---- who held it before

    @Test
    void aFormerOwnerBuriesWhatTheOwnersHaveForgottenAndTakesTheirHorizon() {
        Key gone = threefold(1);
        Key kept = threefold(2);
        long now = nowMillis();
        sync.join(D, gone, new Cell.Live(writtenAt(now - 60_000), Cell.NEVER, new byte[1]));
        sync.join(D, kept, new Cell.Live(writtenAt(now - 60_000), Cell.NEVER, new byte[1]));
        joinAtAll(gone, new Cell.Tombstone(writtenAt(now - 50_000)));
        joinAtAll(kept, new Cell.Live(writtenAt(now - 60_000), Cell.NEVER, new byte[1]));
        sync.settle();
        assertThat(repair(A).completed()).containsExactly(partition);
        assertThat(sync.held(A, partition)).containsOnlyKeys(kept);

        sync.adoptAll(D_JOINS);
        sync.catchUp(D, partition);

        assertThat(sync.held(D, partition)).containsOnlyKeys(kept);
        assertThat(sync.storage(D).of(gone.slot())).isEqualTo(sync.storage(A).of(gone.slot()));
    }

    /** Partitions that a node is to be the only owner of, for caches with one replica. */
    private static int partitionToBeAloneIn(NodeId node) {
        return IntStream.range(0, D_JOINS.partitions())
                .filter(some -> D_JOINS.nextOwners(some, 1).equals(List.of(node)))
                .findFirst()
                .orElseThrow();
    }

    private void anotherCacheHasOneReplica() {
        sync = new SyncWorld(1, THREE, settings(0, 1, Map.of("cache", 3, "other", 1)), Plant.NONE);
    }

    private void joinAMinuteAgo(NodeId owner, Key key) {
        sync.join(owner, key, new Cell.Live(writtenAt(nowMillis() - 60_000), Cell.NEVER, new byte[1]));
    }

    @Test
    void whatOnlyTheOwnerOfASmallCacheHoldsIsNotBuriedBecauseOtherOwnersDoNot() {
        anotherCacheHasOneReplica();
        int moving = partitionToBeAloneIn(D);
        Key single = key(moving, 5);
        NodeId only = THREE.owners(moving).get(0);
        joinAMinuteAgo(only, single);
        sync.settle();
        assertThat(repair(only, List.of(moving)).completed()).containsExactly(moving);

        sync.adoptAll(D_JOINS);
        sync.catchUp(D, moving);

        assertThat(sync.held(D, moving)).containsOnlyKeys(single);
    }

    @Test
    void anOwnerOfLargerCachesTakesOverASmallOneHoweverOldItsKeysAre() {
        anotherCacheHasOneReplica();
        int moving = partitionToBeAloneIn(D);
        Key single = key(moving, 5);
        joinAMinuteAgo(THREE.owners(moving).get(0), single);
        int first = THREE.firstSlot(moving);
        sync.storage(D).raise(first, first + THREE.slotsPerPartition() - 1, nowMillis() - 30_000, () -> {});
        sync.settle();

        sync.adoptAll(D_JOINS);
        sync.catchUp(D, moving);

        assertThat(sync.held(D, moving)).containsOnlyKeys(single);
    }

    @Test
    void whoCatchesUpTakesNothingOfACacheFromOneThatDoesNotOwnIt() {
        anotherCacheHasOneReplica();
        int moving = partitionToBeAloneIn(D);
        Key leftOver = key(moving, 5);
        joinAMinuteAgo(THREE.owners(moving).get(2), leftOver);
        sync.settle();

        sync.adoptAll(D_JOINS);
        sync.catchUp(D, moving);

        assertThat(sync.held(D, moving)).isEmpty();
    }

    // ---- damage

    @Test
    void whatIsDamagedWhileItCatchesUpIsNotDeclaredWhole() {
        joinAtRandom(50, 6);
        sync.gate = one -> {
            if (one.message() instanceof SyncReply.SlotDigestsAre && one.to().equals(B)) {
                sync.storage(B).damage(THREE.firstSlot(partition), THREE.firstSlot(partition), true);
                sync.gate = any -> true;
            }
            return true;
        };

        assertThat(sync.failureOf(sync.begin(B, partition))).contains("damaged meanwhile");
        assertThat(sync.storage(B).rebuild().isDue(THREE.firstSlot(partition))).isTrue();
    }

    @Test
    void whatIsDamagedOnceMoreWhileItIsRebuiltIsRebuiltOnceMore() {
        joinAtRandom(100, 6);
        assertThat(repair(A).completed()).containsExactly(partition);
        var before = sync.held(A, partition);
        int first = THREE.firstSlot(partition);
        sync.shard(B).start();
        boolean[] again = {false};
        sync.gate = one -> {
            if (one.message() instanceof SyncReply.Entries && one.to().equals(B) && !again[0]) {
                again[0] = true;
                sync.storage(B).damage(first, first + 15, true);
            }
            return true;
        };

        sync.storage(B).damage(first, first + 15, true);
        sync.await(
                () -> again[0]
                        && IntStream.range(first, first + 16)
                                .noneMatch(sync.storage(B).rebuild()::isDue),
                Duration.ofMinutes(5));
        sync.world.run(Duration.ofMinutes(1));

        assertThat(sync.held(B, partition)).isEqualTo(before);
    }

    @Test
    void whatADamagedFileTookIsRebuiltFromTheOtherOwners() {
        long now = nowMillis();
        Key gone = threefold(0);
        joinAtRandom(300, 6);
        joinAtAll(gone, new Cell.Live(writtenAt(now - 60_000), Cell.NEVER, new byte[1]));
        sync.settle();
        assertThat(repair(A).completed()).containsExactly(partition);
        var before = sync.held(A, partition);
        sync.shard(B).start();

        int first = THREE.firstSlot(partition);
        sync.storage(B).damage(first + 3, first + 9, true);
        assertThat(sync.storage(B).rebuild().isDue(first + 3)).isTrue();
        sync.await(() -> !sync.storage(B).rebuild().isDue(first + 3), Duration.ofMinutes(1));
        sync.await(() -> sync.storage(B).of(first + 3) > Horizons.NONE, Duration.ofMinutes(1));

        assertThat(sync.held(B, partition)).isEqualTo(before);
    }

    @Test
    void whileOneIsDamagedNoRoundIsCompleted() {
        sync.storage(B).damage(THREE.firstSlot(partition), THREE.firstSlot(partition), false);

        assertThat(repair(A).incomplete()).containsExactly(partition);
        assertThat(repair(B).incomplete()).containsExactly(partition);
    }

    // ---- by itself

    @Test
    void everyPartitionIsCompletedByItselfWithinTheInterval() {
        List<NodeId> nodes = List.of(A, B, C);
        Random random = new Random(5);
        for (int i = 0; i < 100; i++) {
            int any = random.nextInt(THREE.partitions());
            sync.join(nodes.get(random.nextInt(3)), key(any, 1), young(live(random.nextInt(100), 10)));
        }
        sync.settle();
        nodes.forEach(node -> sync.shard(node).start());

        sync.world.run(Duration.ofHours(1));

        for (int any = 0; any < THREE.partitions(); any++) {
            assertThat(sync.held(A, any)).isEqualTo(sync.held(B, any)).isEqualTo(sync.held(C, any));
            for (NodeId node : nodes) {
                assertThat(sync.shard(node).millisSinceCompleted(any)).isPresent();
            }
        }
        assertThat(sync.shard(A).statistics().longestUnsyncedMillis()).isLessThan(3_600_000);
    }

    @Test
    void anOwnerThatIsBackIsBroughtUpToDateSoon() {
        List<NodeId> nodes = List.of(A, B, C);
        nodes.forEach(node -> sync.shard(node).start());
        sync.world.run(Duration.ofMinutes(10));
        sync.world.kill(C);
        sync.world.run(Duration.ofMinutes(1));
        sync.join(A, threefold(1), young(live(50, 10)));
        sync.world.run(Duration.ofSeconds(1));
        sync.world.start(C);
        sync.shard(C).start();

        sync.world.run(Duration.ofMinutes(1));

        assertThat(sync.held(C, partition)).containsKey(threefold(1));
        assertThat(sync.held(B, partition)).containsKey(threefold(1));
    }

    @Test
    void whatIsOwedIsSeenToByWhoeverKnowsOfIt() {
        List<NodeId> owners = THREE.owners(partition);
        NodeId last = owners.get(2);
        sync.shard(last).start();
        sync.world.run(Duration.ofMinutes(2));
        sync.join(last, threefold(1), young(live(50, 10)));

        sync.shard(last).owed(partition);
        sync.world.run(Duration.ofMinutes(1));

        assertThat(sync.held(owners.get(0), partition)).containsKey(threefold(1));
    }
}
