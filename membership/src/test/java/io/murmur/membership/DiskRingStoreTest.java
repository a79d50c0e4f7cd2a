package io.murmur.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.murmur.simulation.SimulatedCrash;
import io.murmur.simulation.SimulatedDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DiskRingStoreTest {

    private final SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(1));
    private final Deque<Runnable> blocking = new ArrayDeque<>();
    private final Deque<Runnable> control = new ArrayDeque<>();
    private final List<String> fatal = new ArrayList<>();
    private final List<String> kept = new ArrayList<>();
    private DiskRingStore store = open();

    private DiskRingStore open() {
        return new DiskRingStore(disk, blocking::add, control::add, (reason, cause) -> fatal.add(reason));
    }

    @Test
    void whatWasKeptIsThereAfterAPowerCutAndTheRestIsAsItWas() throws IOException {
        keep("vote", "one");
        run();
        keep("vote", "two");
        assertThat(kept).containsExactly("one");

        disk.crash();

        assertThat(text("vote")).isEqualTo("one");
        assertThat(open().load("round")).isNull();
    }

    @Test
    void anyCrashWhileItIsReplacedLeavesTheOldOrTheNewWhole() throws IOException {
        keep("vote", "one");
        run();
        for (int call = 1; call <= 6; call++) {
            String former = text("vote");
            keep("vote", "call " + call);
            disk.crashInside(call);
            try {
                run();
            } catch (SimulatedCrash e) {
                assertThat(kept).doesNotContain("call " + call);
            }
            blocking.clear();
            disk.crash();
            store = open();
            assertThat(text("vote")).isIn(former, "call " + call);
        }
    }

    @Test
    void thingsBecomeDurableOneAfterTheOtherWhateverTheirNames() {
        keep("vote", "one");
        keep("decided", "two");
        keep("vote", "three");
        assertThat(blocking).hasSize(1);

        run();

        assertThat(kept).containsExactly("one", "two", "three");
    }

    @Test
    void nothingIsKeptFromWithinTheCall() {
        keep("vote", "one");
        blocking.remove().run();

        assertThat(kept).isEmpty();
        control.remove().run();
        assertThat(kept).containsExactly("one");
    }

    @Test
    void aFailedWriteStopsTheNodeAndNothingIsSaidToBeKeptEverAfter() {
        disk.failNextSync();
        keep("vote", "one");
        run();
        keep("vote", "two");
        run();

        assertThat(fatal).singleElement().asString().contains("ring/vote", "could not be written");
        assertThat(kept).isEmpty();
    }

    @Test
    void damageIsNoticedWithTheRemedy() throws IOException {
        keep("vote", "one");
        keep("decided", "two");
        run();
        disk.flipBit("ring/vote", 5, 3);
        disk.flipBit("ring/decided", 0, 0);

        assertThatThrownBy(() -> store.load("vote"))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("ring/vote", "damaged", "do not delete the file");
        assertThatThrownBy(() -> store.load("decided"))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("ring/decided", "damaged", "copy it from a node");
    }

    private void keep(String name, String content) {
        store.keep(name, content.getBytes(StandardCharsets.UTF_8), () -> kept.add(content));
    }

    private void run() {
        while (!blocking.isEmpty() || !control.isEmpty()) {
            (blocking.isEmpty() ? control : blocking).remove().run();
        }
    }

    private String text(String name) throws IOException {
        byte[] content = open().load(name);
        return content == null ? "nothing" : new String(content, StandardCharsets.UTF_8);
    }
}
