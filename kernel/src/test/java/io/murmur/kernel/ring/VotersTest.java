package io.murmur.kernel.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VotersTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 3", "4, 3", "5, 5", "6, 5", "7, 7", "8, 7", "200, 7"})
    void thereAreAsManyAsMembersButOddAndAtMostSeven(int members, int voters) {
        assertThat(Voters.of(List.of(), Fleet.equal(1, members, 3).members())).hasSize(voters);
    }

    @Test
    void whereNobodyIsNobodyVotes() {
        assertThat(Voters.of(List.of(), List.of())).isEmpty();
    }

    @Property(seed = "1", tries = 500)
    void votersAreMembersSpreadOverTheZonesThroughAllChanges(@ForAll @LongRange(min = 0) long seed) {
        Fleet fleet = Fleet.random(seed, 20);
        List<NodeId> voters = List.of();
        for (int change = 0; change < 8; change++) {
            List<Member> members = fleet.members();

            voters = Voters.of(voters, fleet.shuffled());

            Set<NodeId> chosen = new HashSet<>(voters);
            assertThat(chosen).hasSameSizeAs(voters);
            assertThat(voters).isSorted();
            assertThat(voters.size()).isEqualTo(Math.min(7, members.size() - (members.size() % 2 == 0 ? 1 : 0)));
            assertThat(
                            zoneSizes(members.stream()
                                            .filter(member -> chosen.contains(member.id()))
                                            .toList())
                                    .values()
                                    .stream()
                                    .sorted()
                                    .toList())
                    .isEqualTo(RingFacts.dealt(voters.size(), zoneSizes(members).values()));
            fleet.change();
        }
    }

    @Property(seed = "2", tries = 500)
    void votersStayWhileNobodyComesOrGoes(@ForAll @LongRange(min = 0) long seed) {
        Fleet fleet = Fleet.random(seed, 20);
        List<NodeId> voters = Voters.of(List.of(), fleet.members());
        for (int change = 0; change < 8; change++) {
            assertThat(Voters.of(voters, fleet.shuffled())).isEqualTo(voters);
            fleet.change();
            voters = Voters.of(voters, fleet.members());
        }
    }

    @Property(seed = "3", tries = 500)
    void aNodeThatJoinsOrLeavesTakesAtMostOneOtherVotersPlace(@ForAll @LongRange(min = 0) long seed) {
        Fleet fleet = Fleet.random(seed, 20);
        List<NodeId> before = Voters.of(List.of(), fleet.members());
        for (int change = 0; change < 6; change++) {
            Member one = change % 2 == 0 ? fleet.join() : fleet.leave();
            if (fleet.members().isEmpty()) {
                return;
            }

            List<NodeId> after = Voters.of(before, fleet.members());

            List<NodeId> stopped = new ArrayList<>(before);
            stopped.removeAll(after);
            stopped.remove(one.id());
            assertThat(stopped).hasSizeLessThanOrEqualTo(1);
            before = after;
        }
    }

    @Test
    void oneWhoIsNoMemberAnyMoreDoesNotVote() {
        Fleet fleet = Fleet.equal(1, 3, 1);
        List<NodeId> before = Voters.of(List.of(), fleet.members());
        Member gone = fleet.leave();

        assertThat(Voters.of(before, fleet.members())).hasSize(1).doesNotContain(gone.id());
    }

    private static Map<String, Integer> zoneSizes(Collection<Member> members) {
        Map<String, Integer> sizes = new TreeMap<>();
        members.forEach(member -> sizes.merge(member.region() + "/" + member.zone(), 1, Integer::sum));
        return sizes;
    }
}
