package io.murmur.storage;

import static io.murmur.storage.StorageContract.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class LateJoinsTest {

    private final Deque<Runnable> thread = new ArrayDeque<>();
    private final LateJoins late = new LateJoins(thread::addLast);
    private final List<LateJoins.Ticket> begun = new ArrayList<>();

    /** Else a lesser cell could be logged behind a greater one that dies at once, and outlive it there. */
    @Test
    void ofOneKeyEachIsJudgedWhenTheOneBeforeHasTakenEffect() {
        late.begin(key(1), begun::add);
        late.begin(key(1), begun::add);
        late.begin(key(2), begun::add);
        assertThat(begun).extracting(LateJoins.Ticket::key).containsExactly(key(1), key(2));

        late.decided(begun.get(0));
        assertThat(begun).hasSize(2);
        late.end(begun.get(0));
        thread.removeFirst().run();

        assertThat(begun).extracting(LateJoins.Ticket::key).containsExactly(key(1), key(2), key(1));
    }

    @Test
    void whoWaitsForThemIsToldWhenAllFromBeforeAreDecided() {
        List<String> told = new ArrayList<>();
        late.begin(key(1), begun::add);
        late.begin(key(2), begun::add);
        late.whenDecided(() -> told.add("two"));
        late.begin(key(3), begun::add);

        late.decided(begun.get(1));
        assertThat(told).isEmpty();
        late.decided(begun.get(0));

        assertThat(told).containsExactly("two");
        assertThat(late.undecided()).isEqualTo(1);
    }
}
