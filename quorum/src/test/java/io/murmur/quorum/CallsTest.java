package io.murmur.quorum;

import static io.murmur.quorum.Bench.KEY;
import static io.murmur.quorum.Bench.SECOND;
import static io.murmur.quorum.Bench.THIRD;
import static io.murmur.quorum.Bench.WALL_MILLIS;
import static io.murmur.quorum.Bench.bytes;
import static io.murmur.quorum.Bench.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.Durability;
import io.murmur.kernel.Level;
import io.murmur.kernel.Limits;
import io.murmur.kernel.data.Cell;
import io.murmur.kernel.data.Key;
import io.murmur.kernel.message.ClientReply;
import io.murmur.kernel.message.ClientReply.Failed;
import io.murmur.kernel.message.ClientReply.Result;
import io.murmur.kernel.message.ClientReply.Value;
import io.murmur.kernel.message.ClientReply.Written;
import io.murmur.kernel.message.ClientRequest;
import io.murmur.kernel.message.ClientRequest.Entry;
import io.murmur.kernel.message.Failure;
import io.murmur.kernel.message.PeerReply;
import io.murmur.kernel.message.PeerRequest;
import io.murmur.kernel.message.PeerRequest.Join;
import io.murmur.kernel.message.PeerRequest.Read;
import io.murmur.kernel.message.PeerRequest.ReadDigest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a coordinator makes of clients' calls before, around and after their reads and writes. */
class CallsTest {

    private static final Key ANOTHER = Key.of("cache", "another");
    private static final Key FOREIGN = Key.of("foreign", "key");

    private final Bench bench = new Bench();

    @Test
    void anUnknownCacheIsABadRequestThatNamesIt() {
        bench.call(new ClientRequest.Get(1, 1, bench.inFiveSeconds(), FOREIGN, null));
        bench.call(new ClientRequest.Put(2, 1, bench.inFiveSeconds(), FOREIGN, new byte[1], 0, null));
        bench.call(new ClientRequest.Delete(3, 1, bench.inFiveSeconds(), FOREIGN, null));

        assertThat(bench.replies)
                .hasSize(3)
                .allSatisfy(reply -> assertThat(badRequest(reply)).contains("'foreign'"));
        assertThatNothingWasDone();
    }

    @Test
    void aKeyOverItsLimitIsABadRequest() {
        Bench narrow =
                new Bench(Layouts.ring(3), settings -> Bench.withBounds(settings, new Limits(3, 10, 10), 100, 1_000));
        narrow.get(Level.ONE);
        narrow.replies.clear();

        narrow.call(new ClientRequest.Get(1, 1, narrow.inFiveSeconds(), ANOTHER, null));

        assertThat(badRequest(narrow.replies.get(0))).contains("7 bytes").contains("at most 3");
    }

    @Test
    void aValueOverItsLimitIsABadRequest() {
        Bench narrow =
                new Bench(Layouts.ring(3), settings -> Bench.withBounds(settings, new Limits(3, 10, 10), 100, 1_000));
        narrow.put("ten bytes.", Level.ONE);
        assertThat(narrow.result()).isInstanceOf(Written.class);
        narrow.replies.clear();

        narrow.put("eleven byte", Level.ONE);

        assertThat(badRequest(narrow.replies.get(0))).contains("11 bytes").contains("at most 10");
        assertThat(narrow.storage.joins).isEqualTo(1);
    }

    @Test
    void aTimeToLiveThatIsNegativeOrEndlessIsABadRequest() {
        for (long millis :
                new long[] {-2, Long.MIN_VALUE, Duration.ofDays(40_000).toMillis(), Long.MAX_VALUE}) {
            bench.call(new ClientRequest.Put(1, 1, bench.inFiveSeconds(), KEY, new byte[1], millis, null));
        }

        assertThat(bench.replies)
                .hasSize(4)
                .allSatisfy(reply -> assertThat(badRequest(reply)).contains("time to live"));
        assertThatNothingWasDone();
    }

    @Test
    void readingAtAnyIsABadRequest() {
        bench.get(Level.ANY);

        assertThat(bench.failure(Failure.BadRequest.class).detail()).contains("ANY");
        assertThatNothingWasDone();
    }

    @Test
    void writingAtAnyAsksForOneOwner() {
        bench.dead.add(SECOND);
        bench.dead.add(THIRD);

        bench.put("value", Level.ANY);

        assertThat(bench.result(Written.class).required()).isEqualTo(1);
    }

    @Test
    void aCallWithoutALevelGetsThatOfItsCache() {
        bench.get(null);
        bench.put("value", null);

        assertThat(bench.replies).isEmpty();
        bench.answer(SECOND, bench.lastTo(SECOND, ReadDigest.class), null);
        bench.acknowledge(THIRD);
        assertThat(bench.replies).hasSize(2);
    }

    @Test
    void aTimeToLiveIsThatOfTheCallOrElseThatOfTheCache() {
        Key brief = Key.of("brief", "key");
        putBrief(brief, ClientRequest.TTL_OF_CACHE);
        assertThat(expiresAt(brief)).isEqualTo(WALL_MILLIS + 60_000);

        putBrief(brief, 5);
        assertThat(expiresAt(brief)).isEqualTo(WALL_MILLIS + 5);

        putBrief(brief, ClientRequest.TTL_NONE);
        assertThat(expiresAt(brief)).isEqualTo(Cell.NEVER);
        assertThat(bench.storage.lastDurability).isEqualTo(Durability.INTERVAL);

        bench.put("value", Level.ONE);
        assertThat(expiresAt(KEY)).isEqualTo(Cell.NEVER);
        assertThat(bench.storage.lastDurability).isEqualTo(Durability.FSYNC);
    }

    @Test
    void oneCallMoreThanMayBePendingIsOverloadedBeforeAnyWork() {
        Bench busy = new Bench(Layouts.ring(3), settings -> Bench.withBounds(settings, Limits.DEFAULT, 2, 1_000));
        busy.get(Level.QUORUM);
        busy.put("value", Level.ALL);
        int sent = busy.sent.size();

        busy.put("one more", Level.ONE);

        Failure.Overloaded failure = busy.failure(Failure.Overloaded.class);
        assertThat(failure.effect()).isEqualTo(Failure.Effect.NONE);
        assertThat(busy.sent).hasSize(sent);
        assertThat(busy.shard.statistics().overloaded()).isEqualTo(1);
        busy.replies.clear();
        busy.answer(SECOND, busy.lastTo(SECOND, ReadDigest.class), null);
        busy.replies.clear();
        busy.put("there is room again", Level.ONE);
        assertThat(busy.result()).isInstanceOf(Written.class);
    }

    @Test
    void everyEndOfACallLeavesNothingPending() {
        bench.get(Level.QUORUM);
        bench.put("value", Level.ALL);
        bench.get(Level.ALL);
        assertThat(bench.shard.pendingCalls()).isEqualTo(3);
        assertThat(bench.shard.statistics().pending()).isEqualTo(3);

        bench.answer(SECOND, bench.lastTo(SECOND, ReadDigest.class), null);
        bench.pass(Duration.ofSeconds(1));

        assertThat(bench.replies).hasSize(3);
        assertThat(bench.shard.pendingCalls()).as("drained").isZero();
        assertThat(bench.shard.roundsAwaited()).isZero();
        assertThat(bench.timersWaiting()).isZero();
    }

    @Test
    void theRingIsAnsweredAtOnce() {
        bench.moveRing(bench.ring);

        bench.call(new ClientRequest.GetRing(7, 1, bench.inFiveSeconds()));

        assertThat(bench.replies).containsExactly(new ClientReply.RingIs(7, 2, bench.ring));
    }

    @Test
    void aReplyCarriesItsCallsIdAndTheEpochOfTheRing() {
        bench.moveRing(bench.ring);

        bench.call(new ClientRequest.Get(77, 1, bench.inFiveSeconds(), KEY, Level.ONE));

        assertThat(bench.replies.get(0).id()).isEqualTo(77);
        assertThat(bench.replies.get(0).epoch()).isEqualTo(2);
    }

    @Test
    void eachKeyOfAMultiGetHasItsOwnOutcomeInTheKeysOrder() {
        Cell.Live cell = live(WALL_MILLIS, "value");
        bench.storage.held.put(ANOTHER, cell);

        bench.call(new ClientRequest.GetAll(
                9, 1, bench.inFiveSeconds(), List.of(KEY, FOREIGN, ANOTHER, KEY), Level.QUORUM));
        List<ReadDigest> digests = bench.sentTo(SECOND, ReadDigest.class);
        assertThat(digests).extracting(PeerRequest::key).containsExactly(KEY, ANOTHER, KEY);
        bench.answer(SECOND, digests.get(2), null);
        bench.answer(SECOND, digests.get(1), cell);
        assertThat(bench.replies).as("one is missing").isEmpty();
        bench.pass(Duration.ofMillis(500));

        List<Result> results = many(bench);
        assertThat(results).hasSize(4);
        assertThat(failure(results.get(0))).isInstanceOf(Failure.Timeout.class);
        assertThat(failure(results.get(1))).isInstanceOf(Failure.BadRequest.class);
        assertThat(results.get(2)).isEqualTo(new Value(cell, cell.version(), 2));
        assertThat(results.get(3)).isEqualTo(new Value(null, null, 2));
        assertThat(bench.replies.get(0).id()).isEqualTo(9);
    }

    @Test
    void eachEntryOfAMultiPutHasItsOwnOutcomeInTheEntriesOrder() {
        bench.call(new ClientRequest.PutAll(
                9,
                1,
                bench.inFiveSeconds(),
                List.of(
                        new Entry(KEY, bytes("one")),
                        new Entry(FOREIGN, bytes("two")),
                        new Entry(ANOTHER, bytes("three"))),
                1_000,
                Level.QUORUM));
        List<Join> joins = bench.sentTo(SECOND, Join.class);
        assertThat(joins).extracting(Join::key).containsExactly(KEY, ANOTHER);
        bench.shard.receive(SECOND, new PeerReply.Joined(joins.get(1).id(), 1, null));
        bench.shard.receive(
                SECOND,
                new PeerReply.Refused(joins.get(0).id(), 1, new Failure.StorageFailed("full", Failure.Effect.NONE)));
        bench.pass(Duration.ofSeconds(1));

        List<Result> results = many(bench);
        assertThat(failure(results.get(0))).isEqualTo(new Failure.Timeout(1, 2, Failure.Effect.UNKNOWN));
        assertThat(failure(results.get(1))).isInstanceOf(Failure.BadRequest.class);
        assertThat(results.get(2)).isEqualTo(new Written(joins.get(1).cell().version(), 2, 2, 0));
        assertThat(expiresAt(KEY)).isEqualTo(WALL_MILLIS + 1_000);
    }

    @Test
    void aMultiGetOfNothingIsAnsweredWithNothing() {
        bench.call(new ClientRequest.GetAll(9, 1, bench.inFiveSeconds(), List.of(), null));
        bench.call(new ClientRequest.PutAll(10, 1, bench.inFiveSeconds(), List.of(), 0, null));

        assertThat(bench.replies)
                .containsExactly(new ClientReply.Many(9, 1, List.of()), new ClientReply.Many(10, 1, List.of()));
    }

    @Test
    void theValuesOfAMultiGetAreBoundedTogetherAndTheKeysPastTheBoundSaySo() {
        Bench narrow = new Bench(Layouts.ring(3), settings -> Bench.withBounds(settings, Limits.DEFAULT, 100, 10));
        narrow.storage.held.put(KEY, live(WALL_MILLIS, "12345"));

        narrow.call(new ClientRequest.GetAll(9, 1, narrow.inFiveSeconds(), List.of(KEY, KEY, ANOTHER, KEY), Level.ONE));

        List<Result> results = many(narrow);
        assertThat(results.subList(0, 3))
                .allSatisfy(result -> assertThat(result).isInstanceOf(Value.class));
        assertThat(((Failure.Overloaded) failure(results.get(3))).where())
                .contains("10 bytes")
                .contains("fewer keys");
    }

    @Test
    void aMultiGetPastThePendingBoundIsOverloadedForTheKeysPastIt() {
        Bench busy = new Bench(Layouts.ring(3), settings -> Bench.withBounds(settings, Limits.DEFAULT, 1, 1_000));

        busy.call(new ClientRequest.GetAll(9, 1, busy.inFiveSeconds(), List.of(KEY, ANOTHER), Level.QUORUM));
        busy.answer(SECOND, null);

        List<Result> results = many(busy);
        assertThat(results.get(0)).isInstanceOf(Value.class);
        assertThat(failure(results.get(1))).isInstanceOf(Failure.Overloaded.class);
    }

    @Test
    void idsOfOneLifeAreNotThoseOfAnother() {
        Bench former = new Bench(Layouts.ring(3), settings -> settings, 1, 0);
        Bench restarted = new Bench(Layouts.ring(3), settings -> settings, 2, 0);
        former.get(Level.QUORUM);
        restarted.get(Level.QUORUM);

        former.answer(SECOND, restarted.lastTo(SECOND, ReadDigest.class), null);

        assertThat(former.replies).isEmpty();
    }

    /** Invariant 6, across a restart with a clock that was set back. */
    @Test
    void stampsBeginAboveAllThatTheStorageHasEverHeld() {
        long greatest = Bench.version(WALL_MILLIS + 400, SECOND).reading();
        Bench restarted = new Bench(Layouts.ring(3), settings -> settings, 1, greatest);

        restarted.put("value", Level.ONE);

        assertThat(restarted.result(Written.class).version().reading()).isGreaterThan(greatest);
    }

    @Test
    void countsSayWhatWasDone() {
        bench.put("value", Level.ONE);
        bench.get(Level.ONE);
        bench.get(Level.ALL);
        bench.put("value", Level.ALL);
        bench.dead.add(SECOND);
        bench.get(Level.ALL);
        bench.pass(Duration.ofSeconds(1));

        QuorumStatistics counts = bench.shard.statistics();
        assertThat(counts.writes()).isEqualTo(1);
        assertThat(counts.writesFailed()).isEqualTo(1);
        assertThat(counts.reads()).isEqualTo(1);
        assertThat(counts.readsFailed()).isEqualTo(2);
    }

    /** The cell's owner is asked for it even where its digest would have come from another read of the same key. */
    @Test
    void readsOfOneKeyAtOneTimeDoNotMixTheirAnswers() {
        bench.get(Level.QUORUM);
        bench.get(Level.QUORUM);
        List<ReadDigest> digests = bench.sentTo(SECOND, ReadDigest.class);

        bench.answer(SECOND, digests.get(1), null);
        bench.answer(SECOND, digests.get(1), null);

        assertThat(bench.replies).extracting(ClientReply::id).containsExactly(2L);
        assertThat(bench.sentTo(SECOND, Read.class)).isEmpty();
    }

    private void putBrief(Key key, long timeToLiveMillis) {
        bench.call(new ClientRequest.Put(1, 1, bench.inFiveSeconds(), key, new byte[1], timeToLiveMillis, Level.ONE));
    }

    private long expiresAt(Key key) {
        return ((Cell.Live) Objects.requireNonNull(bench.storage.held.get(key))).expiresAtMillis();
    }

    private void assertThatNothingWasDone() {
        assertThat(bench.sent).isEmpty();
        assertThat(bench.storage.reads + bench.storage.joins).isZero();
        assertThat(bench.shard.pendingCalls()).isZero();
    }

    private static String badRequest(ClientReply reply) {
        Failure failure = failure(((ClientReply.One) reply).result());
        assertThat(failure).isInstanceOf(Failure.BadRequest.class);
        return failure.message();
    }

    private static List<Result> many(Bench bench) {
        assertThat(bench.replies).hasSize(1);
        return ((ClientReply.Many) bench.replies.get(0)).results();
    }

    private static Failure failure(Result result) {
        assertThat(result).isInstanceOf(Failed.class);
        return ((Failed) result).failure();
    }
}
