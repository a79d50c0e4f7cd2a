package io.murmur.node.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jline.reader.Candidate;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.SuggestionType;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultHighlighter;
import org.jline.reader.impl.history.DefaultHistory;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.utils.AttributedString;
import org.jspecify.annotations.Nullable;

/** The terminal: lines are edited, completed, hinted at and remembered, until Ctrl-D. */
final class Prompt {

    private final Terminal terminal;
    private final Session session;
    private final Shell shell;
    private final LineReader reader;

    /**
     * @param history the file that lines are remembered in; null to forget them
     * @param shells makes what carries lines out, of where it writes to
     */
    Prompt(Terminal terminal, Session session, @Nullable Path history, Function<OutputStream, Shell> shells) {
        this.terminal = terminal;
        this.session = session;
        this.shell = shells.apply(terminal.output());
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("murmur")
                .parser(this::parse)
                .highlighter(new Hints())
                .history(new DiscreetHistory())
                .completer((in, line, candidates) ->
                        shell.book().completions(line.words().subList(0, line.wordIndex()), line.word()).stream()
                                .map(Candidate::new)
                                .forEach(candidates::add))
                // An exclamation mark is one.
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.CASE_INSENSITIVE, true)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "%M> ");
        if (history != null && prepare(history)) {
            builder.variable(LineReader.HISTORY_FILE, history);
        }
        this.reader = builder.build();
        reader.setAutosuggestion(SuggestionType.TAIL_TIP);
    }

    /** What one has typed is nobody else's business. */
    private static boolean prepare(Path history) {
        try {
            Files.createDirectories(history.toAbsolutePath().getParent());
            if (!Files.exists(history)) {
                Files.createFile(
                        history, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Until the end of input, or a line that ends it. */
    void run() throws IOException {
        shell.learnCommands();
        while (true) {
            String line;
            try {
                line = reader.readLine(prompt());
            } catch (UserInterruptException e) {
                continue;
            } catch (EndOfFileException e) {
                return;
            }
            Terminal.SignalHandler before = terminal.handle(Signal.INT, ignored -> session.interrupt());
            try {
                if (shell.run(line) == Shell.Outcome.QUIT) {
                    return;
                }
            } finally {
                terminal.handle(Signal.INT, before);
            }
        }
    }

    private String prompt() {
        return session.isConnected() ? session.at() + "> " : "not connected> ";
    }

    /** A line that was entered with an open quote goes on in the next. */
    private ParsedLine parse(String line, int cursor, Parser.ParseContext context) {
        if (context == Parser.ParseContext.COMPLETE) {
            return Typed.upTo(line.substring(0, cursor), cursor);
        }
        if (Words.of(line) instanceof Words.Open open) {
            throw new EOFError(-1, -1, "an open quote", String.valueOf(open.quote()));
        }
        return Typed.upTo(line, cursor);
    }

    /**
     * The words up to the cursor.
     *
     * @param word the last one, which is under way; empty behind a space
     */
    private record Typed(List<String> words, String word, String line, int cursor) implements CompletingParsedLine {

        static Typed upTo(String line, int cursor) {
            List<String> words = Words.of(line) instanceof Words.Whole whole
                    ? new ArrayList<>(whole.words().stream().map(Words::text).toList())
                    : new ArrayList<>();
            if (words.isEmpty() || Character.isWhitespace(line.charAt(line.length() - 1))) {
                words.add("");
            }
            return new Typed(words, words.get(words.size() - 1), line, cursor);
        }

        @Override
        public int wordCursor() {
            return word.length();
        }

        @Override
        public int wordIndex() {
            return words.size() - 1;
        }

        /** Names of commands and options need no quotes. */
        @Override
        public CharSequence escape(CharSequence candidate, boolean isComplete) {
            return candidate;
        }

        @Override
        public int rawWordCursor() {
            return word.length();
        }

        @Override
        public int rawWordLength() {
            return word.length();
        }
    }

    /** Shows what of a command's syntax is still to come. The text itself stays as it is. */
    private final class Hints extends DefaultHighlighter {
        @Override
        public AttributedString highlight(LineReader in, String buffer) {
            String hint = hint(buffer);
            int room = terminal.getSize().getColumns() - prompt().length() - buffer.length() - 1;
            in.setTailTip(room < hint.length() ? hint.substring(0, Math.max(0, room)) : hint);
            return new AttributedString(buffer);
        }

        private String hint(String line) {
            if (!(Words.of(line) instanceof Words.Whole whole) || whole.words().isEmpty()) {
                return "";
            }
            String hint =
                    shell.book().hint(whole.words().stream().map(Words::text).toList());
            return hint.isEmpty() || line.endsWith(" ") ? hint : " " + hint;
        }
    }

    /** Remembers no passwords. */
    private static final class DiscreetHistory extends DefaultHistory {
        @Override
        public void add(Instant time, String line) {
            if (!Secrets.areIn(line)) {
                super.add(time, line);
            }
        }
    }
}
