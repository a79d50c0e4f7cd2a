package io.murmur.benchmarks.peers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that can be compared. A new one is added to {@link #CATALOGUE}. */
final class Contenders {

    /** Murmur first: it is what the others are compared with. */
    private static final List<Supplier<List<Contender>>> CATALOGUE = List.of(
            MurmurServers::contenders,
            RedisServers::contenders,
            CassandraServers::contenders,
            HazelcastServers::contenders,
            InfinispanServers::contenders);

    private Contenders() {}

    static List<Contender> all() {
        return CATALOGUE.stream().map(Supplier::get).flatMap(List::stream).toList();
    }

    static Contender named(String name) throws IOException {
        return all().stream()
                .filter(contender -> contender.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException("there is no contender " + name + "; these are: "
                        + all().stream().map(Contender::name).collect(Collectors.joining(", "))));
    }

    /** Who runs together: the first is what the others are compared with. */
    static List<List<Contender>> groups(List<String> asked) throws IOException {
        List<List<Contender>> groups = new ArrayList<>();
        for (String group : asked) {
            List<Contender> members = new ArrayList<>();
            for (String name :
                    Arrays.stream(group.split(",")).map(String::strip).toList()) {
                members.add(named(name));
            }
            groups.add(members);
        }
        return groups;
    }

    /** Each contender that can be had with the one of Murmur whose promise is nearest to its own. */
    static List<List<Contender>> allGroups() {
        List<Contender> all = all();
        return all.stream()
                .filter(Contenders::isOwnEqual)
                .map(first -> Stream.concat(
                                Stream.of(first),
                                all.stream()
                                        .filter(other -> other.equal().equals(first.name())
                                                && !isOwnEqual(other)
                                                && other.servers().absence().isEmpty()))
                        .toList())
                .filter(group -> group.size() > 1)
                .toList();
    }

    private static boolean isOwnEqual(Contender contender) {
        return contender.equal().equals(contender.name());
    }

    /** Those of the catalogue that cannot be had here, each with the reason. */
    static List<String> absences() {
        return all().stream()
                .flatMap(contender ->
                        contender.servers().absence().map(reason -> contender.name() + ": " + reason).stream())
                .toList();
    }
}
