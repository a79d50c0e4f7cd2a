package io.murmur.benchmarks.driver;

import java.util.Locale;
import java.util.Map;

/** Keys and values as one line of JSON. */
public final class JsonLine {

    private JsonLine() {}

    /** Numbers, booleans, maps of the same, and anything else as text. */
    public static String of(Map<?, ?> facts) {
        StringBuilder line = new StringBuilder("{");
        facts.forEach((key, value) -> line.append(line.length() > 1 ? ", " : "")
                .append(quoted(String.valueOf(key)))
                .append(": ")
                .append(json(value)));
        return line.append('}').toString();
    }

    private static String json(Object value) {
        return switch (value) {
            // JSON has no way to say infinite, or no number.
            case Double number -> Double.isFinite(number) ? String.format(Locale.ROOT, "%.3f", number) : "null";
            case Number number -> number.toString();
            case Boolean yes -> yes.toString();
            case Map<?, ?> map -> of(map);
            default -> quoted(value.toString());
        };
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
