package io.murmur.node.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.murmur.kernel.CacheSettings;
import io.murmur.kernel.message.Failure;
import io.netty.channel.DefaultEventLoop;
import org.junit.jupiter.api.Test;

class ClusterErrorsTest {

    private static final Failure OVERLOADED = new Failure.Overloaded("here");

    @Test
    void clientsAreToldToTryAgainOnlyWhenNothingWasDone() {
        assertThat(ClusterErrors.of(OVERLOADED, false)).isEqualTo("TRYAGAIN " + OVERLOADED.message());
        assertThat(ClusterErrors.of(OVERLOADED, true))
                .isEqualTo("PARTIAL " + OVERLOADED.message() + "; a part of it was done");
        assertThat(ClusterErrors.of(new Failure.Unavailable(1, 2), false)).startsWith("CLUSTERDOWN ");
        assertThat(ClusterErrors.of(new Failure.Unavailable(1, 2), true)).startsWith("PARTIAL ");
    }

    @Test
    void whatAPartHasChangedIsKnownOfTheWholeAndOfTheOtherParts() {
        Session session = new Session(1, new DefaultEventLoop(), CacheSettings.named("test"), new NoLine());
        Call whole = new Call(new Request(new byte[] {'a'}), session, Levels.OF_CACHE, reply -> {});
        Call one = whole.part(reply -> {});
        Call other = whole.part(reply -> {});
        assertThat(other.hasChanged()).isFalse();
        one.changed();
        assertThat(whole.hasChanged()).isTrue();
        assertThat(other.hasChanged()).isTrue();
    }
}
