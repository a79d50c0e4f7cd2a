package io.murmur.benchmarks.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What one contender has shown in one turn.
 *
 * @param round those that took turns with one another, by number
 * @param answer of the client process
 * @param server what the servers used in the window
 */
record Turn(
        int round,
        String contender,
        Cell cell,
        int number,
        JsonNode answer,
        ServerUsage.Usage server,
        long residentBytes) {

    double operations() {
        return answer.path("operations").asDouble();
    }

    double operationsPerSecond() {
        return operations() / answer.path("seconds").asDouble();
    }

    double millis(String percentile) {
        return answer.path("allMicros").path(percentile).asDouble() / 1e3;
    }

    long errors() {
        return answer.path("errors").asLong();
    }

    long misses() {
        return answer.path("misses").asLong();
    }

    Map<String, Long> errorKinds() {
        Map<String, Long> kinds = new TreeMap<>();
        answer.path("errorKinds")
                .properties()
                .forEach(kind -> kinds.put(kind.getKey(), kind.getValue().asLong()));
        return kinds;
    }

    double perOperation(long amount) {
        return amount / Math.max(1, operations());
    }

    /** Everything, for the lines of JSON. */
    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("benchmark", "peers");
        facts.put("round", round);
        facts.put("contender", contender);
        facts.put("turn", number);
        facts.put("keys", cell.data().keys());
        facts.put("keyBytes", Cell.DataSet.KEY_BYTES);
        facts.put("valueBytes", cell.data().valueBytes());
        facts.put("reads", cell.reads());
        facts.put("distribution", cell.distribution().name().toLowerCase(Locale.ROOT));
        facts.put("inFlight", cell.inFlight());
        facts.put("operationsPerSecond", operationsPerSecond());
        facts.put("operations", answer.path("operations").asLong());
        facts.put("seconds", answer.path("seconds").asDouble());
        facts.put("errors", errors());
        facts.put("errorKinds", errorKinds());
        facts.put("misses", misses());
        facts.put("retries", answer.path("retries").asLong());
        for (String calls : List.of("read", "write", "all")) {
            JsonNode micros = answer.path(calls + "Micros");
            Map<String, Object> figures = new LinkedHashMap<>();
            micros.properties()
                    .forEach(figure ->
                            figures.put(figure.getKey(), figure.getValue().asLong()));
            facts.put(calls + "Micros", figures);
        }
        facts.put("clientCpuMicros", answer.path("clientCpuMicros").asLong());
        facts.put("serverCpuMicros", server.cpuMicros());
        facts.put("serverWrittenBytes", server.writtenBytes());
        facts.put("serverResidentBytes", residentBytes);
        return facts;
    }

    /** Of all turns of one contender with one load: the mean of each figure, the sum of what went wrong. */
    record Summary(List<Turn> turns) {

        Turn first() {
            return turns.get(0);
        }

        double mean(ToDoubleFunction<Turn> figure) {
            return turns.stream().mapToDouble(figure).average().orElse(Double.NaN);
        }

        double operationsPerSecond() {
            return mean(Turn::operationsPerSecond);
        }

        double least() {
            return turns.stream().mapToDouble(Turn::operationsPerSecond).min().orElse(Double.NaN);
        }

        double most() {
            return turns.stream().mapToDouble(Turn::operationsPerSecond).max().orElse(Double.NaN);
        }

        double millis(String percentile) {
            return mean(turn -> turn.millis(percentile));
        }

        double serverCpuMicros() {
            return mean(turn -> turn.perOperation(turn.server.cpuMicros()));
        }

        double clientCpuMicros() {
            return mean(turn ->
                    turn.perOperation(turn.answer.path("clientCpuMicros").asLong()));
        }

        double residentMebibytes() {
            return mean(turn -> turn.residentBytes / (double) (1 << 20));
        }

        double writtenBytes() {
            return mean(turn -> turn.perOperation(turn.server.writtenBytes()));
        }

        long errors() {
            return turns.stream().mapToLong(Turn::errors).sum();
        }

        long misses() {
            return turns.stream().mapToLong(Turn::misses).sum();
        }

        Map<String, Long> errorKinds() {
            Map<String, Long> kinds = new TreeMap<>();
            turns.forEach(turn -> turn.errorKinds().forEach((kind, times) -> kinds.merge(kind, times, Long::sum)));
            return kinds;
        }
    }
}
