package io.murmur.node.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Lines that nobody types: carried out one after another until one fails, which is named. */
final class Script {

    private final Shell shell;
    private final OutputStream err;

    Script(Shell shell, OutputStream err) {
        this.shell = shell;
        this.err = err;
    }

    /** Whether all went well. */
    boolean run(List<String> commands) throws IOException {
        for (int i = 0; i < commands.size(); i++) {
            Shell.Outcome outcome = shell.run(commands.get(i));
            if (outcome == Shell.Outcome.QUIT) {
                return true;
            }
            if (outcome != Shell.Outcome.DONE) {
                return failed("command " + (i + 1), commands.get(i), outcome);
            }
        }
        return true;
    }

    /** Whether all went well. A quote that is open at the end of a line goes on in the next. */
    boolean run(BufferedReader lines) throws IOException {
        int number = 1;
        int first = 1;
        String open = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine(), number++) {
            String whole = open + line;
            Shell.Outcome outcome = shell.run(whole);
            switch (outcome) {
                case QUIT -> {
                    return true;
                }
                case FAILED -> {
                    return failed("line " + first, whole, outcome);
                }
                case OPEN -> open = whole + "\n";
                case DONE -> {
                    open = "";
                    first = number + 1;
                }
            }
        }
        return open.isEmpty() || failed("line " + first, open, Shell.Outcome.OPEN);
    }

    private boolean failed(String where, String line, Shell.Outcome outcome) throws IOException {
        String name = line.strip().split("\\s", 2)[0];
        String why = outcome == Shell.Outcome.OPEN ? " has an open quote" : " failed";
        err.write(Words.bytes("murmur shell: " + where + " (" + name + ")" + why + "\n"));
        err.flush();
        return false;
    }
}
