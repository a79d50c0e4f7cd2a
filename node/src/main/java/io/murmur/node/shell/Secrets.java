package io.murmur.node.shell;

import java.util.Locale;
import java.util.regex.Pattern;

/** Which lines hold passwords, and are not to be kept. */
final class Secrets {

    /** Any quoting that still names the command counts: a line is rather forgotten than kept. */
    private static final Pattern HOLDING = Pattern.compile(
            "AUTH\\b|HELLO\\b.*\\bAUTH\\b|ACL +SETUSER\\b|CONFIG +SET\\b.*(PASS|AUTH)|MIGRATE\\b.*\\bAUTH2?\\b",
            Pattern.DOTALL);

    private Secrets() {}

    static boolean areIn(String line) {
        String plain =
                line.toUpperCase(Locale.ROOT).replaceAll("[\"'\\s]+", " ").strip();
        return HOLDING.matcher(plain).lookingAt();
    }
}
