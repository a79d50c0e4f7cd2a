package io.murmur.benchmarks.peers;

import com.fasterxml.jackson.databind.JsonNode;
import io.murmur.benchmarks.peers.Cell.DataSet;
import io.murmur.benchmarks.peers.ClientProcess.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One round: contenders that take turns, A B A B, with one data set.
 *
 * <p>The servers of all of them are started once, and so are their clients; those whose turn it is not are up and idle, which costs both sides of
 * a pair the same. They are not stopped with SIGSTOP: a cluster whose members do not answer one another takes itself apart. That is why a round
 * is best a pair: on few processors, even an idle JVM costs something.
 */
final class Comparison {

    private static final int PORTS_FOR_EACH = 100;
    private static final int FILL_IN_FLIGHT = 64;
    private static final int FILL_ATTEMPTS = 3;
    private static final Duration LONGEST_FILL = Duration.ofMinutes(30);
    private static final Duration LONGEST_DRAIN = Duration.ofMinutes(2);

    private final Settings settings;
    private final Consumer<String> progress;
    private final Consumer<Turn> results;

    /**
     * How long everything takes.
     *
     * @param turns of each contender and load
     * @param firstWarmupSeconds once for each data set, so that everything is compiled
     * @param warmupSeconds at the start of each turn, not counted
     * @param restSeconds before each turn, for what the other side has left to do
     */
    record Settings(
            Path data,
            int basePort,
            int turns,
            int firstWarmupSeconds,
            int warmupSeconds,
            int seconds,
            int restSeconds) {

        /** What a round takes besides starting and filling. */
        long seconds(int contenders, int cells) {
            long turn = (long) restSeconds + warmupSeconds + seconds;
            return contenders * (firstWarmupSeconds + 1 + turn * turns * cells);
        }
    }

    Comparison(Settings settings, Consumer<String> progress, Consumer<Turn> results) {
        this.settings = settings;
        this.progress = progress;
        this.results = results;
    }

    /** Who takes part, and what is up of theirs. */
    private record Side(Contender contender, Servers.Running servers, ClientProcess client) {}

    /** Returns what was compared, by contender. All the loads are of one data set. */
    Map<String, String> run(int round, List<Contender> contenders, List<Cell> cells)
            throws IOException, InterruptedException {
        Path folder = Files.createDirectories(settings.data.resolve("round-" + round));
        Map<String, Servers.Running> up = new LinkedHashMap<>();
        List<Side> sides = new ArrayList<>();
        Map<String, String> versions = new LinkedHashMap<>();
        int mostInFlight = Math.max(
                FILL_IN_FLIGHT, cells.stream().mapToInt(Cell::inFlight).max().orElse(1));
        try {
            for (Contender contender : contenders) {
                String name = contender.servers().name();
                boolean isNew = !up.containsKey(name);
                if (isNew) {
                    int port = settings.basePort + PORTS_FOR_EACH * up.size();
                    up.put(name, contender.servers().start(Files.createDirectories(folder.resolve(name)), port));
                }
                Servers.Running servers = Objects.requireNonNull(up.get(name));
                Contender.Client client = contender.maker().client(servers, mostInFlight);
                versions.put(contender.name(), servers.version() + "; " + client.software());
                Side side = new Side(
                        contender,
                        servers,
                        ClientProcess.start(client, folder.resolve(contender.name() + "-client.log")));
                sides.add(side);
                if (isNew) {
                    fill(side, cells.get(0).data());
                }
            }
            for (Side side : sides) {
                warm(side, cells.get(0));
            }
            for (Cell cell : cells) {
                for (int turn = 1; turn <= settings.turns; turn++) {
                    for (Side side : sides) {
                        results.accept(turn(round, side, cell, turn));
                    }
                }
            }
        } finally {
            sides.forEach(side -> side.client.close());
            up.values().forEach(Servers.Running::close);
        }
        Folders.delete(folder);
        return versions;
    }

    /** Again when a call has failed: this is not what is measured, and a machine that is busy with starting may be slow. */
    private void fill(Side side, DataSet data) throws IOException, InterruptedException {
        String failures = "";
        for (int attempt = 0; attempt < FILL_ATTEMPTS; attempt++) {
            JsonNode answer = side.client.ask(
                    "fill " + data.settings() + " inFlight=" + FILL_IN_FLIGHT, LONGEST_FILL, new Unmeasured());
            boolean isFull = answer.path("errors").asLong() == 0;
            progress.accept(String.format(
                    Locale.ROOT,
                    "%s %-26s %s in %.1f s%s",
                    isFull ? "filled   " : "not full ",
                    side.contender.name(),
                    data.words(),
                    answer.path("seconds").asDouble(),
                    isFull ? "" : ": " + answer.path("errorKinds")));
            if (isFull) {
                return;
            }
            failures = ": " + answer.path("errorKinds");
        }
        throw new IOException(side.contender.name() + " could not be filled" + failures);
    }

    /** With as many reads as writes, so that the code of both is compiled before either is measured. */
    private void warm(Side side, Cell like) throws IOException, InterruptedException {
        Cell mixed = new Cell(like.data(), 0.5, like.distribution(), like.inFlight());
        side.client.ask(
                mixed.run(0, settings.firstWarmupSeconds, 1),
                LONGEST_DRAIN.plusSeconds(settings.firstWarmupSeconds),
                new Unmeasured());
    }

    private Turn turn(int round, Side side, Cell cell, int number) throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(settings.restSeconds);
        try (ServerUsage usage = new ServerUsage(side.servers.processes())) {
            Measured measured = new Measured(usage);
            JsonNode answer = side.client.ask(
                    cell.run(number, settings.warmupSeconds, settings.seconds),
                    LONGEST_DRAIN.plusSeconds(settings.warmupSeconds + settings.seconds),
                    measured);
            return new Turn(round, side.contender.name(), cell, number, answer, measured.used(), usage.residentBytes());
        }
    }

    /** Nobody looks. */
    private record Unmeasured() implements Window {
        @Override
        public void begins() {}

        @Override
        public void ends() {}
    }

    /** What the servers use between both ends. */
    private static final class Measured implements Window {
        private final ServerUsage usage;
        private ServerUsage.@Nullable Usage before;
        private ServerUsage.@Nullable Usage after;

        Measured(ServerUsage usage) {
            this.usage = usage;
        }

        @Override
        public void begins() {
            before = usage.read();
        }

        @Override
        public void ends() {
            after = usage.read();
        }

        ServerUsage.Usage used() throws IOException {
            if (before == null || after == null) {
                throw new IOException("the client has not said when it measured");
            }
            return after.minus(before);
        }
    }
}
