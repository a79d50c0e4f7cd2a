package io.murmur.benchmarks.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkTest {

    private static final Method LOOP = new Method("io.netty.channel.SingleThreadIoEventLoop", "run", false);

    private static Method method(String type, String name) {
        return new Method(type, name, false);
    }

    @Test
    void whatTheJdkDoesCountsForWhoeverAskedIt() {
        Method map = method("java.util.HashMap", "getNode");
        Method table = method("io.murmur.storage.MemoryTable", "get");
        Method coordinator = method("io.murmur.quorum.Coordinator", "read");

        assertThat(Work.of(List.of(map, table, coordinator, LOOP))).isEqualTo(Work.STORAGE);
        assertThat(Work.of(List.of(map, coordinator, table, LOOP))).isEqualTo(Work.QUORUM);
        assertThat(Work.of(List.of(map, method("java.lang.Thread", "run")))).isEqualTo(Work.JDK);
    }

    @Test
    void aSystemCallCountsForItself() {
        Method table = method("io.murmur.storage.CommitLog", "append");

        assertThat(Work.of(List.of(new Method("sun.nio.ch.UnixFileDispatcherImpl", "force0", true), table)))
                .isEqualTo(Work.FILES);
        assertThat(Work.of(List.of(new Method("io.netty.channel.epoll.Native", "epollWait0", true), LOOP)))
                .isEqualTo(Work.SOCKETS);
        assertThat(Work.of(List.of(new Method("jdk.internal.misc.Unsafe", "unpark", true), table)))
                .isEqualTo(Work.WAKING);
        assertThat(Work.of(List.of(new Method("java.lang.Object", "hashCode", true), table)))
                .isEqualTo(Work.STORAGE);
    }

    @Test
    void aStackThatCouldNotBeReadIsNobodys() {
        assertThat(Work.of(List.of())).isEqualTo(Work.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({
        "io.murmur.kernel.wire.MessageCodec, CODEC",
        "io.murmur.node.resp.RequestDecoder, CODEC",
        "io.murmur.node.resp.command.StringCommands, COMMANDS",
        "io.murmur.kernel.data.Key, SHARED_TYPES",
        "io.murmur.client.internal.FrameDecoder, CODEC",
        "io.murmur.client.internal.Outbox, CLIENT",
        "io.murmur.benchmarks.driver.ClosedLoop, LOAD",
        "io.murmur.node.Dispatcher, NODE",
        "io.netty.buffer.PooledByteBuf, NETTY",
        "com.github.benmanes.caffeine.cache.BoundedLocalCache, LIBRARIES"
    })
    void murmursModulesAndOthersAreToldApart(String type, Work work) {
        assertThat(Work.of(List.of(method("java.lang.Math", "max"), method(type, "run"), LOOP)))
                .isEqualTo(work);
    }
}
