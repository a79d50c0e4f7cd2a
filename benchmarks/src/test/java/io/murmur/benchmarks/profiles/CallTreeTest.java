package io.murmur.benchmarks.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.benchmarks.report.FlameGraph.Frame;
import io.murmur.benchmarks.report.FlameGraph.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallTreeTest {

    private static final Method SHARD = Method.named("shard");
    private static final Method LOOP = new Method("io.netty.channel.Loop", "run", false);
    private static final Method READ = new Method("io.murmur.quorum.Coordinator", "read", false);
    private static final Method WRITE = new Method("io.netty.channel.unix.Socket", "write", true);

    private final CallTree tree = new CallTree();

    @Test
    void stacksAreOneAsFarAsTheyBeginAlike() {
        tree.add(List.of(SHARD, LOOP, READ), 1);
        tree.add(List.of(SHARD, LOOP, WRITE), 2);
        tree.add(List.of(SHARD, LOOP, READ), 4);

        Frame all = tree.frame("all");

        assertThat(all.weight()).isEqualTo(7);
        assertThat(all.children()).hasSize(1);
        Frame loop = all.children().get(0).children().get(0);
        assertThat(loop.weight()).isEqualTo(7);
        assertThat(loop.children()).extracting(Frame::name).containsExactly("Coordinator.read", "Socket.write");
        assertThat(loop.children()).extracting(Frame::about).contains("io.murmur.quorum.Coordinator.read");
        assertThat(loop.children()).extracting(Frame::weight).containsExactly(5L, 2L);
        assertThat(loop.children()).extracting(Frame::kind).containsExactly(Kind.MURMUR, Kind.SYSTEM);
    }

    @Test
    void aMethodsOwnIsWhatItsCalleesDidNotUseWhereverItWasCalled() {
        tree.add(List.of(SHARD, LOOP), 10);
        tree.add(List.of(SHARD, LOOP, READ), 3);
        tree.add(List.of(SHARD, READ, WRITE), 4);
        tree.add(List.of(SHARD, READ), 1);

        assertThat(tree.own()).containsOnly(Map.entry(LOOP, 10L), Map.entry(READ, 4L), Map.entry(WRITE, 4L));
    }
}
