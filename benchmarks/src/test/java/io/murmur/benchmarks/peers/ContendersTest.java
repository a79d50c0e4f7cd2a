package io.murmur.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContendersTest {

    private static List<String> names(List<Contender> group) {
        return group.stream().map(Contender::name).toList();
    }

    @Test
    void namesAreUniqueAndEachIsComparedWithOneThatThereIs() {
        List<String> names = names(Contenders.all());

        assertThat(names).doesNotHaveDuplicates();
        assertThat(Contenders.all()).allSatisfy(contender -> assertThat(names).contains(contender.equal()));
    }

    @Test
    void aGroupBeginsWithMurmurAndNamesNobodyTwice() {
        assertThat(Contenders.allGroups()).isNotEmpty().allSatisfy(group -> {
            assertThat(names(group)).doesNotHaveDuplicates();
            assertThat(names(group).get(0)).startsWith("murmur-");
            assertThat(group.stream().map(Contender::equal).distinct())
                    .containsExactly(group.get(0).name());
        });
    }

    @Test
    void groupsAreTakenAsAsked() throws IOException {
        List<List<Contender>> groups = Contenders.groups(List.of("murmur-one, redis-memory", "redis-always"));

        assertThat(groups.stream().map(ContendersTest::names))
                .containsExactly(List.of("murmur-one", "redis-memory"), List.of("redis-always"));
    }

    @Test
    void anUnknownNameIsAnsweredWithAllThatThereAre() {
        assertThatThrownBy(() -> Contenders.groups(List.of("murmur")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no contender murmur; these are: murmur-quorum, ");
    }
}
