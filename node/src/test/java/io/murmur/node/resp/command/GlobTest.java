package io.murmur.node.resp.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GlobTest {

    private static boolean matches(String pattern, String key) {
        return new Glob(pattern.getBytes(ISO_8859_1)).matches(key.getBytes(ISO_8859_1));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "*, anything, true",
                "*, \"\", true",
                "**, \"\", false",
                "\"\", \"\", true",
                "\"\", a, false",
                "h?llo, hello, true",
                "h?llo, hllo, false",
                "h*llo, hllo, true",
                "h*llo, heeeello, true",
                "h*llo, hello!, false",
                "h[ae]llo, hallo, true",
                "h[ae]llo, hillo, false",
                "h[^e]llo, hallo, true",
                "h[^e]llo, hello, false",
                "h[a-c]llo, hbllo, true",
                "h[c-a]llo, hbllo, true",
                "h[a-c]llo, hdllo, false",
                "h\\*llo, h*llo, true",
                "h\\*llo, hello, false",
                "[\\]], ], true",
                "[ab, a, true",
                "[ab, c, false",
                "[, [, false",
                "a\\, a\\, true",
                "*a*b*c, xxaxxbxxc, true",
                "*a*b*c, xxaxxcxxb, false",
                "user:*:name, user:1:2:name, true",
                "[a-, -, true",
                "[^], x, true",
                "a**, a, true",
                "?, é, true"
            })
    void patternsMatchAsRedisHasThem(String pattern, String key, boolean expected) {
        assertEquals(expected, matches(pattern, key));
    }

    @Test
    void aHardPatternTakesNoMoreStepsThanPatternTimesKey() {
        String pattern = "a*".repeat(200) + "b";

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertFalse(matches(pattern, "a".repeat(10_000))));
    }

    @Test
    void aLongPatternIsRefused() {
        assertEquals("[\"0\", []]", new CommandLine().say("SCAN 0 COUNT 10000 MATCH " + "a".repeat(1024)));
        for (String line : new String[] {"KEYS ", "SCAN 0 MATCH "}) {
            assertEquals(
                    "(error) ERR a pattern of 1025 bytes; at most 1024 are allowed",
                    new CommandLine().say(line + "a".repeat(1025)));
        }
    }
}
