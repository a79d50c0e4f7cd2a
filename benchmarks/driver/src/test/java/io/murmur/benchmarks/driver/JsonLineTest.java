package io.murmur.benchmarks.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonLineTest {

    @Test
    void numbersTextsAndMapsOnOneLine() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("count", 3);
        facts.put("rate", 1.5);
        facts.put("ratio", 1.0 / 0);
        facts.put("ok", true);
        facts.put("text", "a \"b\" \\ c\nd");
        facts.put("kinds", Map.of("away", 2L));

        assertThat(JsonLine.of(facts))
                .isEqualTo("{\"count\": 3, \"rate\": 1.500, \"ratio\": null, \"ok\": true,"
                        + " \"text\": \"a \\\"b\\\" \\\\ c\\u000ad\", \"kinds\": {\"away\": 2}}");
    }
}
