package io.murmur.node.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a line does: a command for the node, or one of the shell's own, which begin with a backslash. */
final class Shell {

    /** What became of a line. */
    enum Outcome {
        DONE,
        /** It goes on in the next line. */
        OPEN,
        FAILED,
        /** There is to be no further one. */
        QUIT
    }

    /** Other than commands with one answer, these would have the shell wait for ever. */
    private static final Set<String> WITHOUT_END =
            Set.of("SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR", "SYNC", "PSYNC");

    private final Session session;
    private final Format format;
    private final OutputStream out;
    private final OutputStream err;
    private CommandBook book;
    private boolean timed;

    /**
     * @param out takes answers
     * @param err takes complaints, and where answers are for programs, errors and times
     */
    Shell(Session session, Format format, OutputStream out, OutputStream err, CommandBook book) {
        this.session = session;
        this.format = format;
        this.out = out;
        this.err = err;
        this.book = book;
    }

    CommandBook book() {
        return book;
    }

    /** Asks the node what commands it has; goes on with what is known when it does not tell. */
    void learnCommands() throws IOException {
        book = book.asToldBy(session.call(List.of(Words.bytes("COMMAND"), Words.bytes("DOCS"))));
    }

    /**
     * Carries out a line.
     *
     * @throws IOException when there is nobody to write to
     */
    Outcome run(String line) throws IOException {
        return switch (Words.of(line)) {
            case Words.Open ignored -> Outcome.OPEN;
            case Words.Wrong wrong -> complain(wrong.why());
            case Words.Whole whole
            when whole.words().isEmpty() || line.stripLeading().startsWith("#") -> Outcome.DONE;
            case Words.Whole whole -> run(whole.words());
        };
    }

    private Outcome run(List<byte[]> words) throws IOException {
        List<String> texts = words.stream().map(Words::text).toList();
        String name = texts.get(0).toLowerCase(Locale.ROOT);
        if (name.startsWith("\\")) {
            return own(name, texts.subList(1, texts.size()));
        }
        if (words.size() == 1 && (name.equals("quit") || name.equals("exit"))) {
            return Outcome.QUIT;
        }
        if (name.equals("help")) {
            return help(texts.subList(1, texts.size()));
        }
        return send(words);
    }

    private Outcome own(String name, List<String> arguments) throws IOException {
        return switch (name) {
            case "\\quit", "\\q" -> Outcome.QUIT;
            case "\\help", "\\?" -> help(arguments);
            case "\\timing" -> timing(arguments);
            case "\\level" -> level(arguments);
            case "\\connect" -> connect(arguments);
            default -> complain("there is no " + name + "; \\help tells what there is");
        };
    }

    private Outcome timing(List<String> arguments) throws IOException {
        if (arguments.size() > 1
                || (arguments.size() == 1 && !Set.of("on", "off").contains(arguments.get(0)))) {
            return complain("\\timing on, or \\timing off");
        }
        timed = arguments.isEmpty() ? !timed : arguments.get(0).equals("on");
        return say("timing is " + (timed ? "on" : "off"));
    }

    /** {@code \level quorum} is for reads and writes, {@code \level read one write quorum} for each; alone it tells. */
    private Outcome level(List<String> arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of("MURMUR", "LEVEL"));
        if (arguments.size() == 1) {
            words.add("LEVEL");
        }
        words.addAll(arguments);
        return send(words.stream().map(Words::bytes).toList());
    }

    private Outcome connect(List<String> arguments) throws IOException {
        if (arguments.size() != 1) {
            return complain("\\connect HOST:PORT");
        }
        try {
            session.connect(Address.parse(arguments.get(0)));
            return Outcome.DONE;
        } catch (IllegalArgumentException | IOException e) {
            return complain(e.getMessage());
        }
    }

    private Outcome help(List<String> arguments) throws IOException {
        if (arguments.isEmpty()) {
            return say("""
                    \\connect HOST:PORT            speak to another node
                    \\level [read] L [write L]     at which levels this connection reads and writes
                    \\timing on|off                tell how long each command took
                    \\help COMMAND                 how a command is said
                    \\quit                         leave (as Ctrl-D does)
                    Anything else is a command for the node. Tab completes, Ctrl-R searches what was typed before.""");
        }
        List<CommandBook.Entry> found = book.about(arguments);
        if (found.isEmpty()) {
            return complain("nothing is known of '" + String.join(" ", arguments) + "'");
        }
        for (CommandBook.Entry entry : found) {
            say((entry.name() + " " + entry.syntax()).strip());
            if (!entry.summary().isEmpty()) {
                say("    " + entry.summary());
            }
        }
        return Outcome.DONE;
    }

    private Outcome send(List<byte[]> words) throws IOException {
        String name = Words.text(words.get(0)).toUpperCase(Locale.ROOT);
        if (WITHOUT_END.contains(name)) {
            return complain(name + " has no one answer, which is what this shell waits for");
        }
        if (name.equals("CLIENT")
                && words.size() > 1
                && Words.text(words.get(1)).equalsIgnoreCase("REPLY")) {
            return complain("CLIENT REPLY would have this shell wait for ever");
        }
        long start = System.nanoTime();
        Answer answer;
        try {
            answer = session.call(words);
        } catch (IOException e) {
            return complain(e.getMessage());
        }
        long nanos = System.nanoTime() - start;
        boolean failed = answer instanceof Answer.Failed;
        write(failed ? errors() : out, format.of(answer, words));
        if (timed) {
            double millis = (double) nanos / TimeUnit.MILLISECONDS.toNanos(1);
            write(errors(), Words.bytes(String.format(Locale.ROOT, "(%.2f ms)%n", millis)));
        }
        return failed ? Outcome.FAILED : Outcome.DONE;
    }

    /** What people read in place is not to stand among what a program reads. */
    private OutputStream errors() {
        return format == Format.TERMINAL ? out : err;
    }

    private Outcome say(String text) throws IOException {
        write(out, Words.bytes(text + "\n"));
        return Outcome.DONE;
    }

    private Outcome complain(@Nullable String text) throws IOException {
        write(err, Words.bytes(text + "\n"));
        return Outcome.FAILED;
    }

    /** What a node says unasked. */
    void pushed(Answer.Push push) throws IOException {
        write(out, format.of(push));
    }

    private static void write(OutputStream to, byte[] bytes) throws IOException {
        to.write(bytes);
        to.flush();
    }
}
