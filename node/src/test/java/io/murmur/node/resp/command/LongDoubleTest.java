package io.murmur.node.resp.command;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LongDoubleTest {

    private static @Nullable LongDouble parse(String text) {
        return LongDouble.parse(text.getBytes(US_ASCII));
    }

    private static LongDouble number(String text) {
        LongDouble number = parse(text);
        assertNotNull(number, text);
        return number;
    }

    @ParameterizedTest
    @CsvSource({
        "3, 1.1, 4.1",
        "0.1, 0.2, 0.3",
        "1, -1.1, -0.1",
        "-0.0, 0, 0",
        "1e-18, 0, 0",
        "-1e-18, 0, 0",
        "6e-18, 0, 0.00000000000000001",
        "1e20, 1, 100000000000000000000",
        "36893488147419103232, 1, 36893488147419103232",
        "18446744073709551615, 0, 18446744073709551615",
        "18446744073709551617, 0, 18446744073709551616",
        "18446744073709551619, 0, 18446744073709551620",
        "0x1p3, .5, 8.5",
        "0x.8, 1., 1.5",
        "1e+2, 1E2, 200",
        "0e999999999999, 5, 5"
    })
    void sumsHaveTheDigitsOfExtendedPrecision(String a, String b, String sum) {
        LongDouble found = number(a).plus(number(b));
        assertNotNull(found);
        assertEquals(sum, new String(found.decimals(), US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 1",
                "1 ",
                "a",
                "1a",
                "nan",
                "NaN",
                "1e",
                "1e+",
                ".",
                "+",
                "--1",
                "0x",
                "1,5",
                "1e5000",
                "-1e5000",
                "1e-5000",
                "1e99999999999999999999",
                "0x1p20000"
            })
    void whatIsNoNumberIsNone(String text) {
        assertNull(parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"inf", "+inf", "-inf", "Infinity", "-INFINITY"})
    void anInfinityHasNoSum(String text) {
        assertNull(number(text).plus(LongDouble.ZERO));
    }

    @Test
    void aSumThatIsTooGreatIsNone() {
        assertNull(number("1.1e4932").plus(number("1.1e4932")));
    }

    @Test
    void theGreatestAndTheLeastNumberAreOnes() {
        assertNotNull(parse("1.18973149535723176502e+4932"));
        assertNotNull(parse("3.6451995318824746025e-4951"));
        assertNull(parse("1.2e4932"));
        assertNull(parse("1e-4951"));
    }
}
