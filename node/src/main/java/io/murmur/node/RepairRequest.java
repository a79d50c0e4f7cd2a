package io.murmur.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.murmur.kernel.ring.NodeId;
import io.murmur.kernel.ring.Ring;
import java.util.Collection;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;

/**
 * From what an operator posts to the partitions to be compared: {@code {"partitions": [0, 17]}}, or {@code {}} for all that the node owns.
 * {@code "cache"} chooses nothing, since a partition holds the keys of all caches, but it must be one. What is not understood is refused.
 * Pure.
 */
final class RepairRequest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final String EXAMPLE = "as {\"partitions\": [0, 17]}, or {} for all that this node owns";

    private RepairRequest() {}

    /** The request makes no sense; the message says what would. */
    static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        Wrong(String why) {
            super(why);
        }
    }

    /** @param caches that are configured */
    static Collection<Integer> read(String json, Ring ring, NodeId self, Set<String> caches) throws Wrong {
        JsonNode asked;
        try {
            asked = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new Wrong("this is no JSON; a repair is asked for " + EXAMPLE);
        }
        if (!asked.isObject()) {
            throw new Wrong("a repair is asked for by an object, " + EXAMPLE);
        }
        for (Iterator<String> names = asked.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!name.equals("partitions") && !name.equals("cache")) {
                throw new Wrong("a repair takes no \"" + name + "\"; it takes partitions and cache");
            }
        }
        if (asked.has("cache") && !caches.contains(asked.path("cache").asText())) {
            throw new Wrong(unknownCache(asked.path("cache").asText(), caches));
        }
        Set<Integer> partitions = new TreeSet<>();
        if (!asked.has("partitions")) {
            for (int partition = 0; partition < ring.partitions(); partition++) {
                if (ring.owners(partition).contains(self)) {
                    partitions.add(partition);
                }
            }
            return partitions;
        }
        if (!asked.path("partitions").isArray()) {
            throw new Wrong("\"partitions\" is a list of numbers, " + EXAMPLE);
        }
        for (JsonNode partition : asked.path("partitions")) {
            if (!partition.isIntegralNumber()
                    || !partition.canConvertToInt()
                    || partition.intValue() < 0
                    || partition.intValue() >= ring.partitions()) {
                throw new Wrong(noPartition(partition.asText(), ring));
            }
            partitions.add(partition.intValue());
        }
        return partitions;
    }

    static String noPartition(String text, Ring ring) {
        return "there is no partition '" + text + "'; they are numbered 0 to " + (ring.partitions() - 1);
    }

    static String unknownCache(String name, Set<String> caches) {
        return "no cache '" + name + "' is configured; there are " + String.join(", ", new TreeSet<>(caches));
    }
}
