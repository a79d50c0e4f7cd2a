package io.murmur.node.resp.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Commands and their answers, as they are to be. */
final class Transcript {

    final CommandLine commands = new CommandLine();

    /**
     * Says each line behind a {@code >} and compares the answer with the line below.
     */
    void check(String expected) {
        StringBuilder actual = new StringBuilder();
        for (String line : expected.lines().toList()) {
            if (line.startsWith("> ")) {
                actual.append(line)
                        .append('\n')
                        .append(commands.say(line.substring(2)))
                        .append('\n');
            }
        }
        assertEquals(expected, actual.toString());
    }
}
